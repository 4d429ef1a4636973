"""Where an id, or a link from anywhere, leads: looked for in the projects that the asker may see, and nowhere else."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from sqlalchemy import select

from spyglass.api.state import AppState
from spyglass.core.errors import NotFound
from spyglass.core.permissions import Role
from spyglass.query.presence import has_session, has_trace, has_user
from spyglass.query.trace_tree import find_trace_of
from spyglass.stores.meta import scoped
from spyglass.stores.meta.people import project_roles_of
from spyglass.stores.meta.tables import Project, Prompt

MOST_MATCHES = 20
MOST_PROJECTS = 200
MOST_CHARACTERS = 2000

Match = dict[str, Any]


class Place(NamedTuple):
    """A project in which something may be found."""

    id: str
    name: str


def list_places(state: AppState, project_ids: Iterable[str]) -> list[Place]:
    ids = sorted(project_ids)[:MOST_PROJECTS]
    statement = select(Project.id, Project.name).where(Project.id.in_(ids), Project.deleted_at.is_(None))
    with state.stores.meta.read() as session:
        return [Place(*row) for row in session.execute(statement.order_by(Project.name, Project.id))]


def projects_of(state: AppState, user_id: str) -> list[str]:
    """The ids of the projects that a person may see."""
    with state.stores.meta.read() as session:
        roles = project_roles_of(session, user_id)
    return [project_id for project_id, (_, role) in roles.items() if role is not Role.NONE]


def resolve(state: AppState, project_ids: Iterable[str], text: str) -> list[Match]:
    """What has this id or name, best first; a link leads to what it names. Nothing for an empty text."""
    wanted = text.strip()
    places = list_places(state, project_ids) if wanted else []
    if "://" in wanted or wanted.startswith("/"):
        return _read_link(wanted, places)
    found: list[Match] = []
    for place in places:
        for look in _LOOKS:
            found += look(state, place, wanted)
        if len(found) >= MOST_MATCHES:
            break
    return sorted(found[:MOST_MATCHES], key=lambda match: _ORDER.index(match["kind"]))


def find_project_of_trace(state: AppState, project_ids: Iterable[str], trace_id: str) -> str:
    """The project that holds a trace. Raises `NotFound`."""
    for place in list_places(state, project_ids):
        if has_trace(state.stores.analytics, place.id, trace_id):
            return place.id
    raise NotFound(f"Trace {trace_id} not found within your projects")


def _trace(state: AppState, place: Place, wanted: str) -> list[Match]:
    if not has_trace(state.stores.analytics, place.id, wanted):
        return []
    return [_match("trace", place, wanted, _below("traces", wanted))]


def _observation(state: AppState, place: Place, wanted: str) -> list[Match]:
    trace_id = find_trace_of(state.stores.analytics, place.id, wanted)
    if trace_id is None:
        return []
    path = _below("traces", trace_id, observation=wanted)
    return [{**_match("observation", place, wanted, path), "traceId": trace_id}]


def _session(state: AppState, place: Place, wanted: str) -> list[Match]:
    if not has_session(state.stores.analytics, place.id, wanted):
        return []
    return [_match("session", place, wanted, _below("sessions", wanted))]


def _user(state: AppState, place: Place, wanted: str) -> list[Match]:
    if not has_user(state.stores.analytics, place.id, wanted):
        return []
    return [_match("user", place, wanted, _below("users", wanted))]


def _prompt(state: AppState, place: Place, wanted: str) -> list[Match]:
    with state.stores.meta.read() as session:
        found = session.scalars(scoped(Prompt, place.id).where(Prompt.name == wanted)).first()
    return [_match("prompt", place, wanted, f"prompts/{_quoted(wanted)}")] if found is not None else []


_LOOKS: list[Callable[[AppState, Place, str], list[Match]]] = [_trace, _observation, _session, _user, _prompt]
_ORDER = ("url", "trace", "observation", "session", "user", "prompt")


def _read_link(text: str, places: list[Place]) -> list[Match]:
    """A link of this server, of another Spyglass or of Langfuse: all have the same paths below `/project/`."""
    try:
        link = urlsplit(text)
    except ValueError:
        return []
    _, below, rest = link.path.partition("/project/")
    project_id, _, page = rest.partition("/")
    place = next((each for each in places if each.id == unquote(project_id)), None)
    if not below or place is None:
        return []
    query = f"?{link.query}" if parse_qs(link.query) else ""
    return [_match("url", place, text, page + query)]


def _match(kind: str, place: Place, id_: str, path: str) -> Match:
    return {
        "kind": kind,
        "projectId": place.id,
        "projectName": place.name,
        "id": id_,
        "traceId": None,
        "path": f"/project/{_quoted(place.id)}/{path}",
    }


def _below(folder: str, id_: str, **query: str) -> str:
    """As `ui/src/kit/url/paths.ts` writes it: browsers take two ids for steps through folders, however encoded."""
    if id_ in (".", ".."):
        query = {"id": id_, **query}
        id_ = "~"
    return f"{folder}/{_quoted(id_)}" + (f"?{urlencode(query, quote_via=quote)}" if query else "")


def _quoted(id_: str) -> str:
    return quote(id_, safe="")
