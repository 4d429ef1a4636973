"""The answer to whoever has just shown who they are: a new session in a cookie, and what the page needs of it."""

import logging
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.schemas import Out
from spyglass.api.sessions import client_of, is_foreign, session_token, set_cookie
from spyglass.api.state import AppState, state_of
from spyglass.core.errors import Forbidden, Unauthorized
from spyglass.stores.meta.sign_in import end_session_of_token, open_session
from spyglass.stores.meta.tables import User

log = logging.getLogger(__name__)


class SignedInUserOut(Out):
    id: str
    email: str
    name: str


class SignedInOut(Out):
    csrf: str
    user: SignedInUserOut


def check_origin(request: Request) -> None:
    """Nobody is signed in by a page of another site, or would work in the account of another unawares."""
    if is_foreign(request):
        raise Forbidden("This request came from a page of another site")


def begin_session(request: Request, session: Session, user: User, how: str) -> str:
    """The token of a new session, in place of the one that this browser had. `how`: for the log."""
    if user.disabled_at is not None:
        raise Unauthorized("This account is disabled")
    earlier = session_token(request)
    if earlier is not None:
        end_session_of_token(session, earlier)
    client = client_of(request)
    _, token = open_session(session, user.id, client, state_of(request).sign_in.lifetimes)
    log.info("user %s signed in by %s from %s", user.id, how, client.address)
    return token


def answer_signed_in(request: Request, user: User, token: str) -> Response:
    state = state_of(request)
    body: dict[str, Any] = {"csrf": state.sessions.csrf_of(token), "user": render_user(user)}
    response = FastJSON(body)
    give_cookie(response, request, state, token)
    return response


def give_cookie(response: Response, request: Request, state: AppState, token: str) -> None:
    set_cookie(response, request, token, state.sign_in.lifetimes, state.url)


def render_user(user: User) -> dict[str, Any]:
    return {"id": user.id, "email": user.email, "name": user.name}
