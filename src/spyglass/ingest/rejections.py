"""What was refused at the door, kept for the project's users to read: SDKs often swallow the answer.

`record` is called while a request is answered and only appends to a list in memory; a thread writes the list to
the metadata store. Too much at once, or a store that stays away, loses the oldest. Never the content of a record.
"""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import insert, or_
from sqlalchemy.orm import Session

from spyglass.core.clock import from_us, iso_ms, to_us
from spyglass.core.errors import SpyglassError, Unavailable
from spyglass.core.records import Arrival, Rejection
from spyglass.ingest.live import Live, News, Nobody
from spyglass.stores.meta import Meta, delete_scoped, scoped
from spyglass.stores.meta.tables import Rejection as Row

log = logging.getLogger(__name__)

KEPT = 1000  # of each project

_OF_A_REQUEST = 10  # named one by one; the others are one row
_MOST_WAITING = 2000
_GATHER_S = 0.25
_RETRY_S = 2.0
_ID_CHARACTERS = 200
_MESSAGE_CHARACTERS = 500
_HINT_CHARACTERS = 12

_Values = dict[str, Any]  # of the columns of a row


class RejectionRecorder:
    """Thread-safe. `stop` writes what waits."""

    def __init__(self, meta: Meta, kept: int = KEPT, live: Live | None = None) -> None:
        self._meta = meta
        self._live: Live = live or Nobody()
        self._kept = kept
        self._waiting: deque[_Values] = deque(maxlen=_MOST_WAITING)
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rejections", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        with self._changed:
            self._changed.notify()
        if self._thread.ident is not None:  # `spyglass replay` never starts it
            self._thread.join(_RETRY_S)
            self.flush()

    def record(self, arrival: Arrival, rejections: Sequence[Rejection]) -> None:
        """Keep what was refused of one request. Never waits and never fails."""
        if not rejections:
            return
        rows = [_row(arrival, place, each) for place, each in enumerate(rejections[:_OF_A_REQUEST])]
        if len(rejections) > _OF_A_REQUEST:
            rows.append(_rest(arrival, rejections[_OF_A_REQUEST:]))
        with self._changed:
            self._waiting.extend(rows)
            self._changed.notify()
        if self._live.watches(arrival.project_id):
            self._live.publish(arrival.project_id, News(errors=list(map(_describe, rows))))

    def flush(self) -> bool:
        """Write what waits; False when the store is away, and then it goes on waiting."""
        with self._writing:
            with self._changed:
                rows = sorted(self._waiting, key=_project_of)
                self._waiting.clear()
            for project_id, group in groupby(rows, _project_of):
                mine = list(group)
                try:
                    with self._meta.begin() as session:
                        _write(session, project_id, mine, self._kept)
                except Unavailable:
                    self._put_back([row for row in rows if row["project_id"] >= project_id])
                    return False
                except SpyglassError as error:  # such as a project that is gone
                    log.info("%d rejections of project %s are lost: %s", len(mine), project_id, error.message)
        return True

    def _put_back(self, rows: list[_Values]) -> None:
        with self._changed:
            newer = list(self._waiting)
            self._waiting.clear()
            self._waiting.extend([*rows, *newer])

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                while not self._waiting and not self._stopping.is_set():
                    self._changed.wait()
            self._stopping.wait(_GATHER_S)
            try:
                written = self.flush()
            except Exception:
                log.exception("rejections could not be written")
                written = False
            if not written:
                self._stopping.wait(_RETRY_S)


def _row(arrival: Arrival, place: int, rejection: Rejection) -> _Values:
    message = ": ".join(part for part in (rejection.message, rejection.error) if part)
    return _make(
        arrival, place, rejection.kind or "request", rejection.status, message, record_id=rejection.record_id
    )


def _rest(arrival: Arrival, rejections: Sequence[Rejection]) -> _Values:
    count = len(rejections)
    kinds = {rejection.kind for rejection in rejections}
    kind = kinds.pop() if len(kinds) == 1 else "event"
    message = f"{count} more of the same request"
    return _make(arrival, _OF_A_REQUEST, kind or "request", rejections[0].status, message, count=count)


def _make(
    arrival: Arrival, place: int, kind: str, status: int, message: str, *, record_id: str = "", count: int = 1
) -> _Values:
    """`place` in the request keeps its rejections in their order when the newest come first."""
    return {
        "project_id": arrival.project_id,
        "kind": kind,
        "record_id": _clean(record_id, _ID_CHARACTERS),
        "status": status,
        "message": _clean(message, _MESSAGE_CHARACTERS),
        "count": count,
        "public_key": arrival.public_key,
        "sdk_name": _clean(arrival.sdk_name, _ID_CHARACTERS),
        "sdk_version": _clean(arrival.sdk_version, _ID_CHARACTERS),
        "created_at": from_us(arrival.received_us - place),
    }


def _describe(row: _Values) -> dict[str, Any]:
    """As a stream of the web UI tells it. The public key is no secret; its beginning is enough to tell which."""
    return {
        "at": iso_ms(to_us(row["created_at"])),
        "status": row["status"],
        "reason": row["message"],
        "kind": row["kind"],
        "recordId": row["record_id"] or None,
        "count": row["count"],
        "sdk": " ".join(part for part in (row["sdk_name"], row["sdk_version"]) if part) or None,
        "keyHint": row["public_key"][:_HINT_CHARACTERS] or None,
    }


def _clean(text: str, characters: int) -> str:
    """A text that every metadata store takes."""
    return text[:characters].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _write(session: Session, project_id: str, rows: list[_Values], kept: int) -> None:
    """Insert, and delete what is older than the newest `kept`."""
    session.execute(insert(Row), rows)
    newest_first = scoped(Row, project_id).order_by(Row.created_at.desc(), Row.id.desc())
    last = session.scalars(newest_first.offset(kept).limit(1)).first()
    if last is not None:
        older = or_(
            Row.created_at < last.created_at, (Row.created_at == last.created_at) & (Row.id <= last.id)
        )
        session.execute(delete_scoped(Row, project_id).where(older))


def _project_of(row: _Values) -> str:
    return str(row["project_id"])
