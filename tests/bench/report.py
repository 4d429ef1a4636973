"""The figures as one table, with what is expected on two cores that the client shares."""

from collections.abc import Callable
from typing import Any

Figures = dict[str, Any]
Row = tuple[str, str, str, str, str, str]
HEAD: Row = ("", "Spyglass OTLP", "Spyglass batch", "decode only", "Phoenix", "expected")
_BLANK = "-"


def render(figures: Figures) -> str:
    rows = [HEAD, *_rows(figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "|".join("-" * (width + 2) for width in ["", *widths][1:]).join("||"))
    return "\n".join([_machine(figures), "", *lines, ""])


def _machine(figures: Figures) -> str:
    machine, sizes = figures["machine"], figures["observation_bytes"]
    peer = f", Phoenix {figures['phoenix']['version']}" if "phoenix" in figures else ""
    return (
        f"{machine['date']} · {machine['hardware']} · Python {machine['python']} · {machine['engine']} · "
        f"Spyglass {machine['spyglass']}{peer}\n"
        f"An observation: {sizes['otlp']} bytes of protobuf, {sizes['batch']} bytes of JSON, before compression; "
        f"4 connections; the client runs on the same cores."
    )


def _line(row: Row, widths: list[int]) -> str:
    cells = [
        row[0].ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
    ]
    return "| " + " | ".join(cells) + " |"


def _rows(figures: Figures) -> list[Row]:
    ours = figures["spyglass"]
    columns = [
        ours.get("otlp"),
        ours.get("batch"),
        figures.get("decode_only", {}).get("otlp"),
        figures.get("phoenix", {}).get("otlp"),
    ]

    def each(name: str, show: Callable[[float], str], key: str, expected: str = "") -> Row:
        cells = [show(one[key]) if one and key in one else _BLANK for one in columns]
        return (name, *cells, expected)  # type: ignore[return-value]

    def only(name: str, own: str, peer: str = _BLANK, expected: str = "", bare: str = _BLANK) -> Row:
        return (name, own, _BLANK, bare, peer, expected)

    peer = figures.get("phoenix", {})
    half = ours["half"]
    rows = [
        each("accepted and visible, observations/s", _whole, "per_s", ">= 5,000"),
        each("accepted, observations/s", _whole, "accepted_per_s"),
        each("last visible after the last answer, s", _two, "behind_s"),
        each("CPU seconds per 1,000", _three, "cpu_s_per_1000"),
        each("acknowledgement p50 / full load, ms", _one, "ack_p50_ms"),
        each("acknowledgement p99 / full load, ms", _one, "ack_p99_ms"),
        each("answers 503 on the way", _whole, "refused"),
        only(f"acknowledgement p50 / half load ({half['rate_per_s']:,.0f}/s), ms", _one(half["ack_p50_ms"])),
        only("acknowledgement p99 / half load, ms", _one(half["ack_p99_ms"]), expected="< 250"),
        only(f"freshness p50 / half load ({half['probes']} probes), s", _two(half["fresh_p50_s"])),
        only("freshness p95 / half load, s", _two(half["fresh_p95_s"]), expected="< 1"),
        only("RSS idle, MB", *_idle(ours, peer, "rss_idle_mb", _whole), expected="< 450"),
        each("RSS peak under load, MB", _whole, "rss_peak_mb"),
        only("CPU idle, %", *_idle(ours, peer, "cpu_idle_percent", _one), expected="< 2"),
        each("disk per observation, bytes", _whole, "disk_bytes", "< 1,000"),
        each("  of it not in tables (log, metadata), MB in all", _one, "disk_rest_mb"),
        each("  with parts that merges replaced, bytes", _whole, "disk_raw_bytes"),
        only(
            "start on an empty directory, s",
            _two(ours["start_s"]),
            _two(peer["start_s"]) if peer else _BLANK,
            "< 3",
        ),
    ]
    if peer:
        times = ours["otlp"]["per_s"] / peer["otlp"]["per_s"]
        rows.append(only("times Phoenix's accepted-and-visible rate", _one(times), "1.0", ">= 30"))
    if "decode_only" in figures:
        batch = figures["decode_only"]["batch"]["per_s"]
        rows.append(only("decode only, batch API, observations/s", _BLANK, bare=_whole(batch)))
    return rows


def _idle(ours: Figures, peer: Figures, key: str, show: Callable[[float], str]) -> tuple[str, str]:
    return show(ours["idle"][key]), show(peer["idle"][key]) if peer else _BLANK


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _one(value: float) -> str:
    return f"{value:,.1f}"


def _two(value: float) -> str:
    return f"{value:,.2f}"


def _three(value: float) -> str:
    return f"{value:,.3f}"
