"""Values of batch events as records hold them: free JSON as text, metadata, instants, usage, prompt.

Pure. Each function raises ValueError, `field: what is wrong`, where the contract answers 400 for the event.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from spyglass.core.clock import in_window, parse_iso
from spyglass.core.environment import normalise_environment
from spyglass.core.errors import Invalid
from spyglass.core.ids import id_problem
from spyglass.core.jsontext import MAX_DEPTH, exceeds_depth, loads, to_text
from spyglass.core.records import Arrival
from spyglass.core.usage import provided_cost, provided_usage
from spyglass.ingest.dialects.langfuse_bodies import ALLOWED, Free, Parameter, PlainParameter, Text

MAX_PROMPT_VERSION = 2**31 - 1
MAX_METADATA_KEYS = 100_000  # in all its levels; more would hold up everybody else

_NOTHING = frozenset({b"null", b"false", b'""', b"{}", b"[]"})
_ZERO = re.compile(rb"-?0(?:\.0*)?(?:[eE][+-]?\d+)?")
_LONGEST_ZERO = 40
_QUOTE, _OBJECT, _LIST = b'"{['
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)

_decode_text = msgspec.json.Decoder(str).decode
_decode_parameters = msgspec.json.Decoder(dict[str, Parameter]).decode
_decode_plain_parameters = msgspec.json.Decoder(dict[str, PlainParameter]).decode


def check_id(field: str, value: str) -> None:
    problem = id_problem(value)
    if problem is not None:
        raise ValueError(f"{field}: {problem}")


def check_text(field: str, value: Text | UnsetType) -> None:
    """Names and the ids of others: any text, but without NUL, which ends a text in too many places."""
    if isinstance(value, str) and "\0" in value:
        raise ValueError(f"{field}: must not contain NUL")


def read_instant(field: str, text: str, arrival: Arrival, notes: dict[str, Any]) -> int:
    """Microseconds. An instant that the tables cannot hold becomes the time of arrival, its text a note."""
    instant_us = parse_iso(text)
    if instant_us is None:
        raise ValueError(f"{field}: must be an ISO 8601 date-time with Z or an offset")
    if in_window(instant_us):
        return instant_us
    notes[f"original_{field}"] = text
    return arrival.received_us


def read_content(field: str, raw: Free) -> str:
    """Input or output as stored: a JSON text decoded, any other value as it was written; "" for what is
    null, false, zero or empty, because such values replace nothing."""
    if raw is UNSET:
        return ""
    data = bytes(raw)
    first = data[0]
    if first == _QUOTE:
        return data[1:-1].decode() if b"\\" not in data else _decode_text(data)
    if data in _NOTHING or (len(data) <= _LONGEST_ZERO and _is_empty(data)):
        return ""
    if first in (_OBJECT, _LIST) and exceeds_depth(data):
        raise ValueError(f"{field}: is nested deeper than {MAX_DEPTH} levels")
    return data.decode()


def _is_empty(data: bytes) -> bool:
    if data[0] in (_OBJECT, _LIST):
        return not data[1:-1].strip()
    return _ZERO.fullmatch(data) is not None


def read_metadata(raw: Free) -> dict[str, Any]:
    """Metadata as an object; any other value stands under the key `metadata`. Empty: nothing was said."""
    if raw is UNSET:
        return {}
    data = bytes(raw)
    first = data[0]
    if first == _OBJECT:
        if data.count(b":") > MAX_METADATA_KEYS and _STRING.sub(b"", data).count(b":") > MAX_METADATA_KEYS:
            raise ValueError(f"metadata: has more than {MAX_METADATA_KEYS} keys")
        value: dict[str, Any] = _load("metadata", data)
        return value
    if first == _LIST:
        items = _load("metadata", data)
        return {"metadata": to_text(items)} if items else {}
    return {} if data == b"null" else {"metadata": to_text(_load("metadata", data))}


def read_model_parameters(raw: Free, *, plain: bool) -> str:
    """JSON text of the object, or "" when it is empty. `plain` is the rule of the oldest clients."""
    data = b"null" if raw is UNSET else bytes(raw)
    if data == b"null":
        return ""
    try:
        parameters = (_decode_plain_parameters if plain else _decode_parameters)(data)
    except msgspec.MsgspecError as error:
        raise ValueError(f"modelParameters: {error}") from None
    return data.decode() if parameters else ""


def read_usage(usage: Free, details: Free, cost_details: Free) -> tuple[dict[str, int], dict[str, float]]:
    """What the event states about tokens and cost (contract 1.8)."""
    stated = _load_object("usage", usage)
    return (
        provided_usage(stated, _load_object("usageDetails", details)),
        provided_cost(stated, _load_object("costDetails", cost_details)),
    )


def read_prompt(name: Text, version: int | float | None) -> tuple[str, int] | None:
    """The prompt that was used: both or none; version 0 and an empty name count as missing."""
    if not name and not version:
        return None
    if not name or not version:
        raise ValueError("promptName, promptVersion: must be given together")
    number = int(version)
    if number != version:
        raise ValueError("promptVersion: must be an integer")
    return (name, number) if 0 < number <= MAX_PROMPT_VERSION else None  # no such prompt can exist


def read_environment(explicit: dict[str, Any], implied: dict[str, Any], value: Text | UnsetType) -> None:
    """A sender that says nothing means the default, but does not insist on it."""
    if value is None or value is UNSET:
        implied["environment"] = normalise_environment(None)
    else:
        explicit["environment"] = normalise_environment(value)


def _load_object(field: str, raw: Free) -> dict[str, Any] | None:
    if raw is UNSET:
        return None
    value = _load(field, bytes(raw))
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"{field}: must be an object")
    return value


def _load(field: str, data: bytes) -> Any:
    try:
        return loads(data)
    except Invalid as error:
        raise ValueError(f"{field}: {error.message}") from None


def read_body(decode: Callable[[bytes | Raw], Any], raw: bytes | Raw) -> Any:
    """A body by its msgspec decoder."""
    try:
        return decode(raw)
    except msgspec.MsgspecError as error:
        raise ValueError(f"body: {error}{_name_allowed(str(error))}") from None


def _name_allowed(problem: str) -> str:
    """msgspec says which value is none of the allowed ones, but not which are."""
    if not problem.startswith("Invalid enum value"):
        return ""
    allowed = ALLOWED.get(problem.rpartition("$.")[2].rstrip("`"), ())
    return f", which must be one of {', '.join(allowed)}" if allowed else ""
