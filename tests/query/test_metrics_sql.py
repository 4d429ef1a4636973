"""The text of questions: it names its project in each SELECT of records, never reads replaced rows, and holds no word
of a client; and what a question does that is too large."""

import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_golden_sql import check_tenancy

from spyglass.core.errors import Invalid, QueryTooExpensive
from spyglass.core.ids import new_id
from spyglass.core.records import Observation, Score
from spyglass.ingest.writer import write
from spyglass.query.metrics import build
from spyglass.query.metrics.answers import AnswerCache
from spyglass.query.metrics.ask import ask
from spyglass.query.metrics.buckets import cut, read_zone
from spyglass.query.metrics.build import Plan
from spyglass.query.metrics.catalogue import V1, V2
from spyglass.query.metrics.question import Asked, Question, read_question
from spyglass.query.metrics.vocabulary import OF_TEXTS, Aggregation, MetricView

VIEWS = [*V1.values(), *V2.values()]
END_US = 86_400_000_000


def question(view: MetricView, **more: Any) -> Question:
    asked = {
        "view": view.name,
        "dimensions": [],
        "metrics": [("count", "count")],
        "filters": [],
        "granularity": None,
    }
    asked |= {"from_us": 0, "to_us": END_US, **more}
    return read_question(Asked(**asked), {view.name: view})


def plan_of(view: MetricView, **more: Any) -> Plan:
    found = question(view, **more)
    zone = read_zone("Europe/Berlin")
    buckets = cut(found.granularity, zone, found.from_us, found.to_us) if found.granularity else None
    return Plan(found, "p", buckets)


def metrics_of(view: MetricView, names: list[str]) -> list[tuple[str, str]]:
    return [
        (name, word.value)
        for name in names
        for word in (Aggregation if view.measures[name].is_number else OF_TEXTS)
    ]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.name} {'v2' if view.bounded else 'v1'}")
class TestEveryWord:
    def test_dimensions(self, analytics, view) -> None:
        for name in [*view.dimensions, "metadata.key"]:
            plan = plan_of(view, dimensions=[(name, None)], limit=5, order=[("count_count", True)])
            check_tenancy(plan.sql(), "p")
            assert analytics.query(plan.sql()) == []

    @pytest.mark.parametrize("exact", [True, False])
    def test_measures(self, analytics, view, exact) -> None:
        for name, measure in view.measures.items():
            dimensions = [(measure.by, None)] if measure.by else []
            plan = plan_of(view, metrics=metrics_of(view, [name]), dimensions=dimensions, granularity="hour")
            text = Plan(plan.question, "p", plan.buckets, exact).sql()
            check_tenancy(text, "p")
            assert analytics.query(text) == []

    def test_all_at_once_with_every_filter(self, analytics, view) -> None:
        filters = [
            {"column": column.id, "type": "null", "operator": "is null", "value": ""}
            for column in view.filters.columns
            if column.type not in ("numberObject", "booleanObject", "categoryOptions")
        ]
        names = [name for name, word in view.dimensions.items() if not word.wide][:12]
        plan = plan_of(view, dimensions=[(name, None) for name in names], filters=filters)
        check_tenancy(plan.sql(), "p")
        assert analytics.query(plan.sql()) == []


ODD = st.sampled_from(
    ["'; DROP TABLE traces --", "{p0:String}", "{}", "\\", "`x`", "a' OR '1'='1", "/*", "\n", "ünï"]
)


@settings(max_examples=25, deadline=None)
@given(
    key=ODD,
    text=ODD,
    column=st.sampled_from(["metadata", "name", "userId"]),
    place=st.integers(0, len(VIEWS) - 1),
)
def test_no_word_of_a_client_is_sql(analytics, key, text, column, place) -> None:
    view = VIEWS[place]
    if column not in view.filters.by_id:
        column = "name"
    condition = {"column": column, "type": "string", "operator": "contains", "value": text}
    if column == "metadata":
        condition |= {"type": "stringObject", "key": key}
    plan = plan_of(view, dimensions=[("metadata", key)], filters=[condition])
    plain = plan_of(
        view,
        dimensions=[("metadata", "k")],
        filters=[{**condition, "value": "v", **({"key": "k"} if column == "metadata" else {})}],
    )
    assert plan.sql().texts == plain.sql().texts
    assert analytics.query(plan.sql()) == []


def observation(project_id: str, number: int, **more: Any) -> Observation:
    return Observation(
        project_id=project_id, trace_id="t", id=f"o{number}", start_time=number + 1, version_seq=1, **more
    )


