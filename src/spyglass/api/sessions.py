"""Who a session cookie stands for, remembered for a second, and the proof that a page of ours sent a request.

The hot path is `known`: a dictionary look-up on the token, no I/O. Whatever ends a session or changes a role
raises `PEOPLE`: this process sees it at once, others within a second. Must never log a token.
"""

import hashlib
import hmac
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from spyglass.core.clock import monotonic_s, now
from spyglass.core.errors import Forbidden, SpyglassError, Unauthorized
from spyglass.core.permissions import Role, rank
from spyglass.stores.meta import Meta
from spyglass.stores.meta.people import organization_roles_of, project_roles_of
from spyglass.stores.meta.sign_in import Client, Lifetimes, find_live_session, hash_token, note_use
from spyglass.stores.meta.tables.revisions import PEOPLE

log = logging.getLogger(__name__)

COOKIE = "spyglass_session"
CSRF_HEADER = "x-spyglass-csrf"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_FRESH_S = 1.0
_USED_EVERY = timedelta(minutes=1)
_CAPACITY = 4096
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_AGENT_CHARACTERS = 300


class SessionRefused(Unauthorized):
    """401: there is no session, it is over, or its user is disabled."""


class CsrfRefused(Forbidden):
    """403: a request that changes something did not come from a page of this server."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and which role they have where."""

    session_id: str
    user_id: str
    email: str
    organizations: Mapping[str, Role]
    projects: Mapping[
        str, tuple[str, Role]
    ]  # project -> (organization, role); without those they may not see
    least: Mapping[str, Role]  # organization -> the role that they have in every one of its projects


@dataclass(frozen=True, slots=True)
class _Known:
    person: Person
    fresh_until_s: float
    revision: tuple[int, int]


class SessionRing:
    def __init__(self, meta: Meta, secret: bytes, lifetimes: Lifetimes) -> None:
        self._meta = meta
        self._secret = secret
        self._lifetimes = lifetimes
        self._lock = threading.Lock()
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def known(self, token: str) -> Person | None:
        """The person when that can be said without I/O; None sends you to `authenticate`."""
        entry = self._known.get(token)
        if entry is None or monotonic_s() >= entry.fresh_until_s:
            return None
        return entry.person if self._meta.known_revision(PEOPLE, "") == entry.revision else None

    def authenticate(self, token: str) -> Person:
        """The person, with I/O where needed. Raises `SessionRefused` (401) or `Unavailable` (503)."""
        # Read before the rows: what is committed between the two is then read once more, never missed.
        revision = self._meta.revision(PEOPLE, "")
        entry = self._known.get(token)
        if entry is not None and entry.revision == revision and monotonic_s() < entry.fresh_until_s:
            return entry.person
        person = self._read(token)
        with self._lock:
            self._known[token] = _Known(person, monotonic_s() + _FRESH_S, revision)
            self._known.move_to_end(token)
            if len(self._known) > _CAPACITY:
                self._known.popitem(last=False)
        return person

    def csrf_of(self, token: str) -> str:
        """What a page sends along with each change. It follows from the session and cannot be guessed."""
        return hmac.new(self._secret, b"csrf:" + hash_token(token).encode(), hashlib.sha256).hexdigest()

    def check_csrf(self, request: HTTPConnection, token: str) -> None:
        """Raises `CsrfRefused` for an unsafe request without the right header."""
        if request.scope.get("method", "GET") in _SAFE_METHODS:
            return
        given = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.csrf_of(token).encode()):
            raise CsrfRefused(f"The header {CSRF_HEADER} is missing or wrong; reload the page")

    def _read(self, token: str) -> Person:
        if not _TOKEN.fullmatch(token):
            raise SessionRefused("You are not signed in")
        moment = now()
        with self._meta.read() as session:
            found = find_live_session(session, token, self._lifetimes, moment)
            if found is None:
                with self._lock:
                    self._known.pop(token, None)
                raise SessionRefused("You are not signed in, or your session is over")
            row, user = found
            organizations = organization_roles_of(session, user.id)
            projects = project_roles_of(session, user.id)
        if moment - row.last_used_at >= _USED_EVERY:
            self._note_use(row.id)
        visible = {project_id: each for project_id, each in projects.items() if each[1] is not Role.NONE}
        least = dict(organizations)
        for organization_id, role in projects.values():
            least[organization_id] = min(least[organization_id], role, key=rank)
        return Person(row.id, user.id, user.email, organizations, visible, least)

    def _note_use(self, session_id: str) -> None:
        """Best effort: a session works although its last use cannot be written."""
        try:
            with self._meta.begin() as session:
                note_use(session, session_id, now())
        except SpyglassError as error:
            log.warning("could not record the use of session %s: %s", session_id, error.message)


def session_token(request: HTTPConnection) -> str | None:
    """The token of the cookie, unless a page of another origin makes the browser send it: a link that leads here is
    fine, a request of a foreign script or form is not."""
    token = request.cookies.get(COOKIE)
    if not token or is_foreign(request):
        return None
    return token


def is_foreign(request: HTTPConnection) -> bool:
    """Whether the browser says that another site or origin sends this, other than by following a link."""
    site = request.headers.get("sec-fetch-site", "none")
    if site in ("none", "same-origin"):
        return False
    navigates = request.headers.get("sec-fetch-mode") == "navigate"
    return not (navigates and request.scope.get("method", "GET") in _SAFE_METHODS)


def client_of(request: HTTPConnection) -> Client:
    """Where a request comes from. Behind a proxy its address counts only where the operator trusts that one."""
    address = request.client.host if request.client is not None else ""
    agent = request.headers.get("user-agent", "")[:_MAX_AGENT_CHARACTERS]
    return Client(address, agent.replace("\0", ""))


def set_cookie(
    response: Response, request: HTTPConnection, token: str, lifetimes: Lifetimes, url: str
) -> None:
    """`url`: the public address of this server, where one is set. The server itself ends the session earlier when
    it is not used."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lifetimes.most.total_seconds()),
        path=cookie_path(request),
        secure=is_secure(request, url),
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, request: HTTPConnection, url: str) -> None:
    response.delete_cookie(
        COOKIE, path=cookie_path(request), secure=is_secure(request, url), httponly=True, samesite="lax"
    )


def cookie_path(request: HTTPConnection) -> str:
    return str(request.scope.get("root_path") or "/")


def is_secure(request: HTTPConnection, url: str) -> bool:
    return request.url.scheme == "https" or url.startswith("https://")
