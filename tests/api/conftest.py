"""The whole application in this process, on real stores in a temporary directory. Each test gets a project of
its own, so tests never see each other's records.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from spyglass.core.ids import new_id
from spyglass.features.projects.service import create_key
from spyglass.server.wiring import Parts, assemble
from spyglass.settings import Settings
from spyglass.stores import Stores
from spyglass.stores.analytics import Analytics
from spyglass.stores.blobs import Blobs
from spyglass.stores.log.sqlite import SqliteLog
from spyglass.stores.meta import open_meta
from spyglass.stores.meta.audit import Actor, ActorType
from spyglass.stores.meta.keys import Owner, add_key, new_pair
from spyglass.stores.meta.tables import Organization, Project
from spyglass.stores.secrets import Secrets


@dataclass(frozen=True)
class ProjectKeys:
    """A project and one pair of keys."""

    id: str
    public_key: str
    secret_key: str

    @property
    def basic(self) -> dict[str, str]:
        pair = base64.b64encode(f"{self.public_key}:{self.secret_key}".encode()).decode()
        return {"authorization": f"Basic {pair}"}

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.public_key}"}


@dataclass(frozen=True)
class OrganizationKeys:
    """An organization, one pair of keys of its own, and a project in it."""

    id: str
    public_key: str
    secret_key: str
    project: ProjectKeys

    @property
    def basic(self) -> dict[str, str]:
        return ProjectKeys(self.id, self.public_key, self.secret_key).basic


ADMIN_API_KEY = "admin key of the tests"


@pytest.fixture(scope="session")
def parts(analytics: Analytics, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    data_dir = tmp_path_factory.mktemp("data")
    settings = Settings()
    settings = replace(settings, secrets=replace(settings.secrets, admin_api_key=ADMIN_API_KEY))
    # The buckets of the export tests are on this machine.
    settings = replace(settings, egress=replace(settings.egress, blob_storage_ips=("127.0.0.1",)))
    # Nobody sends much here: what a test sends need not wait for more.
    settings = replace(settings, ingest=replace(settings.ingest, gather_ms=1))
    stores = Stores(
        analytics=analytics,
        meta=open_meta(settings.meta, data_dir, lambda _: None),
        blobs=Blobs(settings.blobs, data_dir),
        log=SqliteLog(data_dir / "log.db", settings.log),
    )
    made = assemble(settings, data_dir, stores, Secrets(b"p" * 32, b"e" * 32, b"s" * 32))
    made.start()
    yield made
    made.jobs.stop(5)
    assert made.pipeline.stop(10)
    stores.meta.close()
    stores.log.close()


@pytest.fixture(scope="session")
def make_project(parts: Parts) -> Callable[[], ProjectKeys]:
    def make() -> ProjectKeys:
        with parts.stores.meta.begin() as session:
            organization = Organization(name="org")
            session.add(organization)
            session.flush()
            project = Project(organization_id=organization.id, name=new_id())
            session.add(project)
            session.flush()
            project_id = project.id
        key = create_key(parts.stores.meta, parts.state.pepper, project_id)
        return ProjectKeys(project_id, key.public_key, key.secret_key)

    return make


@pytest.fixture(scope="session")
def client(parts: Parts) -> Iterator[TestClient]:
    """Without credentials: pass `headers=project.basic`."""
    with TestClient(parts.app) as made:
        yield made


@pytest.fixture
def project(make_project: Callable[[], ProjectKeys]) -> ProjectKeys:
    return make_project()


@pytest.fixture
def stranger(make_project: Callable[[], ProjectKeys]) -> ProjectKeys:
    """The keys of another project."""
    return make_project()


@pytest.fixture(scope="session")
def make_organization(
    parts: Parts, make_project: Callable[[], ProjectKeys]
) -> Callable[[], OrganizationKeys]:
    def make() -> OrganizationKeys:
        project = make_project()
        pair = new_pair()
        with parts.stores.meta.begin() as session:
            row = session.get(Project, project.id)
            assert row is not None
            organization_id = row.organization_id
            actor = Actor(ActorType.SYSTEM, "", "", organization_id, None)
            add_key(session, parts.state.pepper, Owner(organization_id), pair, actor)
        return OrganizationKeys(organization_id, pair.public, pair.secret, project)

    return make


@pytest.fixture
def organization(make_organization: Callable[[], OrganizationKeys]) -> OrganizationKeys:
    return make_organization()


@pytest.fixture
def admin_key() -> str:
    """What `ADMIN_API_KEY` is set to."""
    return ADMIN_API_KEY


@pytest.fixture
def admin(admin_key: str) -> dict[str, str]:
    """The headers of the administrator."""
    return {"authorization": f"Bearer {admin_key}"}


@pytest.fixture(scope="module")
def make_server(
    analytics: Analytics, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Parts]]:
    """Servers without anybody, not started, each with some settings of `auth` and `oidc` of its own."""
    opened: list[Stores] = []

    def make(public_url: str = "", oidc: dict[str, Any] | None = None, **auth: Any) -> Parts:
        data_dir = tmp_path_factory.mktemp("fresh")
        settings = Settings()
        settings = replace(
            settings,
            auth=replace(settings.auth, **auth),
            oidc=replace(settings.oidc, **(oidc or {})),
            server=replace(settings.server, public_url=public_url),
        )
        stores = Stores(
            analytics=analytics,
            meta=open_meta(settings.meta, data_dir, lambda _: None),
            blobs=Blobs(settings.blobs, data_dir),
            log=SqliteLog(data_dir / "log.db", settings.log),
        )
        opened.append(stores)
        return assemble(settings, data_dir, stores, Secrets(b"p" * 32, b"e" * 32, b"s" * 32))

    yield make
    for stores in opened:
        stores.meta.close()
        stores.log.close()
