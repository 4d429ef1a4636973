"""One span -> one row of `observations` and at most one patch of its trace (contract 2.4)."""

import re
from math import ceil
from typing import Any

from spyglass.core.clock import MAX_US, MIN_US, parse_iso
from spyglass.core.environment import DEFAULT_ENVIRONMENT, normalise_environment
from spyglass.core.jsontext import to_text
from spyglass.core.records import Arrival, Observation, Patch
from spyglass.ingest.dialects.otlp_attributes import (
    ENVIRONMENT,
    ENVIRONMENT_KEYS,
    EXPERIMENT,
    FIRST_TOKEN,
    MODEL,
    MODEL_KEYS,
    NAME,
    PROMPT,
    ROOT,
    TRACE,
)
from spyglass.ingest.dialects.otlp_io import read_io
from spyglass.ingest.dialects.otlp_metadata import read_metadata, to_texts
from spyglass.ingest.dialects.otlp_parameters import read_experiment, read_parameters, read_prompt
from spyglass.ingest.dialects.otlp_span import EXCEPTION_EVENT, Event, Source, Span, SpanRefused
from spyglass.ingest.dialects.otlp_trace import (
    build_trace_patch,
    is_app_root,
    is_stated_root,
    read_session,
    read_user,
)
from spyglass.ingest.dialects.otlp_types import read_level, read_type
from spyglass.ingest.dialects.otlp_usage import read_cost, read_object, read_usage

# Line breaks and tabs happen in names; other control characters are damage.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# These spans repeat the sums of their children (contract 2.4).
_SUMMARIES = ("invoke_agent", "agent_step")
_OPENROUTER = "openrouter"
_JUDGE_ENVIRONMENT = "langfuse-llm-as-a-judge"
_RARE = TRACE | ROOT | PROMPT | EXPERIMENT | FIRST_TOKEN


def build_records(source: Source, span: Span, arrival: Arrival) -> tuple[Observation, Patch | None]:
    """Raises `SpanRefused` when the name cannot be one."""
    start, end = _read_times(span, arrival.received_us)
    # Setting fields one by one takes a third of the time of naming them all here.
    observation = Observation(
        project_id=arrival.project_id, trace_id=span.trace_id, id=span.id, start_time=start
    )
    observation.end_time = end
    observation.parent_id = span.parent_id
    observation.public_key = arrival.public_key
    observation.sdk_name = arrival.sdk_name
    observation.sdk_version = arrival.sdk_version
    _fill_source(observation, source, span)
    overflow: set[str] = set()
    given, produced = read_io(source.scope_name, span, overflow)
    observation.input = given if isinstance(given, str) else to_text(given)
    observation.output = produced if isinstance(produced, str) else to_text(produced)
    _fill_common(observation, source, span)
    families = span.families
    if families & _RARE:
        _fill_rare(span, observation)
    is_root = not span.parent_id or observation.is_app_root or (families & ROOT != 0 and is_stated_root(span))
    metadata = read_metadata(source, span, overflow)
    observation.metadata = to_texts(metadata, source, is_root=is_root)
    return observation, build_trace_patch(source, span, observation, metadata, is_root=is_root)


def _fill_source(observation: Observation, source: Source, span: Span) -> None:
    """What comes from the resource and the scope, and what may."""
    resource, attributes = source.resource, span.attributes
    observation.service_name = resource.service_name
    observation.service_version = resource.service_version
    observation.scope_name = source.scope_name
    observation.scope_version = source.scope_version
    observation.sdk_language = resource.language
    observation.version = _text(attributes.get("langfuse.version")) or resource.service_version
    observation.release = _text(attributes.get("langfuse.release")) or resource.release
    observation.environment = (
        _read_environment(source, span)
        if span.families & ENVIRONMENT or resource.service_name == _OPENROUTER
        else resource.environment
    )


def _fill_common(observation: Observation, source: Source, span: Span) -> None:
    observation.type = read_type(source, span)
    observation.name = _read_name(span)
    observation.level = read_level(source, span)
    observation.status_message = _read_status_message(span)
    observation.model_parameters = read_parameters(source.scope_name, span)
    if span.attributes.get("gen_ai.operation.name") in _SUMMARIES:
        return
    if span.families & MODEL:
        observation.model = _read_model(span)
    observation.provided_usage = read_usage(source.scope_name, span)
    observation.provided_cost = read_cost(span)


