"""The text of every kind of read: it parses as ClickHouse, never reads replaced rows, and names its project
in each SELECT. Some texts stand here in full, so that a change of the builder shows."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlglot
from record_rows import MINUTE_US, START_US, World
from sqlglot import exp

from spyglass.core.clock import now_us
from spyglass.core.filters import Condition
from spyglass.core.ids import new_id
from spyglass.core.records import Trace
from spyglass.ingest.writer import write
from spyglass.query import observations, prompt_versions, scores, sessions, traces
from spyglass.query.columns import (
    OBSERVATION_FILTERS,
    OBSERVATION_V2_FILTERS,
    SCORE_FILTERS,
    TRACE_FILTERS,
    FilterSet,
)
from spyglass.query.filters import compile_filter
from spyglass.query.lists import Slice, count_rows, ordered_by, read_after, read_page
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES, View, build_select, within
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql

DAY_US = 86_400_000_000
RECORDS = {"traces", "observations", "scores"}


class Recorder:
    """The real store, with the texts that went to it."""

    def __init__(self, analytics: Analytics) -> None:
        self._analytics = analytics
        self.questions: list[Sql] = []

    def query(self, question: Sql) -> list[tuple[Any, ...]]:
        self.questions.append(question)
        return self._analytics.query(question)


def selects_of_records(text: str) -> list[exp.Select]:
    tree = sqlglot.parse_one(text, dialect="clickhouse")
    found = [select for select in tree.find_all(exp.Select) if _table(select) in RECORDS]
    assert found, text
    return found


def _table(select: exp.Select) -> str:
    source = select.args["from_"].this
    table = source.this if isinstance(source, exp.Final) else source
    return table.name if isinstance(table, exp.Table) else ""


def check_tenancy(question: Sql, project_id: str) -> None:
    """Each SELECT from a table of records is FINAL and ANDs `project_id = <this project>` at its top."""
    text, parameters = question.render()
    for select in selects_of_records(text):
        assert isinstance(select.args["from_"].this, exp.Final), text
        condition = select.args["where"].this
        parts = (
            [part.unnest() for part in condition.flatten()]
            if isinstance(condition, exp.And)
            else [condition.unnest()]
        )
        tenants = [part for part in parts if isinstance(part, exp.EQ) and part.this.name == "project_id"]
        assert len(tenants) == 1, text
        name = tenants[0].expression.this
        assert parameters[name if isinstance(name, str) else name.name] == project_id


def all_of_everything(filters: FilterSet) -> list[Condition]:
    """One condition on each column."""
    values: dict[str, tuple[str, Any, str]] = {
        "string": ("contains", "x", ""),
        "stringOptions": ("any of", ("x",), ""),
        "arrayOptions": ("none of", ("x",), ""),
        "datetime": (">", 1, ""),
        "number": (">", 1.0, ""),
        "boolean": ("=", True, ""),
        "stringObject": ("=", "x", "k"),
        "numberObject": (">", 1.0, "k"),
        "booleanObject": ("=", True, "k"),
        "categoryOptions": ("none of", ("x",), "k"),
    }
    types = {"metadata": "stringObject", "body": "string"}
    found = []
    for column in filters.columns:
        type_ = types.get(column.type, column.type)
        operator, value, key = values[type_]
        found.append(
            Condition(column.id, type_, "matches" if column.type == "body" else operator, value, key)
        )
    return found


def select_versions(project_id: str) -> prompt_versions.Selection:
    return prompt_versions.Selection(project_id, "greet", [1, 2], 1, 2, ["default"])


READS: dict[str, Callable[[Any, str], Any]] = {
    "trace": lambda a, p: traces.read_trace(a, p, "t", traces.CORE),
    "traces of ids": lambda a, p: traces.read_traces(a, p, ["t"], traces.CORE),
    "traces of a session": lambda a, p: traces.list_traces_of_session(a, p, "s", traces.IO),
    "observation ids": lambda a, p: traces.list_observation_ids(
        a, p, [Trace(project_id=p, id="t", timestamp=1, first_start=1, last_end=2)]
    ),
    "score ids": lambda a, p: traces.list_score_ids(a, p, ["t"]),
    "trace list": lambda a, p: traces.list_traces(
        a, p, traces.CORE, [], Slice(2, 10, order=traces.order_of("name", "asc"))
    ),
    "observation": lambda a, p: observations.read_observation(a, p, "o"),
    "observations of a trace": lambda a, p: observations.list_observations_of_trace(
        a, Trace(project_id=p, id="t", timestamp=1, first_start=1, last_end=2), observations.V1
    ),
    "observations after": lambda a, p: read_after(
        a, OBSERVATIONS, p, ["name"], [], after=(1, "t", "o"), limit=5
    ),
    "filtered trace list": lambda a, p: traces.list_traces(a, p, (), within(TRACES, 1, 2), Slice(2, 10)),
    "observation page": lambda a, p: read_page(a, OBSERVATIONS, p, ["name"], [], Slice(1, 5)),
    "score": lambda a, p: scores.read_score(a, p, "c", scores.OF_TRACES),
    "scores of a trace": lambda a, p: scores.list_scores_of_trace(a, p, "t"),
    "score values": lambda a, p: count_rows(
        a, SCORES, p, [scores.has_value([1.0]), scores.has_text(["x"]), scores.compare_value("!=", 2.0)]
    ),
    "metrics of prompt versions": lambda a, p: prompt_versions.read_metrics(a, select_versions(p)),
    "scores of prompt versions": lambda a, p: prompt_versions.read_scores(a, select_versions(p)),
    "categories of prompt versions": lambda a, p: prompt_versions.read_categories(a, select_versions(p)),
    "sessions": lambda a, p: sessions.list_sessions(
        a, p, from_us=1, to_us=2, environments=["default"], page=1, limit=5
    ),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_each_read_names_its_project(analytics: Analytics, read: Callable[[Any, str], Any]) -> None:
    recorder = Recorder(analytics)
    project_id = new_id()
    read(recorder, project_id)
    assert recorder.questions
    for question in recorder.questions:
        check_tenancy(question, project_id)


@pytest.mark.parametrize(
    "filters",
    [TRACE_FILTERS, OBSERVATION_FILTERS, OBSERVATION_V2_FILTERS, SCORE_FILTERS],
    ids=["traces", "observations", "observations v2", "scores"],
)
def test_each_filterable_column_compiles_and_runs_within_its_project(
    analytics: Analytics, filters: FilterSet
) -> None:
    for condition in all_of_everything(filters):
        question = build_select(filters.view, "p", "id", compile_filter(filters, "p", [condition]))
        check_tenancy(question, "p")
        assert analytics.query(question) == [], condition


@pytest.mark.parametrize("view", [TRACES, OBSERVATIONS, SCORES])
def test_no_query_without_a_project(view: View) -> None:
    with pytest.raises(ValueError, match="project"):
        build_select(view, "", "id")


def test_an_or_in_a_condition_cannot_get_around_the_project(analytics: Analytics) -> None:
    question = build_select(TRACES, "p", "id", [Sql(("1 OR 1",))])
    check_tenancy(question, "p")
    assert analytics.query(question) == []


def test_text_of_a_page() -> None:
    question = build_select(
        TRACES, "p", "id, name", within(TRACES, 1, 2), ordered_by(TRACES, "name", "asc") + " LIMIT 5"
    )
    assert question.render() == (
        "SELECT id, name FROM traces FINAL WHERE (project_id = {p0:String}) "
        "AND (timestamp >= fromUnixTimestamp64Micro({p1:Int64}, 'UTC')) "
        "AND (timestamp < fromUnixTimestamp64Micro({p2:Int64}, 'UTC')) "
        "ORDER BY name ASC, timestamp DESC, id DESC LIMIT 5",
        {"p0": "p", "p1": 1, "p2": 2},
    )


def test_text_of_conditions_on_the_trace_is_one_semi_join() -> None:
    conditions = [
        Condition("userId", "string", "=", "u"),
        Condition("traceTags", "arrayOptions", "all of", ("a", "b")),
    ]
    text, parameters = build_select(
        OBSERVATIONS, "p", "id", compile_filter(OBSERVATION_FILTERS, "p", conditions)
    ).render()
    assert text == (
        "SELECT id FROM observations FINAL WHERE (project_id = {p0:String}) AND (trace_id IN ("
        "SELECT id FROM traces FINAL WHERE (project_id = {p1:String}) AND (user_id = {p2:String}) "
        "AND (hasAll(tags, {p3:Array(String)}))))"
    )
    assert parameters == {"p0": "p", "p1": "p", "p2": "u", "p3": ["a", "b"]}


def test_text_of_a_condition_on_scores() -> None:
    condition = Condition("scores_avg", "numberObject", ">", 0.5, "quality")
    text, parameters = build_select(
        TRACES, "p", "count()", compile_filter(TRACE_FILTERS, "p", [], [condition])
    ).render()
    assert text == (
        "SELECT count() FROM traces FINAL WHERE (project_id = {p0:String}) AND (id IN ("
        "SELECT trace_id FROM scores FINAL WHERE (project_id = {p1:String}) AND (name = {p2:String}) "
        "AND (data_type IN ('NUMERIC', 'BOOLEAN')) GROUP BY trace_id "
        "HAVING avg(value) > reinterpretAsFloat64({p3:UInt64})))"
    )
    assert parameters == {"p0": "p", "p1": "p", "p2": "quality", "p3": 0x3FE0000000000000}


def test_an_advanced_condition_wins_over_the_named_one_of_the_same_column() -> None:
    named = [Condition("name", "string", "=", "named"), Condition("userId", "string", "=", "u")]
    advanced = [Condition("traceName", "string", "=", "advanced")]
    where = compile_filter(TRACE_FILTERS, "p", named, advanced)
    assert [fragment.values[0].value for fragment in where] == ["u", "advanced"]


class TestLists:
    @pytest.fixture(scope="class")
    def world(self, analytics: Analytics) -> World:
        made = World(new_id())
        made.insert(analytics)
        return made

    def test_read_columns_of_the_page_only(self, analytics: Analytics, world: World) -> None:
        recorder = Recorder(analytics)
        rows = read_page(
            recorder,  # type: ignore[arg-type]
            TRACES,
            world.project_id,
            ["name", "input"],
            [],
            Slice(1, 3),
        )
        *searches, last = (question.render()[0] for question in recorder.questions)
        assert all("input" not in text and "LIMIT" in text for text in searches)
        assert "input" in last
        assert "timestamp >=" in last
        assert "timestamp <=" in last
        assert [row.id for row in rows] == ["t29", "t28", "t27"]
        assert rows[0].name == world.traces[29].name

    @pytest.mark.parametrize(
        "end_us", [None, START_US - 1, START_US + 7 * MINUTE_US, START_US + 365 * DAY_US]
    )
    @pytest.mark.parametrize("page", [1, 2, 3, 4])
    def test_stretches_of_time_never_change_the_answer(
        self, analytics: Analytics, world: World, end_us: int | None, page: int
    ) -> None:
        where = within(TRACES, None, end_us)
        expected = [row for row in world.traces if end_us is None or row.timestamp < end_us]
        expected.sort(key=lambda row: (row.timestamp, row.id), reverse=True)
        rows = read_page(
            analytics,
            TRACES,
            world.project_id,
            ["name"],
            where,
            Slice(page, 10, end_us),
        )
        assert [row.id for row in rows] == [row.id for row in expected[(page - 1) * 10 : page * 10]]

    def test_a_full_first_stretch_ends_the_search(self, analytics: Analytics, world: World) -> None:
        recorder = Recorder(analytics)
        end_us = START_US + 20 * MINUTE_US
        rows, following = read_after(
            recorder,  # type: ignore[arg-type]
            TRACES,
            world.project_id,
            ["name"],
            [],
            after=None,
            limit=3,
            before_us=end_us,
        )
        assert len(recorder.questions) == 2
        assert following == (rows[-1].timestamp, rows[-1].id)

    def test_rows_months_apart_come_in_order(self, analytics: Analytics) -> None:
        project_id = new_id()
        ages = {
            "future": -30 * DAY_US,
            "now": 0,
            "hours": DAY_US // 2,
            "days": 9 * DAY_US,
            "year": 400 * DAY_US,
        }
        rows = [Trace(project_id=project_id, id=id_, timestamp=now_us() - age) for id_, age in ages.items()]
        write(analytics, "traces", rows)
        seen: list[str] = []
        after = None
        while True:
            found, after = read_after(analytics, TRACES, project_id, [], [], after=after, limit=2)
            seen += [row.id for row in found]
            if after is None:
                break
        assert seen == list(ages)


def test_text_of_a_single_word_is_left_to_the_index() -> None:
    word = Condition("input", "string", "matches", "Hello")
    words = Condition("output", "string", "matches", "Hello you")
    text, parameters = build_select(
        TRACES, "p", "id", compile_filter(TRACE_FILTERS, "p", [word, words])
    ).render()
    assert text == (
        "SELECT id FROM traces FINAL WHERE (project_id = {p0:String}) "
        "AND (hasAllTokens(lower(input), {p1:Array(String)})) "
        "AND ((hasAllTokens(lower(output), {p2:Array(String)})) "
        "AND (positionCaseInsensitiveUTF8(output, {p3:String}) > 0))"
    )
    assert parameters == {"p0": "p", "p1": ["hello"], "p2": ["hello", "you"], "p3": "Hello you"}


def test_text_of_a_word_without_an_index_begins_with_the_cheaper_test() -> None:
    where = compile_filter(OBSERVATION_V2_FILTERS, "p", [Condition("input", "string", "matches", "Hello")])
    text, parameters = build_select(OBSERVATIONS, "p", "id", where).render()
    assert text == (
        "SELECT id FROM observations FINAL WHERE (project_id = {p0:String}) "
        "AND ((positionCaseInsensitiveUTF8(input, {p1:String}) > 0) "
        "AND (hasAllTokens(lower(input), {p2:Array(String)})))"
    )
    assert parameters == {"p0": "p", "p1": "Hello", "p2": ["hello"]}
