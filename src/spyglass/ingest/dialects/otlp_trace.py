"""What a span says about its trace (contract 2.12, 2.13), as one patch: named fields are explicit, what
follows from a root span only is implied. An absent field is never stated, so it cannot clear another one.
"""

from typing import Any

from spyglass.core.ids import id_problem
from spyglass.core.jsontext import to_text
from spyglass.core.records import Kind, Observation, Patch, Rank
from spyglass.ingest.dialects.otlp_attributes import SESSION_KEYS, TAG_KEYS, TRACE, USER_KEYS
from spyglass.ingest.dialects.otlp_metadata import Metadata, parse_if_json, to_trace_metadata
from spyglass.ingest.dialects.otlp_span import Source, Span


def read_user(span: Span) -> str:
    return _read_reference(span, USER_KEYS)


def read_session(span: Span) -> str:
    return _read_reference(span, SESSION_KEYS)


def _read_reference(span: Span, keys: tuple[str, ...]) -> str:
    """The first filled value as an id. One that cannot be an id is kept in the metadata instead."""
    attributes = span.attributes
    for key in keys:
        value = attributes.get(key)
        if value:
            text = value if isinstance(value, str) else to_text(value)
            if id_problem(text) is None:
                return text
            span.keep(key, value)
            return ""
    return ""


def is_app_root(span: Span) -> bool:
    return _is_true(span.attributes.get("langfuse.internal.is_app_root"))


def is_stated_root(span: Span) -> bool:
    return _is_true(span.attributes.get("langfuse.internal.as_root"))


def _is_true(value: Any) -> bool:
    return value is True or value == "true"


def build_trace_patch(
    source: Source, span: Span, observation: Observation, metadata: Metadata, *, is_root: bool
) -> Patch | None:
    """None for a span that says nothing about its trace."""
    explicit = _read_named(span, observation) if span.families & TRACE else {}
    if metadata.of_trace:
        explicit["metadata"] = metadata.of_trace
    if not explicit and not is_root:
        return None
    attributes = span.attributes
    for field, key, value in (
        ("version", "langfuse.version", observation.version),
        ("release", "langfuse.release", observation.release),
    ):
        if value and (attributes.get(key) or (field == "release" and source.resource.release)):
            explicit[field] = value
    return Patch(
        Kind.TRACE,
        observation.trace_id,
        observation.start_time,
        Rank.UPDATE,
        explicit,
        _read_implied(source, observation, metadata, is_root=is_root),
    )


def _read_named(span: Span, observation: Observation) -> dict[str, Any]:
    attributes = span.attributes
    named: dict[str, Any] = {}
    name = attributes.get("langfuse.trace.name")
    if name:
        named["name"] = to_text(name)
    if observation.user_id:
        named["user_id"] = observation.user_id
    if observation.session_id:
        named["session_id"] = observation.session_id
    for key in TAG_KEYS:
        value = attributes.get(key)
        if value:
            tags = read_tags(value)
            if tags:
                named["tags"] = tags
            break
    for key in ("langfuse.trace.public", "langfuse.public"):
        public = attributes.get(key)
        if public is not None:
            named["public"] = _is_true(public)
            break
    for field in ("input", "output"):
        value = attributes.get(f"langfuse.trace.{field}")
        if value:
            named[field] = to_text(value)
    return named


def _read_implied(
    source: Source, observation: Observation, metadata: Metadata, *, is_root: bool
) -> dict[str, Any]:
    implied: dict[str, Any] = {"environment": observation.environment}
    if not is_root:
        return implied
    if observation.version:
        implied["version"] = observation.version
    for field, value in (
        ("name", observation.name),
        ("input", observation.input),
        ("output", observation.output),
    ):
        if value:
            implied[field] = value
    implied["metadata"] = to_trace_metadata(metadata, source)
    return implied


def read_tags(value: Any) -> list[str]:
    """A list, the JSON text of one, or text with commas."""
    if isinstance(value, str):
        parsed = parse_if_json(value) if value.startswith("[") else None
        if not isinstance(parsed, list):
            parts = value.split(",") if "," in value else [value]
            return [tag for part in parts if (tag := part.strip())]
        value = parsed
    return [text for tag in value if (text := to_text(tag))] if isinstance(value, list) else []
