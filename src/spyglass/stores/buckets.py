"""Writes objects to a bucket of somebody else: S3, what speaks S3, or Azure. Driver of the scheduled exports.

obstore only signs the URL of the upload; the bytes go through the guarded client (`egress.py`), because obstore
would resolve the host itself and connect to wherever it then points.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, S3Store

from spyglass.core.errors import Invalid, Unavailable
from spyglass.stores.egress import Guard, network_errors, open_client, read_url

S3 = "S3"
S3_COMPATIBLE = "S3_COMPATIBLE"
AZURE = "AZURE_BLOB_STORAGE"

_SIGNED_FOR = timedelta(minutes=15)
_TIMEOUT_S = 300.0
_WHOLE_S = 900.0  # less than the lease of an export
_MOST_ANSWER = 4096
_CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")
_AWS_ENDPOINT = "https://s3.{region}.amazonaws.com"


@dataclass(frozen=True)
class Target:
    """Where a bucket is and the credentials for it. For Azure, `bucket` is the container, `access_key_id` the
    account and `secret_access_key` its key."""

    type: str
    bucket: str
    endpoint: str | None
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    force_path_style: bool = False

    @property
    def address(self) -> str:
        """The URL that the guard has to allow."""
        if self.type == AZURE:
            return self.endpoint or f"https://{self.access_key_id}.blob.core.windows.net"
        base = (self.endpoint or _AWS_ENDPOINT.format(region=self.region)).rstrip("/")
        if self.force_path_style:
            return base
        return base.replace("://", f"://{self.bucket}.", 1)


class UploadRefused(Invalid):
    """The bucket answered that it does not take the object; the message says how, without what it wrote."""


class Bucket:
    """Uploads, each whole or not at all. Raises `Invalid` where the guard, the signing or the bucket refuses,
    `Unavailable` where trying again may help."""

    def __init__(self, target: Target, guard: Guard) -> None:
        self._target = target
        self._guard = guard
        guard.check_url(target.address)
        try:
            self._store = _signer(target)
        except (BaseError, ValueError) as error:
            raise Invalid("The credentials or the address of the bucket have the wrong form") from error

    def put(
        self,
        key: str,
        data: bytes,
        content_type: str = "application/octet-stream",
        *,
        within_s: float = _WHOLE_S,
    ) -> None:
        """Store an object; one of the same key is replaced."""
        headers = {"content-type": content_type}
        if self._target.type == AZURE:
            headers["x-ms-blob-type"] = "BlockBlob"
        url = self._sign(key)
        with (
            network_errors("the bucket"),
            open_client(self._guard, timeout_s=min(_TIMEOUT_S, within_s), whole_s=within_s) as client,
            client.stream("PUT", url, content=data, headers=headers) as answer,
        ):
            # What it says beyond its first bytes is of no interest, however much that is, or would be inflated.
            said = next(answer.iter_raw(_MOST_ANSWER), b"")
        _check_answer(answer.status_code, said)

    def _sign(self, key: str) -> httpx.URL:
        try:
            return read_url(obstore.sign(self._store, "PUT", key, _SIGNED_FOR))
        except (BaseError, ValueError) as error:
            raise Invalid("The upload cannot be signed: check credentials, bucket and prefix") from error


def _signer(target: Target) -> S3Store | AzureStore:
    if target.type == AZURE:
        return AzureStore(
            target.bucket,
            account_name=target.access_key_id,
            account_key=target.secret_access_key,
            endpoint=target.address.rstrip("/"),
            client_options={"allow_http": True},
        )
    return S3Store(
        target.bucket,
        region=target.region,
        endpoint=target.address,
        access_key_id=target.access_key_id,
        secret_access_key=target.secret_access_key,
        virtual_hosted_style_request=not target.force_path_style,
        client_options={"allow_http": True},
    )


def _check_answer(status: int, said: bytes) -> None:
    if 200 <= status < 300:
        return
    code = _CODE.search(said)
    what = f"status {status}" + (f", {code[1].decode()}" if code else "")
    if status >= 500 or status == 429:
        raise Unavailable(f"The bucket failed ({what})")
    raise UploadRefused(f"The bucket refused the upload ({what})")
