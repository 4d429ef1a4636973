"""What has just become readable, told to those who watch: the way in publishes, streams of the web UI subscribe.

`Live` is what a publisher needs. `Hub` is the one within this process. With several processes behind one address a
watcher sees live what its own process applied, and with a relay between them (`relay.py`) what all did.

    applier, rejections, jobs -> publish -> gathered per project for half a second -> Message -> subscribers
                                    |                                                    |
                                    +-> relay: those who watch elsewhere                 +-> ring, for who reconnects
"""

import itertools
import re
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from spyglass.core.clock import iso_ms, monotonic_s
from spyglass.core.ids import new_id

Change = dict[str, Any]

GATHER_S = 0.5
RING_MESSAGES = 1000
MOST_SHOWN = 200  # traces of one message; the others are counted

_RING_CHANGES = 20_000  # of all messages in a ring together
_MOST_TRACES = 2000  # of one message; beyond it nobody is told which
_MOST_ERRORS = 50
_MOST_WAITING = 100  # messages; a subscriber that is further behind has to read anew
_REMEMBERED_S = 120.0  # a project that nobody watches any more


@dataclass(slots=True)
class News:
    """What one batch, or one moment, brought to a project. `touched` and `sessions`: id of a trace or a session ->
    how many of its records changed."""

    traces: dict[str, Change] = field(default_factory=dict)
    touched: Counter[str] = field(default_factory=Counter)
    sessions: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    last_us: int = 0
    errors: list[Change] = field(default_factory=list)
    jobs: dict[str, Change] = field(default_factory=dict)
    left_out: int = 0  # traces beyond `_MOST_TRACES`

    def add(self, other: "News") -> None:
        for id_, change in other.traces.items():
            held = self.traces.get(id_)
            if held is None and len(self.traces) >= _MOST_TRACES:
                self.left_out += 1
            else:
                is_new = change.get("isNew", False) or (held or {}).get("isNew", False)
                self.traces[id_] = {**change, "isNew": is_new}
        if not self.left_out:
            self.touched.update(other.touched)
            self.sessions.update(other.sessions)
        self.accepted += other.accepted
        self.last_us = max(self.last_us, other.last_us)
        self.errors = (self.errors + other.errors)[-_MOST_ERRORS:]
        self.jobs.update(other.jobs)

    def about(self, topic: str) -> Change | None:
        """The message for a topic, or None when there is nothing to say about it."""
        kind, _, id_ = topic.partition(":")
        answer = _ANSWERS.get(kind)
        return None if answer is None else answer(self, id_)


def _about_traces(news: News, _: str) -> Change | None:
    if not news.traces and not news.left_out:
        return None
    shown = list(itertools.islice(news.traces.values(), MOST_SHOWN))
    return {"changes": shown, "more": len(news.traces) - len(shown) + news.left_out}


def _about_trace(news: News, id_: str) -> Change | None:
    return _counted(news.touched[id_], news)


def _about_session(news: News, id_: str) -> Change | None:
    return _counted(news.sessions[id_], news)


def _counted(count: int, news: News) -> Change | None:
    """Where too much happened to say what, everything may have changed."""
    if not count and not news.left_out:
        return None
    return {"changes": [{"changed": max(count, 1)}]}


def _about_ingest(news: News, _: str) -> Change | None:
    if not news.accepted:
        return None
    return {"changes": [{"accepted": news.accepted, "lastAt": iso_ms(news.last_us)}]}


def _about_errors(news: News, _: str) -> Change | None:
    return {"changes": news.errors} if news.errors else None


def _about_jobs(news: News, _: str) -> Change | None:
    return {"changes": list(news.jobs.values())} if news.jobs else None


_ANSWERS: Mapping[str, Callable[[News, str], Change | None]] = {
    "traces": _about_traces,
    "trace": _about_trace,
    "session": _about_session,
    "ingest": _about_ingest,
    "ingest_error": _about_errors,
    "jobs": _about_jobs,
}
TOPICS = frozenset(_ANSWERS)
WITH_ID = frozenset({"trace", "session"})


