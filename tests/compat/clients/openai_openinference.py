"""OpenInference's instrumentor of the OpenAI SDK, exported by the plain OpenTelemetry exporter."""

import json

from openai import OpenAI
from openai_calls import BASE_URL, call_embedding, call_failing, call_plain, call_streamed, call_tools
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor
from otlp_setup import build_provider

provider = build_provider("openinference-app")
OpenAIInstrumentor().instrument(tracer_provider=provider)
client = OpenAI(base_url=BASE_URL, api_key="sk-fake", max_retries=0)
tracer = provider.get_tracer("the-app")
traces = {}
calls = {
    "plain": call_plain,
    "streamed": call_streamed,
    "tools": call_tools,
    "error-429": lambda client: call_failing(client, 429),
    "error-500": lambda client: call_failing(client, 500),
    "embedding": call_embedding,
}
for name, call in calls.items():
    with (
        using_attributes(
            session_id="session-openinference", user_id="user-oi", tags=["oi"], metadata={"case": name}
        ),
        tracer.start_as_current_span(name) as span,
    ):
        call(client)
    traces[name] = f"{span.get_span_context().trace_id:032x}"
assert provider.force_flush()
print(json.dumps({"traces": traces}))
