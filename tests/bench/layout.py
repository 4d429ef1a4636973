"""Compares layouts of the analytics tables: `python -m tests.bench.layout --rows 200000 [--layouts now,day-key]`.

Loads traces of five spans through the client, as the applier does, copies them into one table per layout, and
asks each the same questions in turn, so that a busy machine hurts all alike. Prints two tables: what a row
costs, and the median milliseconds (wall, CPU) of each question. The figures behind docs/decisions/0002.
"""

import argparse
import random
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spyglass.stores.analytics import Analytics, Config, open_analytics
from spyglass.stores.analytics.sql import Sql, sql, value
from tests.bench.corpus import PROJECT, SPAN_US, START_US, Columns, span_id_of, trace_batches, trace_id_of

TRACES_A_BLOCK = 800
SPANS = 5
GIANT = "giant"
GIANT_SPANS = 50_000

OBSERVATION_TEXT = """
    INDEX in_input lower(input) TYPE text(tokenizer = 'splitByNonAlpha'),
    INDEX in_output lower(output) TYPE text(tokenizer = 'splitByNonAlpha'),
    INDEX by_trace"""

# layout -> table, and what is changed in its definition (pattern, replacement)
LAYOUTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "now": ("observations", []),
    "hour-key": (
        "observations",
        [(r"ORDER BY \(project_id, start_time", r"ORDER BY (project_id, toStartOfHour(start_time)")],
    ),
    "day-key": (
        "observations",
        [
            (
                r"ORDER BY \(project_id, start_time, trace_id",
                r"ORDER BY (project_id, toDate(start_time), xxHash64(trace_id)",
            )
        ],
    ),
    "granule-8192": (
        "observations",
        [(r"index_granularity = 1024", "index_granularity = 8192"), (r"GRANULARITY 8\b", "GRANULARITY 1")],
    ),
    "loose-id-filter": ("observations", [(r"(by_id id TYPE bloom_filter)\([^)]*\)", r"\1(0.001)")]),
    "text": ("observations", [(r"\n    INDEX by_trace", OBSERVATION_TEXT)]),
    "lz4": ("observations", [(r"CODEC\(ZSTD\(3\)\)", "CODEC(LZ4)")]),
    "zstd-1": ("observations", [(r"CODEC\(ZSTD\(3\)\)", "CODEC(ZSTD(1))")]),
    "traces-now": ("traces", []),
    "traces-granule-8192": (
        "traces",
        [
            (r"index_granularity = 256", "index_granularity = 8192"),
            (r"GRANULARITY (4|32)\b", "GRANULARITY 1"),
        ],
    ),
    "traces-no-text": ("traces", [(r",\n    INDEX in_\w+ .+ GRANULARITY \d+", "")]),
}


@dataclass(frozen=True)
class Question:
    """One read; `{t}` in the text is the table, `bind` gives fresh values for each run."""

    name: str
    text: str
    bind: Callable[[random.Random, int], list[tuple[str, object]]] = lambda rng, traces: []


def _ids(
    make: Callable[[random.Random, int], str],
) -> Callable[[random.Random, int], list[tuple[str, object]]]:
    return lambda rng, traces: [("Array(String)", [make(rng, traces) for _ in range(300)])]


def _one_trace(rng: random.Random, traces: int) -> list[tuple[str, object]]:
    return [("String", trace_id_of(rng.randrange(traces)))]


def _one_trace_in_time(rng: random.Random, traces: int) -> list[tuple[str, object]]:
    number = rng.randrange(traces)
    at = START_US + number * SPAN_US // traces
    return [("String", trace_id_of(number)), ("Int64", at), ("Int64", at + 90_000_000)]


def _newest(column: str, where: str, rows: int = 80) -> str:
    """The instant from which on a page is complete, found without FINAL by reading from the newest row on."""
    return (
        f"{column} >= (SELECT min({column}) FROM (SELECT {column} FROM {{t}} "
        f"WHERE {where} ORDER BY {column} DESC LIMIT {rows}))"
    )


MINE = f"project_id = '{PROJECT}'"
SHORT = "id, trace_id, start_time, end_time, type, name, level, model, usage, total_cost, user_id"
ROW = "id, timestamp, name, user_id, session_id, tags, input_preview, output_preview, total_cost, usage"
PERCENTILES = "quantiles(0.5, 0.95, 0.99)(dateDiff('millisecond', start_time, end_time))"
DURING = "start_time BETWEEN fromUnixTimestamp64Micro({}) AND fromUnixTimestamp64Micro({})"

