"""Who an `Authorization` header stands for: looked up in the metadata store, remembered for a minute.

The hot path is `known`: a dictionary look-up on the header text, no I/O. Both caches are bounded. A change
of any key raises a revision number in the store, which is read at most every `_CHECK_S` seconds, so a key
that another process revoked stops working within seconds. While the store is down, keys that were seen
lately go on working. Must never log or raise anything that holds a secret.

Guessing costs the store little: what it said of a public key, also that there is none, is kept for a few seconds,
so any number of secrets tried with it is one query.
"""

import base64
import binascii
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from spyglass.core.clock import monotonic_s, now
from spyglass.core.counting import CacheCounts
from spyglass.core.errors import SpyglassError, Unauthorized, Unavailable
from spyglass.core.keys import secret_matches
from spyglass.core.permissions import ORGANIZATION_KEY, PROJECT_KEY, PUBLIC_KEY, Permission
from spyglass.stores.meta import Meta
from spyglass.stores.meta.tables import ApiKey, Project
from spyglass.stores.meta.tables.api_keys import Scope
from spyglass.stores.meta.tables.revisions import API_KEYS, Revision

log = logging.getLogger(__name__)

_FRESH_S = 60.0
_REFUSED_S = 10.0
_CHECK_S = 2.0
_USABLE_S = 300.0  # how long a known key works without the store
_USED_EVERY = timedelta(minutes=1)
_CAPACITY = 4096
_MAX_HEADER_CHARACTERS = 2048
_WRONG_HOST = "Confirm that you've configured the correct host."


class KeyRefused(Unauthorized):
    """401 of the key check. Its body is only `{"message": ...}`: an empty name leaves `error` out."""

    name = ""


class KeyCheckUnavailable(Unavailable):
    """503 of the key check: nobody can say whether this key is good."""

    name = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what that one may do: a key, or a person with a session. `project_id` is None where all of an
    organization is meant. `user_id`, `role` (the one that counts there) and `session_id` are a person's."""

    project_id: str | None
    organization_id: str
    permissions: frozenset[Permission]
    public_key: str
    key_id: str
    user_id: str = ""
    role: str = ""
    session_id: str = ""


@dataclass(slots=True)
class _Known:
    caller: Caller
    fresh_until_s: float
    usable_until_s: float


@dataclass(frozen=True, slots=True)
class _Found:
    """A row as it was read, detached from its transaction."""

    caller: Caller
    secret_hash: str
    expires_at: datetime | None
    last_used_at: datetime | None


