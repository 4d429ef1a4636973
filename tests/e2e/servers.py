"""Servers of the journeys: an empty one, and one that holds what the journeys look at."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.accept.seed import Event, Seeder
from tests.accept.world import OWNER, PUBLIC_KEY, SECRET_KEY, SHOP, VIEWER, AcceptServer, Person
from tests.compat.live_server import LiveServer, clean_environment

MANY = 2_000  # ids of traces as systems make them, beside the awkward ones
NUMBERS = 600  # of them, the last: hex digits that read as a number


class EmptyServer(LiveServer):
    """As an operator starts it for the first time; `environment` is what is configured, usually nothing."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self._environment = environment
        super().__init__(directory)

    def _build_environment(self) -> dict[str, str]:
        return clean_environment() | self._environment

    def read_setup_link(self) -> str:
        """The way in for the owner, as it is printed at each start while nobody has an account."""
        found = re.findall(r"^  (http\S+/auth/setup\?token=\S+)$", self.read_log(), re.MULTILINE)
        assert found, self.read_log()
        return str(found[-1])


class Shop(AcceptServer):
    """The server that most journeys visit; they leave each other's traces alone."""

    @property
    def database(self) -> Path:
        return self._directory / "data" / "meta.db"

    def expire_sessions(self, email: str) -> None:
        """As if this person had signed in long ago. The time is what lies in the database."""
        with sqlite3.connect(self.database, timeout=10) as database:
            done = database.execute(
                "UPDATE user_sessions SET expires_at = '2020-01-01 00:00:00.000000' "
                "WHERE user_id = (SELECT id FROM users WHERE email = ?)",
                (email,),
            )
            assert done.rowcount > 0, f"{email} has no session"

    def restart(self) -> None:
        code = self.stop()
        assert code == 0, f"the server stopped with {code}:\n{self.read_log()}"
        self.start()
        self.wait_until_ready()


def seeder(server: AcceptServer) -> Seeder:
    return Seeder(server.base, PUBLIC_KEY, SECRET_KEY, datetime.now(UTC))


def fill(server: AcceptServer) -> None:
    """A conversation, hostile texts, awkward ids and many plain ones; and a viewer of the project."""
    sends = seeder(server)
    for events in (sends.conversation(), sends.hostile(), sends.awkward(), many_traces(sends)):
        sends.send(events)
    with httpx.Client(base_url=server.base, timeout=30) as client:
        url = Person(client, *OWNER).invite(VIEWER[0], "NONE", SHOP, "VIEWER")
    with httpx.Client(base_url=server.base, timeout=30) as client:
        body = {"name": VIEWER[1], "password": VIEWER[2]}
        path = f"/api/ui/auth/invitations/{url.rsplit('/', 1)[-1]}/accept"
        client.post(path, json=body).raise_for_status()


def many_traces(sends: Seeder) -> Iterator[Event]:
    for id_ in many_ids():
        yield sends.trace(id_, sends.at(2_000), name=f"trace {id_}")


def many_ids() -> list[str]:
    """16 hex digits each; among them those that a reader of numbers rounds or takes for infinity."""
    plain = [f"{n * 0x9E3779B97F4A7C15 % (1 << 64):016x}" for n in range(1, MANY - NUMBERS + 1)]
    digits = [f"{10**15 + n * 7_777_777_777_777 % (9 * 10**15):016d}" for n in range(NUMBERS // 2)]
    powers = [f"{n % 9 + 1}e{10**13 + n * 31_415_926_535 % (9 * 10**13):014d}" for n in range(NUMBERS // 2)]
    ids = [*plain, *digits, *powers]
    assert len(set(ids)) == MANY
    return ids