OBSERVATIONS = [
    Question(
        "page of 50, FINAL over all",
        f"SELECT {SHORT} FROM {{t}} FINAL WHERE {MINE} ORDER BY start_time DESC LIMIT 50",
    ),
    Question(
        "page of 50, bounded",
        f"SELECT {SHORT} FROM {{t}} FINAL WHERE {MINE} AND {_newest('start_time', MINE)} "
        "ORDER BY start_time DESC LIMIT 50",
    ),
    Question(
        "page of 50, bounded, bodies",
        f"SELECT {SHORT}, input, output, metadata FROM {{t}} FINAL WHERE {MINE} AND {_newest('start_time', MINE)} "
        "ORDER BY start_time DESC LIMIT 50",
    ),
    Question(
        "trace of 5, bodies",
        f"SELECT {SHORT}, input, output FROM {{t}} FINAL WHERE {MINE} AND trace_id = {{}}",
        _one_trace,
    ),
    Question(
        "trace of 5, bodies, time known",
        f"SELECT {SHORT}, input, output FROM {{t}} FINAL WHERE {MINE} AND trace_id = {{}} AND {DURING}",
        _one_trace_in_time,
    ),
    Question(
        "trace of 50,000, no bodies", f"SELECT {SHORT} FROM {{t}} FINAL WHERE {MINE} AND trace_id = '{GIANT}'"
    ),
    Question(
        "percentiles per model",
        f"SELECT model, count(), {PERCENTILES} FROM {{t}} FINAL WHERE {MINE} GROUP BY model",
    ),
    Question("count of errors", f"SELECT count() FROM {{t}} FINAL WHERE {MINE} AND level = 'ERROR'"),
    Question(
        "look up 300 new ids",
        f"SELECT id, start_time, version_seq FROM {{t}} WHERE {MINE} AND id IN {{}}",
        _ids(lambda rng, traces: f"{rng.getrandbits(64):016x}"),
    ),
    Question(
        "look up 300 recent ids",
        f"SELECT id, start_time, version_seq FROM {{t}} WHERE {MINE} AND id IN {{}}",
        _ids(lambda rng, traces: span_id_of(traces - rng.randrange(1, 400), rng.randrange(SPANS))),
    ),
    Question("full text", f"SELECT count() FROM {{t}} WHERE {MINE} AND hasToken(lower(input), 'archive')"),
]

TRACES = [
    Question(
        "page of 50, FINAL over all",
        f"SELECT {ROW} FROM {{t}} FINAL WHERE {MINE} ORDER BY timestamp DESC LIMIT 50",
    ),
    *(
        Question(
            f"page of 50, {name}",
            f"SELECT {ROW} FROM {{t}} FINAL WHERE {MINE} AND {where} AND {_newest('timestamp', f'{MINE} AND {where}')} "
            "ORDER BY timestamp DESC LIMIT 50",
        )
        for name, where in (
            ("bounded", "1"),
            ("of a user", "user_id = 'user-17'"),
            ("of a session", "session_id = 'session-17'"),
            ("of a tag", "has(tags, 'tag-3')"),
            ("of a metadata value", "metadata['tenant'] = 'tenant-5'"),
        )
    ),
    Question("count", f"SELECT count() FROM {{t}} FINAL WHERE {MINE}"),
    Question(
        "50 slowest",
        f"SELECT {ROW} FROM {{t}} FINAL WHERE {MINE} "
        "ORDER BY dateDiff('millisecond', first_start, last_end) DESC, id LIMIT 50",
    ),
    Question("one trace, all columns", f"SELECT * FROM {{t}} FINAL WHERE {MINE} AND id = {{}}", _one_trace),
    Question(
        "look up 300 new ids",
        f"SELECT id, timestamp, version_seq FROM {{t}} WHERE {MINE} AND id IN {{}}",
        _ids(lambda rng, traces: f"{rng.getrandbits(128):032x}"),
    ),
    Question("full text", f"SELECT count() FROM {{t}} WHERE {MINE} AND hasToken(lower(input), 'archive')"),
]


def cpu_s() -> float:
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])


def insert(analytics: Analytics, table: str, columns: Columns) -> float:
    before = cpu_s()
    analytics.insert(table, list(columns), list(columns.values()))
    return cpu_s() - before


