"""What the operator decides about signing in: with passwords, with identity providers, for how long.

A provider is on when its client id, its secret and its issuer are set. Names and variables are those that
Langfuse has for providers that speak OpenID Connect.
"""

from dataclasses import dataclass
from datetime import timedelta

from spyglass.core.options import option
from spyglass.stores.meta.sign_in import Lifetimes

_ID, _SECRET = "Client id at the provider", "Client secret"
_ISSUER = "Issuer: the address whose `/.well-known/openid-configuration` describes the provider"


@dataclass(frozen=True)
class Config:
    """Who may have an account, and how long a browser stays signed in."""

    disable_sign_up: bool = option(
        True, "Whether only those who are invited get an account; false lets everybody make one"
    )
    disable_password: bool = option(
        False, "Whether people sign in with an identity provider only; needs one that is configured"
    )
    organization_creators: tuple[str, ...] = option(
        (), "E-mail addresses of those who may create organizations; empty: everybody who is signed in"
    )
    session_idle_minutes: int = option(
        43_200, "Minutes after which a session that is not used ends", low=5, high=525_600
    )
    session_most_hours: int = option(2_160, "Hours after which every session ends", low=1, high=8_760)

    @property
    def lifetimes(self) -> Lifetimes:
        return Lifetimes(
            timedelta(minutes=self.session_idle_minutes), timedelta(hours=self.session_most_hours)
        )


@dataclass(frozen=True)
class OidcConfig:
    """Identity providers that speak OpenID Connect."""

    google_client_id: str = option("", f"Google: {_ID}")
    google_client_secret: str = option("", _SECRET, secret=True)
    google_allowed_domains: tuple[str, ...] = option((), "Only these domains of e-mail addresses; empty: all")
    azure_ad_client_id: str = option("", f"Microsoft Entra ID: {_ID}")
    azure_ad_client_secret: str = option("", _SECRET, secret=True)
    azure_ad_tenant_id: str = option("", "Id of the tenant, as the issuer has it")
    okta_client_id: str = option("", f"Okta: {_ID}")
    okta_client_secret: str = option("", _SECRET, secret=True)
    okta_issuer: str = option("", _ISSUER)
    auth0_client_id: str = option("", f"Auth0: {_ID}")
    auth0_client_secret: str = option("", _SECRET, secret=True)
    auth0_issuer: str = option("", _ISSUER)
    keycloak_client_id: str = option("", f"Keycloak: {_ID}")
    keycloak_client_secret: str = option("", _SECRET, secret=True)
    keycloak_issuer: str = option("", _ISSUER)
    keycloak_name: str = option("Keycloak", "What the button says")
    keycloak_scope: str = option("openid email profile", "Scopes that are asked for")
    gitlab_client_id: str = option("", f"GitLab: {_ID}")
    gitlab_client_secret: str = option("", _SECRET, secret=True)
    gitlab_issuer: str = option("https://gitlab.com", _ISSUER)
    authentik_client_id: str = option("", f"authentik: {_ID}")
    authentik_client_secret: str = option("", _SECRET, secret=True)
    authentik_issuer: str = option("", _ISSUER)
    cognito_client_id: str = option("", f"Amazon Cognito: {_ID}")
    cognito_client_secret: str = option("", _SECRET, secret=True)
    cognito_issuer: str = option("", _ISSUER)
    onelogin_client_id: str = option("", f"OneLogin: {_ID}")
    onelogin_client_secret: str = option("", _SECRET, secret=True)
    onelogin_issuer: str = option("", _ISSUER)
    jumpcloud_client_id: str = option("", f"JumpCloud: {_ID}")
    jumpcloud_client_secret: str = option("", _SECRET, secret=True)
    jumpcloud_issuer: str = option("", _ISSUER)
    jumpcloud_scope: str = option("openid email profile", "Scopes that are asked for")
    custom_client_id: str = option("", f"Any other provider: {_ID}")
    custom_client_secret: str = option("", _SECRET, secret=True)
    custom_issuer: str = option("", _ISSUER)
    custom_name: str = option("Single sign-on", "What the button says")
    custom_scope: str = option("openid email profile", "Scopes that are asked for")
