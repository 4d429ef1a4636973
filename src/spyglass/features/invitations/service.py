"""Makes invitations, and makes members of those who accept them."""

from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request

from spyglass.api.callers import Caller, actor_of, role_of
from spyglass.api.identity_providers import takes_passwords
from spyglass.api.passwords import check_new
from spyglass.api.places import project_role_of
from spyglass.api.sessions import SessionRefused, session_token
from spyglass.api.signed_in import begin_session
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Forbidden, Invalid, Unauthorized
from spyglass.features.invitations.schemas import AcceptIn, InvitationIn
from spyglass.stores.meta import find_project
from spyglass.stores.meta.invitations import (
    Host,
    Offer,
    accept_invitation,
    add_invitation,
    decline_invitation,
    find_invitation,
    find_invitation_to,
    invitations_of,
    invitations_to,
    withdraw_invitation,
)
from spyglass.stores.meta.people import add_user, find_by_email
from spyglass.stores.meta.tables import Invitation, Organization, Project, User
from spyglass.stores.passwords import hash_password


def invite(state: AppState, caller: Caller, base: str, body: InvitationIn) -> dict[str, Any]:
    """`base`: the address of the server, for the link."""
    with state.stores.meta.begin() as session:
        project = None
        if body.project_id is not None:
            project = find_project(session, caller.organization_id, body.project_id)
        offer = Offer(body.email, body.role, project, body.project_role)
        own = role_of(caller)
        in_project = own if project is None else project_role_of(session, caller.user_id, own, project.id)
        row, token = add_invitation(
            session, caller.organization_id, Host(actor_of(caller), own, in_project), offer
        )
        return {**_render(session, row), "url": f"{base}/auth/invite/{token}"}


def list_invitations(state: AppState, caller: Caller) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        rows = invitations_of(session, caller.organization_id)
        return {"data": [_render(session, row) for row in rows]}


def withdraw(state: AppState, caller: Caller, invitation_id: str) -> None:
    with state.stores.meta.begin() as session:
        withdraw_invitation(session, caller.organization_id, invitation_id, actor_of(caller))


def read_offer(state: AppState, token: str) -> dict[str, Any]:
    """Whoever has the link sees what it is. Raises `NotFound`."""
    with state.stores.meta.read() as session:
        row = find_invitation(session, token)
        project = session.get(Project, row.project_id) if row.project_id else None
        return {
            "email": row.email,
            "organization": {"name": session.get_one(Organization, row.organization_id).name},
            "project": None if project is None else {"name": project.name},
            "role": row.role,
            "projectRole": row.project_role,
            "invitedBy": _host_name(session, row),
            "expiresAt": iso_ms(to_us(row.expires_at)),
        }


def list_pending(state: AppState, caller: Caller) -> dict[str, Any]:
    """What the account itself was invited to, and may answer where it is signed in."""
    with state.stores.meta.read() as session:
        rows = invitations_to(session, caller.user_id)
        data = [
            {
                "id": row.id,
                "organization": {"name": session.get_one(Organization, row.organization_id).name},
                "role": row.role,
                "invitedBy": _host_name(session, row),
                "expiresAt": iso_ms(to_us(row.expires_at)),
            }
            for row in rows
        ]
    return {"data": data}


def answer_pending(state: AppState, caller: Caller, invitation_id: str, *, accepts: bool) -> None:
    """Raises `NotFound` for one that is not the caller's."""
    with state.stores.meta.begin() as session:
        user = session.get_one(User, caller.user_id)
        invitation = find_invitation_to(session, user, invitation_id)
        (accept_invitation if accepts else decline_invitation)(session, invitation, user)


def accept(state: AppState, request: Request, token: str, body: AcceptIn) -> tuple[User, str]:
    """The user and the token of a session. Who has an account is signed in as it; everybody else gets the same answer
    to what makes no account, so that it does not tell whether the address has one. Raises `Forbidden` for who is
    signed in as somebody else."""
    with state.stores.meta.read() as session:
        invitation = find_invitation(session, token)
    own_session = _session_of_invited(state, request, invitation)
    password_hash = _new_password(state, body) if own_session is None else ""
    with state.stores.meta.begin() as session:
        invitation = find_invitation(session, token, lock=True)
        user = find_by_email(session, invitation.email)
        if user is None:
            if not password_hash:
                raise Invalid("The account was removed a moment ago; open the link again")
            user = add_user(session, invitation.email, body.name or invitation.email, password_hash)
        elif own_session is None:
            raise Unauthorized("This does not make an account. Sign in first, then open the link again")
        accept_invitation(session, invitation, user)
        return user, own_session or begin_session(request, session, user, "invitation")


def _session_of_invited(state: AppState, request: Request, invitation: Invitation) -> str | None:
    """The token of the session, when this is a request of the invited person."""
    token = session_token(request)
    if token is None:
        return None
    try:
        person = state.sessions.authenticate(token)
    except SessionRefused:
        return None
    state.sessions.check_csrf(request, token)
    if person.email != invitation.email:
        raise Forbidden(
            f"This invitation is for {invitation.email}, and you are signed in as {person.email}. Sign out first"
        )
    return token


def _new_password(state: AppState, body: AcceptIn) -> str:
    if not takes_passwords(state.sign_in, state.oidc):
        raise Forbidden("Passwords are off: sign in with the identity provider, as the invited address")
    if body.name is None or body.password is None:
        raise Invalid(
            "Choose a name and a password. Who has an account signs in first, then opens the link again"
        )
    check_new(body.password)
    return hash_password(body.password)


def _host_name(session: Session, row: Invitation) -> str | None:
    host = session.get(User, row.invited_by) if row.invited_by else None
    return None if host is None else host.name


def _render(session: Session, row: Invitation) -> dict[str, Any]:
    return {
        "id": row.id,
        "email": row.email,
        "role": row.role,
        "projectId": row.project_id,
        "projectRole": row.project_role,
        "invitedBy": _host_name(session, row),
        "createdAt": iso_ms(to_us(row.created_at)),
        "expiresAt": iso_ms(to_us(row.expires_at)),
    }
