"""Live news between the processes of one installation, by a channel that all hear.

    Hub of A -- publish --> gathered for B's projects --> channel --> Relay of B --> Hub of B --> streams of B

Each process says every few seconds which projects are watched there, and others send it news of these only. Every
message has a number of its sender: who misses one, or was away from the channel, does not know what happened and tells
its streams to read anew. Nothing waits for the channel but the two threads of the relay, and nothing is kept for it but
what a `Hub` keeps for one slow watcher.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

import msgspec

from spyglass.core.clock import MAX_US, monotonic_s
from spyglass.core.ids import new_id
from spyglass.ingest.live import Hub, News, Subscription

log = logging.getLogger(__name__)

_SAY_S = 5.0
_GONE_S = 3 * _SAY_S  # a process that says nothing for so long
_MOST_PEERS = 1000
_MOST_BYTES = 1 << 20  # of one message; what is larger is told as something that was missed
_MOST_WATCHED = 5000


class Word(msgspec.Struct, omit_defaults=True):
    """What a process says. `project` and `news` go together; a `project` without news: it missed something there."""

    sender: str
    number: int
    began: bool = False  # the first word since it could speak: what it brought before nobody heard
    watched: list[str] | None = None
    project: str = ""
    news: "Told | None" = None
    rights: bool = False  # a session ended, a role or a key was taken away


class Told(msgspec.Struct, omit_defaults=True):
    """`News` as it travels."""

    traces: dict[str, dict[str, Any]] = {}
    touched: dict[str, int] = {}
    sessions: dict[str, int] = {}
    accepted: int = 0
    last_us: Annotated[int, msgspec.Meta(ge=0, le=MAX_US)] = 0
    errors: list[dict[str, Any]] = []
    jobs: dict[str, dict[str, Any]] = {}
    left_out: int = 0


class Channel(Protocol):
    """Between processes; `stores/redis_channel.py` is one."""

    @property
    def hears(self) -> bool: ...

    def start(
        self, heard: Callable[[bytes], None], joined: Callable[[], None], left: Callable[[], None]
    ) -> None: ...

    def send(self, message: bytes) -> bool: ...

    def stop(self) -> None: ...


@dataclass(slots=True)
class _Peer:
    number: int
    heard_s: float
    watched: frozenset[str] = frozenset()


class Relay:
    """What a `Hub` needs to be one of several."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._rights_changed: Callable[[], None] = lambda: None
        self._hub = Hub()
        self._outgoing = Hub()  # what was brought here, for those elsewhere who watch
        self._sender = new_id()
        self._number = 0
        self._peers: dict[str, _Peer] = {}
        self._wanted: dict[str, Subscription] = {}  # project that is watched elsewhere -> what to tell of it
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._stopped = False
        self._begins = True
        self._says_watched = True
        self._says_rights = False
        self._thread: threading.Thread | None = None

    @property
    def alone(self) -> bool:
        """Whether news of other processes do not arrive here now."""
        return not self._channel.hears

    def watches(self, project_id: str) -> bool:
        return project_id in self._wanted

    def watched(self) -> list[str]:
        return list(self._wanted)

    def publish(self, project_id: str, news: News) -> None:
        self._outgoing.publish(project_id, news)

    def look(self) -> None:
        """Which projects are watched here has changed."""
        self._says_watched = True
        self._woken.set()

    def tell_rights(self) -> None:
        """A session ended here, or a role or a key was taken away: the others ask again who may watch."""
        self._says_rights = True
        self._woken.set()

    def on_rights(self, changed: Callable[[], None]) -> None:
        """Call it when another process says that rights changed there, or may have. Nothing is heard meanwhile."""
        self._rights_changed = changed

    def start(self, hub: Hub) -> None:
        self._hub = hub
        self._thread = threading.Thread(target=self._speak, name="relay", daemon=True)
        self._thread.start()
        self._channel.start(self._heard, self._joined, hub.wake_all)

    def stop(self) -> None:
        self._stopped = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join(_SAY_S)
        self._channel.stop()

    # --- what others say, in the thread of the channel

    def _joined(self) -> None:
        """Something may have been said while nobody listened here."""
        self._begins = True
        self._miss()
        self.look()

    def _heard(self, message: bytes) -> None:
        word = _understand(message)
        if word is None:
            log.warning("the channel carries %d bytes that no Spyglass of this version said", len(message))
            return
        if word.sender == self._sender:
            return
        now_s = monotonic_s()
        peer = self._peers.get(word.sender)
        if word.began or (peer is not None and word.number != peer.number + 1):
            self._miss()
        if word.began:
            self.look()  # it does not know what is watched here
        if peer is None:
            if len(self._peers) >= _MOST_PEERS:
                return
            peer = self._peers[word.sender] = _Peer(word.number, now_s)
        peer.number, peer.heard_s = word.number, now_s
        if word.watched is not None:
            peer.watched = frozenset(word.watched[:_MOST_WATCHED])
            self._want(now_s)
        if word.project and word.news is not None:
            self._hub.receive(word.project, _read(word.news))
        elif word.project:
            self._hub.lose(word.project)
        if word.rights:
            self._rights_changed()

    def _miss(self) -> None:
        """Nobody knows what: streams read anew, and who may watch is asked again."""
        self._hub.lose_all()
        self._rights_changed()

    def _want(self, now_s: float) -> None:
        """Listen to this process for the projects that are watched elsewhere, and for no others."""
        self._peers = {sender: peer for sender, peer in self._peers.items() if now_s - peer.heard_s < _GONE_S}
        wanted = frozenset[str]().union(*(peer.watched for peer in self._peers.values()))
        with self._lock:
            for project_id in wanted - self._wanted.keys():
                self._wanted[project_id] = self._outgoing.subscribe(project_id, None, self._woken.set)[0]
            for project_id in self._wanted.keys() - wanted:
                self._outgoing.unsubscribe(project_id, self._wanted.pop(project_id))

    # --- what this process says, in a thread of its own

    def _speak(self) -> None:
        due_s = 0.0
        while not self._stopped:
            self._woken.wait(max(0.0, due_s - monotonic_s()))
            self._woken.clear()
            if monotonic_s() >= due_s:
                self._says_watched = True
            if self._says_watched:
                due_s = monotonic_s() + _SAY_S
            self._say_what_is_new()

    def _say_what_is_new(self) -> None:
        with self._lock:
            taken = [(project_id, *each.take()) for project_id, each in self._wanted.items()]
        if self._says_watched:
            self._says_watched = False
            self._say(watched=self._hub.watched()[:_MOST_WATCHED])
        if self._says_rights:
            self._says_rights = False
            self._say(rights=True)
        for project_id, lost, messages in taken:
            if lost:
                self._say(project=project_id)
            for message in messages:
                self._say(project=project_id, news=_tell(message.news))

    def _say(self, **words: Any) -> None:
        self._number += 1
        began, self._begins = self._begins, False
        word = Word(self._sender, self._number, began=began, **words)
        message = _encode(word)
        if len(message) > _MOST_BYTES:
            message = _encode(Word(self._sender, self._number, began=began, project=word.project))
        if not self._channel.send(message):
            self._begins = True


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Word).decode
_encode_json = msgspec.json.Encoder().encode


def _understand(message: bytes) -> Word | None:
    """None for what no Spyglass of this version says: too large, no word at all, or news that no stream can tell. Who
    listens goes on listening."""
    if len(message) > _MOST_BYTES:
        return None
    try:
        word = _decode(message)
        _encode_json(word.news)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return word


def _tell(news: News) -> Told:
    return Told(
        news.traces,
        dict(news.touched),
        dict(news.sessions),
        news.accepted,
        news.last_us,
        news.errors,
        news.jobs,
        news.left_out,
    )


def _read(told: Told) -> News:
    return News(
        told.traces,
        Counter(told.touched),
        Counter(told.sessions),
        told.accepted,
        told.last_us,
        told.errors,
        told.jobs,
        told.left_out,
    )
