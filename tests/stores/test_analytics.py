"""The analytics store keeps its promises: columns, versions, tombstones, and caps on reads."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from spyglass.core.errors import QueryTooExpensive, Unavailable
from spyglass.core.ids import new_id
from spyglass.core.records import Observation, Score, Trace
from spyglass.stores.analytics import Analytics, Ticket
from spyglass.stores.analytics.migrate import _idempotent, _statements, migrations
from spyglass.stores.analytics.sql import double, join, sql, value
from spyglass.stores.analytics.tables import KEYS, NULLABLE, OBSERVATIONS, ROWS, SCORES, TRACES, columns

START_US = 1_760_000_000_123_456
HOUR_US = 3_600_000_000


@pytest.fixture
def project() -> str:
    """The store is shared by the whole session, so each test has a project of its own."""
    return f"project-{new_id()}"


def insert(analytics: Analytics, table: str, *rows: Any) -> None:
    names = columns(table)
    data = [[getattr(row, name) for row in rows] for name in names]
    analytics.insert(table, names, data)


def span(project: str, id_: str, version: int, **fields: Any) -> Observation:
    given = {"trace_id": "trace-1", "start_time": START_US, **fields}
    return Observation(project_id=project, id=id_, version_seq=version, **given)


def current(analytics: Analytics, project: str) -> list[tuple[Any, ...]]:
    return analytics.query(
        sql(
            "SELECT id, toUnixTimestamp64Micro(start_time), name FROM observations FINAL "
            "WHERE project_id = {} ORDER BY id, start_time",
            value("String", project),
        )
    )


@pytest.mark.parametrize("table", ROWS)
def test_columns_are_the_fields_of_the_struct(analytics: Analytics, table: str) -> None:
    found = analytics.query(
        sql(
            "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {}",
            value("String", table),
        )
    )
    assert {row[0] for row in found} == set(columns(table))


@pytest.mark.parametrize("table", ROWS)
def test_sort_key_is_the_one_that_writers_know(analytics: Analytics, table: str) -> None:
    found = analytics.query(
        sql(
            "SELECT sorting_key FROM system.tables WHERE database = currentDatabase() AND name = {}",
            value("String", table),
        )
    )
    assert found == [(", ".join(KEYS[table]),)]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (
            OBSERVATIONS,
            Observation(
                project_id="",
                trace_id="t",
                id="o",
                start_time=START_US,
                end_time=START_US + 1,
                metadata={"key": 'väl"ue'},
                usage={"input": 2**63},
                tool_calls=["a", "b"],
                input="\u0000 \U0001f600 text",
                prompt_version=3,
                version_seq=1,
            ),
        ),
        (
            TRACES,
            Trace(project_id="", id="t", timestamp=START_US, tags=["b", "a"], public=True, version_seq=1),
        ),
        (SCORES, Score(project_id="", id="s", timestamp=START_US, value=0.1, trace_id="t", version_seq=1)),
    ],
)
def test_row_comes_back_as_it_went_in(analytics: Analytics, project: str, table: str, row: Any) -> None:
    row.project_id = project
    insert(analytics, table, row)
    instants = {name for name, type_ in _types(analytics, table) if "DateTime64" in type_}
    selected = ", ".join(f"toUnixTimestamp64Micro({n})" if n in instants else n for n in columns(table))
    found = analytics.query(
        sql(f"SELECT {selected} FROM {table} FINAL WHERE project_id = {{}}", value("String", project))
    )
    assert dict(zip(columns(table), found[0], strict=True)) == {
        name: getattr(row, name) for name in columns(table)
    }


def _types(analytics: Analytics, table: str) -> list[tuple[str, str]]:
    rows = analytics.query(
        sql(
            "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {}",
            value("String", table),
        )
    )
    return [(str(name), str(type_)) for name, type_ in rows]


def test_later_version_replaces_whatever_the_order_of_arrival(analytics: Analytics, project: str) -> None:
    insert(analytics, OBSERVATIONS, span(project, "a", 1, name="old"), span(project, "b", 2, name="new"))
    insert(analytics, OBSERVATIONS, span(project, "a", 2, name="new"), span(project, "b", 1, name="old"))
    assert current(analytics, project) == [("a", START_US, "new"), ("b", START_US, "new")]


def test_move_to_another_key_leaves_one_row(analytics: Analytics, project: str) -> None:
    insert(analytics, OBSERVATIONS, span(project, "a", 1, name="first"))
    tombstone = span(project, "a", 2, is_deleted=1)
    insert(
        analytics,
        OBSERVATIONS,
        tombstone,
        span(project, "a", 2, name="moved", start_time=START_US - 900 * HOUR_US),
    )
    assert current(analytics, project) == [("a", START_US - 900 * HOUR_US, "moved")]


def test_deleted_row_stays_away_until_a_later_version(analytics: Analytics, project: str) -> None:
    insert(analytics, OBSERVATIONS, span(project, "a", 1), span(project, "a", 3, is_deleted=1))
    insert(analytics, OBSERVATIONS, span(project, "a", 2, name="late"))
    assert current(analytics, project) == []
    insert(analytics, OBSERVATIONS, span(project, "a", 4, name="back"))
    assert current(analytics, project) == [("a", START_US, "back")]


def test_skip_indexes_never_bring_back_a_replaced_row(analytics: Analytics, project: str) -> None:
    """The old version matches the filter, the new one does not and may lie in a granule that the index drops."""
    old = Trace(project_id=project, id="t", timestamp=START_US, user_id="ann", session_id="s", version_seq=1)
    insert(analytics, TRACES, old)
    insert(
        analytics,
        TRACES,
        Trace(project_id=project, id="t", timestamp=START_US, user_id="bob", tags=["x"], version_seq=2),
    )
    for column, gone, there in (("user_id", "ann", "bob"), ("session_id", "s", "")):
        for wanted, expected in ((gone, []), (there, [("t",)])):
            question = sql(
                f"SELECT id FROM traces FINAL WHERE project_id = {{}} AND {column} = {{}}",
                value("String", project),
                value("String", wanted),
            )
            assert analytics.query(question) == expected, (column, wanted)


def test_key_conditions_may_go_first_under_final(analytics: Analytics, project: str) -> None:
    """Reads set `optimize_move_to_prewhere_if_final`; a condition on another column must still come after FINAL."""
    insert(analytics, OBSERVATIONS, *(span(project, str(n), 1, level="ERROR") for n in range(3)))
    insert(analytics, OBSERVATIONS, span(project, "1", 2), span(project, "2", 2, is_deleted=1))
    question = sql(
        "SELECT id FROM observations FINAL WHERE project_id = {} AND id IN {} AND level = 'ERROR'",
        value("String", project),
        value("Array(String)", ["0", "1", "2"]),
    )
    found = analytics.query(question, settings={"optimize_move_to_prewhere_if_final": 1})
    assert found == [("0",)]


def test_merges_change_no_answer(analytics: Analytics, project: str) -> None:
    for version in range(1, 6):
        insert(
            analytics,
            OBSERVATIONS,
            span(project, "a", version, name=f"v{version}"),
            span(project, "b", version, is_deleted=int(version == 5)),
        )
    before = current(analytics, project)
    analytics.command("OPTIMIZE TABLE observations FINAL")
    assert before == current(analytics, project) == [("a", START_US, "v5")]


def test_a_repeated_block_is_written_and_reads_as_one(analytics: Analytics, project: str) -> None:
    """Deduplication of blocks is off: it lost rows when a process died between token and part (decision 0005)."""
    for _ in range(2):
        insert(analytics, OBSERVATIONS, span(project, "a", 1))
    written = sql("SELECT count() FROM observations WHERE project_id = {}", value("String", project))
    assert analytics.query(written) == [(2,)]
    assert len(current(analytics, project)) == 1
    settings = sql("SELECT count() FROM system.tables WHERE create_table_query LIKE '%deduplication_window%'")
    assert analytics.query(settings) == [(0,)]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM file('/etc/hostname', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')",
        "SELECT * FROM executable('id', 'TSV', 'x String')",
        "INSERT INTO scores (id) VALUES ('x')",
        "DROP TABLE scores",
        "SET readonly = 0",
    ],
)
def test_read_reaches_nothing_but_the_tables(analytics: Analytics, text: str) -> None:
    with pytest.raises(Unavailable):
        analytics.query(sql(text))


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)", {"max_execution_time": 0.2}),
        ("SELECT groupArray(toString(number)) FROM numbers(20000000)", {"max_memory_usage": 30_000_000}),
    ],
)
def test_costly_read_is_stopped_with_advice(
    analytics: Analytics, text: str, settings: dict[str, float]
) -> None:
    with pytest.raises(QueryTooExpensive, match="Narrow its time range"):
        analytics.query(sql(text), settings=settings)


def test_reads_go_on_after_a_stopped_one(analytics: Analytics) -> None:
    for _ in range(analytics.config.read_connections + 1):
        with pytest.raises(QueryTooExpensive):
            analytics.query(
                sql("SELECT groupArray(toString(number)) FROM numbers(20000000)"),
                settings={"max_memory_usage": 30_000_000},
            )
    assert analytics.query(sql("SELECT 1")) == [(1,)]


@pytest.mark.parametrize("way", ["query", "lookup"])
def test_what_a_failed_read_had_answered_is_in_no_later_answer(analytics: Analytics, way: str) -> None:
    """It fails when many blocks of its answer are out; the next read on that connection may be another project's."""
    read = getattr(analytics, way)
    for _ in range(3):
        with pytest.raises(Unavailable):
            read(sql("SELECT toString(number), throwIf(number > 200000) FROM numbers(300000)"))
        assert read(sql("SELECT 'next'")) == [("next",)]


