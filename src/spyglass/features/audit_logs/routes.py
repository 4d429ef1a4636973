"""`GET /api/public/spyglass/audit-logs`: for keys of projects and of organizations."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import AuditReader
from spyglass.api.openapi import errors
from spyglass.api.state import state_of
from spyglass.features.audit_logs import service
from spyglass.features.audit_logs.schemas import AuditLogParams, AuditLogsOut

router = APIRouter(prefix="/api/public/spyglass/audit-logs", tags=["Audit log"])


@router.get("", response_model=AuditLogsOut, responses=errors(400, 401, 403))
def list_audit_logs(
    request: Request, caller: AuditReader, params: Annotated[AuditLogParams, Query()]
) -> Response:
    """Who changed what, newest first: in the project of the key, or in the organization and all its projects."""
    return FastJSON(service.list_entries(state_of(request).stores.meta, caller, params))
