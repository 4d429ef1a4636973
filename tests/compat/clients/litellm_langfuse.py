"""LiteLLM's `langfuse` callback, old (SDK 2) and new (its own exporter)."""

import json

import litellm
from litellm_calls import RUN, call_all

litellm.success_callback = ["langfuse"]
litellm.failure_callback = ["langfuse"]
traces = call_all()
print(json.dumps({"traces": traces, "session": f"session-{RUN}"}))
