"""What all spans of one scope share - resource, scope, client - worked out once per scope, not per span."""

import re
from typing import Any

from spyglass.core.environment import normalise_environment
from spyglass.core.jsontext import to_text
from spyglass.core.records import Arrival
from spyglass.ingest.dialects.otlp_attributes import ENVIRONMENT_KEYS, METADATA, families_of
from spyglass.ingest.dialects.otlp_metadata import read_trace_metadata
from spyglass.ingest.dialects.otlp_span import Resource, Source

LANGFUSE_SCOPE = "langfuse-sdk"

_VERSION = re.compile(r"\s*v?(\d{1,9})(?:\.(\d{1,9}))?")
# Up to this version the Python SDK called generations that were updated late `span` (contract 2.5, row 0).
_LAST_MISNAMING_VERSION = (3, 3)
_FIRST_VERSION_WITH_JSON_METADATA = 5


def read_resource(attributes: dict[str, Any]) -> Resource:
    carries_metadata = families_of(attributes) & METADATA
    environment = next((found for key in ENVIRONMENT_KEYS if (found := attributes.get(key))), None)
    return Resource(
        attributes=attributes,
        text=to_text(attributes),
        metadata=read_trace_metadata(attributes, is_json=False) if carries_metadata else {},
        environment=normalise_environment(environment),
        language=to_text(attributes.get("telemetry.sdk.language")),
        service_name=to_text(attributes.get("service.name")),
        service_version=to_text(attributes.get("service.version")),
        release=to_text(attributes.get("langfuse.release")),
    )


def read_source(
    resource: Resource, name: str, version: str, attributes: dict[str, Any], arrival: Arrival
) -> Source:
    scope = {"name": name, "version": version, "attributes": attributes}
    is_python_sdk = name == LANGFUSE_SCOPE and resource.language == "python"
    of_scope = _major_minor(version) if is_python_sdk else None
    of_header = _major_minor(arrival.sdk_version) if arrival.sdk_name == "python" else None
    return Source(
        resource=resource,
        scope_name=name,
        scope_version=version,
        scope=scope,
        scope_text=to_text(scope),
        keeps_attributes=not name.startswith(LANGFUSE_SCOPE),
        misnames_generations=is_python_sdk and (of_scope is None or of_scope <= _LAST_MISNAMING_VERSION),
        metadata_is_json=(of_header or of_scope or (0, 0))[0] >= _FIRST_VERSION_WITH_JSON_METADATA,
    )


def _major_minor(version: str) -> tuple[int, int] | None:
    match = _VERSION.match(version)
    return (int(match[1]), int(match[2] or 0)) if match else None
