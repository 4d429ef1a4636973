"""The hub of what is new: gathered, numbered, replayed, and given to those who may have it."""

import threading
import time

import pytest

from spyglass.core.records import Observation, Score, Trace
from spyglass.ingest import live
from spyglass.ingest.live import Hub, News
from spyglass.ingest.live_news import Arrived, deleted, gather


class Watcher:
    def __init__(self, hub: Hub, project_id: str = "p", after: str | None = None) -> None:
        self.hub, self.project_id = hub, project_id
        self.woken = threading.Event()
        self.subscription, self.known, self.cursor = hub.subscribe(project_id, after, self.woken.set)

    def next(self) -> list[News]:
        assert self.woken.wait(5)
        self.woken.clear()
        return [message.news for message in self.subscription.take()[1]]

    def leave(self) -> None:
        self.hub.unsubscribe(self.project_id, self.subscription)


def trace_news(*ids: str, new: bool = False) -> News:
    news = News(traces={id_: {"id": id_, "isNew": new} for id_ in ids})
    news.touched.update(ids)
    return news


def test_nothing_is_gathered_where_nobody_watches() -> None:
    hub = Hub()
    hub.publish("p", trace_news("a"))
    assert not hub.watches("p")
    watcher = Watcher(hub)
    assert hub.watches("p")
    assert watcher.known
    assert watcher.subscription.take() == (False, [])


def test_the_first_goes_out_at_once_and_what_follows_is_gathered() -> None:
    hub = Hub()
    watcher = Watcher(hub)
    hub.publish("p", trace_news("a", new=True))
    assert [news.about("traces") for news in watcher.next()] == [
        {"changes": [{"id": "a", "isNew": True}], "more": 0}
    ]
    began = time.monotonic()
    hub.publish("p", trace_news("b", new=True))
    hub.publish("p", trace_news("b", "c"))
    (news,) = watcher.next()
    assert time.monotonic() - began > live.GATHER_S / 2
    assert news.about("traces") == {
        "changes": [{"id": "b", "isNew": True}, {"id": "c", "isNew": False}],
        "more": 0,
    }
    assert news.about("trace:b") == {"changes": [{"changed": 2}]}
    assert news.about("trace:a") is None


def test_other_projects_hear_nothing() -> None:
    hub = Hub()
    mine, theirs = Watcher(hub, "p"), Watcher(hub, "q")
    hub.publish("q", trace_news("secret"))
    assert theirs.next()
    assert not mine.woken.is_set()
    assert mine.subscription.take() == (False, [])


def test_who_comes_back_gets_what_came_meanwhile() -> None:
    hub = Hub()
    stays, leaves = Watcher(hub), Watcher(hub)
    hub.publish("p", trace_news("a"))
    stays.next()
    (first,) = leaves.subscription.take()[1]
    leaves.leave()
    hub.publish("p", trace_news("b"))
    stays.next()
    back = Watcher(hub, after=hub.cursor(first.id))
    assert back.known
    assert [list(message.news.traces) for message in back.subscription.take()[1]] == [["b"]]
    again = Watcher(hub, after=hub.cursor(first.id + 1))
    assert again.known
    assert again.subscription.take()[1] == []


@pytest.mark.parametrize("cursor", ["", "nonsense", "abcdefgh-0", "abcdefgh-1", "-1", "x-²"])
def test_a_cursor_of_another_process_is_not_known(cursor: str) -> None:
    assert not Watcher(Hub(), after=cursor).known


def test_a_number_from_the_future_or_the_forgotten_past_is_not_known(monkeypatch) -> None:
    monkeypatch.setattr(live, "RING_MESSAGES", 2)
    monkeypatch.setattr(live, "GATHER_S", 0.0)
    hub = Hub()
    watcher = Watcher(hub)
    for _ in range(4):
        hub.publish("p", trace_news("a"))
        watcher.next()
    assert [Watcher(hub, after=hub.cursor(number)).known for number in range(6)] == [
        False,
        False,
        True,
        True,
        True,
        False,
    ]


def test_a_project_that_was_forgotten_meanwhile_is_not_taken_for_quiet(monkeypatch) -> None:
    monkeypatch.setattr(live, "_REMEMBERED_S", 0.05)
    hub = Hub()
    watcher = Watcher(hub)
    watcher.leave()
    deadline = time.monotonic() + 5
    while hub.watches("p"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not Watcher(hub, after=watcher.cursor).known


def test_a_slow_watcher_loses_messages_and_is_told(monkeypatch) -> None:
    monkeypatch.setattr(live, "_MOST_WAITING", 2)
    monkeypatch.setattr(live, "GATHER_S", 0.0)
    hub = Hub()
    slow, quick = Watcher(hub), Watcher(hub)
    for id_ in "abc":
        hub.publish("p", trace_news(id_))
        quick.next()
    lost, messages = slow.subscription.take()
    assert (lost, [list(message.news.traces) for message in messages]) == (True, [["c"]])
    assert slow.subscription.take() == (False, [])


def test_too_much_at_once_is_counted(monkeypatch) -> None:
    monkeypatch.setattr(live, "MOST_SHOWN", 2)
    monkeypatch.setattr(live, "_MOST_TRACES", 3)
    news = News()
    news.add(trace_news("a", "b", "c"))
    assert news.about("trace:z") is None
    news.add(trace_news("d", "a"))
    about = news.about("traces")
    assert about is not None
    assert ([change["id"] for change in about["changes"]], about["more"]) == (["a", "b"], 2)
    # Nobody knows any more which ones changed, so each may have.
    assert news.about("trace:z") == {"changes": [{"changed": 1}]}


def test_errors_jobs_and_counts() -> None:
    news = News()
    news.add(News(accepted=2, last_us=5_000_000, errors=[{"status": 400}], jobs={"j": {"state": "running"}}))
    news.add(News(accepted=3, last_us=4_000_000, errors=[{"status": 413}], jobs={"j": {"state": "done"}}))
    assert news.about("ingest") == {"changes": [{"accepted": 5, "lastAt": "1970-01-01T00:00:05.000Z"}]}
    assert news.about("ingest_error") == {"changes": [{"status": 400}, {"status": 413}]}
    assert news.about("jobs") == {"changes": [{"state": "done"}]}
    assert [News().about(topic) for topic in ("traces", "ingest", "ingest_error", "jobs", "other")] == [
        None
    ] * 5


def test_what_the_applier_tells() -> None:
    rows = [(Trace(project_id="p", id="t", timestamp=0, session_id="s", error_count=1, tags=["x"]), True)]
    spans = [Observation(project_id="p", trace_id="t", id=id_, start_time=0) for id_ in "ab"]
    scores = [
        Score(project_id="p", id="1", timestamp=0, trace_id="u"),
        Score(project_id="q", id="2", timestamp=0, session_id="r"),
    ]
    found = gather([Arrived("p", 3, 9)], rows, spans, scores)
    assert found["p"].traces == {
        "t": {
            "id": "t",
            "time": "1970-01-01T00:00:00.000Z",
            "name": None,
            "env": "default",
            "user": None,
            "session": "s",
            "level": "ERROR",
            "tags": ["x"],
            "isNew": True,
        }
    }
    assert (dict(found["p"].touched), dict(found["p"].sessions)) == ({"t": 3, "u": 1}, {"s": 1})
    assert (found["p"].accepted, found["p"].last_us) == (3, 9)
    assert (dict(found["q"].touched), dict(found["q"].sessions)) == ({}, {"r": 1})
    assert deleted(["t"]).about("trace:t") == {"changes": [{"changed": 1}]}
