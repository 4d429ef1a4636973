"""Which identity providers are configured, and where each has its description."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spyglass.api.sign_in_options import Config, OidcConfig
from spyglass.core.errors import NotFound

_SCOPE = "openid email profile"
# Endpoints of Entra ID that serve every tenant: there, an e-mail address proves nothing.
_SHARED_TENANTS = frozenset({"common", "organizations", "consumers"})


@dataclass(frozen=True, repr=False)
class Provider:
    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    scope: str = _SCOPE
    domains: tuple[str, ...] = ()  # of e-mail addresses; empty: all
    vouches: bool = False  # its addresses are verified although it does not say so


def providers_of(config: OidcConfig) -> list[Provider]:
    """Those with a client id, a secret and an issuer, in the order of the settings."""
    return list(_configured(config))


def find_provider(config: OidcConfig, provider_id: str) -> Provider:
    for each in _configured(config):
        if each.id == provider_id:
            return each
    raise NotFound("There is no such identity provider")


def _configured(config: OidcConfig) -> Iterator[Provider]:
    for prefix, (name, issuer_of) in _KNOWN.items():
        client_id = getattr(config, f"{prefix}_client_id")
        secret = getattr(config, f"{prefix}_client_secret")
        issuer = issuer_of(config).strip()
        if not (client_id and secret and issuer):
            continue
        yield Provider(
            id=prefix.replace("_", "-"),
            name=getattr(config, f"{prefix}_name", name),
            issuer=issuer,
            client_id=client_id,
            client_secret=secret,
            scope=getattr(config, f"{prefix}_scope", _SCOPE),
            domains=tuple(each.strip().lower() for each in getattr(config, f"{prefix}_allowed_domains", ())),
            vouches=prefix == "azure_ad" and config.azure_ad_tenant_id.lower() not in _SHARED_TENANTS,
        )


def _entra_issuer(config: OidcConfig) -> str:
    tenant = config.azure_ad_tenant_id.strip()
    return f"https://login.microsoftonline.com/{tenant}/v2.0" if tenant else ""


_KNOWN: dict[str, tuple[str, Callable[[OidcConfig], str]]] = {
    "google": ("Google", lambda _: "https://accounts.google.com"),
    "azure_ad": ("Microsoft", _entra_issuer),
    "okta": ("Okta", lambda config: config.okta_issuer),
    "auth0": ("Auth0", lambda config: config.auth0_issuer),
    "keycloak": ("Keycloak", lambda config: config.keycloak_issuer),
    "gitlab": ("GitLab", lambda config: config.gitlab_issuer),
    "authentik": ("authentik", lambda config: config.authentik_issuer),
    "cognito": ("Amazon Cognito", lambda config: config.cognito_issuer),
    "onelogin": ("OneLogin", lambda config: config.onelogin_issuer),
    "jumpcloud": ("JumpCloud", lambda config: config.jumpcloud_issuer),
    "custom": ("Single sign-on", lambda config: config.custom_issuer),
}


def takes_passwords(sign_in: Config, oidc: OidcConfig) -> bool:
    """Switched off without a provider, nobody could get in."""
    return not (sign_in.disable_password and providers_of(oidc))
