"""Hubs of several processes on a channel in memory: who is told what, and what becomes of gaps."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
import pytest

from spyglass.ingest import relay as relay_
from spyglass.ingest.live import Hub, News, Subscription
from spyglass.ingest.relay import Relay, Word


class Air:
    """Carries every message to all who are tuned in, in the thread that sends."""

    def __init__(self) -> None:
        self.all: list[Tuned] = []
        self.words: list[Word] = []
        self._lock = threading.Lock()

    def carry(self, message: bytes) -> None:
        with self._lock:
            self.words.append(relay_._decode(message))
            for each in self.all:
                each.hear(message)


class Tuned:
    """The channel of one process."""

    def __init__(self, air: Air) -> None:
        self.air = air
        self.hears = False
        self.deaf = False
        self.mute = False

    def start(
        self, heard: Callable[[bytes], None], joined: Callable[[], None], left: Callable[[], None]
    ) -> None:
        self._heard, self._joined, self._left = heard, joined, left
        self.air.all.append(self)
        self.tune(True)

    def tune(self, on: bool) -> None:
        self.hears = on
        (self._joined if on else self._left)()

    def hear(self, message: bytes) -> None:
        if self.hears and not self.deaf:
            self._heard(message)

    def send(self, message: bytes) -> bool:
        if self.mute or not self.hears:
            return False
        self.air.carry(message)
        return True

    def stop(self) -> None:
        self.hears = False


class Process:
    def __init__(self, air: Air) -> None:
        self.channel = Tuned(air)
        self.relay = Relay(self.channel)
        self.hub = Hub(self.relay)
        self.asked = threading.Event()
        self.relay.on_rights(self.asked.set)
        self.relay.start(self.hub)


class Watcher:
    def __init__(self, process: Process, project_id: str) -> None:
        self._woken = threading.Event()
        self.subscription: Subscription = process.hub.subscribe(project_id, None, self._woken.set)[0]
        self.ids: list[str] = []

    def expect(self, *ids: str) -> None:
        """These traces come, and no gap."""
        while len(self.ids) < len(ids):
            assert self._woken.wait(10), self.ids
            self._woken.clear()
            lost, messages = self.subscription.take()
            assert not lost
            self.ids += [id_ for message in messages for id_ in message.news.traces]
        assert self.ids == list(ids)

    def expect_gap(self) -> None:
        while True:
            assert self._woken.wait(10)
            self._woken.clear()
            lost, messages = self.subscription.take()
            if lost:  # what came after the gap may be here already
                assert not [each for each in messages if "missed" in each.news.traces]
                return


def acquaint(*processes: Process) -> None:
    """Each has heard of the others, so nobody begins any more."""
    wait_until(lambda: all(len(each.relay._peers) == len(processes) - 1 for each in processes))
    wait_until(lambda: not any(each.relay._begins for each in processes))


def news(id_: str) -> News:
    return News({id_: {"id": id_, "isNew": True}}, Counter({id_: 1}))


def wait_until(true: Callable[[], bool]) -> None:
    done = threading.Event()
    for _ in range(500):
        if true():
            return
        done.wait(0.02)
    raise AssertionError("it did not come about in 10 s")


@pytest.fixture
def air() -> Air:
    return Air()


@pytest.fixture
def start(air: Air) -> Iterator[Callable[[], Process]]:
    made: list[Process] = []

    def begin() -> Process:
        made.append(Process(air))
        return made[-1]

    yield begin
    for each in made:
        each.relay.stop()


def test_what_one_brings_is_told_at_the_other_and_only_where_it_is_watched(
    air: Air, start: Callable[[], Process]
) -> None:
    first, second = start(), start()
    acquaint(first, second)
    assert not first.hub.watches("p")
    watcher, other = Watcher(second, "p"), Watcher(second, "q")
    wait_until(lambda: first.hub.watches("p") and first.hub.watches("q"))
    assert sorted(first.hub.watched_anywhere()) == ["p", "q"] and first.hub.watched() == []
    first.hub.publish("p", news("1"))
    watcher.expect("1")
    first.hub.publish("r", news("of nobody"))
    first.hub.publish("q", news("2"))
    other.expect("2")
    watcher.expect("1")
    assert [word.project for word in air.words if word.news] == ["p", "q"]


def test_nothing_is_told_twice(air: Air, start: Callable[[], Process]) -> None:
    first, second = start(), start()
    acquaint(first, second)
    here, there = Watcher(first, "p"), Watcher(second, "p")
    wait_until(lambda: first.relay.watches("p") and second.relay.watches("p"))
    first.hub.publish("p", news("1"))
    here.expect("1")
    there.expect("1")
    second.hub.publish("p", news("2"))
    here.expect("1", "2")
    there.expect("1", "2")


def test_all_of_it_travels() -> None:
    whole = News(
        {"t": {"id": "t", "name": None, "tags": ["ü"]}},
        Counter({"t": 3}),
        Counter({"s": 2}),
        5,
        1_700_000_000_000_000,
        [{"status": 400}],
        {"j": {"state": "done"}},
        7,
    )
    word = relay_._decode(relay_._encode(Word("a", 1, project="p", news=relay_._tell(whole))))
    assert word.news is not None
    assert relay_._read(word.news) == whole


def test_who_was_away_reads_anew_and_goes_on(start: Callable[[], Process]) -> None:
    first, second = start(), start()
    acquaint(first, second)
    watcher = Watcher(second, "p")
    wait_until(lambda: first.hub.watches("p"))
    assert not second.hub.alone
    second.channel.tune(False)
    assert second.hub.alone and not first.hub.alone
    first.hub.publish("p", news("missed"))
    second.channel.tune(True)
    watcher.expect_gap()
    assert not second.hub.alone
    first.hub.publish("p", news("1"))
    wait_until(lambda: bool(watcher.subscription._waiting))


def test_a_hole_in_the_numbers_is_noticed(start: Callable[[], Process]) -> None:
    first, second = start(), start()
    acquaint(first, second)
    watcher = Watcher(second, "p")
    wait_until(lambda: first.hub.watches("p"))
    first.hub.publish("p", news("1"))
    watcher.expect("1")
    second.channel.deaf = True
    before = first.relay._number
    first.hub.publish("p", news("missed"))
    wait_until(lambda: first.relay._number > before)
    second.channel.deaf = False
    first.hub.publish("p", news("2"))
    watcher.expect_gap()


def test_who_could_not_speak_says_so(start: Callable[[], Process]) -> None:
    first, second = start(), start()
    acquaint(first, second)
    watcher = Watcher(second, "p")
    wait_until(lambda: first.hub.watches("p"))
    first.channel.mute = True
    before = first.relay._number
    first.hub.publish("p", news("missed"))
    wait_until(lambda: first.relay._number > before)
    second.asked.clear()
    first.channel.mute = False
    first.relay.look()
    watcher.expect_gap()
    assert second.asked.is_set()  # whether a right was taken away meanwhile, nobody knows either


def test_a_new_process_learns_at_once_what_is_watched(start: Callable[[], Process]) -> None:
    old = start()
    Watcher(old, "p")
    new = start()
    wait_until(lambda: new.hub.watches("p"))


def test_rights_are_told_to_the_others(start: Callable[[], Process]) -> None:
    first, second = start(), start()
    acquaint(first, second)
    first.asked.clear()
    second.asked.clear()
    first.relay.tell_rights()
    assert second.asked.wait(10)
    assert not first.asked.is_set()


def test_a_process_that_says_nothing_more_is_forgotten(
    start: Callable[[], Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = start(), start(), start()
    acquaint(first, second, third)
    Watcher(second, "p")
    Watcher(third, "q")
    wait_until(lambda: first.hub.watches("p") and first.hub.watches("q"))
    second.relay.stop()
    monkeypatch.setattr(relay_, "_GONE_S", 0.0)
    third.relay.look()
    wait_until(lambda: not first.hub.watches("p"))


def test_too_much_for_one_message_is_told_as_a_gap(
    start: Callable[[], Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = start(), start()
    acquaint(first, second)
    watcher, other = Watcher(second, "p"), Watcher(second, "q")
    wait_until(lambda: first.hub.watches("p") and first.hub.watches("q"))
    monkeypatch.setattr(relay_, "_MOST_BYTES", 1000)
    first.hub.publish("p", News({"t": {"name": "x" * 2000}}))
    watcher.expect_gap()
    first.hub.publish("q", news("1"))
    other.expect("1")  # of another project nothing was missed


def test_what_is_no_word_is_passed_over(air: Air, start: Callable[[], Process]) -> None:
    first, second = start(), start()
    acquaint(first, second)
    watcher = Watcher(second, "p")
    wait_until(lambda: first.hub.watches("p"))
    for message in (b"", b"noise", msgspec.msgpack.encode({"sender": 1}), msgspec.msgpack.encode([])):
        for each in air.all:
            each.hear(message)
    first.hub.publish("p", news("1"))
    watcher.expect("1")


def _nested(levels: int) -> bytes:
    """The news of a trace with a list within lists."""
    word = Word("elsewhere", 1, project="p", news=relay_.Told({"t": {"deep": []}}))
    return relay_._encode(word).replace(msgspec.msgpack.encode([]), b"\x91" * levels + b"\xc0")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xc1",
        msgspec.msgpack.encode("no word"),
        msgspec.msgpack.encode({"sender": "elsewhere"}),
        msgspec.msgpack.encode({"sender": "elsewhere", "number": "first"}),
        relay_._encode(Word("elsewhere", 1)).replace(b"elsewhere", b"\xff" * 9),
        _nested(100_000),
        relay_._encode(Word("elsewhere", 1, project="p" * (1 << 20))),
        relay_._encode(Word("elsewhere", 1, project="p", news=relay_.Told(last_us=2**62))),
        relay_._encode(Word("elsewhere", 1, project="p", news=relay_.Told(last_us=-1))),
        relay_._encode(
            Word("elsewhere", 1, project="p", news=relay_.Told({"t": {"x": msgspec.msgpack.Ext(5, b"?")}}))
        ),
        relay_._encode(Word("elsewhere", 1, project="p", news=relay_.Told(errors=[{"x": {(1, 2): 3}}]))),
    ],
    ids=[
        "nothing",
        "no msgpack",
        "a text",
        "half a word",
        "no number",
        "no UTF-8",
        "nested",
        "too large",
        "beyond the calendar",
        "before it",
        "an extension",
        "no JSON",
    ],
)
def test_what_no_process_says_stops_nobody_from_listening(
    air: Air, start: Callable[[], Process], message: bytes
) -> None:
    first, second = start(), start()
    watcher = Watcher(first, "p")
    acquaint(first, second)
    wait_until(lambda: second.hub.watches("p"))
    watcher.subscription.take()
    first.channel.hear(message)  # an exception would end the thread of the channel
    assert set(first.relay._peers) == {second.relay._sender}
    second.hub.publish("p", news("t1"))
    watcher.expect("t1")
