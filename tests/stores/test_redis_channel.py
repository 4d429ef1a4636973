"""The channel between processes on a real Redis: heard by all, lost when Redis is away, and back again."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis_server import NoRedisError, RedisServer

from spyglass.core.errors import Misconfigured
from spyglass.stores import redis_channel
from spyglass.stores.redis_channel import Config, RedisChannel, open_channel


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    try:
        made = RedisServer()
    except NoRedisError as error:
        pytest.skip(str(error))
    yield made
    made.remove()


class Listener:
    """One process on the channel, with a log of what it was told."""

    def __init__(self, config: Config, name: str = "c") -> None:
        found = open_channel(config, name)
        assert found is not None
        self.channel: RedisChannel = found
        self.log: list[str] = []
        self._changed = threading.Condition()
        self.channel.start(
            lambda body: self._note(body.decode()), self._note_joined, lambda: self._note("<left>")
        )

    def _note_joined(self) -> None:
        self._note("<joined>")

    def _note(self, what: str) -> None:
        with self._changed:
            self.log.append(what)
            self._changed.notify_all()

    def expect(self, *log: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.log == list(log), 20), self.log


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    made: list[Listener] = []

    def begin(config: Config, name: str = "c") -> Listener:
        made.append(Listener(config, name))
        return made[-1]

    yield begin
    for each in made:
        each.channel.stop()


def test_without_a_redis_there_is_no_channel() -> None:
    assert open_channel(Config(), "c") is None


def test_all_hear_in_order_and_other_channels_do_not(
    server: RedisServer, listen: Callable[..., Listener]
) -> None:
    config = Config(url=server.url)
    first, second = listen(config), listen(Config(host="127.0.0.1", port=server.port))
    elsewhere, prefixed = listen(config, "d"), listen(Config(url=server.url, prefix="x:"))
    for each in (first, second, elsewhere, prefixed):
        each.expect("<joined>")
        assert each.channel.hears
    assert first.channel.send(b"1") and first.channel.send(b"2")
    for each in (first, second):
        each.expect("<joined>", "1", "2")
    assert elsewhere.log == prefixed.log == ["<joined>"]


def test_it_outlives_redis_and_joins_again(
    server: RedisServer, listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_channel, "_MOST_PAUSE_S", 0.2)
    listener = listen(Config(url=server.url))
    listener.expect("<joined>")
    server.kill()
    listener.expect("<joined>", "<left>")
    assert not listener.channel.hears
    assert listener.channel.send(b"lost") is False
    server.start()
    listener.expect("<joined>", "<left>", "<joined>")
    assert listener.channel.send(b"found")
    listener.expect("<joined>", "<left>", "<joined>", "found")


def test_a_redis_that_is_not_there_stops_nothing(listen: Callable[..., Listener]) -> None:
    listener = listen(Config(host="127.0.0.1", port=1))
    assert listener.channel.send(b"x") is False
    assert listener.log == [] and not listener.channel.hears


def test_a_dead_connection_is_given_up(
    server: RedisServer, listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_channel, "SILENCE_S", 0.2)
    listener = listen(Config(url=server.url))
    deadline = time.monotonic() + 20
    while listener.log[:3] != ["<joined>", "<left>", "<joined>"]:
        assert time.monotonic() < deadline, listener.log
        time.sleep(0.02)


def test_a_password(listen: Callable[..., Listener]) -> None:
    try:
        server = RedisServer(password="secret-of-the-tests")
    except NoRedisError as error:
        pytest.skip(str(error))
    try:
        for config in (
            Config(url=server.url),
            Config(host="127.0.0.1", port=server.port, password="secret-of-the-tests"),
        ):
            listen(config).expect("<joined>")
        wrong = listen(Config(host="127.0.0.1", port=server.port, password="another"))
        assert wrong.channel.send(b"x") is False and not wrong.channel.hears
    finally:
        server.remove()


def test_what_no_redis_can_be_reached_with_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="must be `redis://`"):
        open_channel(Config(url="http://host"), "c")
    with pytest.raises(Misconfigured, match="there is no file"):
        open_channel(Config(host="h", tls=True, tls_ca=str(tmp_path / "none")), "c")
