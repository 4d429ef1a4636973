"""Single measurements on a running target. Each returns plain numbers; `__main__.py` puts them together."""

import json
import pickle
import statistics
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bodies import TRACE, Bodies, BodyBuilder
from .process import read_cpu_s, read_disk_bytes, read_rss_mb
from .targets import ROOT, Spyglass, Target

CONNECTIONS = 4
VISIBLE_TIMEOUT_S = 240
POLL_S = 0.25
PROBE_S = 0.2
PROBE_POLL_S = 0.05


@dataclass(frozen=True)
class Sent:
    """What the load process reports."""

    began: float
    ended: float
    latencies: list[float]
    statuses: dict[str, int]

    def latency_ms(self, percent: float) -> float:
        return quantile(self.latencies, percent) * 1000


def quantile(values: list[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")


class Load:
    """A load process; started at construction, `wait` for its report."""

    def __init__(self, target: Target, requests: list[bytes], rate: float = 0.0) -> None:
        file = target.folder / "load.pickle"
        file.write_bytes(pickle.dumps(requests))
        command = [
            sys.executable,
            "-m",
            "tests.bench.load",
            str(file),
            str(target.port),
            str(CONNECTIONS),
            str(rate),
        ]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self._file = file

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> Sent:
        out, _ = self._process.communicate()
        self._file.unlink()
        if self._process.returncode:
            raise RuntimeError(f"the load ended with {self._process.returncode}")
        return Sent(**json.loads(out))


def measure_throughput(target: Target, bodies: Bodies, *, visible: bool = True) -> dict[str, float]:
    """All bodies as fast as they are taken, until a reader sees every observation (or, without `visible`, until
    the last answer)."""
    before = target.count() if visible else 0
    traces_before = target.count_traces() if visible else 0
    cpu_before = read_cpu_s(target.pid)
    sent = Load(target, target.wire_all(bodies)).wait()
    ended = sent.ended
    if visible:
        _wait_for(target.count_traces, traces_before + bodies.observations // TRACE, target.name)
        ended = _wait_for(target.count, before + bodies.observations, target.name)
    cpu = read_cpu_s(target.pid) - cpu_before
    return {
        "observations": bodies.observations,
        "per_s": bodies.observations / (ended - sent.began),
        "accepted_per_s": bodies.observations / (sent.ended - sent.began),
        "behind_s": ended - sent.ended,
        "cpu_s_per_1000": 1000 * cpu / bodies.observations,
        "ack_p50_ms": sent.latency_ms(50),
        "ack_p99_ms": sent.latency_ms(99),
        "refused": sent.statuses.get("503", 0) + sent.statuses.get("0", 0),
        "rss_peak_mb": read_rss_mb(target.pid, peak=True),
    }


def _wait_for(count: Callable[[], int], wanted: int, name: str) -> float:
    """The moment at which a count shows all. Asked for seldom, and the cheap count first, since each takes time
    from the server that is measured."""
    deadline = time.monotonic() + VISIBLE_TIMEOUT_S
    while True:
        found = count()
        now = time.monotonic()
        if found >= wanted:
            return now
        if now > deadline:
            raise RuntimeError(f"{name}: {found} of {wanted} are visible after {VISIBLE_TIMEOUT_S} s")
        time.sleep(POLL_S)


def measure_half_load(
    target: Spyglass, builder: BodyBuilder, bodies: Bodies, rate_per_s: float
) -> dict[str, float]:
    """Acknowledgement at that many observations a second, and how soon a trace of a span can be read."""
    requests_per_s = rate_per_s * len(bodies.content) / bodies.observations
    load = Load(target, target.wire_all(bodies), rate=requests_per_s)
    probes = Probes(target, builder)
    while load.running:
        probes.send_one()
        time.sleep(PROBE_S)
    sent = load.wait()
    fresh = probes.finish()
    return {
        "rate_per_s": rate_per_s,
        "ack_p50_ms": sent.latency_ms(50),
        "ack_p99_ms": sent.latency_ms(99),
        "fresh_p50_s": quantile(fresh, 50),
        "fresh_p95_s": quantile(fresh, 95),
        "probes": len(fresh),
    }


class Probes:
    """Sends a trace now and then; another thread asks for the oldest that is not there yet. One at a time: they
    become readable in order, and a crowd of questions would be load of its own."""

    def __init__(self, target: Spyglass, builder: BodyBuilder) -> None:
        self._target = target
        self._builder = builder
        self._open: deque[tuple[str, float]] = deque()
        self._took: list[float] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self._thread.start()

    def send_one(self) -> None:
        trace_id, body = self._builder.probe()
        headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
        began = time.monotonic()
        status, answer = self._target.request("POST", self._target.paths["otlp"], body, headers)
        assert status == 200, answer
        self._open.append((trace_id, began))

    def _poll(self) -> None:
        while not self._done.is_set() or self._open:
            while self._open and self._is_there(self._open[0][0]):
                self._took.append(time.monotonic() - self._open.popleft()[1])
            time.sleep(PROBE_POLL_S)

    def _is_there(self, trace_id: str) -> bool:
        return self._target.get(f"/api/public/traces/{trace_id}?fields=core")[0] == 200

    def finish(self) -> list[float]:
        self._done.set()
        self._thread.join(60)
        return self._took + [60.0] * len(self._open)  # what never came counts as a minute


def measure_idle(target: Target, settle_s: float, watch_s: float) -> dict[str, float]:
    time.sleep(settle_s)
    rss, cpu, began = read_rss_mb(target.pid), read_cpu_s(target.pid), time.monotonic()
    time.sleep(watch_s)
    return {
        "rss_idle_mb": rss,
        "cpu_idle_percent": 100 * (read_cpu_s(target.pid) - cpu) / (time.monotonic() - began),
    }


def measure_disk(target: Target, observations: int, patience_s: float) -> dict[str, float]:
    """Bytes per observation once merges have settled: the size stays the same for three looks. The tables grow
    with the data; the rest is mostly the file of the ingest log, which keeps the size of its largest backlog."""
    tables = target.data_dir / "analytics"
    deadline, sizes = time.monotonic() + patience_s, []
    while time.monotonic() < deadline:
        sizes.append(read_disk_bytes(target.data_dir, settled=True))
        if len(sizes) >= 4 and len(set(sizes[-4:])) == 1:
            break
        time.sleep(1.5)
    rest = (
        {"disk_rest_mb": (sizes[-1] - read_disk_bytes(tables, settled=True)) / 1e6} if tables.exists() else {}
    )
    return {
        **rest,
        "disk_bytes": sizes[-1] / observations,
        "disk_raw_bytes": read_disk_bytes(target.data_dir, settled=False) / observations,
    }


def measure_start(make: Any, folder: Path, times: int) -> float:
    """Median seconds from spawn to ready on an empty directory."""
    took = []
    for number in range(times):
        target = make(folder / f"start-{number}")
        try:
            took.append(target.start())
        finally:
            target.stop()
    return statistics.median(took)
