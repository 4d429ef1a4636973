"""The key check: messages and statuses of the contract, both halves, caches, revocation, outages."""

import base64
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy import update
from starlette.testclient import TestClient

from spyglass.api import key_ring
from spyglass.api.app import create_app
from spyglass.api.callers import (
    Caller,
    Ingester,
    KeyHolder,
    MemberWriter,
    Reader,
    ScoreWriter,
    TraceDeleter,
    authenticate,
)
from spyglass.api.key_ring import KeyRing
from spyglass.api.state import AppState
from spyglass.core.clock import now
from spyglass.core.errors import Unavailable
from spyglass.core.permissions import Permission
from spyglass.features.projects import service
from spyglass.features.projects.routes import router as projects_router
from spyglass.stores.meta import Config, Meta, open_meta
from spyglass.stores.meta.keys import KeyPair, add_key, owner_of
from spyglass.stores.meta.tables import ApiKey, Organization, Project

PEPPER = b"pepper of this test"
SUFFIX = "Confirm that you've configured the correct host."
ROUTES = {
    "/ingest": Ingester,
    "/score": ScoreWriter,
    "/read": Reader,
    "/delete": TraceDeleter,
    "/admin": MemberWriter,
    "/any": KeyHolder,
}


class FlakyMeta(Meta):
    """A real store whose connection can be cut."""

    down = False
    reads = 0

    @contextmanager
    def read(self) -> Iterator[Any]:
        self.reads += 1
        if self.down:
            raise Unavailable("The metadata store is unavailable; try again")
        with super().read() as session:
            yield session

    @contextmanager
    def begin(self) -> Iterator[Any]:
        if self.down:
            raise Unavailable("The metadata store is unavailable; try again")
        with super().begin() as session:
            yield session


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Case:
    """A store with two projects and an organization key, a ring with a clock of ours, and an app."""

    def __init__(self, folder: Path) -> None:
        open_meta(Config(), folder, lambda line: None).close()
        self.meta = FlakyMeta(Config(), folder / "meta.db")
        with self.meta.begin() as session:
            session.add(Organization(id="org", name="Org"))
            session.flush()
            session.add(Project(id="one", organization_id="org", name="One", extra={"a": [1]}))
            session.add(Project(id="two", organization_id="org", name="Two", retention_days=7))
        self.one = service.create_key(self.meta, PEPPER, "one")
        self.two = service.create_key(self.meta, PEPPER, "two")
        self.org = service.create_key(self.meta, PEPPER, "one")
        with self.meta.begin() as session:
            session.execute(
                update(ApiKey).where(ApiKey.id == self.org.id).values(scope="ORGANIZATION", project_id=None)
            )
        self.clock = Clock()
        self.ring = KeyRing(self.meta, PEPPER, self.clock)
        self.client = TestClient(self._app(), raise_server_exceptions=False)

    def _app(self) -> Any:
        router = APIRouter()
        for path, alias in ROUTES.items():
            router.add_api_route(path, _answer_for(alias), name=path.strip("/"))
        stores = cast(Any, type("Stores", (), {"meta": self.meta})())
        state = AppState.__new__(AppState)
        object.__setattr__(state, "stores", stores)
        object.__setattr__(state, "pepper", PEPPER)
        state.__dict__["keys"] = self.ring
        self.state = state
        return create_app(state, [router, projects_router])

    def get(self, path: str, authorization: str | None) -> httpx.Response:
        headers = {} if authorization is None else {"authorization": authorization}
        return cast(httpx.Response, self.client.get(path, headers=headers))


def _answer_for(alias: Any) -> Any:
    def answer(caller: alias) -> dict[str, Any]:
        assert isinstance(caller, Caller)
        return {"project": caller.project_id, "key": caller.public_key, "org": caller.organization_id}

    return answer


def basic(public_key: str, secret_key: str) -> str:
    return "Basic " + base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    built = Case(tmp_path)
    yield built
    built.meta.close()


def header_of(key: service.NewKey) -> str:
    return basic(key.public_key, key.secret_key)


