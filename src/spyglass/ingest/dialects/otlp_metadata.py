"""Metadata of a span and of its trace (contract 2.8): one composition for all clients. Values stay parsed;
the row takes one text per top-level key, and nothing is flattened into dotted names.
"""

from typing import Any

import msgspec

from spyglass.core.errors import Invalid
from spyglass.core.jsontext import loads, to_text
from spyglass.ingest.dialects.otlp_attributes import (
    AI_METADATA,
    AI_METADATA_PREFIX,
    FAMILIES,
    HIDDEN,
    OBSERVATION_METADATA,
    OBSERVATION_METADATA_PREFIX,
    PLAIN_METADATA,
    PLAIN_METADATA_PREFIX,
    TRACE_METADATA,
    TRACE_METADATA_PREFIX,
)
from spyglass.ingest.dialects.otlp_span import Source, Span

# A value without a name of its own (build note of 2.8: kept instead of dropped).
UNNAMED = "metadata"

_PREFIX_LENGTHS = {
    OBSERVATION_METADATA: len(OBSERVATION_METADATA_PREFIX),
    PLAIN_METADATA: len(PLAIN_METADATA_PREFIX),
    AI_METADATA: len(AI_METADATA_PREFIX),
    TRACE_METADATA: len(TRACE_METADATA_PREFIX),
}
_OF_SPAN = OBSERVATION_METADATA | PLAIN_METADATA | AI_METADATA
_OF_TRACE = TRACE_METADATA | PLAIN_METADATA | AI_METADATA
_TOP_LEVEL = frozenset({"langfuse.observation.metadata", "langfuse.metadata", "langfuse.trace.metadata"})


def read_span_metadata(attributes: dict[str, Any], *, is_json: bool) -> dict[str, Any]:
    """What the sender named as metadata of the span. `is_json`: each value was JSON-encoded, text as well."""
    top = attributes.get("langfuse.observation.metadata") or attributes.get("langfuse.metadata")
    return _read_metadata(attributes, top, _OF_SPAN, is_json)


def read_trace_metadata(attributes: dict[str, Any], *, is_json: bool) -> dict[str, Any]:
    """What the sender named as metadata of the trace."""
    top = attributes.get("langfuse.trace.metadata") or attributes.get("langfuse.metadata")
    return _read_metadata(attributes, top, _OF_TRACE, is_json)


def _read_metadata(attributes: dict[str, Any], top: Any, families: int, is_json: bool) -> dict[str, Any]:
    metadata = spread(top) if top else {}
    known = FAMILIES
    for key, value in attributes.items():
        family = known[key] & families
        if family and key not in _TOP_LEVEL:
            name = key[_PREFIX_LENGTHS[family] :]
            metadata[name] = parse_if_json(value) if is_json and isinstance(value, str) else value
    return metadata


def spread(value: Any) -> dict[str, Any]:
    """The entries of a whole metadata value, parsed when it is JSON text: keys of an object, indexes of a
    list; anything else goes under one name."""
    if isinstance(value, str):
        value = parse_if_json(value)
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(value)}
    return {UNNAMED: value}


def parse_if_json(text: str) -> Any:
    """The value of a JSON text, or the text itself when it is none."""
    if text[:1] not in '{["-0123456789tfn \t\r\n':
        return text
    try:
        return loads(text)
    except Invalid:
        return text


def _read_attributes_part(attributes: dict[str, Any], overflow: set[str]) -> dict[str, str]:
    """`metadata.attributes`: every attribute as text, but those that are stored elsewhere as a whole."""
    known = FAMILIES
    return {
        key: value if isinstance(value, str) else _scalar_text(value)
        for key, value in attributes.items()
        if not known[key] & HIDDEN or key in overflow
    }


def _scalar_text(value: Any) -> str:
    """`to_text`, quicker for what attributes mostly are."""
    kind = type(value)
    if kind is int:
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    return to_text(value)


class Metadata(msgspec.Struct):
    """The parts of a span's metadata, values as received."""

    named: dict[str, Any]
    of_trace: dict[str, Any]
    attributes: dict[str, str] | None


def read_metadata(source: Source, span: Span, overflow: set[str]) -> Metadata:
    """`overflow` are the attributes that did not fit into input or output: they stay flat."""
    attributes, families = span.attributes, span.families
    resource_metadata, is_json = source.resource.metadata, source.metadata_is_json
    named = dict(resource_metadata)
    for key, value in span.kept.items():
        if not source.keeps_attributes or key not in attributes:
            named[key] = value
    if overflow and not source.keeps_attributes:
        named.update((key, attributes[key]) for key in sorted(overflow))
    if families & _OF_SPAN:
        named.update(read_span_metadata(attributes, is_json=is_json))
    return Metadata(
        named=named,
        of_trace=read_trace_metadata(attributes, is_json=is_json) if families & _OF_TRACE else {},
        attributes=_read_attributes_part(attributes, overflow) if source.keeps_attributes else None,
    )


def to_texts(metadata: Metadata, source: Source, *, is_root: bool) -> dict[str, str]:
    """The `metadata` column of the span's row; later entries win."""
    texts: dict[str, str] = {}
    if metadata.attributes is not None:
        texts["attributes"] = to_text(metadata.attributes)
    texts["resourceAttributes"] = source.resource.text
    texts["scope"] = source.scope_text
    for key, value in metadata.named.items():
        texts[key] = value if isinstance(value, str) else to_text(value)
    if is_root:
        for key, value in metadata.of_trace.items():
            texts[key] = value if isinstance(value, str) else to_text(value)
    return texts


def to_trace_metadata(metadata: Metadata, source: Source) -> dict[str, Any]:
    """What a root span implies about the metadata of its trace."""
    parts: dict[str, Any] = {} if metadata.attributes is None else {"attributes": metadata.attributes}
    return {
        **parts,
        "resourceAttributes": source.resource.attributes,
        "scope": source.scope,
        **metadata.named,
    }
