"""How fast questions are answered: `python -m tests.bench.questions [--rows N] [--runs R] [--data DIR]`.

Fills a data directory, asks the engine in this process (raw), then starts the server on the same directory and asks
it over HTTP with one keep-alive connection. Prints one table and writes build/questions.json.
"""

import argparse
import http.client
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from spyglass.stores.analytics import Analytics, Config, open_analytics
from spyglass.stores.analytics.sql import sql
from tests.bench.process import describe_machine, read_cpu_s, read_rss_mb
from tests.bench.question_list import DASHBOARDS, EXPECTED, LISTS, RECORDS, Question
from tests.bench.question_rows import World, fill, wait_for_merges
from tests.bench.targets import ROOT, Spyglass
from tests.bench.ui_questions import UI_LISTS

Figures = dict[str, Any]
QUESTIONS = [*DASHBOARDS, *LISTS, *UI_LISTS, *RECORDS]
RUNS = 25
_FEW_RUNS = 5  # of what takes seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--data", type=Path, help="keep the data here, and use what an earlier run left")
    options = parser.parse_args()
    print(render(run(options.rows, options.runs, options.data)))


def run(rows: int, runs: int = RUNS, data: Path | None = None) -> Figures:
    folder = data or Path(tempfile.mkdtemp(prefix="spyglass-questions-"))
    try:
        figures = _measure(folder, rows, runs)
    finally:
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)
    target = ROOT / "build" / "questions.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(figures, indent=2) + "\n")
    return figures


def _measure(folder: Path, rows: int, runs: int) -> Figures:
    """Twice: with the parts that loading left, and with one part a month, as the engine makes them by itself in a
    month without writes for three hours (migration 0004)."""
    target = Spyglass(folder)
    figures: Figures = {"date": time.strftime("%Y-%m-%d"), "machine": describe_machine()}
    for state in ("loaded", "quiet"):
        analytics = open_analytics(Config(), target.data_dir, lambda line: None)
        try:
            world = _prepare(analytics, folder / "world.json", rows)
            if state == "quiet":
                _merge_all(analytics)
            load, tables = _load(), _tables(analytics)
            raw = {each.name: _ask_raw(analytics, world, each, runs) for each in QUESTIONS if each.raw}
        finally:
            analytics.close()
        target.start()
        try:
            asked = _ask_server(target, world, runs)
        finally:
            target.stop()
        loads = {"load_before": load, "load_after": _load()}
        figures[state] = {"tables": tables, "raw": raw, **asked, **loads}
    return figures | {"rows": world.rows, "fill_s": world.took_s}


def _merge_all(analytics: Analytics) -> None:
    for table in ("observations", "traces", "scores"):
        analytics.command(f"OPTIMIZE TABLE {table} FINAL")


def _prepare(analytics: Analytics, note: Path, rows: int) -> World:
    if note.exists():
        world = msgspec.json.decode(note.read_bytes(), type=World)
        wait_for_merges(analytics)
        return world
    world = fill(analytics, rows)
    note.write_bytes(msgspec.json.encode(world))
    return world


def _load() -> float:
    return float(Path("/proc/loadavg").read_text().split()[0])


def _tables(analytics: Analytics) -> list[Figures]:
    found = analytics.lookup(
        sql(
            "SELECT table, count(), sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active AND table IN "
            "('observations', 'traces', 'scores') GROUP BY table ORDER BY table"
        )
    )
    return [dict(zip(("table", "parts", "rows", "bytes"), row, strict=True)) for row in found]


class _LimitReached(Exception):
    """The server gave a question up, as it does with what takes too long or too much memory."""


def _runs_of(question: Question, runs: int, first_ms: float) -> int:
    return min(runs, _FEW_RUNS) if first_ms > 1_000 else runs


def _ask_raw(analytics: Analytics, world: World, question: Question, runs: int) -> Figures:
    raw = question.raw
    assert raw is not None
    return _time(question, runs, lambda number: analytics.query(raw(world, number)))