def _fill_rare(span: Span, observation: Observation) -> None:
    """What most spans of most libraries do not carry."""
    families = span.families
    if families & TRACE:
        observation.user_id = read_user(span)
        observation.session_id = read_session(span)
    if families & ROOT:
        observation.is_app_root = is_app_root(span)
    if families & PROMPT and observation.type == "GENERATION":
        observation.prompt_name, observation.prompt_version = read_prompt(span)
    if families & EXPERIMENT:
        observation.experiment = read_experiment(span.attributes)
    if families & FIRST_TOKEN:
        observation.completion_start_time = _read_completion_start(span.attributes, observation.start_time)


def _read_times(span: Span, received_us: int) -> tuple[int, int]:
    """A missing edge is the other one; what the tables cannot hold becomes the time of arrival."""
    start_ns, end_ns = span.start_ns, span.end_ns
    if start_ns is None:
        start_ns = end_ns
    if start_ns is None:
        return received_us, received_us
    if end_ns is None:
        end_ns = start_ns
    start, end = start_ns // 1000, end_ns // 1000
    if not MIN_US <= start <= MAX_US:
        span.keep("startTimeUnixNano", str(start_ns))
        start = received_us
    if not MIN_US <= end <= MAX_US:
        span.keep("endTimeUnixNano", str(end_ns))
        end = received_us
    return start, end


def _read_name(span: Span) -> str:
    name = _read_given_name(span.attributes) if span.families & NAME else None
    if name is None:
        name = span.name
    if not name.isprintable() and _CONTROL.search(name):
        raise SpanRefused("name:must not contain control characters", span.id)
    return name


def _read_given_name(attributes: dict[str, Any]) -> str | None:
    for key in ("gen_ai.tool.name", "genkit:name", "logfire.msg", "ai.toolCall.name"):
        value = attributes.get(key)
        if value:
            return _text(value)
    operation = attributes.get("ai.operationId")
    if not operation:
        return None
    function = attributes.get("ai.telemetry.functionId")
    return f"{_text(function)}:{_text(operation)}" if function else _text(operation)


def _read_model(span: Span) -> str:
    attributes = span.attributes
    for key in MODEL_KEYS:
        value = attributes.get(key)
        if value:
            return _text(value)
    if attributes.get("genkit:metadata:subtype") == "model":
        return _text(attributes.get("genkit:name"))
    return ""


def _read_status_message(span: Span) -> str:
    stated = span.attributes.get("langfuse.observation.status_message")
    message = _text(stated) if stated else span.status_message
    return message or (_describe_exception(span.events) if span.events else "")


def _describe_exception(events: list[Event]) -> str:
    for event in events:
        if event.name == EXCEPTION_EVENT:
            parts = (event.attributes.get("exception.type"), event.attributes.get("exception.message"))
            return ": ".join(_text(part) for part in parts if part)
    return ""


def _read_environment(source: Source, span: Span) -> str:
    """Each key is looked for on the span, then on the resource."""
    for key in ENVIRONMENT_KEYS:
        value = span.attributes.get(key)
        if value:
            environment = normalise_environment(value)
            if environment == DEFAULT_ENVIRONMENT and value != DEFAULT_ENVIRONMENT:
                span.keep(key, value)
            return environment
        if source.resource.attributes.get(key):
            return source.resource.environment
    if source.resource.service_name == _OPENROUTER:
        return normalise_environment(_read_openrouter_environment(span.attributes))
    return DEFAULT_ENVIRONMENT


def _read_openrouter_environment(attributes: dict[str, Any]) -> Any:
    """Judges of other servers that call models through OpenRouter mark themselves inside the completion."""
    if attributes.get("openrouter.source") != _OPENROUTER:
        return None
    completion = read_object(attributes.get("gen_ai.completion")) or {}
    value: Any = completion if completion.get("completion", "") is None else None
    for part in ("rawRequest", "trace", "environment"):
        value = value.get(part) if isinstance(value, dict) else None
    return value if value == _JUDGE_ENVIRONMENT else None


def _read_completion_start(attributes: dict[str, Any], start_us: int) -> int | None:
    stated = attributes.get("langfuse.observation.completion_start_time")
    if isinstance(stated, str) and stated:
        moment = parse_iso(stated.strip('"'), zone_required=False)
        if moment is not None and MIN_US <= moment <= MAX_US:
            return moment
    for key in ("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"):
        delay_ms: Any = attributes.get(key)
        if type(delay_ms) in (int, float) and 0 < delay_ms < MAX_US:
            moment = start_us + ceil(delay_ms) * 1000
            return moment if moment <= MAX_US else None
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else to_text(value)
