"""`GET /api/public/projects`: the project of the key. SDKs ask it to check their keys."""

from fastapi import APIRouter, Request

from spyglass.api.callers import KeyHolder
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.core.errors import Forbidden
from spyglass.features.projects.schemas import ProjectsOut
from spyglass.features.projects.service import read_project

router = APIRouter(prefix="/api/public", tags=["Projects"])


@router.get("/projects", responses=errors(401, 403, 404, 503))
def list_projects(caller: KeyHolder, request: Request) -> ProjectsOut:
    """The project that the API key belongs to."""
    if caller.project_id is None:
        raise Forbidden("Invalid API key. Are you using an organization key?")
    return ProjectsOut(data=[read_project(state_of(request).stores.meta, caller.project_id)])
