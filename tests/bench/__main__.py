"""`make bench`: one run, a table of loads (build/bench.json) and one of questions (build/questions.json).

python -m tests.bench [--spans N] [--seconds S] [--rows N] [--questions] [--without-phoenix] [--short]
"""

import argparse
import json
import platform
import shutil
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import questions
from .bodies import Bodies, BodyBuilder
from .measure import (
    measure_disk,
    measure_half_load,
    measure_idle,
    measure_start,
    measure_throughput,
)
from .process import describe_machine
from .prompts import measure_prompts, render_prompts
from .report import render
from .targets import ROOT, DecodeOnly, Phoenix, Spyglass, install_phoenix

PHOENIX_SPANS = 4_000
Figures = dict[str, Any]


def main() -> None:
    options = _read_options()
    if not options.questions:
        _measure_loads(options)
    _say(f"questions about {options.rows} observations")
    print(questions.render(questions.run(options.rows, 4 if options.short else questions.RUNS)))
    print("(also in build/questions.json)")


def _measure_loads(options: argparse.Namespace) -> None:
    folder = Path(tempfile.mkdtemp(prefix="spyglass-bench-"))
    try:
        figures = _run(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    target = ROOT / "build" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(figures, indent=2) + "\n")
    print(render(figures))
    print(render_prompts(figures["spyglass"]["prompts"]))
    print(f"(also in {target.relative_to(ROOT)})")


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--spans", type=int, default=60_000, help="observations at full load, of each kind")
    parser.add_argument("--seconds", type=float, default=20, help="how long half load lasts")
    parser.add_argument("--rows", type=int, default=1_000_000, help="observations to ask questions about")
    parser.add_argument("--questions", action="store_true", help="the questions only")
    parser.add_argument("--without-phoenix", action="store_true")
    parser.add_argument("--short", action="store_true", help="some 100 seconds, Spyglass only")
    options = parser.parse_args()
    if options.short:
        options.spans, options.seconds, options.without_phoenix = min(options.spans, 10_000), 5, True
        options.rows = min(options.rows, 20_000)
    return options


def _run(options: argparse.Namespace, folder: Path) -> Figures:
    _say("building the requests")
    builder = BodyBuilder(seed=int(time.time()))
    otlp, batch = builder.otlp(options.spans), builder.batch(options.spans)
    figures: Figures = {
        "machine": _describe(),
        "observation_bytes": {b.kind: b.observation_bytes for b in (otlp, batch)},
    }
    figures["spyglass"] = _measure_spyglass(options, folder, builder, otlp, batch)
    if not options.short:
        figures["decode_only"] = _measure_decode_only(folder, otlp, batch)
    if not options.without_phoenix:
        figures["phoenix"] = _measure_phoenix(folder, builder.otlp(PHOENIX_SPANS))
    return figures


def _measure_spyglass(
    options: argparse.Namespace, folder: Path, builder: BodyBuilder, otlp: Bodies, batch: Bodies
) -> Figures:
    found: Figures = {}
    _say("Spyglass: starting on empty directories")
    found["start_s"] = measure_start(Spyglass, folder, 1 if options.short else 3)
    target = Spyglass(folder / "otlp")
    target.start()
    try:
        _say("Spyglass: idle")
        found["idle"] = measure_idle(target, 3 if options.short else 10, 3 if options.short else 10)
        _say("Spyglass: reading prompts")
        found["prompts"] = measure_prompts(target, 1_000 if options.short else 10_000)
        _say(f"Spyglass: {otlp.observations} spans over OTLP")
        found["otlp"] = measure_throughput(target, otlp)
        found["otlp"] |= measure_disk(target, otlp.observations, 10 if options.short else 60)
        half = found["otlp"]["per_s"] / 2
        _say(f"Spyglass: half load, {half:.0f} spans/s")
        paced = builder.otlp(int(half * options.seconds))
        found["half"] = measure_half_load(target, builder, paced, half)
    finally:
        target.stop()
    target = Spyglass(folder / "batch")
    target.start()
    try:
        _say(f"Spyglass: {batch.observations} observations over the batch API")
        found["batch"] = measure_throughput(target, batch)
        found["batch"] |= measure_disk(target, batch.observations, 5 if options.short else 60)
    finally:
        target.stop()
    return found


def _measure_decode_only(folder: Path, otlp: Bodies, batch: Bodies) -> Figures:
    _say("an endpoint that only decodes")
    target = DecodeOnly(folder / "decode")
    found: Figures = {"start_s": target.start()}
    try:
        found["otlp"] = measure_throughput(target, otlp, visible=False)
        found["batch"] = measure_throughput(target, batch, visible=False)
    finally:
        target.stop()
    return found


def _measure_phoenix(folder: Path, bodies: Bodies) -> Figures:
    install_phoenix()
    target = Phoenix(folder / "phoenix")
    _say(f"Phoenix {target.version()}: {bodies.observations} spans over OTLP")
    found: Figures = {"version": target.version(), "start_s": target.start()}
    try:
        found["idle"] = measure_idle(target, 10, 10)
        found["otlp"] = measure_throughput(target, bodies)
        found["otlp"] |= measure_disk(target, bodies.observations, 10)
    finally:
        target.stop()
    return found


def _describe() -> Figures:
    import chdb

    return {
        "hardware": describe_machine(),
        "python": platform.python_version(),
        "spyglass": version("spyglass"),
        "engine": f"chDB {version('chdb-core-lite')} (ClickHouse {getattr(chdb, 'engine_version', 'unknown')})",
        "date": time.strftime("%Y-%m-%d"),
    }


def _say(what: str) -> None:
    print(f"- {what}", flush=True)


if __name__ == "__main__":
    main()