class TestAnonymous:
    @pytest.mark.parametrize("path", ROUTES)
    def test_no_header(self, case: Case, path: str) -> None:
        answer = case.get(path, None)
        assert (answer.status_code, answer.json()) == (401, {"message": "No authorization header"})

    @pytest.mark.parametrize(
        "header", ["Digest x", "nonsense", "Basic", "basic", "Token pk-lf-1", "Basic" * 600]
    )
    def test_neither_basic_nor_bearer(self, case: Case, header: str) -> None:
        answer = case.get("/read", header)
        assert answer.status_code == 401
        expected = (
            f"Invalid credentials. {SUFFIX}" if header.lower() == "basic" else "Invalid authorization header"
        )
        assert answer.json() == {"message": expected}


class TestStranger:
    @pytest.mark.parametrize(
        "which", ["secret", "public", "swapped", "mixed", "both", "empty secret", "empty"]
    )
    def test_both_halves_must_belong_together(self, case: Case, which: str) -> None:
        one, two = case.one, case.two
        header = {
            "secret": basic(one.public_key, "sk-lf-wrong"),
            "public": basic("pk-lf-unknown", one.secret_key),  # the reference lets this one in
            "swapped": basic(one.secret_key, one.public_key),
            "mixed": basic(one.public_key, two.secret_key),
            "both": basic("pk-lf-unknown", "sk-lf-wrong"),
            "empty secret": basic(one.public_key, ""),
            "empty": basic("", ""),
        }[which]
        answer = case.get("/read", header)
        assert (answer.status_code, answer.json()) == (401, {"message": f"Invalid credentials. {SUFFIX}"})

    @pytest.mark.parametrize(
        "credentials",
        ["!!!", "cGs", base64.b64encode(b"\xff\xfe:x").decode(), base64.b64encode(b"no colon").decode()],
    )
    def test_what_is_no_pair(self, case: Case, credentials: str) -> None:
        answer = case.get("/read", f"Basic {credentials}")
        assert (answer.status_code, answer.json()) == (401, {"message": f"Invalid credentials. {SUFFIX}"})

    @pytest.mark.parametrize(
        "public_key", ["' OR 1=1 --", 'x"; DROP TABLE api_keys; --', "%", "pk-lf-\0", "pk-lf-ü", "*"]
    )
    def test_hostile_text_finds_nothing_and_harms_nothing(self, case: Case, public_key: str) -> None:
        assert case.get("/read", basic(public_key, "' OR '1'='1")).status_code == 401
        if public_key.isascii() and public_key.isprintable():
            assert case.get("/score", f"Bearer {public_key}").status_code == 401
        assert case.get("/read", header_of(case.one)).status_code == 200

    def test_an_unknown_public_key_as_bearer(self, case: Case) -> None:
        answer = case.get("/score", "Bearer pk-lf-unknown")
        assert (answer.status_code, answer.json()) == (401, {"message": f"Invalid public key. {SUFFIX}"})

    def test_a_secret_key_is_no_bearer(self, case: Case) -> None:
        assert case.get("/score", f"Bearer {case.one.secret_key}").status_code == 401


class TestScope:
    @pytest.mark.parametrize(
        ("kind", "allowed"),
        [
            ("project", {"/ingest", "/score", "/read", "/delete", "/any"}),
            ("bearer", {"/score"}),
            ("organization", {"/admin", "/any"}),
        ],
    )
    def test_each_kind_of_key_opens_its_routes_and_no_other(
        self, case: Case, kind: str, allowed: set[str]
    ) -> None:
        header = {
            "project": header_of(case.one),
            "bearer": f"Bearer {case.one.public_key}",
            "organization": header_of(case.org),
        }[kind]
        statuses = {path: case.get(path, header).status_code for path in ROUTES}
        assert statuses == {path: 200 if path in allowed else 403 for path in ROUTES}

    def test_an_organization_key_on_a_project_route(self, case: Case) -> None:
        answer = case.get("/read", header_of(case.org))
        words = "Project ID not found for API token. Are you using an organization key?"
        assert (answer.status_code, answer.json()) == (403, {"message": words})

    @pytest.mark.parametrize("path", ["/read", "/ingest", "/any"])
    def test_a_public_key_alone_elsewhere(self, case: Case, path: str) -> None:
        answer = case.get(path, f"Bearer {case.one.public_key}")
        words = "Access denied - insufficient permissions for this endpoint"
        assert (answer.status_code, answer.json()) == (403, {"message": words})

    def test_an_organization_key_is_no_bearer(self, case: Case) -> None:
        assert case.get("/score", f"Bearer {case.org.public_key}").status_code == 401

    def test_a_caller_has_the_project_of_its_key(self, case: Case) -> None:
        for key, project in ((case.one, "one"), (case.two, "two")):
            expected = {"project": project, "key": key.public_key, "org": "org"}
            assert case.get("/read", header_of(key)).json() == expected
            assert case.get("/score", f"bearer {key.public_key}").json() == expected

    def test_the_plain_function_for_other_protocols(self, case: Case) -> None:
        caller = authenticate(header_of(case.two), case.state)
        assert (caller.project_id, caller.key_id) == ("two", case.two.id)
        assert Permission.INGEST in caller.permissions
        with pytest.raises(key_ring.KeyRefused):
            authenticate(None, case.state)


