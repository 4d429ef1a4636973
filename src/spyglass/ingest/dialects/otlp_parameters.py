"""Model parameters (contract 2.9), prompt link (2.4) and experiment attributes (2.14) of a span."""

from functools import lru_cache
from typing import Any

from spyglass.core.clock import parse_iso
from spyglass.core.jsontext import to_text
from spyglass.ingest.dialects.otlp_attributes import (
    FAMILIES,
    INVOCATION_PREFIX,
    PARAMETERS,
    PROMPT,
    REQUEST_PREFIX,
)
from spyglass.ingest.dialects.otlp_metadata import parse_if_json
from spyglass.ingest.dialects.otlp_span import Span
from spyglass.ingest.dialects.otlp_vercel import read_vercel_parameters

_STATED = "langfuse.observation.model.parameters"
_WHOLE = (_STATED, "llm.invocation_parameters", "model_config")
_NOT_PARAMETERS = frozenset((*_WHOLE, REQUEST_PREFIX + "model", INVOCATION_PREFIX + "model"))
_LINKED_PROMPT = "ai.telemetry.metadata.langfusePrompt"
_CACHED_CHARACTERS = 512
_MAX_PROMPT_VERSION = 2**63 - 1

_EXPERIMENT_FIELDS = {
    "langfuse.experiment.id": "id",
    "langfuse.experiment.name": "name",
    "langfuse.experiment.description": "description",
    "langfuse.experiment.dataset.id": "dataset_id",
    "langfuse.experiment.item.id": "item_id",
    "langfuse.experiment.item.version": "item_version",
    "langfuse.experiment.item.expected_output": "item_expected_output",
    "langfuse.experiment.item.root_observation_id": "item_root_observation_id",
}
_EXPERIMENT_METADATA = (
    ("metadata", "langfuse.experiment.metadata"),
    ("item_metadata", "langfuse.experiment.item.metadata"),
)


def read_parameters(scope_name: str, span: Span) -> str:
    """JSON object text, empty when nothing is known."""
    attributes = span.attributes
    if scope_name == "ai":
        stated = _object(attributes.get(_STATED)) or {}
        return _to_object_text({**read_vercel_parameters(attributes), **stated})
    if scope_name == "genkit-tracer":
        return _to_object_text(_read_genkit(attributes))
    if not span.families & PARAMETERS:
        return ""
    for key in _WHOLE:
        value = attributes.get(key)
        text = _read_whole(value) if value else None
        if text is not None:
            return text
    known, first = FAMILIES, len(REQUEST_PREFIX)
    rest = {
        key[first:] if key[0] == "g" else key[len(INVOCATION_PREFIX) :]: value
        for key, value in attributes.items()
        if known[key] & PARAMETERS and key not in _NOT_PARAMETERS
    }
    return _to_object_text(rest)


def _read_whole(value: Any) -> str | None:
    """A whole object of parameters; applications repeat the same few, so short ones are remembered."""
    if isinstance(value, str):
        return _parse_cached(value) if len(value) <= _CACHED_CHARACTERS else _parse(value)
    return _to_object_text(value) if isinstance(value, dict) else None


def _parse(text: str) -> str | None:
    found = _object(text)
    return None if found is None else _to_object_text(found)


_parse_cached = lru_cache(maxsize=1024)(_parse)


def _to_object_text(parameters: dict[str, Any]) -> str:
    """Text and numbers stay, other values become JSON text."""
    if not parameters:
        return ""
    return to_text(
        {
            key: value if type(value) in (str, int, float) or value is None else to_text(value)
            for key, value in parameters.items()
        }
    )


def _read_genkit(attributes: dict[str, Any]) -> dict[str, Any]:
    stated = _object(attributes.get(_STATED))
    if stated is not None:
        return stated
    given = _object(attributes.get("genkit:input")) or {}
    config = given.get("config")
    if config is None:
        request = (_object(attributes.get("genkit:output")) or {}).get("request")
        config = request.get("config") if isinstance(request, dict) else None
    return config if isinstance(config, dict) else {}


def _object(value: Any) -> dict[str, Any] | None:
    parsed = parse_if_json(value) if isinstance(value, str) else value
    return parsed if isinstance(parsed, dict) else None


def read_prompt(span: Span) -> tuple[str, int | None]:
    """Name and version of the managed prompt that a generation used."""
    if not span.families & PROMPT:
        return "", None
    attributes = span.attributes
    linked = _object(attributes.get(_LINKED_PROMPT)) or {}
    name = (
        attributes.get("langfuse.observation.prompt.name")
        or attributes.get("langfuse.prompt.name")
        or linked.get("name")
    )
    version = (
        attributes.get("langfuse.observation.prompt.version")
        or attributes.get("langfuse.prompt.version")
        or linked.get("version")
    )
    return to_text(name), _read_version(span, version)


def _read_version(span: Span, value: Any) -> int | None:
    is_digits = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20
    is_whole = isinstance(value, float) and value.is_integer()
    number = int(value) if is_digits or is_whole else value
    if type(number) is int and 0 <= number <= _MAX_PROMPT_VERSION:
        return number
    if value is not None:
        span.keep("langfuse.observation.prompt.version", value)
    return None


def read_experiment(attributes: dict[str, Any]) -> dict[str, str]:
    """Empty ones are absent; an item version that is no date-time as well."""
    experiment = {
        field: text for key, field in _EXPERIMENT_FIELDS.items() if (text := to_text(attributes.get(key)))
    }
    if "item_version" in experiment and parse_iso(experiment["item_version"], zone_required=False) is None:
        del experiment["item_version"]
    for field, key in _EXPERIMENT_METADATA:
        text = _read_experiment_metadata(attributes, key)
        if text:
            experiment[field] = text
    return experiment


def _read_experiment_metadata(attributes: dict[str, Any], key: str) -> str:
    """One JSON text of the whole value and of the entries that came one by one."""
    whole, prefix = attributes.get(key), key + "."
    entries = {name[len(prefix) :]: value for name, value in attributes.items() if name.startswith(prefix)}
    if not entries:
        return to_text(whole)
    return to_text({**(_object(whole) or {}), **entries})