class TestSketch:
    """Percentiles beyond the size up to which they are exact."""

    @pytest.mark.parametrize("sign", [1, -1])
    def test_within_half_a_percent(self, analytics, sign) -> None:
        dice, project_id = random.Random(3), new_id()
        values = [sign * math.exp(dice.uniform(-20, 20)) for _ in range(3000)] + [0.0] * 7
        rows = [
            Score(project_id=project_id, id=f"s{number}", timestamp=1, value=number_, version_seq=1)
            for number, number_ in enumerate(values)
        ]
        write(analytics, "scores", rows)
        words = ["p50", "p75", "p90", "p95", "p99"]
        asked = question(V2["scores-numeric"], metrics=[("value", word) for word in words])
        answer = ask(analytics, project_id, asked, exact_rows=10)
        assert answer["meta"]["percentiles"] == "approximate"
        ordered = sorted(values)
        for word in words:
            exact = ordered[int(int(word[1:]) / 100 * (len(ordered) - 1))]
            assert answer["data"][0][f"{word}_value"] == pytest.approx(exact, rel=0.0101)

    def test_nothing_known(self, analytics) -> None:
        asked = question(V2["observations"], metrics=[("latency", "p50")])
        assert ask(analytics, new_id(), asked, exact_rows=-1)["data"] == [{"p50_latency": None}]


class TestSize:
    def test_many_values_in_a_group_are_exact(self, analytics) -> None:
        """Beyond 8,192 the value itself, not one between two."""
        project_id = new_id()
        rows = [observation(project_id, n, end_time=n + 1 + n * 1000) for n in range(10_000)]
        write(analytics, "observations", rows)
        asked = question(V2["observations"], metrics=[("latency", "p50"), ("latency", "p99")])
        assert ask(analytics, project_id, asked)["data"] == [{"p50_latency": 5000.0, "p99_latency": 9900.0}]

    def test_v1_refuses_an_answer_that_is_too_long(self, analytics, monkeypatch) -> None:
        monkeypatch.setattr(build, "MOST_ROWS", 2)
        project_id = new_id()
        write(analytics, "observations", [observation(project_id, number) for number in range(3)])
        with pytest.raises(QueryTooExpensive, match=r"config\.row_limit"):
            ask(analytics, project_id, question(V1["observations"], dimensions=[("id", None)]))

    def test_so_many_words(self) -> None:
        words = [(f"metadata.{number}", None) for number in range(20)]
        with pytest.raises(Invalid, match="At most 20 dimensions and metrics"):
            question(V2["observations"], dimensions=words)

    def test_twice_the_same_is_once(self, analytics) -> None:
        asked = question(V2["observations"], metrics=[("count", "count"), ("count", "count")])
        assert ask(analytics, new_id(), asked)["data"] == [{"count_count": 0}]


class TestIdentity:
    def test_equal_questions(self) -> None:
        one, two = (question(V2["observations"], dimensions=[("name", None)]) for _ in range(2))
        assert one.identity == two.identity
        hash(one.identity)

    @pytest.mark.parametrize(
        "more",
        [
            {"to_us": END_US + 1},
            {"metrics": [("count", "sum")]},
            {"dimensions": [("metadata", "a")]},
            {"filters": [{"column": "name", "type": "string", "operator": "=", "value": "x"}]},
            {"granularity": "hour"},
            {"zone": read_zone("Europe/Berlin")},
            {"order": [("count_count", False)]},
            {"bins": 3},
            {"limit": 7},
        ],
    )
    def test_others(self, more) -> None:
        assert question(V2["observations"], **more).identity != question(V2["observations"]).identity

    def test_versions(self) -> None:
        assert question(V1["observations"]).identity != question(V2["observations"]).identity


class TestAnswerCache:
    def test_true_as_long_as_the_mark_stands(self) -> None:
        cache = AnswerCache(10_000)
        cache.put("q", (0, 1), b"a")
        assert cache.get("q", (0, 1)) == b"a"
        assert cache.get("other", (0, 1)) is None
        assert cache.get("q", (0, 2)) is None
        assert cache.get("q", (0, 1)) is None

    def test_the_least_used_goes_first(self) -> None:
        cache = AnswerCache(2 * 600)
        cache.put("a", (0, 0), b"x" * 50)
        cache.put("b", (0, 0), b"x" * 50)
        assert cache.get("a", (0, 0))
        cache.put("c", (0, 0), b"x" * 50)
        assert [bool(cache.get(key, (0, 0))) for key in "abc"] == [True, False, True]

    def test_larger_than_the_whole(self) -> None:
        cache = AnswerCache(1000)
        cache.put("a", (0, 0), b"x" * 2000)
        assert cache.get("a", (0, 0)) is None