class TestMemory:
    def test_a_known_key_costs_no_query(self, case: Case) -> None:
        case.get("/read", header_of(case.one))
        before = case.meta.reads
        for _ in range(5):
            assert case.get("/read", header_of(case.one)).status_code == 200
        assert case.meta.reads == before

    def test_a_refused_key_costs_no_query_for_ten_seconds(self, case: Case) -> None:
        header = basic("pk-lf-unknown", "x")
        case.get("/read", header)
        before = case.meta.reads
        case.get("/read", header)
        assert case.meta.reads == before
        case.clock.now_s += 11
        case.get("/read", header)
        assert case.meta.reads > before

    @pytest.mark.parametrize("public_key", ["unknown", "known"])
    def test_many_secrets_of_one_public_key_are_one_query(self, case: Case, public_key: str) -> None:
        key = case.one.public_key if public_key == "known" else "pk-lf-unknown"
        case.get("/read", basic(key, "first"))
        before = case.meta.reads
        for number in range(20):
            assert case.get("/read", basic(key, f"sk-lf-{number}")).status_code == 401
        assert case.meta.reads == before
        expected = 200 if public_key == "known" else 401
        assert case.get("/read", basic(key, case.one.secret_key)).status_code == expected
        case.clock.now_s += 11
        assert case.get("/read", basic(key, "last")).status_code == 401
        assert case.meta.reads > before

    def test_a_revoked_key_stops_within_two_seconds(self, case: Case) -> None:
        header = header_of(case.one)
        assert case.get("/read", header).status_code == 200
        service.revoke_key(case.meta, case.one.public_key)  # as another process does it
        case.clock.now_s += 2.1
        assert case.get("/read", header).status_code == 401
        assert case.get("/read", header_of(case.two)).status_code == 200

    def test_a_revoked_key_stops_at_once_in_the_same_process(self, case: Case) -> None:
        header = header_of(case.one)
        assert case.get("/read", header).status_code == 200
        service.revoke_key(case.meta, case.one.id)
        case.ring.forget()
        assert case.get("/read", header).status_code == 401

    def test_a_look_up_that_a_revocation_overtook_is_not_remembered(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        header = header_of(case.one)
        look_up = case.ring._look_up

        def overtaken(scheme: str, credentials: str) -> Any:
            found = look_up(scheme, credentials)
            service.revoke_key(case.meta, case.one.id)
            case.ring.forget()  # as another thread does when it notices
            return found

        monkeypatch.setattr(case.ring, "_look_up", overtaken)
        assert case.get("/read", header).status_code == 200
        monkeypatch.undo()
        assert case.get("/read", header).status_code == 401

    def test_a_new_key_works_although_it_was_refused_before(self, case: Case) -> None:
        with case.meta.begin() as session:
            project = session.get_one(Project, "one")
        header = basic("pk-lf-new", "sk-lf-new")
        assert case.get("/read", header).status_code == 401
        with case.meta.begin() as session:
            pair = KeyPair("pk-lf-new", "sk-lf-new")
            add_key(session, PEPPER, owner_of(project), pair, service.SYSTEM)
        case.clock.now_s += 2.1
        assert case.get("/read", header).status_code == 200

    def test_a_key_ends_with_its_project(self, case: Case) -> None:
        with case.meta.begin() as session:
            session.get_one(Project, "one").deleted_at = now()
        assert case.get("/read", header_of(case.one)).status_code == 401
        assert case.get("/read", f"Bearer {case.one.public_key}").status_code == 401

    def test_an_expired_key(self, case: Case) -> None:
        old = service.create_key(case.meta, PEPPER, "one", expires_at=now() - timedelta(seconds=1))
        answer = case.get("/read", header_of(old))
        assert answer.status_code == 401
        assert "expired" in answer.json()["message"]

    def test_a_key_is_not_remembered_beyond_its_end(self, case: Case) -> None:
        soon = service.create_key(case.meta, PEPPER, "one", expires_at=now() + timedelta(seconds=30))
        assert case.get("/read", header_of(soon)).status_code == 200
        assert case.ring.known(header_of(soon)) is not None
        case.meta.down = True
        case.clock.now_s += 31
        assert case.get("/read", header_of(soon)).status_code == 503

    def test_memory_is_bounded(self, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(key_ring, "_CAPACITY", 3)
        case.get("/read", header_of(case.one))
        for number in range(10):
            case.get("/read", basic(f"pk-lf-{number}", "x"))
        assert len(case.ring._refused) == 3
        assert len(case.ring._rows) == 3
        assert case.ring.known(header_of(case.one)) is not None  # guesses do not push out who is known
        for key in [service.create_key(case.meta, PEPPER, "one") for _ in range(5)]:
            case.get("/read", header_of(key))
        assert len(case.ring._known) == 3

    def test_the_last_use_is_recorded(self, case: Case) -> None:
        before = now()
        case.get("/read", header_of(case.one))
        used = {key.id: key.last_used_at for key in service.list_keys(case.meta, "one")}[case.one.id]
        assert used is not None
        assert before <= used <= now()


class TestOutage:
    def test_who_is_known_goes_on_for_five_minutes(self, case: Case) -> None:
        header = header_of(case.one)
        case.get("/read", header)
        case.meta.down = True
        seen = []
        for _ in range(4):
            case.clock.now_s += 70
            seen.append(case.get("/read", header).status_code)
        assert seen == [200] * 4
        case.clock.now_s += 30
        assert case.get("/read", header).status_code == 503

    def test_who_is_unknown_is_told_to_come_again(self, case: Case) -> None:
        case.meta.down = True
        answer = case.get("/read", header_of(case.two))
        assert (answer.status_code, answer.json()) == (503, {"message": "Service Unavailable"})
        assert answer.headers["retry-after"] == "1"
        case.meta.down = False
        assert case.get("/read", header_of(case.two)).status_code == 200


class TestProjects:
    def test_with_a_project_key(self, case: Case) -> None:
        expected = {
            "id": "one",
            "name": "One",
            "organization": {"id": "org", "name": "Org"},
            "metadata": {"a": [1]},
        }
        answer = case.get("/api/public/projects", header_of(case.one))
        assert (answer.status_code, answer.json()) == (200, {"data": [expected]})

    def test_retention_is_there_when_it_is_set(self, case: Case) -> None:
        data = case.get("/api/public/projects", header_of(case.two)).json()["data"]
        assert [(project["id"], project["retentionDays"]) for project in data] == [("two", 7)]

    def test_with_an_organization_key(self, case: Case) -> None:
        answer = case.get("/api/public/projects", header_of(case.org))
        assert answer.status_code == 403
        assert answer.json()["message"] == "Invalid API key. Are you using an organization key?"

    def test_anonymous_and_public_key_alone(self, case: Case) -> None:
        assert case.get("/api/public/projects", None).status_code == 401
        assert case.get("/api/public/projects", f"Bearer {case.one.public_key}").status_code == 403


def test_no_secret_reaches_the_log(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    header = header_of(case.one)
    case.get("/read", header)
    case.get("/read", basic(case.one.public_key, "sk-lf-canary"))
    case.meta.down = True
    case.get("/read", basic(case.two.public_key, "sk-lf-canary"))
    for secret in (case.one.secret_key, "sk-lf-canary", header.split()[1], PEPPER.decode()):
        assert secret not in caplog.text
