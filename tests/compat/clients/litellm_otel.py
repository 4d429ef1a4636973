"""LiteLLM's `langfuse_otel` callback, old and new."""

import json

import litellm
from litellm_calls import RUN, call_all
from opentelemetry import trace

litellm.callbacks = ["langfuse_otel"]
traces = call_all()
provider = trace.get_tracer_provider()
if hasattr(provider, "force_flush"):
    provider.force_flush()
print(json.dumps({"traces": traces, "session": f"session-{RUN}"}))
