"""Signs people in and makes accounts. What is wrong with an attempt is never said in a way that tells which
addresses have an account.
"""

from functools import cache
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request

from spyglass import __version__
from spyglass.api.identity_providers import providers_of, takes_passwords
from spyglass.api.sessions import client_of
from spyglass.api.signed_in import begin_session
from spyglass.api.state import AppState
from spyglass.core.errors import Conflict, Forbidden, Invalid, TooManyAttempts, Unauthorized
from spyglass.core.ids import new_secret
from spyglass.core.permissions import Role
from spyglass.features.sign_in.schemas import FirstUserIn, ResetIn, SignInIn, SignUpIn
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.memberships import give_role
from spyglass.stores.meta.organizations import add_organization, list_organizations
from spyglass.stores.meta.people import (
    actor_of_user,
    add_user,
    find_by_email,
    has_people,
    lock_people,
    set_password,
)
from spyglass.stores.meta.setup_link import opens_setup
from spyglass.stores.meta.sign_in import take_reset
from spyglass.stores.meta.sign_in_failures import Attempt, begin_attempt, forget_failures, note_success
from spyglass.stores.meta.tables import Project, User
from spyglass.stores.passwords import hash_password, password_matches

_WRONG = "Wrong e-mail address or password"


def read_options(state: AppState) -> dict[str, Any]:
    """What the sign-in page offers."""
    passwords = takes_passwords(state.sign_in, state.oidc)
    with state.stores.meta.read() as session:
        needs_first_user = not has_people(session)
    return {
        "needsFirstUser": needs_first_user,
        "signUp": passwords and not state.sign_in.disable_sign_up,
        "password": passwords,
        "oidc": [{"id": each.id, "name": each.name} for each in providers_of(state.oidc)],
        "smtp": False,
        "version": __version__,
    }


def sign_in(state: AppState, request: Request, body: SignInIn) -> tuple[User, str]:
    """The user and the token of a new session. Raises `TooManyAttempts`, or `Unauthorized` in the same words and
    after the same work for an unknown address, a wrong password, an account without one and a disabled one."""
    _check_passwords(state)
    attempt = Attempt(body.email, client_of(request).address)
    with state.stores.meta.begin() as session:
        wait_s = begin_attempt(session, attempt)
    if wait_s:
        raise TooManyAttempts(f"Too many failed attempts. Try again in {wait_s} seconds", wait_s)
    with state.stores.meta.read() as session:
        user = find_by_email(session, body.email)
    stored = user.password_hash if user is not None else None
    matches = password_matches(body.password, stored or _hash_of_nobody())
    if user is None or stored is None or not matches or user.disabled_at is not None:
        raise Unauthorized(_WRONG)
    with state.stores.meta.begin() as session:
        user = session.get_one(User, user.id)
        if user.password_hash != stored:  # it was changed in between
            raise Unauthorized(_WRONG)
        note_success(session, attempt)
        return user, begin_session(request, session, user, "password")


def sign_up(state: AppState, request: Request, body: SignUpIn) -> tuple[User, str]:
    """Raises `Forbidden` unless the operator lets everybody in, `Conflict` when the address has an account."""
    _check_passwords(state)
    if state.sign_in.disable_sign_up:
        raise Forbidden("Sign-up is off. Ask an administrator of your organization for an invitation")
    password_hash = hash_password(body.password)
    with state.stores.meta.begin() as session:
        if find_by_email(session, body.email) is not None:
            raise Conflict("There is an account with this e-mail address; sign in")
        user = add_user(session, body.email, body.name, password_hash)
        return user, begin_session(request, session, user, "sign-up")


def create_first_user(state: AppState, request: Request, body: FirstUserIn) -> tuple[User, str]:
    """The owner of whatever organizations there are, and of one that is made at will. Raises `Conflict` once there
    is anybody, `Forbidden` for another token than that of the set-up link."""
    if body.project is not None and body.organization is None:
        raise Invalid("project: needs the name of an organization, too")
    with state.stores.meta.read() as session:
        _check_setup(state, session, body.token)  # before the work of a hash
    password_hash = hash_password(body.password)
    with state.stores.meta.begin() as session:
        lock_people(session)
        _check_setup(state, session, body.token)
        user = add_user(session, body.email, body.name, password_hash)
        actor = actor_of_user(user, Role.OWNER)
        for organization in list_organizations(session):
            give_role(session, actor, Role.OWNER, organization.id, user.id, Role.OWNER)
        if body.organization is not None:
            _make_place(session, user, body.organization, body.project)
        return user, begin_session(request, session, user, "set-up link")


def reset_password(state: AppState, request: Request, body: ResetIn) -> tuple[User, str]:
    """With the link that an administrator made. Signs the person out everywhere else."""
    _check_passwords(state)
    password_hash = hash_password(body.password)
    with state.stores.meta.begin() as session:
        user = take_reset(session, body.token)
        if user is not None and user.disabled_at is None:
            set_password(session, user, password_hash)
            forget_failures(session, user.email)
            return user, begin_session(request, session, user, "link for a new password")
    raise Invalid("This link is not known, was used or is over. Ask an administrator for a new one")


def _make_place(session: Session, user: User, organization_name: str, project_name: str | None) -> None:
    actor = actor_of_user(user, Role.OWNER)
    organization = add_organization(session, actor, organization_name, {})
    give_role(session, actor, Role.OWNER, organization.id, user.id, Role.OWNER)
    if project_name is not None:
        project = Project(organization_id=organization.id, name=project_name)
        session.add(project)
        session.flush()
        at = actor_of_user(user, Role.OWNER, organization.id)
        record_change(session, at, "create", ("project", project.id), after={"name": project.name})


def _check_setup(state: AppState, session: Session, token: str) -> None:
    if has_people(session):
        raise Conflict("This server has users already; sign in")
    if not opens_setup(session, state.session_secret, token):
        raise Forbidden(
            "This set-up link does not fit. The server prints the right one when it starts, and "
            "`spyglass users setup-link` at any time"
        )


def _check_passwords(state: AppState) -> None:
    if not takes_passwords(state.sign_in, state.oidc):
        raise Forbidden("Signing in with a password is off; use the identity provider")


@cache
def _hash_of_nobody() -> str:
    """Checked where there is no account, so that this takes as long."""
    return hash_password(new_secret(""))
