"""Who is asking: one `Annotated` alias per permission. A route names the one it needs in its signature.

    async def ingest_batch(caller: Ingester, request: Request) -> ...:

`caller.project_id` is a text for all of them except `OrganizationAdmin` and `KeyHolder`.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from spyglass.api.key_ring import Caller, KeyRefused
from spyglass.api.state import AppState, state_of
from spyglass.core.errors import Forbidden, Unauthorized
from spyglass.core.permissions import Permission

__all__ = [
    "BatchWriter",
    "Caller",
    "Deleter",
    "Ingester",
    "KeyHolder",
    "KeyRefused",
    "OrganizationAdmin",
    "Reader",
    "Requires",
    "ScoreWriter",
    "authenticate",
    "project_of",
]


class KeyForbidden(Forbidden):
    """403 of the key check. Its body is only `{"message": ...}`, as for `KeyRefused`."""

    name = ""


def authenticate(header: str | None, state: AppState) -> Caller:
    """The caller that an `Authorization` header stands for. Blocks on a database when it is not known yet."""
    return state.keys.known(header) or state.keys.authenticate(header)


def check_permission(caller: Caller, permission: Permission | None) -> None:
    """Raise 403 unless the caller holds the permission (None: any valid pair of keys will do)."""
    if permission is None:
        allowed = Permission.READ in caller.permissions or caller.project_id is None
    else:
        allowed = permission in caller.permissions
    if allowed:
        return
    if permission is Permission.ADMIN:
        raise KeyForbidden("Invalid API key. Organization-scoped API key required for this operation.")
    if caller.project_id is None:
        raise KeyForbidden("Project ID not found for API token. Are you using an organization key?")
    raise KeyForbidden("Access denied - insufficient permissions for this endpoint")


def project_of(caller: Caller) -> str:
    """The project of a caller whose permission implies one."""
    assert caller.project_id is not None
    return caller.project_id


@dataclass(frozen=True)
class Requires:
    """A FastAPI dependency; `permission` is what the route-coverage test looks for."""

    permission: Permission | None

    async def __call__(self, request: HTTPConnection) -> Caller:
        return await self._check(request)

    async def _check(self, request: HTTPConnection) -> Caller:
        header = request.headers.get("authorization")
        keys = state_of(request).keys
        caller = keys.known(header)
        if caller is None:
            caller = await run_in_threadpool(keys.authenticate, header)
        check_permission(caller, self.permission)
        return caller


@dataclass(frozen=True)
class RequiresForBatch(Requires):
    """The batch endpoint answers 401 with `error` to whatever is wrong with a key (contract 1.1)."""

    async def __call__(self, request: HTTPConnection) -> Caller:
        try:
            return await self._check(request)
        except (KeyRefused, KeyForbidden) as error:
            raise Unauthorized(error.message) from error


Ingester = Annotated[Caller, Depends(Requires(Permission.INGEST))]
# Of the batch endpoint, which lets each event ask for INGEST.
BatchWriter = Annotated[Caller, Depends(RequiresForBatch(Permission.SCORES_WRITE))]
# Also a public key alone (Bearer).
ScoreWriter = Annotated[Caller, Depends(Requires(Permission.SCORES_WRITE))]
Reader = Annotated[Caller, Depends(Requires(Permission.READ))]
Deleter = Annotated[Caller, Depends(Requires(Permission.DELETE))]
OrganizationAdmin = Annotated[Caller, Depends(Requires(Permission.ADMIN))]
# Any valid pair, of a project or an organization: the route tells them apart itself.
KeyHolder = Annotated[Caller, Depends(Requires(None))]