class KeyRing:
    def __init__(self, meta: Meta, pepper: bytes, clock_s: Callable[[], float] = monotonic_s) -> None:
        self._meta = meta
        self._pepper = pepper
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._refused: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._rows: OrderedDict[str, tuple[float, _Found | None]] = OrderedDict()  # by public key
        self._revision = -1
        self.counts = CacheCounts()
        self._check_at_s = 0.0
        self._generation = 0  # a look-up that began before `forget` must not be remembered after it

    def known(self, header: str | None) -> Caller | None:
        """The caller when that can be said without I/O; None sends you to `authenticate`."""
        entry = self._known.get(header) if header is not None else None
        if entry is None:
            return None
        now_s = self._clock_s()
        if now_s >= self._check_at_s or now_s >= entry.fresh_until_s:
            return None
        self.counts.hit()
        return entry.caller

    def authenticate(self, header: str | None) -> Caller:
        """The caller, with I/O where needed. Raises `KeyRefused` (401) or `Unavailable` (503)."""
        scheme, credentials = _split(header)
        assert header is not None
        self._notice_changes()
        caller = self.known(header)
        if caller is not None:
            return caller
        self._raise_if_refused(header)
        self.counts.miss()
        generation = self._generation
        try:
            found = self._look_up(scheme, credentials)
        except Unavailable:
            return self._known_while_down(header)
        except KeyRefused as refused:
            self._remember_refusal(header, refused.message, generation)
            raise
        self._remember(header, found, generation)
        self._record_use(found)
        return found.caller

    def project_of_key(self, public_key: str) -> str | None:
        """Whose public key this is, if it is a project's; says nothing about the secret. May do I/O."""
        found = self._find(public_key)
        return found.caller.project_id if found is not None else None

    def forget(self) -> None:
        """Look everything up again: keys, projects or organizations changed in this process."""
        with self._lock:
            self._generation += 1
            self._known.clear()
            self._refused.clear()
            self._rows.clear()

    def _notice_changes(self) -> None:
        with self._lock:
            if self._clock_s() < self._check_at_s:
                return
            self._check_at_s = self._clock_s() + _CHECK_S  # the others do not wait for this one
        try:
            with self._meta.read() as session:
                number = session.scalar(select(Revision.number).where(Revision.name == API_KEYS)) or 0
        except Unavailable:
            return
        if number != self._revision:
            self._revision = number
            self.forget()

    def _look_up(self, scheme: str, credentials: str) -> _Found:
        if scheme == "basic":
            public_key, secret_key = _decode_basic(credentials)
            found = self._find(public_key)
            # Both halves must belong together; the same words whichever is wrong.
            if found is None or not secret_matches(self._pepper, secret_key, found.secret_hash):
                raise KeyRefused(f"Invalid credentials. {_WRONG_HOST}")
        else:
            found = self._find(credentials)
            if found is None:
                raise KeyRefused(f"Invalid public key. {_WRONG_HOST}")
            if found.caller.project_id is None:
                raise KeyRefused("The key of an organization needs its secret: use Basic authorization.")
            caller = Caller(
                found.caller.project_id,
                found.caller.organization_id,
                PUBLIC_KEY,
                credentials,
                found.caller.key_id,
            )
            found = _Found(caller, found.secret_hash, found.expires_at, found.last_used_at)
        if found.expires_at is not None and found.expires_at <= now():
            raise KeyRefused(f"Invalid credentials: the key has expired. {_WRONG_HOST}")
        return found

    def _find(self, public_key: str) -> _Found | None:
        if "\0" in public_key:
            return None  # PostgreSQL refuses it as a value
        kept = self._rows.get(public_key)
        if kept is not None and self._clock_s() < kept[0]:
            return kept[1]
        generation = self._generation
        found = self._read(public_key)
        with self._lock:
            if generation == self._generation:
                self._rows[public_key] = (self._clock_s() + _REFUSED_S, found)
                self._rows.move_to_end(public_key)
                if len(self._rows) > _CAPACITY:
                    self._rows.popitem(last=False)
        return found

    def _read(self, public_key: str) -> _Found | None:
        statement = (
            select(ApiKey, Project.deleted_at)
            .outerjoin(Project, Project.id == ApiKey.project_id)
            .where(ApiKey.public_key == public_key)
        )
        with self._meta.read() as session:
            row = session.execute(statement).one_or_none()
            if row is None or row[1] is not None:
                return None
            key = row[0]
            of_project = key.scope == Scope.PROJECT
            caller = Caller(
                key.project_id if of_project else None,
                key.organization_id,
                PROJECT_KEY if of_project else ORGANIZATION_KEY,
                key.public_key,
                key.id,
            )
            return _Found(caller, key.secret_hash, key.expires_at, key.last_used_at)

    def _remember(self, header: str, found: _Found, generation: int) -> None:
        """Each minute anew for a key in use, so the one dropped for want of room is the longest unused."""
        now_s = self._clock_s()
        left_s = _USABLE_S
        if found.expires_at is not None:
            left_s = min(left_s, (found.expires_at - now()).total_seconds())
        entry = _Known(found.caller, now_s + min(_FRESH_S, left_s), now_s + left_s)
        with self._lock:
            if generation != self._generation:
                return
            self._known[header] = entry
            self._known.move_to_end(header)
            if len(self._known) > _CAPACITY:
                self._known.popitem(last=False)

    def _remember_refusal(self, header: str, message: str, generation: int) -> None:
        with self._lock:
            self._known.pop(header, None)
            if generation != self._generation:
                return
            self._refused[header] = (self._clock_s() + _REFUSED_S, message)
            if len(self._refused) > _CAPACITY:
                self._refused.popitem(last=False)

    def _raise_if_refused(self, header: str) -> None:
        entry = self._refused.get(header)
        if entry is not None and self._clock_s() < entry[0]:
            raise KeyRefused(entry[1])

    def _known_while_down(self, header: str) -> Caller:
        entry = self._known.get(header)
        now_s = self._clock_s()
        if entry is None or now_s >= entry.usable_until_s:
            raise KeyCheckUnavailable("Service Unavailable")
        entry.fresh_until_s = min(now_s + _CHECK_S, entry.usable_until_s)
        return entry.caller

    def _record_use(self, found: _Found) -> None:
        """Best effort: a key works although its `last_used_at` cannot be written."""
        moment = now()
        if found.last_used_at is not None and moment - found.last_used_at < _USED_EVERY:
            return
        try:
            with self._meta.begin() as session:
                session.execute(
                    update(ApiKey).where(ApiKey.id == found.caller.key_id).values(last_used_at=moment)
                )
        except SpyglassError as error:
            log.warning("could not record the use of key %s: %s", found.caller.key_id, error.message)


def _split(header: str | None) -> tuple[str, str]:
    if not header:
        raise KeyRefused("No authorization header")
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() not in ("basic", "bearer") or len(header) > _MAX_HEADER_CHARACTERS:
        raise KeyRefused("Invalid authorization header")
    return scheme.lower(), credentials.strip()


def _decode_basic(credentials: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise KeyRefused(f"Invalid credentials. {_WRONG_HOST}") from None
    public_key, _, secret_key = text.partition(":")
    return public_key, secret_key
