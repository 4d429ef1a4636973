"""Tells those who watch a project that a client just knocked with a wrong key: SDKs often swallow the 401, and whoever
is setting one up sees nothing else. Live only: nothing is stored for a caller that nobody knows.

A wrong secret belongs to the project of its public key. A public key that nobody has belongs to no project; where the
server has one organization, everybody who watches is told, else nobody.
"""

import base64
import binascii

from sqlalchemy import func, select
from starlette.requests import HTTPConnection

from spyglass.api.key_ring import KeyRefused
from spyglass.api.limits import INGESTION, resource_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now_us
from spyglass.ingest.accept import read_client
from spyglass.ingest.live import News
from spyglass.stores.meta.tables import Organization

_HINT_CHARACTERS = 12


def is_worth_telling(request: HTTPConnection, state: AppState) -> bool:
    """Whether data were to be sent and somebody watches. No I/O."""
    resource = resource_of(request.scope["method"], request.scope["path"])
    return resource == INGESTION and bool(state.live.watched_anywhere())


def tell_refused_key(request: HTTPConnection, state: AppState, refused: KeyRefused) -> None:
    """Publish to the watchers whom it concerns. May read the metadata store."""
    public_key = _public_key(request.headers.get("authorization", ""))
    project_id = state.keys.project_of_key(public_key)
    if project_id is not None:
        concerned, reason = [project_id], f"{refused.message} The public key is known here."
    else:
        concerned = state.live.watched_anywhere() if _has_one_organization(state) else []
        reason = f"{refused.message} Nobody here has this public key."
    sdk = " ".join(part for part in read_client(request.headers) if part)
    change = {
        "at": iso_ms(now_us()),
        "status": refused.status,
        "reason": reason if public_key else refused.message,
        "kind": "request",
        "recordId": None,
        "count": 1,
        "sdk": sdk[:200] or None,
        "keyHint": public_key[:_HINT_CHARACTERS] or None,
    }
    for each in concerned:
        state.live.publish(each, News(errors=[change]))


def _public_key(header: str) -> str:
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    try:
        text = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return text.partition(":")[0]


def _has_one_organization(state: AppState) -> bool:
    with state.stores.meta.read() as session:
        return session.scalar(select(func.count()).select_from(Organization)) == 1
