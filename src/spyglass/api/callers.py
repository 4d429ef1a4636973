"""Who is asking: one `Annotated` alias per permission. A route names the one it needs in its signature.

    def get_prompt(caller: PromptReader, request: Request) -> ...:

`project_of(caller)` is the project of an alias that is not for organizations or the administrator.
"""

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from spyglass.api.key_ring import Caller as Caller
from spyglass.api.key_ring import KeyRefused as KeyRefused
from spyglass.api.limits import check_limit, resource_of
from spyglass.api.places import Of as Of
from spyglass.api.places import check_place, is_ui, place_person
from spyglass.api.refused_keys import is_worth_telling, tell_refused_key
from spyglass.api.sessions import SessionRefused, session_token
from spyglass.api.state import AppState, state_of
from spyglass.core.errors import Forbidden, Invalid, NotFound, Unauthorized
from spyglass.core.permissions import ADMIN_KEY, PROJECT_KEY, Permission, Role
from spyglass.stores.meta.audit import Actor, ActorType
from spyglass.stores.meta.tables import Project

ADMIN_ID = "admin"


class KeyForbidden(Forbidden):
    """403 of the key check. Its body is only `{"message": ...}`, as for `KeyRefused`."""

    name = ""


def authenticate(header: str | None, state: AppState) -> Caller:
    """The caller that an `Authorization` header stands for. Blocks on a database when it is not known yet."""
    return state.keys.known(header) or state.keys.authenticate(header)


def check_permission(caller: Caller, permission: Permission | None, of: Of = Of.PROJECT) -> None:
    """Raise 403 unless the caller is of the right kind and holds the permission (None: any valid pair)."""
    if caller.user_id:
        _check_person(caller, permission, of)
        return
    if of is Of.PERSON:
        raise KeyForbidden("This needs a person who is signed in, not an API key")
    if of is Of.ORGANIZATION and caller.project_id is not None:
        raise KeyForbidden("Invalid API key. Organization-scoped API key required for this operation.")
    if of is Of.PROJECT and caller.project_id is None:
        raise KeyForbidden("Project ID not found for API token. Are you using an organization key?")
    if permission is None:
        # A public key without its secret is no pair.
        allowed = caller.project_id is None or Permission.PROJECT_READ in caller.permissions
    else:
        allowed = permission in caller.permissions
    if not allowed:
        raise KeyForbidden("Access denied - insufficient permissions for this endpoint")


def _check_person(caller: Caller, permission: Permission | None, of: Of) -> None:
    if of is Of.PERSON:
        return
    if permission is None:
        permission = Permission.PROJECT_READ if caller.project_id else Permission.ORGANIZATION_UPDATE
    if permission not in caller.permissions:
        raise Forbidden(f"Your role {caller.role} does not allow this: it needs the permission {permission}")


def project_of(caller: Caller) -> str:
    """The project of a caller whose alias implies one."""
    assert caller.project_id is not None
    return caller.project_id


def actor_of(caller: Caller) -> Actor:
    """The caller as the audit log names it."""
    if caller.key_id == ADMIN_ID:
        return Actor(ActorType.ADMIN_KEY, "", "", caller.organization_id or None, caller.project_id)
    if caller.user_id:
        organization_id = caller.organization_id or None
        return Actor(ActorType.USER, caller.user_id, caller.role, organization_id, caller.project_id)
    return Actor(ActorType.API_KEY, caller.key_id, "", caller.organization_id, caller.project_id)


def role_of(caller: Caller) -> Role:
    """The role that a caller acts with: as what it may give and take away roles."""
    if caller.user_id:
        return Role(caller.role)
    return Role.OWNER if caller.project_id is None else Role.NONE


@dataclass(frozen=True)
class Requires:
    """A FastAPI dependency; `permission` and `of` are what the route-coverage test looks for.

    `on_behalf`: the administrator's key may act for a project that it names (contract 1.2, P/A). `keys_only`: no
    session will do, whatever its person may: what a route does without asking anybody is for machines.
    """

    permission: Permission | None
    of: Of = Of.PROJECT
    on_behalf: bool = False
    keys_only: bool = False

    async def __call__(self, request: HTTPConnection) -> Caller:
        return await self._check(request)

    async def _check(self, request: HTTPConnection) -> Caller:
        if self.of is Of.INSTANCE:
            return check_admin_key(request)
        if self.on_behalf and "x-langfuse-admin-api-key" in request.headers:
            return await run_in_threadpool(_caller_on_behalf, request)
        state = state_of(request)
        token = session_token(request) if "authorization" not in request.headers else None
        if token is not None:
            caller = await _person_of(request, state, token, self.of)
            if self.keys_only:
                raise KeyForbidden("This needs an API key, not a person who is signed in")
        else:
            caller = await _key_of(request, state)
        check_permission(caller, self.permission, self.of)
        check_place(caller, request)
        if state.limiter is not None:
            resource = resource_of(request.scope["method"], request.scope["path"])
            check_limit(state.limiter, caller.organization_id, resource)
        return caller


