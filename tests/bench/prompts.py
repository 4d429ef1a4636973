"""How fast a prompt is read, beside a route of the same server that does nothing (`/ready`: no key, no look-up).

The difference between the two is what the key check, the look-up and the answer's bytes cost.
"""

import json
from typing import Any

from .measure import Load
from .process import read_cpu_s
from .targets import Spyglass

Figures = dict[str, Any]
NAME = "bench/greeting"
# What is asked -> the path. Half of the text of a real system prompt: about 2 KB.
PATHS = {
    "nothing": "/api/public/ready",
    "prompt": "/api/public/v2/prompts/bench%2Fgreeting?label=production",
    "composed": "/api/public/v2/prompts/bench%2Fcomposed?label=production",
    "split": "/api/public/v2/prompts/bench%2Fgreeting?label=candidate",
}


def measure_prompts(target: Spyglass, requests: int) -> dict[str, Figures]:
    """For each of `PATHS`: requests/s, p50 and p99 in ms, server CPU in ms per request; closed loop, four
    connections."""
    _make_prompts(target)
    found = {}
    for name, path in PATHS.items():
        request = [_get(target, path)]
        Load(target, request * 200).wait()  # warm
        cpu = read_cpu_s(target.pid)
        sent = Load(target, request * requests).wait()
        took = sent.ended - sent.began
        found[name] = {
            "per_s": requests / took,
            "p50_ms": sent.latency_ms(50),
            "p99_ms": sent.latency_ms(99),
            "cpu_ms": 1000 * (read_cpu_s(target.pid) - cpu) / requests,
        }
    return found


def render_prompts(figures: dict[str, Figures]) -> str:
    lines = ["| reading | requests/s | p50, ms | p99, ms | server CPU, ms |", "|---|---:|---:|---:|---:|"]
    for name, one in figures.items():
        lines.append(
            f"| {name} | {one['per_s']:,.0f} | {one['p50_ms']:.2f} | {one['p99_ms']:.2f} | {one['cpu_ms']:.2f} |"
        )
    return "\n".join(lines) + "\n"


def _make_prompts(target: Spyglass) -> None:
    text = "You are a careful assistant for {{product}}. " * 45
    for version in (1, 2):
        labels = ["production"] if version == 1 else []
        _post(
            target, {"name": NAME, "prompt": f"{version}: {text}", "labels": labels, "config": {"model": "m"}}
        )
    reference = f"@@@langfusePrompt:name={NAME}|label=production@@@"
    _post(target, {"name": "bench/composed", "prompt": f"Hello. {reference}", "labels": ["production"]})
    split = {"versions": [{"version": 1, "weight": 90}, {"version": 2, "weight": 10}]}
    path = "/api/public/spyglass/prompts/bench%2Fgreeting/labels/candidate"
    _expect(target.request("PUT", path, json.dumps(split).encode(), _JSON), 200)


_JSON = {"Content-Type": "application/json"}


def _post(target: Spyglass, prompt: Figures) -> None:
    _expect(target.request("POST", "/api/public/v2/prompts", json.dumps(prompt).encode(), _JSON), 201)


def _expect(answer: tuple[int, Any], status: int) -> None:
    if answer[0] != status:
        raise RuntimeError(f"the server answered {answer}")


def _get(target: Spyglass, path: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{target.port}"]
    lines += [f"{key}: {value}" for key, value in target.headers().items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"
