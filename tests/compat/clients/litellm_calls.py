"""The LiteLLM calls that each callback is shown; the model's answers are LiteLLM's own mock responses."""

import asyncio
import os
import time
import uuid

import litellm
import openai

RUN = os.environ["COMPAT_RUN"]
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Wie geht's? 🙂"}]
ANSWER = "Gut, danke 👍"


def describe(case, **more):
    """LiteLLM's own metadata keys for Langfuse; the trace id is 32 hex digits, which every callback keeps."""
    return {
        "trace_id": uuid.uuid4().hex,
        "trace_name": f"{RUN}-{case}",
        "generation_name": f"{case}-call",
        "trace_user_id": "user-litellm",
        "session_id": f"session-{RUN}",
        "tags": ["litellm", case],
        "trace_metadata": {"tier": "gold"},
        "case": case,
        **more,
    }


def call_all():
    """A plain call, a streamed one, an asynchronous one and a failing one; returns the metadata of each."""
    cases = {case: describe(case) for case in ("plain", "streamed", "async", "failing")}
    common = {"model": "gpt-4o-mini", "messages": MESSAGES, "temperature": 0.2}
    litellm.completion(**common, mock_response=ANSWER, metadata=dict(cases["plain"]))
    for _ in litellm.completion(
        **common, mock_response=ANSWER, stream=True, metadata=dict(cases["streamed"])
    ):
        pass
    asyncio.run(call_later(cases, common))
    time.sleep(2)  # the callbacks run in LiteLLM's threads, which it gives no way to join
    return {case: metadata["trace_id"] for case, metadata in cases.items()}


async def call_later(cases, common):
    """The awaited calls; LiteLLM 1.74 reports a failure to this callback only when the call was awaited."""
    await litellm.acompletion(**common, mock_response=ANSWER, metadata=dict(cases["async"]))
    failure = Exception("mocked failure")
    try:
        await litellm.acompletion(
            **common, mock_response=failure, metadata=dict(cases["failing"]), num_retries=0
        )
    except openai.APIError as error:  # LiteLLM maps it to a class of its own, below the SDK's
        print(type(error).__name__)
    await asyncio.sleep(1)  # let the callbacks' tasks run before the loop ends