async def _person_of(request: HTTPConnection, state: AppState, token: str, of: Of) -> Caller:
    person = state.sessions.known(token)
    if person is None:
        person = await run_in_threadpool(state.sessions.authenticate, token)
    state.sessions.check_csrf(request, token)
    return place_person(person, request, of)


async def _key_of(request: HTTPConnection, state: AppState) -> Caller:
    header = request.headers.get("authorization")
    if header is None and is_ui(request):
        raise SessionRefused("You are not signed in")
    caller = state.keys.known(header)
    if caller is None:
        try:
            caller = await run_in_threadpool(state.keys.authenticate, header)
        except KeyRefused as refused:
            if is_worth_telling(request, state):
                await run_in_threadpool(tell_refused_key, request, state, refused)
            raise
    return caller


@dataclass(frozen=True)
class RequiresForBatch(Requires):
    """The batch endpoint answers 401 with `error` to whatever is wrong with a key (contract 1.1)."""

    async def __call__(self, request: HTTPConnection) -> Caller:
        try:
            return await self._check(request)
        except (KeyRefused, KeyForbidden) as error:
            raise Unauthorized(error.message) from error


def check_admin_key(request: HTTPConnection) -> Caller:
    """The administrator, who has `Authorization: Bearer $ADMIN_API_KEY`. Off until that key is set."""
    expected = state_of(request).admin_key
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if not expected:
        raise KeyRefused("The administration API is off: no ADMIN_API_KEY is set")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), expected.encode()):
        raise KeyRefused("Invalid token")
    return Caller(None, "", ADMIN_KEY, "", ADMIN_ID)


def _caller_on_behalf(request: HTTPConnection) -> Caller:
    """The administrator as the project of `x-langfuse-project-id`; both headers must hold the key."""
    check_admin_key(request)
    expected = state_of(request).admin_key
    if not hmac.compare_digest(request.headers["x-langfuse-admin-api-key"].encode(), expected.encode()):
        raise KeyRefused("Invalid admin API key")
    project_id = request.headers.get("x-langfuse-project-id")
    if not project_id:
        raise Invalid("The header x-langfuse-project-id is missing")
    with state_of(request).stores.meta.read() as session:
        project = session.get(Project, project_id)
    if project is None or project.deleted_at is not None:
        raise NotFound("Project not found")
    return Caller(project.id, project.organization_id, PROJECT_KEY, "", ADMIN_ID)


Ingester = Annotated[Caller, Depends(Requires(Permission.INGEST))]
# Of the batch endpoint, which lets each event ask for INGEST.
BatchWriter = Annotated[Caller, Depends(RequiresForBatch(Permission.SCORES_CREATE))]
# Also a public key alone (Bearer).
ScoreWriter = Annotated[Caller, Depends(Requires(Permission.SCORES_CREATE))]
ScoreDeleter = Annotated[Caller, Depends(Requires(Permission.SCORES_WRITE))]
Reader = Annotated[Caller, Depends(Requires(Permission.PROJECT_READ))]
# A bookmark, tags, who may see it: the route asks for the permission of each.
TraceEditor = Annotated[Caller, Depends(Requires(Permission.OBJECTS_BOOKMARK))]
TraceDeleter = Annotated[Caller, Depends(Requires(Permission.TRACES_DELETE))]
# Any valid pair, of a project or an organization: the route tells them apart itself.
KeyHolder = Annotated[Caller, Depends(Requires(None, Of.ANY))]

PromptReader = Annotated[Caller, Depends(Requires(Permission.PROMPTS_READ))]
PromptWriter = Annotated[Caller, Depends(Requires(Permission.PROMPTS_WRITE))]
ScoreConfigReader = Annotated[Caller, Depends(Requires(Permission.SCORE_CONFIGS_READ))]
ScoreConfigWriter = Annotated[Caller, Depends(Requires(Permission.SCORE_CONFIGS_WRITE))]
DatasetReader = Annotated[Caller, Depends(Requires(Permission.DATASETS_READ))]
DatasetWriter = Annotated[Caller, Depends(Requires(Permission.DATASETS_WRITE))]
CommentReader = Annotated[Caller, Depends(Requires(Permission.COMMENTS_READ))]
CommentWriter = Annotated[Caller, Depends(Requires(Permission.COMMENTS_WRITE))]
QueueReader = Annotated[Caller, Depends(Requires(Permission.ANNOTATION_QUEUES_READ))]
QueueWriter = Annotated[Caller, Depends(Requires(Permission.ANNOTATION_QUEUES_WRITE))]
QueueAssigner = Annotated[Caller, Depends(Requires(Permission.ANNOTATION_QUEUE_ASSIGNMENTS_WRITE))]
ViewReader = Annotated[Caller, Depends(Requires(Permission.TABLE_VIEW_PRESETS_READ))]
ViewWriter = Annotated[Caller, Depends(Requires(Permission.TABLE_VIEW_PRESETS_WRITE))]
Exporter = Annotated[Caller, Depends(Requires(Permission.BATCH_EXPORTS_CREATE))]
AuditReader = Annotated[Caller, Depends(Requires(Permission.AUDIT_LOGS_READ, Of.ANY))]

