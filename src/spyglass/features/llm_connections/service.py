"""Reads and changes LLM connections. A secret comes in and is sealed; nothing here gives one back.

A PUT says the whole connection, its secret included: no change of address, adapter or region can ever take a
secret along that was entered for another place (S52), neither the key nor the extra headers.
"""

import json
from typing import Any

from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.params import PageParams
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now, to_us
from spyglass.core.errors import Invalid, NotFound
from spyglass.core.ids import new_id
from spyglass.core.paging import page_meta
from spyglass.evals.providers import Connection, ask_model, default_model
from spyglass.features.llm_connections.schemas import (
    BEDROCK_DEFAULT,
    VERTEX_DEFAULT,
    UpsertLlmConnectionRequest,
)
from spyglass.stores.meta import delete_scoped, read_page, scoped
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.tables import LlmConnection
from spyglass.stores.sealed import LLM_EXTRA_HEADERS, LLM_SECRET_KEY
from spyglass.stores.vault import Vault

_RESOURCE = "llmConnection"
_MESSAGE = "Answer with the word OK and nothing else."
_DISPLAYED = {
    BEDROCK_DEFAULT: "Default AWS credentials",
    VERTEX_DEFAULT: "Default Google Cloud credentials",
}


def list_connections(state: AppState, project_id: str, params: PageParams) -> dict[str, Any]:
    statement = scoped(LlmConnection, project_id).order_by(LlmConnection.created_at, LlmConnection.id)
    with state.stores.meta.read() as session:
        rows, total = read_page(session, statement, params.page, params.limit)
    return {"data": [_render(row) for row in rows], "meta": page_meta(params.page, params.limit, total)}


def put_connection(
    state: AppState, caller: Caller, body: UpsertLlmConnectionRequest
) -> tuple[dict[str, Any], bool]:
    """Create or replace the connection of this provider; says whether it is new."""
    base_url = body.base_url or None
    if base_url is not None:
        try:
            state.egress.llm.check_url(base_url)
        except Invalid as error:
            raise Invalid(f"baseURL: {error.message}") from error
    project_id = project_of(caller)
    with state.stores.meta.begin() as session:
        row = _find_provider(session, project_id, body.provider)
        before = None if row is None else _render(row)
        if row is None:
            row = LlmConnection(id=new_id(), project_id=project_id, provider=body.provider)
            session.add(row)
        _fill(row, body, base_url, state.vault)
        session.flush()
        after = _render(row)
        action = "create" if before is None else "update"
        record_change(session, actor_of(caller), action, (_RESOURCE, row.id), before=before, after=after)
    return after, before is None


def delete_connection(state: AppState, caller: Caller, connection_id: str) -> None:
    project_id = project_of(caller)
    with state.stores.meta.begin() as session:
        row = _find(session, project_id, connection_id)
        session.execute(delete_scoped(LlmConnection, project_id).where(LlmConnection.id == connection_id))
        record_change(session, actor_of(caller), "delete", (_RESOURCE, row.id), before=_render(row))


def test_connection(state: AppState, caller: Caller, connection_id: str, model: str | None) -> dict[str, Any]:
    """One small call with the stored credentials; no transaction is open meanwhile. The audit log keeps that it
    was made and how it ended, not what was said."""
    with state.stores.meta.read() as session:
        row = _find(session, project_of(caller), connection_id)
        connection = _open(row, state.vault)
        model = model or next(iter(row.custom_models), None) or default_model(row.adapter)
    if not model:
        raise Invalid(
            f"model: name one; {connection.adapter} has no models of a name that is the same everywhere"
        )
    try:
        reply = ask_model(state.egress.llm, connection, model, _MESSAGE)
    except Invalid as error:
        place = "baseURL: " if connection.base_url else ""
        raise Invalid(place + error.message) from error
    ended = {"model": model, "ok": reply.error is None, "status": reply.status}
    with state.stores.meta.begin() as session:
        record_change(session, actor_of(caller), "test", (_RESOURCE, connection_id), after=ended)
    latency_ms = round(reply.latency_s * 1000)
    return {**ended, "answer": reply.text, "error": reply.error, "latencyMs": latency_ms}


def _find(session: Session, project_id: str, connection_id: str) -> LlmConnection:
    found = scoped(LlmConnection, project_id).where(LlmConnection.id == connection_id)
    row = session.scalars(found).one_or_none()
    if row is None:
        raise NotFound("LLM connection not found")
    return row


def _open(row: LlmConnection, vault: Vault) -> Connection:
    if row.secret_key is None:
        raise Invalid("secretKey: there is none any more; enter it anew")
    headers = vault.open(row.extra_headers, *LLM_EXTRA_HEADERS.place(row.id)) if row.extra_headers else "{}"
    secret_key = vault.open(row.secret_key, *LLM_SECRET_KEY.place(row.id))
    if not secret_key.isascii() or secret_key != secret_key.strip():
        raise Invalid(
            "secretKey: a key goes into a header, so it must be ASCII without blanks around it; enter it anew"
        )
    return Connection(
        row.adapter,
        secret_key,
        row.base_url,
        json.loads(headers),
        row.config or {},
    )


def _find_provider(session: Session, project_id: str, provider: str) -> LlmConnection | None:
    found = scoped(LlmConnection, project_id).where(LlmConnection.provider == provider)
    return session.scalars(found.with_for_update()).one_or_none()


def _fill(row: LlmConnection, body: UpsertLlmConnectionRequest, base_url: str | None, vault: Vault) -> None:
    headers = body.extra_headers or {}
    row.adapter = body.adapter.value
    row.secret_key = vault.seal(body.secret_key, *LLM_SECRET_KEY.place(row.id))
    row.display_secret_key = display_secret(body.secret_key)
    row.base_url = base_url
    row.custom_models = body.custom_models or []
    row.with_default_models = body.with_default_models is not False
    row.extra_headers = vault.seal(json.dumps(headers), *LLM_EXTRA_HEADERS.place(row.id)) if headers else None
    row.extra_header_keys = list(headers)
    row.config = body.config
    row.updated_at = now()


def display_secret(secret: str) -> str:
    """`...` and the last four characters, or what stands for the server's own credentials. Nothing of a secret
    that is short, or that is JSON, whose end says nothing or too much."""
    if secret in _DISPLAYED:
        return _DISPLAYED[secret]
    return f"...{secret[-4:]}" if len(secret) >= 12 and not secret.endswith("}") else "..."


def _render(row: LlmConnection) -> dict[str, Any]:
    return {
        "id": row.id,
        "provider": row.provider,
        "adapter": row.adapter,
        "displaySecretKey": row.display_secret_key,
        "baseURL": row.base_url,
        "customModels": row.custom_models,
        "withDefaultModels": row.with_default_models,
        "extraHeaderKeys": row.extra_header_keys,
        "config": row.config,
        "createdAt": iso_ms(to_us(row.created_at)),
        "updatedAt": iso_ms(to_us(row.updated_at)),
    }
