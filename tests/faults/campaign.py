"""The steps that all fault tests share: wait until what is there is what was promised, or say what is not."""

import random
import time
from pathlib import Path

from .checker import Report, check, compare
from .history import History
from .readback import Actual, Reader
from .supervisor import KEYS, Supervisor

VISIBLE_WITHIN_S = 60
SINGLE_READS = 40


def expect_intact(server: Supervisor, history: History, what: str) -> Report:
    """Fails with the differences when, after a grace time for what is acknowledged and not applied yet, the
    server does not show what the clients were promised."""
    deadline = time.monotonic() + VISIBLE_WITHIN_S
    while True:
        reader = Reader(server.port, *KEYS)
        actual = reader.read_all()
        report = check(history, actual)
        if not report.problems or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    if not report.problems:
        report.problems += _compare_single_reads(reader, actual)
    if report.problems:
        kept = save(server, report, what)
        shown = "\n  ".join(report.problems[:12])
        raise AssertionError(
            f"{what}: {len(report.problems)} problems after {report.acknowledged} acknowledged events "
            f"(all in {kept}):\n  {shown}\nThe server said:\n{server.read_log()[-2000:]}"
        )
    return report


def _compare_single_reads(reader: Reader, actual: Actual) -> list[str]:
    """A trace read on its own says the same as the lists."""
    problems: list[str] = []
    for trace_id in random.Random(len(actual.traces)).sample(
        sorted(actual.traces), min(SINGLE_READS, len(actual.traces))
    ):
        trace, observations = reader.read_trace(trace_id)
        problems += compare(f"trace {trace_id} read alone", actual.traces[trace_id], trace)
        for id_, row in observations.items():
            problems += compare(f"observation {id_} in its trace", actual.observations[id_], row)
    return problems


def save(server: Supervisor, report: Report, what: str) -> Path:
    path = server.log_path.with_name("problems.txt")
    path.write_text(what + "\n" + "\n".join(report.problems) + "\n")
    return path
