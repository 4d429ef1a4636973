"""What `/spyglass/rejections` answers: the newest of a project, as ingest/rejections.py keeps them."""

from typing import Any

from spyglass.api.state import AppState
from spyglass.core.clock import from_us, iso_ms, to_us
from spyglass.core.paging import page_meta
from spyglass.features.rejections.schemas import RejectionListParams
from spyglass.stores.meta import read_page, scoped
from spyglass.stores.meta.tables import Rejection


def list_rejections(state: AppState, project_id: str, params: RejectionListParams) -> dict[str, Any]:
    statement = scoped(Rejection, project_id).order_by(Rejection.created_at.desc(), Rejection.id.desc())
    if params.kind is not None:
        statement = statement.where(Rejection.kind == params.kind)
    if params.from_timestamp is not None:
        statement = statement.where(Rejection.created_at >= from_us(params.from_timestamp))
    if params.to_timestamp is not None:
        statement = statement.where(Rejection.created_at < from_us(params.to_timestamp))
    with state.stores.meta.read() as session:
        rows, total = read_page(session, statement, params.page, params.limit)
    return {"data": list(map(_render, rows)), "meta": page_meta(params.page, params.limit, total)}


def _render(row: Rejection) -> dict[str, Any]:
    return {
        "id": row.id,
        "projectId": row.project_id,
        "createdAt": iso_ms(to_us(row.created_at)),
        "kind": row.kind,
        "recordId": row.record_id or None,
        "status": row.status,
        "message": row.message,
        "count": row.count,
        "publicKey": row.public_key or None,
        "sdkName": row.sdk_name or None,
        "sdkVersion": row.sdk_version or None,
    }
