"""The calls of models in a trace with their texts, in order: what the conversation view is made of."""

from typing import Any

from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms
from spyglass.core.records import Observation, Trace
from spyglass.features.trace_view.heads import find_trace
from spyglass.features.trace_view.texts import Texts
from spyglass.query.trace_tree import list_generations, nearest, read_agents, read_some

MOST = 200
_TEXT_CHARACTERS = 256 << 10
_ALL_CHARACTERS = 16 << 20  # of one answer; what comes later is named, but has no text
_AT_ONCE = 10  # a row may hold half a megabyte

_NAMES = ("end_time", "name", "type", "level", "model", "scope_name", "input", "output", "tool_call_names")


def read_conversation(state: AppState, project_id: str, trace_id: str, near_us: int | None) -> dict[str, Any]:
    analytics = state.stores.analytics
    trace = find_trace(state, project_id, trace_id, near_us)
    keys = list_generations(analytics, trace, (), MOST + 1)
    above, agents = read_agents(analytics, trace)
    generations = _read(state, trace, keys[:MOST])
    for each in generations:
        each["agent"] = nearest(each["id"], above, agents)
    return {"generations": generations, "truncated": len(keys) > MOST}


def _read(state: AppState, trace: Trace, keys: list[Observation]) -> list[dict[str, Any]]:
    texts = Texts(trace.project_id, state.stores.blobs)
    left = _ALL_CHARACTERS
    found = []
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        ids, times = [key.id for key in some], [key.start_time for key in some]
        rows = read_some(state.stores.analytics, trace, _NAMES, ids, times=times)
        for row in (rows[id_] for id_ in ids if id_ in rows):
            input_ = texts.cut(row.input, min(left, _TEXT_CHARACTERS))
            left -= len(input_["text"])
            output = texts.cut(row.output, min(left, _TEXT_CHARACTERS))
            left -= len(output["text"])
            found.append(
                {
                    "id": row.id,
                    "name": row.name or None,
                    "type": row.type,
                    "level": row.level,
                    "model": row.model or None,
                    "agent": None,
                    "start": iso_ms(row.start_time),
                    "input": input_,
                    "output": output,
                    "scope": row.scope_name or None,
                }
            )
    return found