def load(analytics: Analytics, rows: int) -> None:
    cost = {"observations": 0.0, "traces": 0.0}
    for number, (spans, traces) in enumerate(trace_batches(rows // SPANS, TRACES_A_BLOCK)):
        cost["observations"] += insert(analytics, "observations", spans)
        cost["traces"] += insert(analytics, "traces", traces)
        if number == 0:
            insert(analytics, "observations", _giant(spans))
    for table, spent in cost.items():
        count = rows if table == "observations" else rows // SPANS
        print(f"{table}: {spent / count * 1e6:.1f} ms CPU per 1,000 rows inserted, merges beside it included")


def _giant(spans: Columns) -> Columns:
    columns = {name: [cells[i % len(cells)] for i in range(GIANT_SPANS)] for name, cells in spans.items()}
    columns["trace_id"] = [GIANT] * GIANT_SPANS
    columns["id"] = [f"{GIANT}-{i}" for i in range(GIANT_SPANS)]
    columns["start_time"] = [START_US + i * 1000 for i in range(GIANT_SPANS)]
    return columns


def build(analytics: Analytics, layout: str) -> str:
    """Make and fill the table of a layout; returns its name."""
    source, edits = LAYOUTS[layout]
    name = "layout_" + layout.replace("-", "_")
    text = str(analytics.query(sql(f"SHOW CREATE TABLE {source}"))[0][0])
    text = re.sub(rf"^CREATE TABLE \w+\.{source}\b", f"CREATE TABLE {name}", text)
    for pattern, replacement in edits:
        text, found = re.subn(pattern, replacement, text)
        if not found:
            raise SystemExit(f"{layout}: {pattern!r} is not in the definition any more")
    analytics.command(text)
    before = cpu_s()
    analytics.command(
        f"INSERT INTO {name} SELECT * FROM {source} SETTINGS max_threads = 1, max_insert_threads = 1, "
        "max_block_size = 8192, min_insert_block_size_rows = 40000, min_insert_block_size_bytes = 0"
    )
    while analytics.query(sql("SELECT count() FROM system.merges"))[0][0]:
        time.sleep(0.5)
    rows, parts, disk, skip = analytics.query(
        sql(
            "SELECT sum(rows), count(), sum(bytes_on_disk), sum(secondary_indices_compressed_bytes) "
            "FROM system.parts WHERE active AND table = {}",
            value("String", name),
        )
    )[0]
    spent = (cpu_s() - before) / rows * 1e6
    print(
        f"{layout:20} {parts:4} parts, bytes a row {disk / rows:5.0f}, of them indexes {skip / rows:5.1f}, "
        f"{spent:5.1f} ms CPU per 1,000"
    )
    return name


def race(analytics: Analytics, tables: dict[str, str], question: Question, runs: int, traces: int) -> None:
    """Ask every table in turn, `runs` times after a warm-up."""
    spent: dict[str, list[tuple[float, float]]] = {layout: [] for layout in tables}
    for run in range(runs + 1):
        for layout, table in tables.items():
            bound = question.bind(random.Random(run), traces)
            asked = _ask(question.text.replace("{t}", table), bound)
            wall, cpu = time.perf_counter(), cpu_s()
            analytics.query(asked)
            if run:
                spent[layout].append((time.perf_counter() - wall, cpu_s() - cpu))
    cells = []
    for times in spent.values():
        wall, cpu = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
        cells.append(f"{wall:8.1f} {cpu:8.1f}  ")
    print(f"{question.name:32}" + "".join(cells))


def _ask(text: str, bound: list[tuple[str, object]]) -> Sql:
    return sql(text, *(value(type_, given) for type_, given in bound))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--layouts", default=",".join(LAYOUTS))
    parser.add_argument("--dir", type=Path, help="where to put the data; a temporary directory when absent")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.dir) as directory:
        analytics = open_analytics(Config(), Path(directory), print)
        load(analytics, given.rows)
        chosen = given.layouts.split(",")
        tables = {layout: build(analytics, layout) for layout in chosen}
        for source, questions in (("observations", OBSERVATIONS), ("traces", TRACES)):
            group = {layout: table for layout, table in tables.items() if LAYOUTS[layout][0] == source}
            if group:
                print(
                    f"\n{source + ': ms wall, ms CPU':32}"
                    + "".join(f"{layout[:17]:>17}  " for layout in group)
                )
            for question in questions if group else ():
                race(analytics, group, question, given.runs, given.rows // SPANS)
        analytics.close()


if __name__ == "__main__":
    main()
