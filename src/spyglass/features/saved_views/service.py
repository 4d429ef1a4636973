"""Saved views: a name for what the address of a table holds. Who may change views makes private ones, which nobody else
sees, and shared ones, which only their owner and administrators of the project change.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now, to_us
from spyglass.core.errors import Conflict, Forbidden, Invalid, NotFound
from spyglass.core.permissions import Role, rank
from spyglass.features.saved_views.schemas import ViewIn, ViewUpdateIn
from spyglass.stores.meta import delete_scoped, scoped
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.tables import DefaultView, SavedView, User

_AUDITED = "savedView"
_MOST_OF_ONE = 200  # views of one owner in a project


class ChangedMeanwhileError(Conflict):
    """Somebody else changed the view since it was read; `current` is how it is now."""

    def __init__(self, current: dict[str, Any]) -> None:
        super().__init__("The view was changed meanwhile: look at the current one and save again")
        self.current = current


def list_views(state: AppState, caller: Caller, table: str | None) -> dict[str, Any]:
    """One's own and the shared ones, by name."""
    visible = or_(SavedView.shared, SavedView.owner_id == caller.user_id)
    statement = scoped(SavedView, project_of(caller)).where(visible).order_by(SavedView.name, SavedView.id)
    if table is not None:
        statement = statement.where(SavedView.table_name == table)
    with state.stores.meta.read() as session:
        views = session.scalars(statement).all()
        names, defaults = _names(session, views), _defaults(session, caller)
        return {"data": [_render(view, caller, names, defaults) for view in views]}


def create_view(state: AppState, caller: Caller, body: ViewIn) -> dict[str, Any]:
    with state.stores.meta.begin() as session:
        owned = scoped(SavedView, project_of(caller)).where(SavedView.owner_id == caller.user_id)
        count = session.scalar(select(func.count()).select_from(owned.subquery())) or 0
        if count >= _MOST_OF_ONE:
            raise Invalid(f"There are {_MOST_OF_ONE} views of yours already: delete one first")
        view = SavedView(
            project_id=project_of(caller),
            table_name=body.table,
            name=body.name,
            state=body.state,
            shared=body.shared,
            owner_id=caller.user_id,
        )
        session.add(view)
        session.flush()
        record_change(session, actor_of(caller), "create", (_AUDITED, view.id), after=_audited(view))
        return _shown(session, view, caller)


def update_view(
    state: AppState, caller: Caller, view_id: str, if_match: str | None, body: ViewUpdateIn
) -> dict[str, Any]:
    """Raises `ChangedMeanwhileError` unless `if_match` is the version that is stored."""
    version = _read_version(if_match)
    with state.stores.meta.begin() as session:
        view = _find_own(session, caller, view_id)
        if view.version != version:
            raise ChangedMeanwhileError(_shown(session, view, caller))
        before = _audited(view)
        for name in body.model_fields_set:
            if getattr(body, name) is not None:
                setattr(view, name, getattr(body, name))
        view.version, view.updated_at = version + 1, now()
        if not view.shared:
            _drop_defaults_of_others(session, view)
        session.flush()
        record_change(
            session, actor_of(caller), "update", (_AUDITED, view.id), before=before, after=_audited(view)
        )
        return _shown(session, view, caller)


def delete_view(state: AppState, caller: Caller, view_id: str) -> None:
    with state.stores.meta.begin() as session:
        view = _find_own(session, caller, view_id)
        before = _audited(view)
        session.execute(delete_scoped(DefaultView, view.project_id).where(DefaultView.view_id == view.id))
        session.delete(view)
        record_change(session, actor_of(caller), "delete", (_AUDITED, view_id), before=before)


def set_default(state: AppState, caller: Caller, view_id: str, on: bool) -> dict[str, Any]:
    """With which view the caller's table opens; there is at most one of each table."""
    if not caller.user_id:
        raise Forbidden("A default view is of a person who is signed in")
    with state.stores.meta.begin() as session:
        view = _find_visible(session, caller, view_id)
        mine = delete_scoped(DefaultView, view.project_id).where(DefaultView.user_id == caller.user_id)
        if on:
            session.execute(mine.where(DefaultView.table_name == view.table_name))
            session.add(
                DefaultView(
                    project_id=view.project_id,
                    user_id=caller.user_id,
                    table_name=view.table_name,
                    view_id=view.id,
                )
            )
        else:
            session.execute(mine.where(DefaultView.view_id == view.id))
        session.flush()
        return _shown(session, view, caller)


def _find_visible(session: Session, caller: Caller, view_id: str) -> SavedView:
    view = session.scalars(
        scoped(SavedView, project_of(caller)).where(SavedView.id == view_id).with_for_update()
    ).one_or_none()
    if view is None or not (view.shared or view.owner_id == caller.user_id):
        raise NotFound("View not found")
    return view


def _find_own(session: Session, caller: Caller, view_id: str) -> SavedView:
    """One that the caller may change."""
    view = _find_visible(session, caller, view_id)
    administers = not caller.user_id or rank(caller.role) >= rank(Role.ADMIN)
    if view.owner_id != caller.user_id and not administers:
        raise Forbidden(
            "A shared view is changed by its owner and by administrators: save it as one of yours"
        )
    return view


def _drop_defaults_of_others(session: Session, view: SavedView) -> None:
    """What became private is no default of those who do not see it any more."""
    others = delete_scoped(DefaultView, view.project_id).where(
        DefaultView.view_id == view.id, DefaultView.user_id != view.owner_id
    )
    session.execute(others)


def _read_version(if_match: str | None) -> int:
    text = (if_match or "").strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("The header If-Match is needed: it holds the `version` of the view that is changed")
    return int(text)


def _names(session: Session, views: Iterable[SavedView]) -> Mapping[str, str]:
    owners = {view.owner_id for view in views if view.owner_id}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(owners))) if owners else ()
    return {id_: name for id_, name in rows}


def _defaults(session: Session, caller: Caller) -> set[str]:
    if not caller.user_id:
        return set()
    mine = scoped(DefaultView, project_of(caller)).where(DefaultView.user_id == caller.user_id)
    return {each.view_id for each in session.scalars(mine)}


def _shown(session: Session, view: SavedView, caller: Caller) -> dict[str, Any]:
    return _render(view, caller, _names(session, [view]), _defaults(session, caller))


def _render(view: SavedView, caller: Caller, names: Mapping[str, str], defaults: set[str]) -> dict[str, Any]:
    return {
        "id": view.id,
        **_audited(view),
        "isDefault": view.id in defaults,
        "ownerId": view.owner_id or None,
        "ownerName": names.get(view.owner_id),
        "mine": view.owner_id == caller.user_id,
        "updatedAt": iso_ms(to_us(view.updated_at)),
        "version": view.version,
    }


def _audited(view: SavedView) -> dict[str, Any]:
    return {"table": view.table_name, "name": view.name, "state": view.state, "shared": view.shared}
