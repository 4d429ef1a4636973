"""OpenID Connect as a client: discovery, the authorization request with PKCE, state and nonce, the exchange of the
code, and the checks of what comes back. The issuer is the operator's choice, so its host may be on the own
network; whatever else the provider names has to be on the public internet.
"""

import json
import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from spyglass.api.identity_providers import Provider
from spyglass.core.clock import monotonic_s
from spyglass.core.errors import Forbidden
from spyglass.stores.egress import Guard, host_of, network_errors, open_client, read_url

log = logging.getLogger(__name__)

_TIMEOUT_S, _WHOLE_S = 10.0, 20.0
_MOST_BYTES = 1 << 20
_FRESH_S = 600.0
_LEEWAY_S = 60
# Signatures with the key of the provider. Those with a shared secret, or none, are not among them.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")

Metadata = dict[str, Any]
Directory = MutableMapping[str, tuple[float, Metadata]]


class OidcRefused(Forbidden):
    """What the provider answered is not what a sign-in needs. The details are in the log only. `code`: the word
    by which the sign-in page knows what to say."""

    def __init__(self, message: str, code: str = "sso_failed") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Challenge:
    """What is made anew for each sign-in and has to come back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Who signed in, as the provider vouches for it."""

    issuer: str
    subject: str
    email: str
    name: str


def read_metadata(provider: Provider, known: Directory) -> Metadata:
    """What the provider says about itself; kept in `known` for ten minutes."""
    found = known.get(provider.issuer)
    if found is not None and monotonic_s() < found[0]:
        return found[1]
    with _client(provider) as client:
        url = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        metadata = _read_json(client, "GET", url)
    for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(metadata.get(name), str):
            raise _refused(provider, f"its description has no {name}")
    if metadata["issuer"].rstrip("/") != provider.issuer.rstrip("/"):
        raise _refused(provider, "its description is of another issuer")
    known[provider.issuer] = (monotonic_s() + _FRESH_S, metadata)
    return metadata


def authorization_url(provider: Provider, metadata: Metadata, challenge: Challenge, redirect_uri: str) -> str:
    """Where the browser goes to sign in."""
    read_url(metadata["authorization_endpoint"])
    url: str = prepare_grant_uri(
        metadata["authorization_endpoint"],
        provider.client_id,
        "code",
        redirect_uri=redirect_uri,
        scope=provider.scope,
        state=challenge.state,
        nonce=challenge.nonce,
        code_challenge=create_s256_code_challenge(challenge.verifier),
        code_challenge_method="S256",
    )
    return url


def redeem_code(
    provider: Provider, metadata: Metadata, challenge: Challenge, redirect_uri: str, code: str
) -> Identity:
    """Exchange the code and check who that is. Raises `OidcRefused`, or `Unavailable` when the provider is away."""
    with _client(provider) as client:
        tokens = _redeem(client, provider, metadata, challenge, redirect_uri, code)
        keys = _read_json(client, "GET", metadata["jwks_uri"])
        claims = _check_id_token(provider, metadata, challenge, tokens, keys)
        if not claims.get("email") and isinstance(metadata.get("userinfo_endpoint"), str):
            claims = {**claims, **_read_userinfo(client, provider, metadata, tokens, claims["sub"])}
    return _identity(provider, metadata, claims)


def _redeem(
    client: httpx.Client,
    provider: Provider,
    metadata: Metadata,
    challenge: Challenge,
    redirect_uri: str,
    code: str,
) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": challenge.verifier,
    }
    methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" in methods:
        # RFC 6749, 2.3.1: both halves are form-encoded first.
        pair = [quote_plus(each) for each in (provider.client_id, provider.client_secret)]
        return _read_json(client, "POST", metadata["token_endpoint"], data=form, auth=(pair[0], pair[1]))
    form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    return _read_json(client, "POST", metadata["token_endpoint"], data=form)


def _check_id_token(
    provider: Provider,
    metadata: Metadata,
    challenge: Challenge,
    tokens: dict[str, Any],
    keys: dict[str, Any],
) -> dict[str, Any]:
    try:
        token = jwt.decode(str(tokens["id_token"]), KeySet.import_key_set(keys), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": metadata["issuer"]},
                "aud": {"essential": True, "value": provider.client_id},
            },
            {
                "nonce": challenge.nonce,
                "client_id": provider.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(leeway=_LEEWAY_S)
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise _refused(provider, f"its ID token is not accepted: {type(error).__name__} {error}") from error
    return dict(claims)


def _read_userinfo(
    client: httpx.Client, provider: Provider, metadata: Metadata, tokens: dict[str, Any], subject: str
) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {tokens.get('access_token', '')}"}
    found = _read_json(client, "GET", metadata["userinfo_endpoint"], headers=headers)
    if found.get("sub") != subject:
        raise _refused(provider, "its user info is of somebody else")
    return {name: found[name] for name in ("email", "email_verified", "name") if name in found}


def _identity(provider: Provider, metadata: Metadata, claims: dict[str, Any]) -> Identity:
    email = str(claims.get("email") or "").strip().lower()
    verified = claims.get("email_verified", True if provider.vouches else None)
    if not email or "@" not in email or len(email) > 320 or not email.isprintable():
        raise _refused(provider, "there is no e-mail address", "email_missing")
    subject = str(claims["sub"])
    if not subject.isprintable() or len(subject) > 255:
        raise _refused(provider, "its name for the user cannot be kept")
    if verified not in (True, "true"):  # some send it as a text
        raise _refused(provider, "the e-mail address is not verified", "email_not_verified")
    if provider.domains and email.rpartition("@")[2] not in provider.domains:
        raise _refused(provider, "the domain of the e-mail address is not allowed", "domain_not_allowed")
    name = " ".join(str(claims.get("name") or "").split())[:100]
    return Identity(metadata["issuer"], subject, email, name if name.isprintable() and name else email)


@contextmanager
def _client(provider: Provider) -> Iterator[httpx.Client]:
    issuer = read_url(provider.issuer)
    guard = Guard(hosts=(host_of(issuer),))
    with (
        network_errors("the identity provider"),
        open_client(guard, timeout_s=_TIMEOUT_S, whole_s=_WHOLE_S) as client,
    ):
        yield client


def _read_json(client: httpx.Client, method: str, url: str, **more: Any) -> dict[str, Any]:
    headers = {"accept": "application/json", **more.pop("headers", {})}
    content = bytearray()
    with client.stream(method, url, headers=headers, **more) as answer:
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > _MOST_BYTES:
                raise OidcRefused("The identity provider answers too much")
    try:
        found: Any = json.loads(bytes(content))
    except ValueError:
        found = None
    if answer.status_code != 200 or not isinstance(found, dict):
        words = found.get("error") if isinstance(found, dict) else ""
        log.warning("%s of the identity provider answers %s %s", url, answer.status_code, str(words)[:100])
        raise OidcRefused("The identity provider did not accept the request")
    return found


def _refused(provider: Provider, reason: str, code: str = "sso_failed") -> "OidcRefused":
    log.warning("sign-in by %s is refused: %s", provider.id, reason)
    return OidcRefused(f"Signing in by {provider.name} failed: {reason}", code)
