"""The OpenAI calls that every instrumentation is shown: plain, streamed, tools, errors, embeddings."""

import os

import openai

MODEL = "gpt-4o-mini"
EMBEDDING_MODEL = "text-embedding-3-small"
MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Wie geht's? 🙂"},
]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a city",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "unit": {"type": "string"}},
            },
        },
    }
]
BASE_URL = os.environ["OPENAI_BASE_URL"]


def call_plain(client, **more):
    return client.chat.completions.create(model=MODEL, messages=MESSAGES, temperature=0.3, **more)


def call_streamed(client, **more):
    options = {"include_usage": True}
    stream = client.chat.completions.create(
        model=MODEL, messages=MESSAGES, stream=True, stream_options=options, **more
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def call_tools(client, **more):
    return client.chat.completions.create(model=MODEL, messages=MESSAGES, tools=TOOLS, **more)


def call_failing(client, status, **more):
    try:
        client.chat.completions.create(model=f"error-{status}", messages=MESSAGES, **more)
    except openai.APIStatusError as error:
        return str(error)
    raise AssertionError(f"the call with status {status} did not fail")


def call_embedding(client, **more):
    return client.embeddings.create(
        model=EMBEDDING_MODEL, input="a short text", encoding_format="float", **more
    )
