"""Lists that count: every page and the total are right, wherever in time the rows lie, and few reads are needed."""

import random

import pytest
from record_rows import START_US
from test_golden_sql import DAY_US, Recorder

from spyglass.core.ids import new_id
from spyglass.core.records import Observation, Trace
from spyglass.ingest.writer import write
from spyglass.query import traces
from spyglass.query.lists import Slice, ordered_by, read_page_and_total
from spyglass.query.views import TRACES
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import sql, value

HOUR_US = DAY_US // 24


@pytest.fixture(scope="module")
def crowd(analytics: Analytics) -> list[Trace]:
    """Traces of two users over a fortnight, now dense, now sparse, some at the same instant; newest first."""
    dice = random.Random(3)
    project_id = new_id()
    rows = [
        Trace(
            project_id=project_id,
            id=f"t{number}",
            timestamp=START_US + dice.choice([0, 1, 9, 14]) * DAY_US + dice.randrange(8) * HOUR_US,
            user_id=dice.choice(["u1", "u2"]),
            name=f"n{number % 3}",
            version_seq=1,
        )
        for number in range(120)
    ]
    write(analytics, "traces", rows)
    return sorted(rows, key=lambda row: (row.timestamp, row.id), reverse=True)


class TestCountedPages:
    @pytest.mark.parametrize("limit", [1, 7, 50])
    @pytest.mark.parametrize("user", ["u1", "u2", "nobody"])
    def test_every_page_and_the_total(
        self, analytics: Analytics, crowd: list[Trace], user: str, limit: int
    ) -> None:
        expected = [row.id for row in crowd if row.user_id == user]
        where = [sql("user_id = {}", value("String", user))]
        seen: list[str] = []
        for page in range(1, len(expected) // limit + 3):
            part = Slice(page, limit)
            rows, total = read_page_and_total(
                analytics, TRACES, crowd[0].project_id, ["user_id"], where, part
            )
            assert total == len(expected)
            assert [row.user_id for row in rows] == [user] * len(rows)
            seen += [row.id for row in rows]
        assert seen == expected

    def test_in_another_order_and_without_conditions(self, analytics: Analytics, crowd: list[Trace]) -> None:
        project_id = crowd[0].project_id
        by_name = Slice(2, 10, order=ordered_by(TRACES, "name", "asc"))
        where = [sql("user_id = {}", value("String", "u1"))]
        expected = sorted((row for row in crowd if row.user_id == "u1"), key=lambda row: row.name)
        rows, total = read_page_and_total(analytics, TRACES, project_id, [], where, by_name)
        assert ([row.id for row in rows], total) == ([row.id for row in expected[10:20]], len(expected))
        rows, total = read_page_and_total(analytics, TRACES, project_id, [], [], Slice(1, 5))
        assert ([row.id for row in rows], total) == ([row.id for row in crowd[:5]], len(crowd))

    def test_what_is_rare_is_looked_for_once(self, analytics: Analytics, crowd: list[Trace]) -> None:
        recorder = Recorder(analytics)
        where = [sql("id = {}", value("String", crowd[-1].id))]
        rows, total = read_page_and_total(
            recorder,  # type: ignore[arg-type]
            TRACES,
            crowd[0].project_id,
            ["name"],
            where,
            Slice(1, 50),
        )
        assert ([row.id for row in rows], total) == ([crowd[-1].id], 1)
        _, keys, columns = (question.render()[0] for question in recorder.questions)
        assert all("timestamp >=" in text and "timestamp <" in text for text in (keys, columns))


def test_spans_of_traces_are_looked_for_in_their_time(analytics: Analytics) -> None:
    project_id = new_id()
    traces_ = [
        Trace(project_id=project_id, id="a", timestamp=5, first_start=1_000, last_end=9_000),
        Trace(project_id=project_id, id="b", timestamp=5, first_start=20_000, last_end=20_000),
        Trace(project_id=project_id, id="empty", timestamp=5),
    ]
    places = [("a", "a1", 1_000), ("a", "a2", 9_000), ("b", "b1", 20_000), ("other", "o1", 3_000)]
    rows = [
        Observation(project_id=project_id, trace_id=trace, id=id_, start_time=at) for trace, id_, at in places
    ]
    write(analytics, "observations", rows)
    found = traces.list_observation_ids(analytics, project_id, traces_)
    assert found == {"a": ["a1", "a2"], "b": ["b1"], "empty": []}
    assert traces.list_observation_ids(analytics, project_id, traces_[2:]) == {"empty": []}
    assert traces.list_observation_ids(analytics, project_id, []) == {}


@pytest.mark.parametrize("near_us", [[], [10 * DAY_US], [1, 400 * DAY_US]])
def test_traces_are_found_wherever_they_are(analytics: Analytics, near_us: list[int]) -> None:
    project_id = new_id()
    places = {"here": 10 * DAY_US, "earlier": 10 * DAY_US - 2 * HOUR_US, "years": 5_000 * DAY_US}
    rows = [
        Trace(project_id=project_id, id=id_, timestamp=at, name=f"of {id_}") for id_, at in places.items()
    ]
    write(analytics, "traces", rows)
    found = traces.read_traces(analytics, project_id, [*places, "none", "here", ""], ["name"], near_us)
    assert {id_: row.name for id_, row in found.items()} == {id_: f"of {id_}" for id_ in places}
    assert traces.read_traces(analytics, project_id, [], ["name"], near_us) == {}
