"""Scores of every data type through Python `langfuse` 2 to 5: on a trace, an observation, a session, a dataset run.

Arguments: a JSON object of config ids by key, and the id of a dataset run.
"""

import json
import os
import sys
import time

from langfuse import Langfuse

RUN = os.environ["COMPAT_RUN"]
MAJOR = int(RUN[-1])
SESSION_ID = f"{RUN}-scored-session"
CONFIGS, RUN_ID = json.loads(sys.argv[1]), sys.argv[2]
TEXT = ("A remark « in French » 🙂. " * 18).strip()
langfuse = Langfuse()


def score(key, **arguments):
    """Send a score under an id of our own, so that the tests can find it."""
    if MAJOR == 2:
        langfuse.score(id=f"{RUN}-score-{key}", **arguments)
    else:
        langfuse.create_score(score_id=f"{RUN}-score-{key}", **arguments)


def send_traces():
    """Three traces of one session; gives the ids of the last one and of an observation in it."""
    for number in range(3):
        if MAJOR == 2:
            trace = langfuse.trace(
                name=f"trace {number}", session_id=SESSION_ID, user_id="scored", input=f"input {number}"
            )
            ids = trace.id, trace.span(name="span").end().id
        else:
            ids = send_span(number)
        time.sleep(0.005)
    return ids


def send_span(number):
    if MAJOR == 3:
        with langfuse.start_as_current_observation(
            name=f"trace {number}", as_type="span", input=f"input {number}"
        ) as span:
            span.update_trace(session_id=SESSION_ID, user_id="scored")
    else:
        from langfuse import propagate_attributes

        with (
            propagate_attributes(session_id=SESSION_ID, user_id="scored"),
            langfuse.start_as_current_observation(
                name=f"trace {number}", as_type="span", input=f"input {number}"
            ) as span,
        ):
            langfuse.score_current_span(
                name="current span", value=0.5, score_id=f"{RUN}-score-current-{number}"
            )
    return span.trace_id, span.id


def send_scores(trace_id, observation_id):
    on_trace = {"trace_id": trace_id}
    score(
        "number",
        name="accuracy",
        value=0.25,
        comment="commenté 🙂",
        metadata={"by": ["me", None]},
        **on_trace,
    )
    score("word", name="tone", value="friendly", **on_trace)
    score("yes", name="helpful", value=1, data_type="BOOLEAN", **on_trace)
    score("no", name="harmful", value=0, data_type="BOOLEAN", **on_trace)
    if MAJOR > 2:
        score("text", name="remark", value=TEXT, data_type="TEXT", **on_trace)
        score(
            "correction",
            name="any name",
            value="What should have been said.",
            data_type="CORRECTION",
            **on_trace,
        )
    score("grade", name="another name", value="good", config_id=CONFIGS["grade"], **on_trace)
    score("points", name=f"{RUN} points", value=10, config_id=CONFIGS["points"], **on_trace)
    score("flag", name=f"{RUN} flag", value=1, config_id=CONFIGS["flag"], data_type="BOOLEAN", **on_trace)
    score("replaced", name="replaced", value=1, comment="first", **on_trace)
    score("replaced", name="replaced", value=2, **on_trace)
    score("on-observation", name="relevance", value=0.5, observation_id=observation_id, **on_trace)
    if MAJOR > 2:  # 2.x knows neither
        score("on-session", name="mood", value="calm", session_id=SESSION_ID)
        score("on-run", name="recall", value=0.75, dataset_run_id=RUN_ID)


def send_refused(trace_id):
    """What the server must refuse, and after it a score that it must not."""
    on_trace = {"trace_id": trace_id}
    score("too-many", name="n", value=11, config_id=CONFIGS["points"], **on_trace)
    score("no-category", name="n", value="excellent", config_id=CONFIGS["grade"], **on_trace)
    score("other-type", name="n", value="a word", config_id=CONFIGS["points"], **on_trace)
    score("no-config", name="n", value=1, config_id="no-such-config", **on_trace)
    score("archived", name="n", value=1, config_id=CONFIGS["archived"], **on_trace)
    score("not-a-flag", name="n", value=7, data_type="BOOLEAN", **on_trace)
    score("afterwards", name="afterwards", value=1, **on_trace)


trace_id, observation_id = send_traces()
send_scores(trace_id, observation_id)
langfuse.flush()
send_refused(trace_id)
langfuse.flush()
print(json.dumps({"trace": trace_id, "observation": observation_id}))
