"""A span as the readers of both encodings hand it on - plain values, nothing interpreted yet - and what all
spans of its resource and scope share.
"""

from typing import Any

import msgspec

# Of a span's events only these are read (contract 2.6, 2.7).
DETAILS_EVENT = "gen_ai.client.inference.operation.details"
EXCEPTION_EVENT = "exception"
READ_EVENTS = frozenset(
    {
        DETAILS_EVENT,
        EXCEPTION_EVENT,
        "gen_ai.system.message",
        "gen_ai.user.message",
        "gen_ai.assistant.message",
        "gen_ai.tool.message",
        "gen_ai.choice",
        "gen_ai.content.prompt",
        "gen_ai.content.completion",
    }
)

MAX_VALUE_DEPTH = 100


class SpanRefused(Exception):
    """This span breaks a rule; the others of its request are not affected."""

    def __init__(self, reason: str, span_id: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.span_id = span_id


class Event(msgspec.Struct):
    """A span event that somebody reads."""

    name: str
    attributes: dict[str, Any]


class Span(msgspec.Struct):
    """One span. Times are nanoseconds, None when absent or unreadable. `kept` collects what a column cannot
    hold, under the name it came with: it ends in the metadata."""

    trace_id: str
    id: str
    parent_id: str
    name: str
    start_ns: int | None
    end_ns: int | None
    attributes: dict[str, Any]
    families: int
    is_error: bool
    status_message: str
    events: list[Event] = []
    kept: dict[str, Any] = {}

    def keep(self, name: str, value: Any) -> None:
        self.kept[name] = value


class Resource(msgspec.Struct):
    """The resource of a request's spans, and what its attributes say about each of them."""

    attributes: dict[str, Any]
    text: str
    metadata: dict[str, Any]
    environment: str
    language: str
    service_name: str
    service_version: str
    release: str


class Source(msgspec.Struct):
    """One instrumentation scope of one resource."""

    resource: Resource
    scope_name: str
    scope_version: str
    scope: dict[str, Any]
    scope_text: str
    keeps_attributes: bool
    misnames_generations: bool
    metadata_is_json: bool


def explain_ids(trace_reason: str, span_reason: str) -> str:
    """Why the ids of a span do not do, or empty text."""
    problems = [
        f"{name}:{reason}" for name, reason in (("traceId", trace_reason), ("spanId", span_reason)) if reason
    ]
    if trace_reason == span_reason == "absent":
        problems.append("it looks like a log record, which does not belong here")
    return ", ".join(problems)
