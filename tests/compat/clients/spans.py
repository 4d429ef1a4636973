"""The scenario in the words of Python `langfuse` 3 and newer, whose span calls did not change since.

What did change, the fields of the trace, is given by each program as `fill_trace`.
"""

import asyncio
import contextlib
import datetime as dt
import time

from langfuse import get_client, observe
from recorder import SCENARIO as S
from recorder import SESSION_ID, Recorder

recorder = Recorder()
langfuse = get_client()


def send_agent():
    """The agent with its children; returns the trace id."""
    agent, answer, draft, event = S["agent"], S["answer"], S["draft"], S["event"]
    recorder.open_window("agent", "start")
    with langfuse.start_as_current_observation(
        name=agent["name"], as_type="agent", input="replaced by the update", version=agent["version"]
    ) as root:
        recorder.close_window("agent", "start")
        recorder.note_observation("agent", root.id)
        root.update(input=agent["input"], metadata=agent["metadata"])
        send_child(root, "retriever")
        send_child(root, "tool")
        send_answer(answer)
        send_draft(draft)
        recorder.open_window("event", "start")
        sent = langfuse.create_event(
            **{key: event[key] for key in ("name", "input", "level", "status_message", "metadata")}
        )
        recorder.close_window("event", "start")
        recorder.note_observation("event", sent.id)
        send_broken()
        send_scores(root)
        root.update(output=agent["output"])
        recorder.open_window("agent", "end")
    recorder.close_window("agent", "end")
    return root.trace_id


def send_child(parent, key):
    """A child made and ended by hand; the scenario's key is its observation type."""
    with recorder.time_edge(key, "start"):
        child = parent.start_observation(
            name=S[key]["name"], as_type=key, input=S[key]["input"], metadata=S[key]["metadata"]
        )
    recorder.note_observation(key, child.id)
    child.update(output=S[key]["output"])
    with recorder.time_edge(key, "end"):
        child.end()


def send_answer(answer):
    """A generation in a context manager; the server has to find its price."""
    recorder.open_window("answer", "start")
    with langfuse.start_as_current_observation(
        name=answer["name"],
        as_type="generation",
        model=answer["model"],
        model_parameters=answer["model_parameters"],
        input=answer["input"],
        metadata=answer["metadata"],
    ) as generation:
        recorder.close_window("answer", "start")
        recorder.note_observation("answer", generation.id)
        with recorder.time_edge("answer", "first_token"):
            first_token = dt.datetime.now(dt.UTC)
        langfuse.update_current_generation(
            output=answer["output"], usage_details=answer["usage"], completion_start_time=first_token
        )
        scores = S["scores"]
        keep_score("observation_numeric", generation.score, **scores["observation_numeric"])
        keep_score("observation_categorical", generation.score, **scores["observation_categorical"])
        keep_score(
            "observation_boolean", generation.score, **scores["observation_boolean"], data_type="BOOLEAN"
        )
        recorder.open_window("answer", "end")
    recorder.close_window("answer", "end")


def send_draft(draft):
    """A generation with its own usage, cost and end time."""
    with recorder.time_edge("draft", "start"):
        generation = langfuse.start_observation(
            name=draft["name"], as_type="generation", model=draft["model"], input=draft["input"]
        )
    recorder.note_observation("draft", generation.id)
    generation.update(
        model_parameters=draft["model_parameters"],
        output=draft["output"],
        usage_details=draft["usage"],
        cost_details=draft["cost"],
    )
    end_ms = time.time_ns() // 1_000_000 + 1501
    recorder.note_times("draft", "end", end_ms, end_ms)
    generation.end(end_time=end_ms * 1_000_000)


def send_broken():
    """An exception leaves the block of a tool."""
    recorder.open_window("broken", "start")
    try:
        with langfuse.start_as_current_observation(
            name=S["broken"]["name"], as_type="tool", input=S["broken"]["input"]
        ) as tool:
            recorder.close_window("broken", "start")
            recorder.note_observation("broken", tool.id)
            recorder.open_window("broken", "end")
            raise RuntimeError(S["broken"]["status_message"])
    except RuntimeError:
        recorder.close_window("broken", "end")


def send_scores(root):
    """Scores of the trace and of the session."""
    scores = S["scores"]
    keep_score("trace_numeric", root.score_trace, **scores["trace_numeric"])
    keep_score("trace_categorical", root.score_trace, **scores["trace_categorical"], data_type="CATEGORICAL")
    keep_score("trace_boolean", root.score_trace, **scores["trace_boolean"], data_type="BOOLEAN")
    keep_score("session_numeric", langfuse.create_score, **scores["session_numeric"], session_id=SESSION_ID)


def keep_score(key, score, **arguments):
    """Send a score under an id of our own, so that the tests can find it."""
    score_id = f"{SESSION_ID}-{key}"
    score(score_id=score_id, **arguments)
    recorder.report["scores"][key] = score_id


@observe()
async def fetch(topic):
    await asyncio.sleep(0.002)
    return {"topic": topic, "hits": len(topic)}


@observe(as_type="generation")
async def complete(prompt):
    langfuse.update_current_generation(model="gpt-4o", usage_details={"input": 1000, "output": 50})
    return "completed: " + prompt


@observe()
def fail(reason):
    raise ValueError(reason)


@observe(name="handle-request")
async def handle(question, *, lang):
    await asyncio.gather(fetch("a"), fetch("bcd"))
    with contextlib.suppress(ValueError):
        fail("no luck")
    text = await complete(question)
    return {"text": text, "lang": lang, "trace": langfuse.get_current_trace_id()}
