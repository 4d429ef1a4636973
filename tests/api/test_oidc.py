"""Signing in with an identity provider, against one on this machine that can be wrong in many ways."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fake_oidc import CLIENT_ID, CLIENT_SECRET, FakeProvider, running_provider
from people import Browser, add_person, signed_in
from sqlalchemy import delete, select

from spyglass.api.identity_providers import providers_of
from spyglass.api.sign_in_options import OidcConfig
from spyglass.core.clock import now
from spyglass.features.sign_in.oidc_service import safe_next
from spyglass.server.wiring import Parts
from spyglass.stores.meta.tables import OidcIdentity, Organization, User, UserSession

START, CALLBACK = "/api/ui/auth/oidc/custom/start", "/api/ui/auth/oidc/custom/callback"


@pytest.fixture(scope="module")
def running() -> Iterator[FakeProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: FakeProvider) -> FakeProvider:
    issuer = running.issuer
    running.__init__()  # type: ignore[misc]
    running.issuer = issuer
    running.claims = {"email": "Ada@Example.com", "name": "Ada"}
    return running


@pytest.fixture(scope="module")
def make(make_server: Callable[..., Parts], running: FakeProvider) -> Callable[..., Parts]:
    oidc = {
        "custom_client_id": CLIENT_ID,
        "custom_client_secret": CLIENT_SECRET,
        "custom_issuer": running.issuer,
        "custom_name": "Our provider",
    }
    return lambda **more: make_server(oidc=oidc, **more)


@pytest.fixture(scope="module")
def shared(make: Callable[..., Parts]) -> Parts:
    return make(disable_sign_up=False)


@pytest.fixture
def server(shared: Parts) -> Parts:
    """Everybody may sign up; nobody has yet, and the provider is not known."""
    with shared.stores.meta.begin() as session:
        session.execute(delete(User))  # sessions and identities go with their user
    shared.state.oidc_directory.clear()
    return shared


def begin(browser: Browser, following: str = "/project/p/traces") -> str:
    answer = browser.get(START, params={"next": following})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


def sign_in(browser: Browser, provider: FakeProvider, following: str = "/project/p/traces") -> Any:
    _, query = provider.authorize(begin(browser, following))
    return browser.get(f"{CALLBACK}?{query}")


def failed(answer: Any) -> str:
    """The word of a failed sign-in, which has left no session."""
    assert answer.status_code == 302 and "spyglass_session" not in answer.headers.get("set-cookie", "")
    place = urlsplit(answer.headers["location"])
    assert place.path == "/auth/sign-in"
    return parse_qs(place.query)["error"][0]


def people(server: Parts) -> list[User]:
    with server.stores.meta.read() as session:
        return list(session.scalars(select(User)))


class TestSignIn:
    def test_the_request_has_pkce_state_and_nonce(self, server: Parts, provider: FakeProvider) -> None:
        browser = Browser(server)
        options = browser.get("/api/ui/auth/options").json()
        assert options["oidc"] == [{"id": "custom", "name": "Our provider"}]
        one, two = (parse_qs(urlsplit(begin(Browser(server))).query) for _ in range(2))
        assert one["client_id"] == [CLIENT_ID] and one["response_type"] == ["code"]
        assert one["redirect_uri"] == [f"http://testserver{CALLBACK}"]
        assert one["scope"] == ["openid email profile"] and one["code_challenge_method"] == ["S256"]
        for name in ("state", "nonce", "code_challenge"):
            assert len(one[name][0]) >= 43 and one[name] != two[name]

    def test_makes_an_account_and_knows_it_again_by_its_subject(
        self, server: Parts, provider: FakeProvider
    ) -> None:
        browser = Browser(server)
        answer = sign_in(browser, provider)
        assert (answer.status_code, answer.headers["location"]) == (302, "/project/p/traces")
        user = browser.get("/api/ui/boot").json()["user"]
        assert (user["email"], user["name"]) == ("ada@example.com", "Ada")
        provider.claims["email"] = "married@example.com"
        again = Browser(server)
        sign_in(again, provider)
        assert again.get("/api/ui/boot").json()["user"]["id"] == user["id"]
        assert len(people(server)) == 1
        assert people(server)[0].password_hash is None
        body = {"email": "ada@example.com", "password": ""}
        assert Browser(server).post("/api/ui/auth/sign-in", body).status_code == 401

    def test_the_public_address_is_the_one_to_come_back_to(
        self, make: Callable[..., Parts], provider: FakeProvider
    ) -> None:
        server = make(disable_sign_up=False, public_url="https://spyglass.example.com/sub/")
        asked = parse_qs(urlsplit(begin(Browser(server))).query)
        assert asked["redirect_uri"] == [f"https://spyglass.example.com/sub{CALLBACK}"]

    def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there(
        self, server: Parts, provider: FakeProvider
    ) -> None:
        provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        assert sign_in(Browser(server), provider).headers["location"] == "/project/p/traces"

    def test_the_address_may_come_from_the_user_info(self, server: Parts, provider: FakeProvider) -> None:
        provider.claims = {"email": None, "email_verified": None}
        provider.userinfo = {"email": "info@example.com", "email_verified": True, "name": "Info"}
        browser = Browser(server)
        sign_in(browser, provider)
        assert browser.get("/api/ui/boot").json()["user"]["email"] == "info@example.com"
        provider.userinfo["sub"] = "somebody else"
        assert failed(sign_in(Browser(server), provider)) == "sso_failed"

    def test_the_description_is_asked_for_once(self, server: Parts, provider: FakeProvider) -> None:
        for _ in range(3):
            begin(Browser(server))
        assert provider.calls == ["/.well-known/openid-configuration"]


class TestAccounts:
    def test_without_sign_up_nobody_gets_an_account(
        self, make: Callable[..., Parts], provider: FakeProvider
    ) -> None:
        server = make()
        assert failed(sign_in(Browser(server), provider)) == "no_account"
        assert people(server) == []

    def test_who_is_invited_gets_one_and_is_a_member(
        self, make: Callable[..., Parts], provider: FakeProvider
    ) -> None:
        server = make()
        with server.stores.meta.begin() as session:
            organization = Organization(name="org")
            session.add(organization)
            session.flush()
            organization_id = organization.id
        admin = signed_in(server, add_person(server, organization_id, "ADMIN"))
        path = f"/api/ui/organizations/{organization_id}/invitations"
        assert admin.post(path, {"email": "ada@example.com", "role": "MEMBER"}).status_code == 201
        browser = Browser(server)
        sign_in(browser, provider)
        [place] = browser.get("/api/ui/boot").json()["organizations"]
        assert (place["id"], place["role"]) == (organization_id, "MEMBER")
        assert admin.get(path).json()["data"] == []

    def test_an_account_of_the_same_verified_address_is_linked(
        self, make: Callable[..., Parts], provider: FakeProvider
    ) -> None:
        server = make()
        user = add_person(server)
        provider.claims["email"] = user.email
        browser = Browser(server)
        sign_in(browser, provider)
        assert browser.get("/api/ui/boot").json()["user"]["id"] == user.id
        with server.stores.meta.read() as session:
            identity = session.get_one(OidcIdentity, (provider.issuer, "subject-1"))
        assert identity.user_id == user.id
        Browser(server).sign_in(user)  # the password goes on working

    def test_where_anybody_may_sign_up_who_made_the_account_first_is_put_out(
        self, server: Parts, provider: FakeProvider
    ) -> None:
        squatter = Browser(server)
        body = {"email": "ada@example.com", "name": "Mallory", "password": "a long password"}
        squatter.csrf = squatter.post("/api/ui/auth/sign-up", body).json()["csrf"]
        assert squatter.get("/api/ui/account").status_code == 200
        sign_in(Browser(server), provider)
        assert squatter.get("/api/ui/account").status_code == 401
        assert (
            squatter.post("/api/ui/auth/sign-in", {k: body[k] for k in ("email", "password")}).status_code
            == 401
        )

    def test_a_disabled_account_stays_out(self, server: Parts, provider: FakeProvider) -> None:
        sign_in(Browser(server), provider)
        with server.stores.meta.begin() as session:
            session.scalars(select(User)).one().disabled_at = now()
        assert failed(sign_in(Browser(server), provider)) == "account_disabled"


class TestRefusals:
    @pytest.mark.parametrize(
        ("claims", "word"),
        [
            ({"nonce": "another"}, "sso_failed"),
            ({"nonce": None}, "sso_failed"),
            ({"iss": "https://other.example"}, "sso_failed"),
            ({"aud": "another client"}, "sso_failed"),
            ({"aud": [CLIENT_ID, "another"], "azp": "another"}, "sso_failed"),
            ({"exp": 1_700_000_000}, "sso_failed"),
            ({"exp": None}, "sso_failed"),
            ({"sub": None}, "sso_failed"),
            ({"at_hash": "wrong"}, "sso_failed"),
            ({"email_verified": False}, "email_not_verified"),
            ({"email_verified": None}, "email_not_verified"),
            ({"email_verified": "false"}, "email_not_verified"),
            ({"email": None}, "email_missing"),
            ({"email": "no address"}, "email_missing"),
        ],
        ids=str,
    )
    def test_a_token_that_is_not_right_signs_nobody_in(
        self, server: Parts, provider: FakeProvider, claims: dict[str, Any], word: str
    ) -> None:
        provider.claims |= claims
        assert failed(sign_in(Browser(server), provider)) == word
        assert people(server) == []

    @pytest.mark.parametrize("fault", ["foreign key", "none", "shared secret"])
    def test_a_signature_that_is_not_the_providers(
        self, server: Parts, provider: FakeProvider, fault: str
    ) -> None:
        provider.fault = fault
        assert failed(sign_in(Browser(server), provider)) == "sso_failed"
        assert people(server) == []

    @pytest.mark.parametrize("fault", ["other issuer described", "away", "endless"])
    def test_a_provider_that_cannot_be_used(self, server: Parts, provider: FakeProvider, fault: str) -> None:
        provider.fault = fault
        answer = Browser(server).get(START)
        assert failed(answer) == "sso_failed"

    def test_state_of_another_browser(self, server: Parts, provider: FakeProvider) -> None:
        attacker, victim = Browser(server), Browser(server)
        _, query = provider.authorize(begin(attacker))
        assert failed(victim.get(f"{CALLBACK}?{query}")) == "sso_expired"
        begin(victim)
        assert failed(victim.get(f"{CALLBACK}?{query}")) == "sso_expired"
        assert people(server) == []

    def test_a_code_works_once(self, server: Parts, provider: FakeProvider) -> None:
        browser = Browser(server)
        _, query = provider.authorize(begin(browser))
        assert browser.get(f"{CALLBACK}?{query}").headers["location"] == "/project/p/traces"
        assert failed(browser.get(f"{CALLBACK}?{query}")) == "sso_expired"

    def test_ten_minutes_are_enough(
        self, server: Parts, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from spyglass.features.sign_in import oidc_service

        browser = Browser(server)
        _, query = provider.authorize(begin(browser))
        moment = oidc_service.now_us()
        monkeypatch.setattr(oidc_service, "now_us", lambda: moment + 601_000_000)
        assert failed(browser.get(f"{CALLBACK}?{query}")) == "sso_expired"

    def test_what_the_provider_says_no_to(self, server: Parts, provider: FakeProvider) -> None:
        for error, word in (("access_denied", "sso_denied"), ("server_error", "sso_failed")):
            browser = Browser(server)
            state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
            assert failed(browser.get(f"{CALLBACK}?error={error}&state={state}")) == word

    def test_an_answer_of_another_issuer(self, server: Parts, provider: FakeProvider) -> None:
        browser = Browser(server)
        _, query = provider.authorize(begin(browser))
        assert failed(browser.get(f"{CALLBACK}?{query}&iss=https://other.example")) == "sso_failed"

    def test_a_provider_that_is_not_configured(self, server: Parts) -> None:
        for provider_id in ("google", "none", "custom2"):
            assert Browser(server).get(f"/api/ui/auth/oidc/{provider_id}/start").status_code == 404
            assert Browser(server).get(f"/api/ui/auth/oidc/{provider_id}/callback").status_code == 404

    def test_other_endpoints_on_the_own_network_are_not_asked(
        self, server: Parts, provider: FakeProvider
    ) -> None:
        provider.metadata = {"token_endpoint": "http://169.254.169.254/token"}
        assert failed(sign_in(Browser(server), provider)) == "sso_failed"
        assert "/token" not in provider.calls


class TestNext:
    @pytest.mark.parametrize("path", ["/", "/project/p/traces?q=a%20b#x", "/a/b", "/-//x"])
    def test_paths_of_this_server(self, server: Parts, provider: FakeProvider, path: str) -> None:
        assert safe_next(path) == path
        assert sign_in(Browser(server), provider, path).headers["location"] == path

    @pytest.mark.parametrize(
        "path",
        [
            *("//evil.example", "/\\evil.example", "https://evil.example", "https:evil.example", "evil", ""),
            *(
                "\\\\evil",
                "/\t/evil",
                " //evil",
                "javascript:alert(1)",
                "/a\r\nset-cookie: x=1",
                "/" + "a" * 2000,
            ),
            *("/\x00/evil", "///evil"),
        ],
    )
    def test_whatever_leads_elsewhere_leads_home(
        self, server: Parts, provider: FakeProvider, path: str
    ) -> None:
        assert safe_next(path) == "/"
        assert sign_in(Browser(server), provider, path).headers["location"] == "/"


class TestProviders:
    def test_those_with_id_secret_and_issuer_are_on(self) -> None:
        assert providers_of(OidcConfig()) == []
        config = OidcConfig(
            google_client_id="g",
            google_client_secret="s",
            google_allowed_domains=("Example.com",),
            okta_client_id="o",
            okta_client_secret="s",
            azure_ad_client_id="a",
            azure_ad_client_secret="s",
            azure_ad_tenant_id="tenant-1",
        )
        google, entra = providers_of(config)
        assert (google.id, google.issuer) == ("google", "https://accounts.google.com")
        assert google.domains == ("example.com",) and not google.vouches
        assert (entra.id, entra.issuer) == (
            "azure-ad",
            "https://login.microsoftonline.com/tenant-1/v2.0",
        )
        assert entra.vouches
        assert "client_secret" not in repr(google)

    def test_an_endpoint_for_every_tenant_vouches_for_nobody(self) -> None:
        shared = OidcConfig(azure_ad_client_id="a", azure_ad_client_secret="s", azure_ad_tenant_id="common")
        assert not providers_of(shared)[0].vouches


def test_sessions_of_providers_are_sessions(server: Parts, provider: FakeProvider) -> None:
    browser = Browser(server)
    sign_in(browser, provider)
    browser.csrf = browser.get("/api/ui/boot").json()["csrf"]
    assert browser.post("/api/ui/auth/sign-out").status_code == 204
    with server.stores.meta.read() as session:
        assert session.scalars(select(UserSession)).all() == []
