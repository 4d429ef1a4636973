"""Between the state of an entity and its row: the row shows the winners, and its column `merge_state` keeps
their stamps, so that the state can be had back from the row alone."""

from collections.abc import Callable
from typing import Any

import msgspec

from spyglass.core.records import Kind, Observation, Score, Trace
from spyglass.ingest.merge import BASE, Stamp, State


class _Stored(msgspec.Struct, omit_defaults=True):
    """`merge_state`: the distinct stamps, and which of them each field's winner has. Metadata statements are
    kept while there are several, or a step takes out of them; else one is the row's metadata itself."""

    s: list[Stamp]
    c: dict[str, int]
    m: list[tuple[int, dict[str, Any]]] = []
    one: int | None = None  # the stamp of the only metadata statement
    end: int | None = None  # the end as it was said, where the row shows a later one


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Stored).decode


def store(state: State) -> str:
    """The text for the `merge_state` column."""
    stamps: dict[Stamp, int] = {}
    cells: dict[str, int] = {}
    for name, (stamp, _) in state.cells.items():
        number = stamps.get(stamp)
        if number is None:
            number = stamps[stamp] = len(stamps)
        cells[name] = number
    statements = [(stamps.setdefault(stamp, len(stamps)), patch) for stamp, patch in state.metadata]
    apart = len(statements) > 1 or _may_lose_metadata(state)
    stored = _Stored(
        s=list(stamps),
        c=cells,
        m=statements if apart else [],
        one=statements[0][0] if len(statements) == 1 else None,
        end=state.cells["end_time"][1] if _ends_early(state) else None,
    )
    return _encode(stored).decode()


def restore(kind: Kind, row: Observation | Trace | Score, read_text: Callable[[str], Any]) -> State:
    """The state behind a stored row; `read_text` parses a stored metadata text."""
    state = State(kind)
    state.created_at = row.created_at
    stored = _decode(row.merge_state) if row.merge_state else None
    metadata = {key: read_text(text) for key, text in row.metadata.items()}
    if isinstance(row, Trace):
        state.tags = set(row.tags)
    if stored is None:
        for name in _fields_of(row):
            value = _cell_value(row, name)
            if value not in (None, "", {}, []):
                state.cells[name] = (BASE, value)
        if metadata:
            state.metadata = [(BASE, metadata)]
        return state
    for name, number in stored.c.items():
        state.cells[name] = (stored.s[number], _cell_value(row, name))
    if stored.end is not None:
        state.cells["end_time"] = (state.cells["end_time"][0], stored.end)
    if stored.m:
        state.metadata = [(stored.s[number], patch) for number, patch in stored.m]
    elif stored.one is not None and metadata:
        state.metadata = [(stored.s[stored.one], metadata)]
    return state


# Columns that nobody states: keys, what is handled apart, what is computed.
_NOT_CELLS = frozenset(
    {"project_id", "id", "metadata", "tags", "merge_state", "version_seq", "is_deleted"}
    | {"created_at", "updated_at", "usage", "usage_source", "cost", "total_cost", "model_id", "pricing_tier"}
    | {"prompt_id", "prompt_name", "prompt_version", "experiment"}
    | {"tool_definitions", "tool_calls", "tool_call_names", "input_preview", "output_preview"}
    | {"observation_count", "first_start", "last_end"}
    | {"error_count", "warning_count", "default_count", "debug_count", "estimated"}
)


def _fields_of(row: Observation | Trace | Score) -> list[str]:
    names = [name for name in row.__struct_fields__ if name not in _NOT_CELLS]
    return [*names, "prompt"] if isinstance(row, Observation) else names


def _cell_value(row: Observation | Trace | Score, name: str) -> Any:
    if name == "created":
        return True
    if name == "prompt" and isinstance(row, Observation):
        return (row.prompt_name, row.prompt_version) if row.prompt_name else None
    return getattr(row, name)


def to_row(
    state: State, project_id: str, id_: str, to_text: Callable[[Any], str]
) -> Observation | Trace | Score:
    """A fresh row of the state; what steps and sums fill is left at its default."""
    row: Observation | Trace | Score
    if state.kind is Kind.OBSERVATION:
        row = Observation(
            project_id=project_id,
            id=id_,
            trace_id=state.value("trace_id"),
            start_time=state.value("start_time", 0),
        )
    elif state.kind is Kind.TRACE:
        row = Trace(project_id=project_id, id=id_, timestamp=state.value("timestamp", 0))
        row.tags = sorted(state.tags)
    else:
        row = Score(project_id=project_id, id=id_, timestamp=state.value("timestamp", 0))
    created = state.kind is Kind.TRACE and "created" in state.cells
    for name, (stamp, value) in state.cells.items():
        if value is None or (created and (name == "created" or _is_overruled(name, stamp))):
            continue
        if name == "prompt":
            row.prompt_name, row.prompt_version = value  # type: ignore[union-attr]
        else:
            setattr(row, name, value)
    row.metadata = {
        key: "null" if value is None else to_text(value) for key, value in state.merged_metadata().items()
    }
    if isinstance(row, Observation) and _ends_early(state):
        row.end_time = row.start_time  # contract 1.10; the state keeps what was said
    row.created_at = state.created_at
    row.merge_state = store(state)
    return row


def _may_lose_metadata(state: State) -> bool:
    """Whether the row may show less than was said: tools move from here to the input, to whichever is the
    latest (`tool_calls.py`)."""
    return state.kind is Kind.OBSERVATION and any(
        "tools" in patch or "attributes" in patch for _, patch in state.metadata
    )


def _ends_early(state: State) -> bool:
    """Whether the end that was said lies before the start, as known by now: a start may still come."""
    end: int | None = state.value("end_time", None)
    return end is not None and end < state.value("start_time", 0)


def _is_overruled(name: str, stamp: Stamp) -> bool:
    """A trace that was created by name takes nothing from its observations (contract 1.11): what they
    suggest carries a negative time (see `merge.suggest_trace`)."""
    return stamp[0] < 0 and stamp[1] < 0 and name in ("name", "input", "output")
