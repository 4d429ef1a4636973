"""Reads of the audit log, newest first: of one project, or of an organization with all its projects."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from spyglass.api.callers import Caller
from spyglass.core.clock import from_us, iso_ms, to_us
from spyglass.core.errors import Invalid
from spyglass.core.ids import id_problem
from spyglass.core.paging import decode_cursor, encode_cursor
from spyglass.features.audit_logs.schemas import AuditLogParams
from spyglass.stores.meta import Meta, scoped
from spyglass.stores.meta.tables import AuditLog


def list_entries(meta: Meta, caller: Caller, params: AuditLogParams) -> dict[str, Any]:
    """A key of a project reads that project's entries, a key of an organization those of all of it."""
    statement = (
        scoped(AuditLog, caller.project_id)
        if caller.project_id is not None
        else select(AuditLog).where(AuditLog.organization_id == caller.organization_id)
    )
    statement = statement.where(*_conditions(params))
    ordered = statement.order_by(AuditLog.created_at.desc(), AuditLog.id.desc()).limit(params.limit + 1)
    with meta.read() as session:
        rows = session.scalars(ordered).all()
    shown = rows[: params.limit]
    found: dict[str, Any] = {"limit": params.limit}
    if len(rows) > params.limit:
        found["cursor"] = encode_cursor((to_us(shown[-1].created_at), shown[-1].id))
    return {"data": [_render(row) for row in shown], "meta": found}


def _conditions(params: AuditLogParams) -> list[ColumnElement[bool]]:
    equal = (
        (AuditLog.project_id, params.project_id),
        (AuditLog.resource_type, params.resource_type),
        (AuditLog.resource_id, params.resource_id),
        (AuditLog.action, params.action),
        (AuditLog.actor_id, params.actor_id),
    )
    found = [column == value for column, value in equal if value is not None]
    if params.from_timestamp is not None:
        found.append(AuditLog.created_at >= from_us(params.from_timestamp))
    if params.to_timestamp is not None:
        found.append(AuditLog.created_at < from_us(params.to_timestamp))
    if params.cursor is not None:
        us, last_id = decode_cursor(params.cursor, (int, str))
        if id_problem(last_id):
            raise Invalid("Invalid cursor format")
        moment = from_us(int(us))
        older = and_(AuditLog.created_at == moment, AuditLog.id < str(last_id))
        found.append(or_(AuditLog.created_at < moment, older))
    return found


def _render(row: AuditLog) -> dict[str, Any]:
    return {
        "id": row.id,
        "timestamp": iso_ms(to_us(row.created_at)),
        "organizationId": row.organization_id,
        "projectId": row.project_id,
        "actor": {"type": row.actor_type, "id": row.actor_id or None, "role": row.actor_role or None},
        "resourceType": row.resource_type,
        "resourceId": row.resource_id,
        "action": row.action,
        "before": row.before,
        "after": row.after,
    }