def test_nullable_columns_are_those_of_the_engine(analytics: Analytics) -> None:
    question = sql(
        "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND startsWith(type, 'Nullable')"
    )
    found = {column for table, column in analytics.query(question) if table in ROWS}
    assert found == set(NULLABLE)


def test_every_statement_of_a_migration_may_run_twice() -> None:
    """A kill in the middle of a migration leaves its first tables behind (F30)."""
    for number, _, text in migrations():
        for statement in _statements(text):
            assert re.match(r"(CREATE|ALTER|DROP) ", _idempotent(statement)), (number, statement[:80])
            repeatable = r"IF (NOT )?EXISTS|MODIFY SETTING|UPDATE \w+ = true"
            assert re.search(repeatable, _idempotent(statement)), (number, statement[:80])


def test_traces_with_estimated_tokens_are_marked_by_the_migration(analytics: Analytics, project: str) -> None:
    for id_, source in (("counted", "estimated"), ("stated", "")):
        insert(
            analytics,
            TRACES,
            Trace(project_id=project, id=id_, timestamp=1_700_000_000_000_000, version_seq=1),
        )
        insert(analytics, OBSERVATIONS, span(project, f"{id_}-1", 1, trace_id=id_, usage_source=source))
    text = next(text for number, _, text in migrations() if number == 5)
    for statement in _statements(text.replace("{on_cluster}", "")):
        analytics.command(_idempotent(statement))
    rows = analytics.query(
        sql(
            "SELECT id, estimated FROM traces FINAL WHERE project_id = {} ORDER BY id",
            value("String", project),
        )
    )
    assert rows == [("counted", True), ("stated", False)]


