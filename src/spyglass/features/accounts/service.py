"""Reads and changes of the own account."""

from typing import Any

from spyglass.api.callers import Caller, actor_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Forbidden, InvalidData, TooManyAttempts
from spyglass.features.accounts.schemas import AccountIn, PasswordChangeIn
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.people import AUDITED, set_password
from spyglass.stores.meta.sign_in import end_session, end_sessions, sessions_of
from spyglass.stores.meta.sign_in_failures import Attempt, begin_attempt, note_success
from spyglass.stores.meta.tables import User
from spyglass.stores.passwords import hash_password, password_matches


def read_account(state: AppState, caller: Caller) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        return _render(session.get_one(User, caller.user_id))


def change_account(state: AppState, caller: Caller, body: AccountIn) -> dict[str, Any]:
    """A new name is in the audit log; preferences are a matter of taste."""
    with state.stores.meta.begin() as session:
        user = session.get_one(User, caller.user_id)
        if body.name is not None and body.name != user.name:
            before, after = {"name": user.name}, {"name": body.name}
            user.name = body.name
            resource = (AUDITED, user.id)
            record_change(session, actor_of(caller), "update", resource, before=before, after=after)
        if body.preferences is not None:
            user.preferences = body.preferences.model_dump(by_alias=True, exclude_none=True)
        session.flush()
        return _render(user)


def change_password(state: AppState, caller: Caller, body: PasswordChangeIn) -> None:
    """Ends the other sessions. Raises `InvalidData` for a wrong password, and slows down who tries many."""
    with state.stores.meta.begin() as session:
        user = session.get_one(User, caller.user_id)
        attempt = Attempt(user.email, "")
        wait_s = begin_attempt(session, attempt)
    if wait_s:
        raise TooManyAttempts(f"Too many failed attempts. Try again in {wait_s} seconds", wait_s)
    stored = user.password_hash
    if stored is None:
        raise Forbidden("This account has no password. Ask an administrator for a link to choose one")
    if not password_matches(body.current, stored):
        issue = {"code": "custom", "path": ["current"], "message": "this is not your password"}
        raise InvalidData([issue])
    password_hash = hash_password(body.password)
    with state.stores.meta.begin() as session:
        set_password(session, session.get_one(User, caller.user_id), password_hash, but=caller.session_id)
        note_success(session, attempt)


def list_sessions(state: AppState, caller: Caller) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        rows = sessions_of(session, caller.user_id, state.sign_in.lifetimes)
    data = [
        {
            "id": row.id,
            "createdAt": iso_ms(to_us(row.created_at)),
            "lastUsedAt": iso_ms(to_us(row.last_used_at)),
            "userAgent": row.user_agent,
            "ip": row.address,
            "current": row.id == caller.session_id,
        }
        for row in rows
    ]
    return {"data": data}


def end_one_session(state: AppState, caller: Caller, session_id: str) -> None:
    with state.stores.meta.begin() as session:
        end_session(session, caller.user_id, session_id)


def end_other_sessions(state: AppState, caller: Caller) -> None:
    with state.stores.meta.begin() as session:
        end_sessions(session, caller.user_id, but=caller.session_id)


def _render(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "preferences": user.preferences,
        "hasPassword": user.password_hash is not None,
        "createdAt": iso_ms(to_us(user.created_at)),
    }