def _ask_server(target: Spyglass, world: World, runs: int) -> Figures:
    found: Figures = {"http": {}, "cached": {}}
    with closing(http.client.HTTPConnection("127.0.0.1", target.port, timeout=120)) as connection:
        ask = _asker(target, connection)
        for question in QUESTIONS:
            cpu = read_cpu_s(target.pid)
            try:
                times = _time(question, runs, lambda number, question=question: ask(question, world, number))
            except _LimitReached as limit:
                print(f"no answer: {limit}", file=sys.stderr)
                continue
            found["http"][question.name] = times
            times["cpu_ms"] = 1000 * (read_cpu_s(target.pid) - cpu) / (times["runs"] + 1)
        for question in DASHBOARDS:
            found["cached"][question.name] = _time(
                question, runs, lambda number, question=question: ask(question, world, 0)
            )
    return found | {"rss_mb": read_rss_mb(target.pid), "rss_peak_mb": read_rss_mb(target.pid, peak=True)}


def _asker(
    target: Spyglass, connection: http.client.HTTPConnection
) -> Callable[[Question, World, int], bytes]:
    headers = target.headers()

    def ask(question: Question, world: World, number: int) -> bytes:
        path = question.path(world, number)
        sent = question.body(world, number) if question.body else None
        more = {"Content-Type": "application/json"} if sent else {}
        connection.request("POST" if sent else "GET", path, body=sent, headers={**headers, **more})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == 422:
            raise _LimitReached(f"{path}: {body[:300]!r}")
        if answer.status != 200 or b'"data":[]' in body[:20] or b'"rows":[]' in body[:20]:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
        return body

    return ask


def _time(question: Question, runs: int, ask: Callable[[int], Any]) -> Figures:
    """Milliseconds, after one run that does not count (the last number, so that no range comes twice)."""
    began = time.perf_counter()
    last = ask(runs)
    runs = _runs_of(question, runs, 1000 * (time.perf_counter() - began))
    took = []
    for number in range(runs):
        began = time.perf_counter()
        ask(number)
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    found = {"p50_ms": statistics.median(took), "p95_ms": took[min(runs - 1, int(runs * 0.95))], "runs": runs}
    return found | ({"bytes": len(last)} if isinstance(last, bytes) else {"rows": len(last)})


def render(figures: Figures) -> str:
    lines = [
        f"{figures['date']} · {figures['machine']} · {figures['rows']:,} observations over 30 days",
        *(f"{state}: {_describe(figures[state])}" for state in ("loaded", "quiet")),
        "",
        "| question, ms | HTTP p50 | HTTP p95 | server CPU | raw p50 | HTTP : raw | asked again "
        "| as loaded: HTTP p50 | p95 | raw p50 | expected |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    return "\n".join([*lines, *(_line(figures, question) for question in QUESTIONS), ""])


def _describe(state: Figures) -> str:
    tables = "; ".join(
        f"{one['table']} {one['rows']:,} rows, {one['parts']} parts, {one['bytes'] / 1e6:,.0f} MB"
        for one in state["tables"]
    )
    return (
        f"{tables}; server {state['rss_mb']:.0f} MB resident, at most {state['rss_peak_mb']:.0f}; "
        f"load average {state['load_before']:.1f} before, {state['load_after']:.1f} after"
    )


def _line(figures: Figures, question: Question) -> str:
    name = question.name
    quiet, loaded = figures["quiet"], figures["loaded"]
    asked, raw, again = (quiet[kind].get(name) for kind in ("http", "raw", "cached"))
    cells = [
        name,
        _ms(asked, "p50_ms"),
        _ms(asked, "p95_ms"),
        _ms(asked, "cpu_ms"),
        _ms(raw, "p50_ms"),
        f"{asked['p50_ms'] / raw['p50_ms']:.1f}" if asked and raw else "-",
        _ms(again, "p50_ms"),
        _ms(loaded["http"].get(name), "p50_ms"),
        _ms(loaded["http"].get(name), "p95_ms"),
        _ms(loaded["raw"].get(name), "p50_ms"),
        f"< {EXPECTED[question.kind]}" if question.kind in EXPECTED else "-",
    ]
    return "| " + " | ".join(cells) + " |"


def _ms(figures: Figures | None, key: str) -> str:
    return f"{figures[key]:.1f}" if figures else "-"


if __name__ == "__main__":
    main()
