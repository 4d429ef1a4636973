"""People for the tests: accounts with roles, and browsers that are signed in."""

from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

from spyglass.core.ids import new_id
from spyglass.server.wiring import Parts
from spyglass.stores.meta.tables import OrganizationMembership, ProjectMembership, User
from spyglass.stores.meta.tables.revisions import PEOPLE, raise_revision
from spyglass.stores.passwords import hash_password

PASSWORD = "correct horse"
_HASH = hash_password(PASSWORD)


def add_person(
    parts: Parts, organization_id: str = "", role: str = "MEMBER", projects: dict[str, str] | None = None
) -> User:
    """An account with the usual password; `projects`: project -> role there."""
    name = f"person {new_id()[:8]}"
    with parts.stores.meta.begin() as session:
        user = User(email=f"{name.replace(' ', '-')}@example.com", name=name, password_hash=_HASH)
        session.add(user)
        session.flush()
        if organization_id:
            session.add(OrganizationMembership(organization_id=organization_id, user_id=user.id, role=role))
        for project_id, each in (projects or {}).items():
            session.add(ProjectMembership(project_id=project_id, user_id=user.id, role=each))
        raise_revision(session, PEOPLE)
    return user


@dataclass
class Browser:
    """Keeps cookies, and sends the CSRF token as the pages do."""

    parts: Parts
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    base_url: str = "http://testserver"
    address: str = "testclient"
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = TestClient(
            self.parts.app, base_url=self.base_url, follow_redirects=False, client=(self.address, 50_000)
        )

    def ask(self, method: str, path: str, **more: Any) -> Any:
        sent = {"x-spyglass-csrf": self.csrf} if self.csrf else {}
        headers = {**sent, **self.headers, **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.ask("POST", path, json={} if body is None else body, **more)

    def sign_in(self, user: User, password: str = PASSWORD) -> "Browser":
        answer = self.post("/api/ui/auth/sign-in", {"email": user.email, "password": password})
        assert answer.status_code == 200, answer.text
        self.csrf = answer.json()["csrf"]
        return self

    @property
    def as_headers(self) -> dict[str, str]:
        """The session for another client, with the token that changes need."""
        return {
            "cookie": f"spyglass_session={self.client.cookies['spyglass_session']}",
            "x-spyglass-csrf": self.csrf,
        }


def signed_in(parts: Parts, user: User, **headers: str) -> Browser:
    """`project` and `organization` become the headers that say where requests act."""
    named = {f"x-spyglass-{name}": each for name, each in headers.items()}
    return Browser(parts, headers=named).sign_in(user)
