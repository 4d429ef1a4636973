"""Tolerant reading of OTLP protobuf into the shape of OTLP/JSON, for requests that the strict parser refuses:
text that is no UTF-8 gets U+FFFD for its bad bytes, and what is damaged or nested too deep inside one span
does not touch the others. Slow, so never the first choice; linear in the size of the request.
"""

import struct
from base64 import b64encode
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any

from spyglass.ingest.dialects.otlp_json import name_non_finite
from spyglass.ingest.dialects.otlp_span import MAX_VALUE_DEPTH

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

# message -> field number -> (wire type, JSON name, what it is, whether it repeats)
_Field = tuple[int, str, str, bool]
_MESSAGES: dict[str, dict[int, _Field]] = {
    "request": {1: (_BYTES, "resourceSpans", "resourceSpans", True)},
    "resourceSpans": {
        1: (_BYTES, "resource", "resource", False),
        2: (_BYTES, "scopeSpans", "scopeSpans", True),
    },
    "resource": {1: (_BYTES, "attributes", "pair", True)},
    "scopeSpans": {1: (_BYTES, "scope", "scope", False), 2: (_BYTES, "spans", "span", True)},
    "scope": {
        1: (_BYTES, "name", "text", False),
        2: (_BYTES, "version", "text", False),
        3: (_BYTES, "attributes", "pair", True),
    },
    "span": {
        1: (_BYTES, "traceId", "id", False),
        2: (_BYTES, "spanId", "id", False),
        4: (_BYTES, "parentSpanId", "id", False),
        5: (_BYTES, "name", "text", False),
        7: (_FIXED64, "startTimeUnixNano", "time", False),
        8: (_FIXED64, "endTimeUnixNano", "time", False),
        9: (_BYTES, "attributes", "pair", True),
        11: (_BYTES, "events", "event", True),
        15: (_BYTES, "status", "status", False),
    },
    "event": {2: (_BYTES, "name", "text", False), 3: (_BYTES, "attributes", "pair", True)},
    "status": {2: (_BYTES, "message", "text", False), 3: (_VARINT, "code", "integer", False)},
    "pair": {1: (_BYTES, "key", "text", False), 2: (_BYTES, "value", "value", False)},
    "value": {
        1: (_BYTES, "stringValue", "text", False),
        2: (_VARINT, "boolValue", "boolean", False),
        3: (_VARINT, "intValue", "integer", False),
        4: (_FIXED64, "doubleValue", "double", False),
        5: (_BYTES, "arrayValue", "array", False),
        6: (_BYTES, "kvlistValue", "pairs", False),
        7: (_BYTES, "bytesValue", "bytes", False),
    },
    "array": {1: (_BYTES, "values", "value", True)},
    "pairs": {1: (_BYTES, "values", "pair", True)},
}


class DamagedError(ValueError):
    """The bytes are no protobuf message."""


def repair(body: bytes) -> dict[str, Any]:
    """The request as OTLP/JSON would have it. Raises `DamagedError` when not even its outline can be read."""
    return _read_message(memoryview(body), "request", 0)


def _read_message(data: memoryview, kind: str, depth: int) -> dict[str, Any]:
    fields = _MESSAGES[kind]
    found: dict[str, Any] = {"key": ""} if kind == "pair" else {}
    for number, wire_type, raw in _split(data):
        field = fields.get(number)
        if field is None or field[0] != wire_type:
            continue
        _, name, of_kind, repeats = field
        if kind == "value":
            found.clear()  # one of them: the last
        value = _read_field(raw, of_kind, depth)
        if repeats:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _read_field(raw: Any, kind: str, depth: int) -> Any:
    if kind == "span":
        try:
            return _read_message(raw, kind, depth)
        except DamagedError:
            return {}  # without ids, so it is refused by itself
    if kind == "value":
        # One level more than allowed is enough for the reader to refuse the span.
        return _read_message(raw, kind, depth + 1) if depth <= MAX_VALUE_DEPTH else {}
    if kind in _MESSAGES:
        return _read_message(raw, kind, depth)
    return _SCALARS[kind](raw)


def _read_double(raw: memoryview) -> float | str:
    number: float = struct.unpack("<d", raw)[0]
    return number if isfinite(number) else name_non_finite(number)


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "text": lambda raw: str(raw, "utf-8", "replace"),
    "id": lambda raw: raw.hex(),
    "bytes": lambda raw: b64encode(raw).decode(),
    "time": lambda raw: int.from_bytes(raw, "little"),
    "double": _read_double,
    "boolean": bool,
    "integer": lambda raw: raw - (1 << 64) if raw >= 1 << 63 else raw,
}


def _split(data: memoryview) -> Iterator[tuple[int, int, Any]]:
    """The fields of one message: number, wire type, and the integer or the bytes."""
    position, end = 0, len(data)
    while position < end:
        tag, position = _read_varint(data, position)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == _VARINT:
            value, position = _read_varint(data, position)
            yield number, wire_type, value
            continue
        if wire_type == _BYTES:
            length, position = _read_varint(data, position)
        elif wire_type in (_FIXED64, _FIXED32):
            length = 8 if wire_type == _FIXED64 else 4
        else:
            raise DamagedError(f"wire type {wire_type}")
        if number == 0 or length > end - position:
            raise DamagedError("a field reaches beyond its message")
        yield number, wire_type, data[position : position + length]
        position += length


def _read_varint(data: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        if position >= len(data):
            raise DamagedError("a number is cut off")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, position
        shift += 7
    raise DamagedError("a number is too long")