class Live(Protocol):
    def watches(self, project_id: str) -> bool:
        """Whether somebody watches a project, so that it is worth gathering what to publish."""
        ...

    def publish(self, project_id: str, news: News) -> None:
        """Tell the watchers of a project. Never waits, never fails."""
        ...


class Nobody:
    """Of a process that serves no streams."""

    def watches(self, project_id: str) -> bool:
        return False

    def publish(self, project_id: str, news: News) -> None:
        return


class Elsewhere(Live, Protocol):
    """The hubs of other processes, as this one reaches them."""

    @property
    def alone(self) -> bool:
        """Whether their news do not arrive now, although they should."""
        ...

    def watched(self) -> list[str]:
        """The projects that somebody watches there."""
        ...

    def look(self) -> None:
        """Which projects are watched here has changed."""
        ...


class Nowhere(Nobody):
    """Of a process that is the only one."""

    alone = False

    def watched(self) -> list[str]:
        return []

    def look(self) -> None:
        return


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    news: News


class Subscription:
    """The messages for one watcher. `wake` is called from another thread whenever there is something to take."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        self._waiting: deque[Message] = deque()
        self._lost = False
        self._lock = threading.Lock()

    def put(self, message: Message) -> None:
        with self._lock:
            if len(self._waiting) >= _MOST_WAITING:
                self._waiting.clear()
                self._lost = True
            self._waiting.append(message)

    def lose(self) -> None:
        """Something came that is not known here."""
        with self._lock:
            self._waiting.clear()
            self._lost = True

    def take(self) -> tuple[bool, list[Message]]:
        """(whether some were lost before these, all that wait)."""
        with self._lock:
            taken, lost = list(self._waiting), self._lost
            self._waiting.clear()
            self._lost = False
        return lost, taken


@dataclass(slots=True)
class _Watched:
    """A project with watchers, or with some until lately."""

    pending: News | None = None
    due_s: float = 0.0  # the next message goes out no earlier
    ring: deque[Message] = field(default_factory=deque)
    ring_changes: int = 0
    first: int = 0  # messages with a later number than this are in the ring, or there were none
    subscribers: set[Subscription] = field(default_factory=set)
    left_s: float = 0.0


class Hub:
    """Thread-safe. Costs nothing for projects that nobody watches. The thread begins with the first subscriber."""

    def __init__(self, elsewhere: Elsewhere | None = None) -> None:
        self._elsewhere = elsewhere or Nowhere()
        self._epoch = new_id()[:8]  # numbers of another process mean nothing here
        self._last = 0
        self._watched: dict[str, _Watched] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def watches(self, project_id: str) -> bool:
        return project_id in self._watched or self._elsewhere.watches(project_id)

    def watched(self) -> list[str]:
        """The projects that somebody watches here, or watched until lately."""
        return list(self._watched)

    def watched_anywhere(self) -> list[str]:
        """As `watched`, and those that are watched at other processes."""
        return list({*self._watched, *self._elsewhere.watched()})

    @property
    def alone(self) -> bool:
        """Whether the news of other processes do not arrive now, although they should."""
        return self._elsewhere.alone

    def publish(self, project_id: str, news: News) -> None:
        self._elsewhere.publish(project_id, news)
        self.receive(project_id, news)

    def receive(self, project_id: str, news: News) -> None:
        """Tell the watchers of this process."""
        if project_id not in self._watched:
            return
        with self._changed:
            watched = self._watched.get(project_id)
            if watched is not None:
                watched.pending = watched.pending or News()
                watched.pending.add(news)
                self._changed.notify()

    def lose(self, project_id: str) -> None:
        """News of a project were missed: its watchers have to read anew, also those who reconnect."""
        with self._changed:
            watched = self._watched.get(project_id)
            woken = [] if watched is None else self._lose(watched)
        for subscription in woken:
            subscription.wake()

    def lose_all(self) -> None:
        """As `lose`, of every project."""
        with self._changed:
            woken = [each for watched in self._watched.values() for each in self._lose(watched)]
        for subscription in woken:
            subscription.wake()

    def wake_all(self) -> None:
        """Who watches may look again whether they still may, and how things are."""
        with self._changed:
            woken = [each for watched in self._watched.values() for each in watched.subscribers]
        for subscription in woken:
            subscription.wake()

    def cursor(self, number: int) -> str:
        """The place of a message in the form that `subscribe` takes."""
        return f"{self._epoch}-{number}"

    def subscribe(
        self, project_id: str, after: str | None, wake: Callable[[], None]
    ) -> tuple[Subscription, bool, str]:
        """What is published from now on, and before it what came `after` a cursor. The second is False when that is
        not known any more; the third is the cursor to begin with."""
        subscription = Subscription(wake)
        with self._changed:
            self._start()
            is_new = project_id not in self._watched
            watched = self._watched.setdefault(project_id, _Watched(first=self._last))
            watched.subscribers.add(subscription)
            number = self._last if after is None else self._number(after)
            known = watched.first <= number <= self._last
            if not known:
                number = self._last
            for message in watched.ring:
                if message.id > number:
                    subscription.put(message)
        if is_new:
            self._elsewhere.look()
        return subscription, known, self.cursor(number)

    def unsubscribe(self, project_id: str, subscription: Subscription) -> None:
        with self._changed:
            watched = self._watched[project_id]
            watched.subscribers.discard(subscription)
            watched.left_s = monotonic_s()
            self._changed.notify()

    def _number(self, cursor: str) -> int:
        """-1 for what is no cursor of this process."""
        epoch, _, number = cursor.partition("-")
        return int(number) if epoch == self._epoch and re.fullmatch("[0-9]{1,18}", number) else -1

    def _lose(self, watched: _Watched) -> list[Subscription]:
        self._last += 1  # no cursor from before is in the ring any more
        watched.first = self._last
        watched.ring.clear()
        watched.ring_changes = 0
        for subscription in watched.subscribers:
            subscription.lose()
        return list(watched.subscribers)

    # --- the thread

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="live", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait(self._wait_s())
                woken = self._send(monotonic_s())
            for subscription in woken:
                subscription.wake()

    def _wait_s(self) -> float | None:
        """Until something is to be done; None: until somebody publishes or leaves."""
        now_s = monotonic_s()
        due = [
            each.due_s - now_s if each.pending is not None else each.left_s + _REMEMBERED_S - now_s
            for each in self._watched.values()
            if each.pending is not None or not each.subscribers
        ]
        return max(min(due), 0.0) if due else None

    def _send(self, now_s: float) -> Iterable[Subscription]:
        """Make messages of what is due, forget what nobody watches; returns whom to wake."""
        woken: list[Subscription] = []
        for project_id, watched in list(self._watched.items()):
            if watched.pending is not None and watched.due_s <= now_s:
                self._last += 1
                message = Message(self._last, watched.pending)
                watched.pending, watched.due_s = None, now_s + GATHER_S
                _remember(watched, message)
                for subscription in watched.subscribers:
                    subscription.put(message)
                woken += watched.subscribers
            if not watched.subscribers and watched.left_s + _REMEMBERED_S <= now_s:
                del self._watched[project_id]
                self._last += 1  # so that no cursor from before is taken for the latest
        return woken


def _remember(watched: _Watched, message: Message) -> None:
    watched.ring.append(message)
    watched.ring_changes += len(message.news.traces)
    while len(watched.ring) > 1 and (
        watched.ring_changes > _RING_CHANGES or len(watched.ring) > RING_MESSAGES
    ):
        oldest = watched.ring.popleft()
        watched.ring_changes -= len(oldest.news.traces)
        watched.first = oldest.id
