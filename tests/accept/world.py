"""The server that the acceptance looks at: a fresh process with the demo, the seed and three people.

Projects: `shop` (full), `empty` (nothing was ever sent). People: the owner, and a viewer of `shop`.
"""

import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.compat.live_server import LiveServer, clean_environment

from .seed import LAST, Seeder

OWNER = ("owner@example.com", "Olive Owner", "correct horse battery")
VIEWER = ("viewer@example.com", "Vic Viewer", "viewer battery staple")
ORGANIZATION, SHOP, EMPTY = "acme", "shop", "empty"
PUBLIC_KEY, SECRET_KEY = "pk-lf-accept-0001", "sk-lf-accept-0001"


@dataclass(frozen=True)
class Size:
    """How much the server is filled with."""

    traces: int
    days: int
    giant: int
    large_mb: int


FULL = Size(traces=5_000, days=30, giant=50_000, large_mb=20)
SHORT = Size(traces=400, days=7, giant=5_000, large_mb=4)
_READ_WITHIN_S = 180


class AcceptServer(LiveServer):
    """`LiveServer` with the projects of the acceptance."""

    def __init__(self, directory: Path, root_path: str = "", **environment: str) -> None:
        self._more = environment
        self._root_path = root_path
        super().__init__(directory)

    @property
    def base(self) -> str:
        return self.target.url + self._root_path

    def _build_environment(self) -> dict[str, str]:
        email, name, password = OWNER
        return (
            clean_environment()
            | {
                "LANGFUSE_INIT_ORG_ID": ORGANIZATION,
                "LANGFUSE_INIT_ORG_NAME": "Acme",
                "LANGFUSE_INIT_PROJECT_ID": SHOP,
                "LANGFUSE_INIT_PROJECT_NAME": "Shop",
                "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": PUBLIC_KEY,
                "LANGFUSE_INIT_PROJECT_SECRET_KEY": SECRET_KEY,
                "LANGFUSE_INIT_USER_EMAIL": email,
                "LANGFUSE_INIT_USER_NAME": name,
                "LANGFUSE_INIT_USER_PASSWORD": password,
            }
            | self._more
        )


def fill(server: AcceptServer, size: Size) -> None:
    """The demo of the command line, then the seed; then a second, empty project and the viewer."""
    command = [str(Path(sys.executable).parent / "spyglass"), "demo", "--host", server.target.url]
    command += ["--public-key", PUBLIC_KEY, "--secret-key", SECRET_KEY]
    command += ["--traces", str(size.traces), "--days", str(size.days)]
    subprocess.run(command, env=clean_environment(), check=True, capture_output=True, timeout=600)
    seeder = Seeder(server.target.url, PUBLIC_KEY, SECRET_KEY, datetime.now(UTC))
    seeder.send_all(size.giant, size.large_mb)
    _wait_until_read(server)
    with httpx.Client(base_url=server.base, timeout=30) as client:
        owner = Person(client, *OWNER)
        owner.make_project(EMPTY)
        url = owner.invite(VIEWER[0], "NONE", SHOP, "VIEWER")
    with httpx.Client(base_url=server.base, timeout=30) as client:
        token = url.rsplit("/", 1)[-1]
        body = {"name": VIEWER[1], "password": VIEWER[2]}
        client.post(f"/api/ui/auth/invitations/{token}/accept", json=body).raise_for_status()


def _wait_until_read(server: AcceptServer) -> None:
    """Until what was sent last can be read: a screen that looks before finds its trace missing."""
    deadline = time.monotonic() + _READ_WITHIN_S
    with httpx.Client(base_url=server.base, auth=(PUBLIC_KEY, SECRET_KEY), timeout=30) as client:
        while client.get(f"/api/public/traces/{LAST}").status_code != 200:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the trace {LAST!r} cannot be read {_READ_WITHIN_S} s after it was sent")
            time.sleep(0.5)


class Person:
    """Somebody signed in over HTTP."""

    def __init__(self, client: httpx.Client, email: str, _name: str, password: str) -> None:
        answer = client.post("/api/ui/auth/sign-in", json={"email": email, "password": password})
        answer.raise_for_status()
        self._client = client
        self.headers = {"x-spyglass-csrf": answer.json()["csrf"]}

    def make_project(self, name: str) -> str:
        path = f"/api/ui/organizations/{ORGANIZATION}/projects"
        answer = self._client.post(path, json={"name": name}, headers=self.headers)
        answer.raise_for_status()
        return str(answer.json()["id"])

    def invite(self, email: str, role: str, project_id: str, project_role: str) -> str:
        body = {"email": email, "role": role, "projectId": project_id, "projectRole": project_role}
        path = f"/api/ui/organizations/{ORGANIZATION}/invitations"
        answer = self._client.post(path, json=body, headers=self.headers)
        answer.raise_for_status()
        return str(answer.json()["url"])


def project_id(base: str, name: str) -> str:
    """The id of a project that the owner sees."""
    with httpx.Client(base_url=base, timeout=30) as client:
        Person(client, *OWNER)
        boot = client.get("/api/ui/boot").json()
    return next(p["id"] for o in boot["organizations"] for p in o["projects"] if p["name"] == name)