def test_quiet_months_become_one_part(analytics: Analytics) -> None:
    rows = analytics.query(
        sql(
            "SELECT name, engine_full FROM system.tables WHERE name IN {}", value("Array(String)", list(ROWS))
        )
    )
    assert sorted(name for name, _ in rows) == sorted(ROWS)
    for name, text in rows:
        assert "min_age_to_force_merge_seconds = 10800" in text, name
        assert "min_age_to_force_merge_on_partition_only = 1" in text, name


def test_numbers_are_bound_to_the_last_bit(analytics: Analytics) -> None:
    sent = [3.233e-05, 4.125e-05, 0.1, 0.58, -0.0, 1e308, 5e-324, 9007199254740993.0, 123456.789012345678]
    sent += [part / 1e12 for part in range(1, 10**9, 10**7 + 3)]
    (row,) = analytics.query(sql("SELECT {}", join(", ", map(double, sent))))
    assert [item.hex() for item in row] == [item.hex() for item in sent]


class TestCancel:
    def test_a_running_read_ends(self, analytics: Analytics) -> None:
        ticket = Ticket()
        endless = sql("SELECT count() FROM numbers(1000000000000) WHERE sqrt(number) > 3")
        with ThreadPoolExecutor(1) as beside:
            running = beside.submit(analytics.query, endless, ticket=ticket)
            mark = value("String", f"/* ticket {ticket.id} */")
            begun = sql("SELECT count() FROM system.processes WHERE startsWith(query, {})", mark)
            while not analytics.query(begun)[0][0]:
                assert not running.done()
            analytics.cancel(ticket)
            with pytest.raises(Unavailable):
                running.result(timeout=5)

    def test_none_begins_afterwards(self, analytics: Analytics) -> None:
        ticket = Ticket()
        analytics.cancel(ticket)
        with pytest.raises(Unavailable, match="cancelled"):
            analytics.query(sql("SELECT 1"), ticket=ticket)
        assert analytics.query(sql("SELECT 1"), ticket=Ticket()) == [(1,)]