ModelReader = Annotated[Caller, Depends(Requires(Permission.PROJECT_READ, on_behalf=True))]
ModelWriter = Annotated[Caller, Depends(Requires(Permission.MODELS_WRITE, on_behalf=True))]
ConnectionReader = Annotated[Caller, Depends(Requires(Permission.LLM_API_KEYS_READ, on_behalf=True))]
ConnectionWriter = Annotated[Caller, Depends(Requires(Permission.LLM_API_KEYS_UPDATE, on_behalf=True))]
ConnectionDeleter = Annotated[Caller, Depends(Requires(Permission.LLM_API_KEYS_DELETE, on_behalf=True))]

# Of an organization's key. A project in the path must belong to it: `projects/service.py` checks that.
ProjectCreator = Annotated[Caller, Depends(Requires(Permission.PROJECTS_CREATE, Of.ORGANIZATION))]
ProjectUpdater = Annotated[Caller, Depends(Requires(Permission.PROJECT_UPDATE, Of.ORGANIZATION))]
ProjectDeleter = Annotated[Caller, Depends(Requires(Permission.PROJECT_DELETE, Of.ORGANIZATION))]
ProjectKeyReader = Annotated[Caller, Depends(Requires(Permission.API_KEYS_READ, Of.ORGANIZATION))]
ProjectKeyWriter = Annotated[Caller, Depends(Requires(Permission.API_KEYS_WRITE, Of.ORGANIZATION))]
ProjectMemberReader = Annotated[Caller, Depends(Requires(Permission.PROJECT_MEMBERS_READ, Of.ORGANIZATION))]
ProjectMemberWriter = Annotated[Caller, Depends(Requires(Permission.PROJECT_MEMBERS_WRITE, Of.ORGANIZATION))]
MemberReader = Annotated[Caller, Depends(Requires(Permission.ORGANIZATION_MEMBERS_READ, Of.ORGANIZATION))]
MemberWriter = Annotated[Caller, Depends(Requires(Permission.ORGANIZATION_MEMBERS_WRITE, Of.ORGANIZATION))]
# Identity providers make members at once; a person invites, and gives no more than they have.
ScimReader = Annotated[
    Caller, Depends(Requires(Permission.ORGANIZATION_MEMBERS_READ, Of.ORGANIZATION, keys_only=True))
]
ScimWriter = Annotated[
    Caller, Depends(Requires(Permission.ORGANIZATION_MEMBERS_WRITE, Of.ORGANIZATION, keys_only=True))
]
OrganizationKeyReader = Annotated[
    Caller, Depends(Requires(Permission.ORGANIZATION_API_KEYS, Of.ORGANIZATION))
]
OrganizationReader = Annotated[Caller, Depends(Requires(Permission.ORGANIZATION_UPDATE, Of.ORGANIZATION))]
OrganizationDeleter = Annotated[Caller, Depends(Requires(Permission.ORGANIZATION_DELETE, Of.ORGANIZATION))]
ProtectedLabelWriter = Annotated[
    Caller, Depends(Requires(Permission.PROMPT_PROTECTED_LABELS_WRITE, Of.ORGANIZATION))
]
IntegrationWriter = Annotated[Caller, Depends(Requires(Permission.INTEGRATIONS_WRITE, Of.ORGANIZATION))]

# Of the routes of the web UI that name their project in the path.
KeyReader = Annotated[Caller, Depends(Requires(Permission.API_KEYS_READ))]
KeyWriter = Annotated[Caller, Depends(Requires(Permission.API_KEYS_WRITE))]
SettingsWriter = Annotated[Caller, Depends(Requires(Permission.PROJECT_UPDATE))]
ProjectEnder = Annotated[Caller, Depends(Requires(Permission.PROJECT_DELETE))]
# Whoever is signed in, of whatever organization.
SignedIn = Annotated[Caller, Depends(Requires(None, Of.PERSON))]
OrganizationUpdater = Annotated[Caller, Depends(Requires(Permission.ORGANIZATION_UPDATE, Of.ORGANIZATION))]

Administrator = Annotated[Caller, Depends(Requires(Permission.INSTANCE_ADMIN, Of.INSTANCE))]
