"""What stands in the files of scheduled exports: the columns of each table, their types and where their values
come from. Names and meanings are those of the published field reference of blob-storage exports.

Observations have two forms: `observations` is the row alone, `observations_v2` adds fields of its trace and has
empty texts where the other has nulls. Scores and traces have fixed columns.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from spyglass.core.clock import from_us
from spyglass.core.cost import Model
from spyglass.core.records import Trace
from spyglass.query.bodies import resolve_text, resolve_texts
from spyglass.stores.blobs import Blobs

GROUPS = (
    *("core", "basic", "time", "io", "metadata", "model", "usage", "prompt", "metrics", "tools"),
    "trace_context",
)

_TEXT, _TEXTS, _MAP = "Nullable(String)", "Array(String)", "Map(String, String)"
_TIME, _NUMBER, _FLAG = "Nullable(DateTime64(6, 'UTC'))", "Nullable(Float64)", "Bool"


@dataclass(frozen=True)
class Shown:
    """A row with what its columns may need beside it."""

    row: Any
    blobs: Blobs
    trace: Trace | None = None
    model: Model | None = None
    blank: str | None = None  # what stands for a text that is not set


@dataclass(frozen=True)
class Column:
    """`reads`: the stored columns that the value is made of. `in_parquet`: prices are only in text formats."""

    name: str
    type: str
    value: Callable[[Shown], Any]
    reads: tuple[str, ...]
    of_trace: bool = False
    in_parquet: bool = True


def instant_text(at_us: int | None) -> str | None:
    """`2026-01-31 12:00:00.123456`, in UTC."""
    return None if at_us is None else f"{from_us(at_us):%Y-%m-%d %H:%M:%S.%f}"


def _text(name: str, stored: str = "") -> Column:
    stored = stored or name
    return Column(name, _TEXT, lambda shown: getattr(shown.row, stored) or shown.blank, (stored,))


def _body(name: str) -> Column:
    def read(shown: Shown) -> str | None:
        text = getattr(shown.row, name)
        return resolve_text(text, shown.row.project_id, shown.blobs) if text else shown.blank

    return Column(name, _TEXT, read, (name,))


def _metadata() -> Column:
    return Column(
        "metadata",
        _MAP,
        lambda shown: resolve_texts(shown.row.metadata, shown.row.project_id, shown.blobs),
        ("metadata",),
    )


def _plain(name: str, type_: str, stored: str = "") -> Column:
    stored = stored or name
    return Column(name, type_, lambda shown: getattr(shown.row, stored), (stored,))


def _time(name: str) -> Column:
    return Column(name, _TIME, lambda shown: instant_text(getattr(shown.row, name)), (name,))


def _seconds(name: str, end: str) -> Column:
    def read(shown: Shown) -> float | None:
        start_us, end_us = shown.row.start_time, getattr(shown.row, end)
        return None if end_us is None or end_us < start_us else (end_us - start_us) / 1e6

    return Column(name, _NUMBER, read, ("start_time", end))


def _price(name: str, key: str) -> Column:
    def read(shown: Shown) -> str | None:
        price = _prices(shown).get(key)
        return None if price is None else format(price, "f")

    return Column(name, _TEXT, read, ("model_id", "pricing_tier"), in_parquet=False)


def _prices(shown: Shown) -> Mapping[str, Decimal]:
    if shown.model is None or not shown.model.tiers:
        return {}
    tiers = {tier.name: tier for tier in shown.model.tiers}
    default = next((tier for tier in shown.model.tiers if tier.is_default), shown.model.tiers[0])
    return tiers.get(shown.row.pricing_tier, default).prices


def _tier_id(shown: Shown) -> str | None:
    tiers = shown.model.tiers if shown.model else ()
    return next((tier.id for tier in tiers if tier.name == shown.row.pricing_tier), None)


def _of_trace(name: str, type_: str, stored: str, default: Any) -> Column:
    def read(shown: Shown) -> Any:
        return getattr(shown.trace, stored) if shown.trace is not None else default

    return Column(name, type_, read, ("trace_id",), of_trace=True)


_COST = Column(
    "cost_details",
    "Map(String, Float64)",
    lambda shown: {key: float(amount) for key, amount in shown.row.cost.items()},
    ("cost",),
)
_TOTAL_COST = Column(
    "total_cost",
    _NUMBER,
    lambda shown: None if shown.row.total_cost is None else float(shown.row.total_cost),
    ("total_cost",),
)
_ROOT = Column(
    "is_root_observation",
    _FLAG,
    lambda shown: not shown.row.parent_id or shown.row.is_app_root,
    ("parent_id", "is_app_root"),
)

_OBSERVATION: dict[str, tuple[Column, ...]] = {
    "core": (
        _text("id"),
        _text("trace_id"),
        _text("project_id"),
        _time("start_time"),
        _time("end_time"),
        _text("parent_observation_id", "parent_id"),
        _text("type"),
    ),
    "basic": tuple(map(_text, ("name", "environment", "level", "status_message", "version"))),
    "time": tuple(map(_time, ("completion_start_time", "created_at", "updated_at"))),
    "io": (_body("input"), _body("output")),
    "metadata": (_metadata(),),
    "model": (
        _text("provided_model_name", "model"),
        _text("model_id"),
        _text("model_parameters"),
        _price("input_price", "input"),
        _price("output_price", "output"),
        _price("total_price", "total"),
    ),
    "usage": (
        _plain("usage_details", "Map(String, UInt64)", "usage"),
        _COST,
        _TOTAL_COST,
        Column(
            "usage_pricing_tier_name",
            _TEXT,
            lambda shown: shown.row.pricing_tier or None,
            ("pricing_tier",),
        ),
    ),
    "prompt": (_text("prompt_id"), _text("prompt_name"), _plain("prompt_version", "Nullable(Int64)")),
    "metrics": (_seconds("latency", "end_time"), _seconds("time_to_first_token", "completion_start_time")),
    "tools": (
        _plain("tool_definitions", _MAP),
        _plain("tool_calls", _TEXTS),
        _plain("tool_call_names", _TEXTS),
    ),
}
# What `observations_v2` has beside these.
_ENRICHED: dict[str, tuple[Column, ...]] = {
    "basic": (
        _of_trace("user_id", _TEXT, "user_id", ""),
        _of_trace("session_id", _TEXT, "session_id", ""),
        _of_trace("bookmarked", _FLAG, "bookmarked", False),
        _of_trace("public", _FLAG, "public", False),
        _ROOT,
    ),
    "usage": (Column("usage_pricing_tier_id", _TEXT, _tier_id, ("model_id", "pricing_tier")),),
    "trace_context": (
        _of_trace("trace_name", _TEXT, "name", ""),
        _of_trace("tags", _TEXTS, "tags", []),
        _of_trace("release", _TEXT, "release", ""),
    ),
}
TRACE_FIELDS = ("name", "user_id", "session_id", "release", "tags", "public", "bookmarked")

TRACE_COLUMNS = (
    _text("id"),
    _time("timestamp"),
    *map(_text, ("name", "environment", "project_id")),
    _metadata(),
    *map(_text, ("user_id", "session_id", "release", "version")),
    _plain("public", _FLAG),
    _plain("bookmarked", _FLAG),
    _plain("tags", _TEXTS),
    _body("input"),
    _body("output"),
    _time("created_at"),
    _time("updated_at"),
)
SCORE_COLUMNS = (
    _text("id"),
    _time("timestamp"),
    *map(_text, ("project_id", "environment", "trace_id", "observation_id", "session_id", "dataset_run_id")),
    _text("name"),
    Column("value", _NUMBER, lambda shown: shown.row.value or 0.0, ("value",)),
    *map(_text, ("source", "comment", "data_type")),
    Column(
        "string_value",
        _TEXT,
        lambda shown: shown.row.string_value or shown.row.long_string_value or None,
        ("string_value", "long_string_value"),
    ),
    _time("created_at"),
    _time("updated_at"),
)


def observation_columns(groups: Iterable[str], *, enriched: bool) -> tuple[Column, ...]:
    """Columns of the asked groups; `core` is always there."""
    asked = {"core", *groups}
    found: list[Column] = []
    for group in GROUPS:
        if group in asked:
            found += _OBSERVATION.get(group, ())
            found += _ENRICHED.get(group, ()) if enriched else ()
    return tuple(found)
