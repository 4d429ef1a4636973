"""Bodies and answers of `/media`."""

import base64
import binascii
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from spyglass.api.schemas import DateTime, In, Out
from spyglass.api.texts import Id
from spyglass.core.clock import in_window, parse_iso
from spyglass.features.media.content_types import EXTENSIONS

_TRACE_FIELDS = ("input", "output", "metadata")
_ITEM_FIELDS = ("input", "expectedOutput", "metadata")


def _check_content_type(text: str) -> str:
    if text not in EXTENSIONS:
        raise ValueError(f"{text[:100]!r} is not one of {', '.join(EXTENSIONS)}")
    return text


def _check_hash(text: str) -> str:
    try:
        digest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    # Encoded again: several texts decode to the same bytes, and one content has one row.
    if len(digest) != 32 or base64.b64encode(digest).decode() != text:
        raise ValueError("must be a SHA-256 hash in base64 (44 characters)")
    return text


def _read_moment(value: Any) -> int:
    found = parse_iso(value, zone_required=False) if isinstance(value, str) else None
    if found is None or not in_window(found):
        raise ValueError("Invalid ISO datetime")
    return found


_Moment = Annotated[
    int, BeforeValidator(_read_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]


MediaContentType = Annotated[
    str, AfterValidator(_check_content_type), WithJsonSchema({"type": "string", "enum": list(EXTENSIONS)})
]


class MediaUploadIn(In):
    """What is to be uploaded, and which field of a trace, an observation or a dataset item refers to it."""

    trace_id: Id | None = None
    observation_id: Id | None = Field(None, description="Needs traceId")
    dataset_id: Id | None = Field(None, description="Needs datasetItemId")
    dataset_item_id: Id | None = Field(None, description="Of an item that need not exist yet")
    content_type: MediaContentType
    content_length: int = Field(ge=1, strict=True, description="In bytes")
    sha256_hash: Annotated[str, AfterValidator(_check_hash)] = Field(description="In base64")
    field: str = Field(
        description="`input`, `output` or `metadata` of a trace or observation; `input`, `expectedOutput` or "
        "`metadata` of a dataset item"
    )

    @model_validator(mode="after")
    def _check_context(self) -> "MediaUploadIn":
        of_trace = self.trace_id is not None or self.observation_id is not None
        of_item = self.dataset_id is not None or self.dataset_item_id is not None
        if of_trace == of_item:
            raise ValueError("either traceId, or datasetId and datasetItemId, are required, and not both")
        if of_trace and self.trace_id is None:
            raise ValueError("observationId requires traceId")
        if of_item and (self.dataset_id is None or self.dataset_item_id is None):
            raise ValueError("datasetId and datasetItemId require each other")
        fields = _TRACE_FIELDS if of_trace else _ITEM_FIELDS
        if self.field not in fields:
            raise ValueError(f"field must be one of {', '.join(fields)}")
        return self


class MediaUploadOut(Out):
    media_id: str
    upload_url: str | None = Field(description="Where to PUT the bytes; null when they are here already")


class MediaPatchIn(In):
    """How the upload went."""

    uploaded_at: _Moment
    upload_http_status: int = Field(ge=1, le=999, strict=True)
    upload_http_error: str | None = None
    upload_time_ms: float | None = Field(None, allow_inf_nan=False)


class MediaOut(Out):
    media_id: str
    content_type: str
    content_length: int
    uploaded_at: DateTime
    url: str = Field(description="Where to read the bytes, until `urlExpiry`")
    url_expiry: str
