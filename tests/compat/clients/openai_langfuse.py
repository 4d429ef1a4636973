"""`langfuse.openai`, the drop-in for the OpenAI SDK, in Python `langfuse` 2, 3 and 4: one trace per call."""

import importlib.metadata
import json
import os
import uuid

from langfuse.openai import OpenAI
from openai_calls import BASE_URL, call_embedding, call_failing, call_plain, call_streamed, call_tools

MAJOR = int(importlib.metadata.version("langfuse").split(".")[0])
SESSION_ID = f"session-openai-{os.environ['COMPAT_RUN']}"
client = OpenAI(base_url=BASE_URL, api_key="sk-fake", max_retries=0)
traces = {}


def describe(name):
    """The arguments that the drop-in takes away from the call; each call gets a trace of its own."""
    traces[name] = uuid.uuid4().hex
    metadata = {"case": name, "n": 1}
    if MAJOR == 2:
        trace = {"session_id": SESSION_ID, "user_id": "user-openai", "tags": ["drop-in"]}
        return {"name": name, "trace_id": traces[name], "metadata": metadata, **trace}
    trace = {
        "langfuse_session_id": SESSION_ID,
        "langfuse_user_id": "user-openai",
        "langfuse_tags": ["drop-in"],
    }
    return {"name": name, "trace_id": traces[name], "metadata": {**metadata, **trace}}


call_plain(client, **describe("plain"))
call_streamed(client, **describe("streamed"))
call_tools(client, **describe("tools"))
call_failing(client, 429, **describe("error-429"))
call_failing(client, 500, **describe("error-500"))
if MAJOR == 2:
    from langfuse.openai import openai

    openai.flush_langfuse()
else:
    from langfuse import get_client

    call_embedding(client, **describe("embedding"))
    get_client().flush()
print(json.dumps({"traces": traces, "session": SESSION_ID}))
