"""Python `langfuse` 2.x: the stateful client and the decorators, over the batch endpoint."""

import asyncio
import contextlib
import datetime as dt

from langfuse import Langfuse
from langfuse.client import StatefulGenerationClient, StateType
from langfuse.decorators import langfuse_context, observe
from recorder import SCENARIO as S
from recorder import SESSION_ID, Recorder, read_clock_ms

recorder = Recorder()
langfuse = Langfuse()


def send_trace():
    """The scenario's tree; the trace is created bare and filled by later updates."""
    earliest_ms = read_clock_ms()
    trace = langfuse.trace(name="to be renamed", input=S["trace"]["input"], tags=["compat"], public=True)
    recorder.note_trace(earliest_ms)
    trace.update(
        name=S["trace"]["name"],
        user_id=S["trace"]["user"],
        session_id=SESSION_ID,
        version=S["trace"]["version"],
        metadata={"plan": "free", "seats": 3},
        tags=["beta"],
    )
    agent = send_agent(trace)
    trace.update(output=S["trace"]["output"], metadata=S["trace"]["metadata"])
    return trace, agent


def send_agent(trace):
    """The agent span with its children."""
    with recorder.time_edge("agent", "start"):
        agent = trace.span(
            name="agent, not yet named", input=S["agent"]["input"], version=S["agent"]["version"]
        )
    recorder.note_observation("agent", agent.id)
    for key in ("retriever", "tool"):
        send_span(agent, key)
    send_answer(agent)
    send_draft(agent)
    with recorder.time_edge("event", "start"):
        event = agent.event(
            **{k: S["event"][k] for k in ("name", "input", "level", "status_message", "metadata")}
        )
    recorder.note_observation("event", event.id)
    send_broken(agent)
    agent.update(name=S["agent"]["name"], metadata=S["agent"]["metadata"])
    with recorder.time_edge("agent", "end"):
        agent.end(output=S["agent"]["output"])
    return agent


def send_span(agent, key):
    with recorder.time_edge(key, "start"):
        span = agent.span(name=S[key]["name"], input=S[key]["input"], metadata=S[key]["metadata"])
    recorder.note_observation(key, span.id)
    with recorder.time_edge(key, "end"):
        span.end(output=S[key]["output"])


def send_answer(agent):
    """A generation whose price the server has to find; usage comes with the end."""
    answer = S["answer"]
    with recorder.time_edge("answer", "start"):
        generation = agent.generation(
            name=answer["name"],
            model=answer["model"],
            model_parameters=answer["model_parameters"],
            input=answer["input"],
            metadata=answer["metadata"],
        )
    recorder.note_observation("answer", generation.id)
    with recorder.time_edge("answer", "first_token"):
        generation.update(completion_start_time=dt.datetime.now(dt.UTC))
    with recorder.time_edge("answer", "end"):
        generation.end(output=answer["output"], usage_details=answer["usage"])
    scores = S["scores"]
    keep_score("observation_numeric", generation.score, **scores["observation_numeric"])
    keep_score("observation_categorical", generation.score, **scores["observation_categorical"])
    keep_score("observation_boolean", generation.score, **scores["observation_boolean"], data_type="BOOLEAN")


def send_draft(agent):
    """A generation with its own usage, cost and times, updated before it is created."""
    draft, start = S["draft"], dt.datetime(2026, 3, 1, 12, 30, 0, 250_000, tzinfo=dt.UTC)
    end = start + dt.timedelta(milliseconds=1501)
    early = StatefulGenerationClient(
        langfuse.client, "draft-" + agent.id, StateType.OBSERVATION, agent.trace_id, langfuse.task_manager
    )
    early.update(
        usage_details=draft["usage"], cost_details=draft["cost"], output=draft["output"], end_time=end
    )
    generation = agent.generation(
        id="draft-" + agent.id,
        name=draft["name"],
        model=draft["model"],
        model_parameters=draft["model_parameters"],
        input=draft["input"],
        start_time=start,
    )
    recorder.note_observation("draft", generation.id)
    for edge, moment in (("start", start), ("end", end)):
        moment_ms = round(moment.timestamp() * 1000)
        recorder.note_times("draft", edge, moment_ms, moment_ms)


def send_broken(agent):
    with recorder.time_edge("broken", "start"):
        span = agent.span(name=S["broken"]["name"], input=S["broken"]["input"])
    recorder.note_observation("broken", span.id)
    with recorder.time_edge("broken", "end"):
        span.end(level="ERROR", status_message=S["broken"]["status_message"])


def keep_score(key, score, **arguments):
    """Send a score under an id of our own, so that the tests can find it."""
    score_id = f"{SESSION_ID}-{key}"
    score(id=score_id, **arguments)
    recorder.report["scores"][key] = score_id


@observe()
async def fetch(topic):
    await asyncio.sleep(0.002)
    return {"topic": topic, "hits": len(topic)}


@observe(as_type="generation")
async def complete(prompt):
    langfuse_context.update_current_observation(model="gpt-4o", usage_details={"input": 1000, "output": 50})
    return "completed: " + prompt


@observe()
def fail(reason):
    raise ValueError(reason)


@observe(name="handle-request")
async def handle(question, *, lang):
    langfuse_context.update_current_trace(user_id="user-decorated", session_id=SESSION_ID, tags=["decorated"])
    await asyncio.gather(fetch("a"), fetch("bcd"))
    with contextlib.suppress(ValueError):
        fail("no luck")
    text = await complete(question)
    return {"text": text, "lang": lang, "trace": langfuse_context.get_current_trace_id()}


trace, agent = send_trace()
scores = S["scores"]
keep_score("trace_numeric", trace.score, **scores["trace_numeric"])
keep_score("trace_categorical", trace.score, **scores["trace_categorical"], data_type="CATEGORICAL")
keep_score("trace_boolean", trace.score, **scores["trace_boolean"], data_type="BOOLEAN")
decorated = asyncio.run(handle("¿Qué tal? 🙂", lang="es"))
langfuse_context.flush()
langfuse.flush()
recorder.print_report(trace=trace.id, decorated=decorated["trace"])
