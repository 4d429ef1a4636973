"""Reads back what a client sent, through the public API, waiting a little for it to become visible."""

import base64
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from .live_server import Target

VISIBLE_WITHIN_S = 5.0
POLL_EVERY_S = 0.02
ALL_V2_FIELDS = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"

Json = dict[str, Any]


class PublicApi:
    """The public API with the project's keys."""

    def __init__(self, target: Target) -> None:
        self._base = f"{target.url}/api/public"
        token = base64.b64encode(f"{target.public_key}:{target.secret_key}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}

    def get(self, path: str, **query: Any) -> Json:
        """The answer's body; anything but 200 raises with the status and the body."""
        status, body = self.try_get(path, **query)
        if status != 200:
            raise AssertionError(f"GET {path} {query} answered {status}: {body}")
        return body

    def try_get(self, path: str, **query: Any) -> tuple[int, Json]:
        """The answer's status and body, whatever they are."""
        address = f"{self._base}{path}"
        if query:
            address += "?" + urllib.parse.urlencode(query, doseq=True)
        try:
            with urllib.request.urlopen(
                urllib.request.Request(address, headers=self._headers), timeout=30
            ) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, {"body": error.read().decode(errors="replace")}

    def send(self, method: str, path: str, body: Any = None) -> Json:
        """The answer of a call that changes something; an error status raises with the body."""
        request = urllib.request.Request(
            f"{self._base}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={**self._headers, "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or "{}")
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            raise AssertionError(f"{method} {path} answered {error.code}: {text}") from None

    def wait_for_trace(
        self, trace_id: str, observations: int, scores: int = 0, *, with_output: bool = False
    ) -> Json:
        """The trace, as soon as it shows this many observations, all ended, and this many scores.

        After the time limit the trace is given as it is: the comparison that follows says what is missing.
        """

        def is_complete(trace: Json) -> bool:
            ended = all(each["endTime"] or each["type"] == "EVENT" for each in trace["observations"])
            counted = len(trace["observations"]) >= observations and len(trace["scores"]) >= scores
            return ended and counted and (trace["output"] is not None or not with_output)

        return self.wait(f"/traces/{urllib.parse.quote(trace_id, safe='')}", is_complete)

    def wait_for_traces(self, count: int, **query: Any) -> list[Json]:
        """This many traces that match the query, each read whole, oldest first."""
        page = self.wait("/traces", lambda page: len(page["data"]) >= count, **query)
        ids = [trace["id"] for trace in sorted(page["data"], key=lambda trace: trace["timestamp"])]
        return [self.get(f"/traces/{trace_id}") for trace_id in ids]

    def wait(self, path: str, is_complete: Callable[[Json], bool], **query: Any) -> Json:
        """The answer as soon as it is complete, or as it is after the time limit."""
        started = time.monotonic()
        while True:
            status, body = self.try_get(path, **query)
            waited_s = time.monotonic() - started
            if status == 200 and is_complete(body):
                return body
            if waited_s > VISIBLE_WITHIN_S:
                assert status == 200, (
                    f"GET {path} {query} still answers {status} after {waited_s:.1f} s: {body}"
                )
                return body
            time.sleep(POLL_EVERY_S)


def parse_ms(text: str) -> int:
    """Milliseconds since 1970 of a time in an answer, which must be ISO 8601 in UTC with a Z."""
    assert text.endswith("Z"), f"{text!r} is not UTC with a Z"
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def parse_cost(value: float | str | None) -> Decimal | None:
    """A cost in an answer as an exact decimal of twelve places."""
    return None if value is None else Decimal(str(value)).quantize(Decimal("1e-12"))


def parse_costs(values: dict[str, float]) -> dict[str, Decimal | None]:
    """The costs of an observation by usage type."""
    return {key: parse_cost(value) for key, value in values.items()}


def name_parents(observations: list[Json]) -> list[tuple[str, str, str | None]]:
    """(name, type, parent's name), sorted: the tree without ids, for clients that choose their own."""
    names = {each["id"]: each["name"] for each in observations}
    rows = [(o["name"], o["type"], _name_parent(o["parentObservationId"], names)) for o in observations]
    return sorted(rows, key=lambda row: (row[0], row[1], row[2] or ""))


def _name_parent(parent_id: str | None, names: dict[str, str]) -> str | None:
    return None if parent_id is None else names.get(parent_id, f"unknown parent {parent_id}")


def find_only(observations: list[Json], name: str) -> Json:
    """The one observation of this name."""
    found = [each for each in observations if each["name"] == name]
    assert len(found) == 1, (
        f"{len(found)} observations are named {name!r} among {[o['name'] for o in observations]}"
    )
    return found[0]
