"""The plain OpenTelemetry SDK and its OTLP/HTTP exporter, as a program without Langfuse sets them up."""

import base64
import os

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

ENDPOINT = os.environ["LANGFUSE_HOST"] + "/api/public/otel/v1/traces"
ENVIRONMENT = os.environ["LANGFUSE_TRACING_ENVIRONMENT"]


def build_headers():
    """Basic authentication with the project's keys."""
    keys = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}"
    return {"Authorization": "Basic " + base64.b64encode(keys.encode()).decode()}


def build_resource(service):
    """A service of version 3.2.1 in the environment of the tests."""
    return Resource.create(
        {"service.name": service, "service.version": "3.2.1", "deployment.environment.name": ENVIRONMENT}
    )


def build_provider(service, exporter=None):
    """A tracer provider that exports in batches, gzipped over HTTP unless another exporter is given."""
    exporter = exporter or OTLPSpanExporter(ENDPOINT, headers=build_headers(), compression=Compression.Gzip)
    provider = TracerProvider(resource=build_resource(service))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
