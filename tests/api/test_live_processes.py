"""Two server processes behind one address: one PostgreSQL, one Redis, a data directory each. What is live at one is
live at the other, and who loses a right at one loses the streams at both.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.compat.live_server import LiveServer
from tests.stores.postgres_server import NoServerError, PostgresServer, find_binaries
from tests.stores.redis_server import NoRedisError, RedisServer

pytestmark = pytest.mark.postgres

OWNER = {"email": "compat@example.com", "password": "compat-Passw0rd"}


class Web(LiveServer):
    """One of several processes."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self._shared = environment
        directory.mkdir()
        super().__init__(directory)

    def _build_environment(self) -> dict[str, str]:
        shared = {"SALT": "a" * 64, "ENCRYPTION_KEY": "b" * 64, "NEXTAUTH_SECRET": "c" * 64}
        return super()._build_environment() | shared | self._shared

    def send(self, trace_id: str, keys: tuple[str, str] | None = None) -> None:
        auth = keys or (self.target.public_key, self.target.secret_key)
        body = {"id": trace_id, "name": "n"}
        answer = httpx.post(f"{self.target.url}/api/public/traces", json=body, auth=auth)
        assert answer.status_code == 200, answer.text

    @contextmanager
    def watch(self, client: httpx.Client, project_id: str = "") -> Iterator["Stream"]:
        asked = {"project": project_id or self.target.project_id, "topics": "traces"}
        with client.stream("GET", f"{self.target.url}/api/ui/live", params=asked, timeout=60) as answer:
            assert answer.status_code == 200, answer.read()
            stream = Stream(answer)
            assert stream.next()[0] == "hello"
            yield stream


class Stream:
    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.iter_lines()

    def next(self) -> tuple[str, dict]:
        """(kind of the event, its data); comments are passed over."""
        kind, data, silences = "message", None, 0
        for line in self._lines:
            name, _, value = line.partition(": ")
            if line.startswith(":"):  # every 15 s, when there is nothing to tell
                silences += 1
                assert silences < 3, "nothing came any more"
            if name == "event":
                kind = value
            elif name == "data":
                data = json.loads(value)
            elif not line and data is not None:
                return kind, data
        raise EOFError

    def until(self, kind: str, **found: object) -> list[str]:
        """Waits for an event; gives the ids of the traces that were told before it."""
        ids: list[str] = []
        while True:
            at, data = self.next()
            if at == "message":
                ids += [change["id"] for change in data["changes"]]
            if at == kind and found.items() <= data.items():
                return ids

    def trace(self) -> list[str]:
        """The next news, whatever came in between."""
        at, data = self.next()
        while at != "message":
            at, data = self.next()
        return [change["id"] for change in data["changes"]]

    def ends(self) -> bool:
        """Before it has to show that it is alive, which it does more often than it asks on its own."""
        return not any(line.startswith(":") for line in self._lines)


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    try:
        server = RedisServer()
    except NoRedisError as error:
        pytest.skip(str(error))
    yield server
    server.remove()


@pytest.fixture(scope="module")
def pair(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, Web]]:
    with ExitStack() as ending:
        try:
            postgres = PostgresServer(find_binaries())
        except NoServerError as error:
            pytest.skip(f"no PostgreSQL for two processes: {error}")
        ending.callback(postgres.remove)
        folder = tmp_path_factory.mktemp("pair")
        shared = {"DATABASE_URL": postgres.url, "REDIS_CONNECTION_STRING": redis.url}
        servers = []
        for name in ("a", "b"):
            servers.append(Web(folder / name, **shared))
            ending.callback(servers[-1].stop)
            servers[-1].wait_until_ready()
        yield servers[0], servers[1]


@pytest.fixture
def owner(pair: tuple[Web, Web]) -> Iterator[httpx.Client]:
    """Signed in at the first, with a cookie that both take."""
    with httpx.Client(timeout=30) as client:
        answer = client.post(f"{pair[0].target.url}/api/ui/auth/sign-in", json=OWNER)
        answer.raise_for_status()
        client.headers["x-spyglass-csrf"] = answer.json()["csrf"]
        yield client


def test_what_is_sent_to_one_is_live_at_the_other(pair: tuple[Web, Web], owner: httpx.Client) -> None:
    here, there = pair
    with there.watch(owner) as stream:
        told = until_told(stream, here, "first")
        here.send("second")
        there.send("own")
        while not {"second", "own"} <= told:
            told |= set(stream.trace())


def test_projects_stay_apart(pair: tuple[Web, Web], owner: httpx.Client) -> None:
    here, there = pair
    path = f"/api/ui/organizations/{here.target.organization_id}/projects"
    made = owner.post(here.target.url + path, json={"name": "Other project"}).json()
    keys = (made["key"]["publicKey"], made["key"]["secretKey"])
    with there.watch(owner) as mine, there.watch(owner, made["id"]) as theirs:
        until_told(mine, here, "of-mine")
        until_told(theirs, here, "of-theirs", keys)
        here.send("apart", keys)
        here.send("together")
        assert not [id_ for id_ in told_until(mine, "together") if id_ not in ("together", "of-mine")]
        assert set(told_until(theirs, "apart")) <= {"apart", "of-theirs"}


def test_signing_out_at_one_ends_the_streams_at_both(pair: tuple[Web, Web], owner: httpx.Client) -> None:
    here, there = pair
    with here.watch(owner) as first, there.watch(owner) as second:
        with httpx.Client(cookies=dict(owner.cookies), headers=dict(owner.headers)) as other:
            assert other.post(f"{here.target.url}/api/ui/auth/sign-out").status_code == 204
        assert first.ends()
        assert second.ends()


def test_without_redis_both_go_on_and_find_together_again(
    pair: tuple[Web, Web], owner: httpx.Client, redis: RedisServer
) -> None:
    here, there = pair
    with there.watch(owner) as stream:
        until_told(stream, here, "before")
        redis.kill()
        stream.until("alone", on=True)
        here.send("unheard")
        there.send("alone")
        assert set(told_until(stream, "alone")) <= {"before", "alone"}
        redis.start()
        missed = stream.until("reset")
        assert "unheard" not in missed
        until_told(stream, here, "after")
    for server in pair:
        assert httpx.get(f"{server.target.url}/api/public/ready").status_code == 200


def until_told(stream: Stream, sender: Web, name: str, keys: tuple[str, str] | None = None) -> set[str]:
    """Sends until the stream tells of it: the other process learns a moment later that somebody watches."""
    sender.send(name, keys)
    told: set[str] = set()
    while name not in told:
        at, data = stream.next()
        if at == "message":
            told |= {change["id"] for change in data["changes"]}
        else:
            sender.send(name, keys)
    return told


def told_until(stream: Stream, name: str) -> list[str]:
    ids: list[str] = []
    while name not in ids:
        ids += stream.trace()
    return ids
