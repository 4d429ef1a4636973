"""Signing in with an identity provider: what is kept in the browser meanwhile, and which account it becomes.

Between the two requests the browser keeps state, nonce, PKCE verifier and destination, sealed, for ten minutes.
"""

import hmac
import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request

from spyglass.api.identity_providers import Provider, find_provider
from spyglass.api.signed_in import begin_session
from spyglass.api.state import AppState
from spyglass.core.clock import now_us
from spyglass.core.errors import Misconfigured
from spyglass.core.ids import new_secret
from spyglass.features.sign_in.oidc import (
    Challenge,
    Identity,
    OidcRefused,
    authorization_url,
    read_metadata,
    redeem_code,
)
from spyglass.stores.meta.invitations import accept_invitation, standing_invitations
from spyglass.stores.meta.people import (
    add_user,
    clear_password,
    find_by_email,
    find_by_identity,
    link_identity,
)
from spyglass.stores.meta.tables import User

FLOW_COOKIE = "spyglass_oidc"
FLOW_S = 600
_PLACE = ("cookies", "oidc")
# A path of this server: `//host`, `/\host` and `scheme:` lead elsewhere.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_MAX_NEXT = 2000


@dataclass(frozen=True)
class Flow:
    """What the browser brings back."""

    provider: str
    state: str
    nonce: str
    verifier: str
    next: str
    began_us: int


def safe_next(text: str | None) -> str:
    """Where to go after signing in; `/` for whatever does not stay here."""
    return text if text and len(text) <= _MAX_NEXT and _PATH.fullmatch(text) else "/"


def begin(state: AppState, request: Request, provider_id: str, following: str | None) -> tuple[str, str]:
    """(address of the provider, what the cookie holds)."""
    provider = find_provider(state.oidc, provider_id)
    challenge = Challenge(new_secret(""), new_secret(""), new_secret(""))
    metadata = read_metadata(provider, state.oidc_directory)
    url = authorization_url(provider, metadata, challenge, _redirect_uri(state, request, provider))
    flow = Flow(provider.id, **asdict(challenge), next=safe_next(following), began_us=now_us())
    return url, state.vault.seal(json.dumps(asdict(flow)), *_PLACE)


def finish(state: AppState, request: Request, provider_id: str) -> tuple[str, str]:
    """(where to go, token of the new session). Raises `OidcRefused`."""
    provider = find_provider(state.oidc, provider_id)
    flow = _open_flow(state, request.cookies.get(FLOW_COOKIE, ""), provider)
    given = request.query_params
    if not hmac.compare_digest(given.get("state", "").encode(), flow.state.encode()):
        raise OidcRefused("This sign-in was not begun in this browser", "sso_expired")
    if given.get("error") or not given.get("code"):
        denied = given.get("error") == "access_denied"
        raise OidcRefused(
            "The identity provider did not sign you in", "sso_denied" if denied else "sso_failed"
        )
    metadata = read_metadata(provider, state.oidc_directory)
    if given.get("iss", metadata["issuer"]) != metadata["issuer"]:
        raise OidcRefused("The answer is of another identity provider")
    challenge = Challenge(flow.state, flow.nonce, flow.verifier)
    redirect_uri = _redirect_uri(state, request, provider)
    identity = redeem_code(provider, metadata, challenge, redirect_uri, given["code"])
    with state.stores.meta.begin() as session:
        user = _account_of(state, session, identity)
        if user.disabled_at is not None:
            raise OidcRefused("This account is disabled", "account_disabled")
        return flow.next, begin_session(request, session, user, provider.id)


def _open_flow(state: AppState, sealed: str, provider: Provider) -> Flow:
    try:
        found: Any = json.loads(state.vault.open(sealed, *_PLACE))
    except Misconfigured:
        raise OidcRefused("This sign-in was not begun in this browser", "sso_expired") from None
    flow = Flow(**found)
    if flow.provider != provider.id or now_us() - flow.began_us > FLOW_S * 1_000_000:
        raise OidcRefused("This sign-in took too long", "sso_expired")
    return flow


def _account_of(state: AppState, session: Session, identity: Identity) -> User:
    """Known by issuer and subject, else by the verified address, else new if that is allowed."""
    user = find_by_identity(session, identity.issuer, identity.subject)
    if user is not None:
        return user
    user = find_by_email(session, identity.email)
    if user is not None:
        if not state.sign_in.disable_sign_up:
            # Anybody may have made it under this address, and would share it from now on.
            clear_password(session, user)
    else:
        invitations = standing_invitations(session, identity.email)
        if state.sign_in.disable_sign_up and not invitations:
            raise OidcRefused("There is no account for this address; ask for an invitation", "no_account")
        user = add_user(session, identity.email, identity.name, None)
        for invitation in invitations:
            accept_invitation(session, invitation, user)
    link_identity(session, user, identity.issuer, identity.subject)
    return user


def _redirect_uri(state: AppState, request: Request, provider: Provider) -> str:
    """Registered with the provider; the public address where one is set."""
    return f"{state.url or str(request.base_url).rstrip('/')}/api/ui/auth/oidc/{provider.id}/callback"
