"""The questions: how each is asked over HTTP, and the SQL that answers it from the same columns by hand.

The raw SQL is what somebody would write who knows the tables and has no replaced rows to fear: no FINAL, no total
of a list, no names of what is joined. Ranges of time differ a little from run to run, so that no answer comes from
a cache; lists have none.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from spyglass.core.clock import iso_ms
from spyglass.stores.analytics.sql import Sql, sql, value
from tests.bench.question_rows import GIANT, PROJECT, SIXTY, USERS, World

DASHBOARD, LIST, TEXT, TRACE, SCAN = "dashboard", "list", "full text", "trace", "scan"
# Medians over HTTP at 1 million observations on two cores, ms.
EXPECTED = {DASHBOARD: 80, LIST: 30, TEXT: 20}
_SECOND_US = 1_000_000
MINE = f"project_id = '{PROJECT}'"

Ask = Callable[[World, int], str]
Raw = Callable[[World, int], Sql]


@dataclass(frozen=True)
class Question:
    """`path`: what is requested in a run, with `body` by POST; `raw`: the same by hand, None where there is no one
    statement."""

    name: str
    kind: str
    path: Ask
    raw: Raw | None = None
    body: Callable[[World, int], bytes] | None = None


def time_range(world: World, run: int) -> tuple[int, int]:
    return world.from_us + run * 7 * _SECOND_US, world.to_us + run * _SECOND_US


def _metrics(
    dimensions: list[str], metrics: list[tuple[str, str]], view: str = "observations", **more: Any
) -> Ask:
    """Observations are asked with v2 of the language; traces are a view of v1 only."""
    version = "" if view == "traces" else "v2/"

    def path(world: World, run: int) -> str:
        from_us, to_us = time_range(world, run)
        question = {
            "view": view,
            "dimensions": [{"field": name} for name in dimensions],
            "metrics": [{"measure": measure, "aggregation": word} for measure, word in metrics],
            "fromTimestamp": iso_ms(from_us),
            "toTimestamp": iso_ms(to_us),
            **more,
        }
        return f"/api/public/{version}metrics?query=" + quote(json.dumps(question))

    return path


def _over(text: str, time: str = "start_time") -> Raw:
    def raw(world: World, run: int) -> Sql:
        from_us, to_us = time_range(world, run)
        bounds = (value("Int64", from_us), value("Int64", to_us))
        return sql(text.replace("{range}", f"{MINE} AND {_between(time)}"), *bounds)

    return raw


def _between(column: str) -> str:
    return f"{column} >= fromUnixTimestamp64Micro({{}}, 'UTC') AND {column} < fromUnixTimestamp64Micro({{}}, 'UTC')"


_LATENCY = "dateDiff('millisecond', start_time, end_time)"
_BY_COST = {"orderBy": [{"field": "sum_totalCost", "direction": "desc"}], "config": {"row_limit": 20}}

DASHBOARDS = [
    Question(
        "P50, P95, P99 of latency per model",
        DASHBOARD,
        _metrics(["providedModelName"], [("latency", "p50"), ("latency", "p95"), ("latency", "p99")]),
        _over(
            f"SELECT model, quantilesExact(0.5, 0.95, 0.99)({_LATENCY}) FROM observations WHERE {{range}} "
            "GROUP BY model"
        ),
    ),
    Question(
        "cost per day and model",
        DASHBOARD,
        _metrics(
            ["providedModelName"],
            [("totalCost", "sum")],
            timeDimension={"granularity": "day"},
            config={"row_limit": 1000},
        ),
        _over(
            "SELECT toDate(start_time) AS day, model, sum(total_cost) FROM observations WHERE {range} "
            "GROUP BY day, model ORDER BY day"
        ),
    ),
    Question(
        "error rate per hour",
        DASHBOARD,
        _metrics(
            [], [("errorRate", "avg")], timeDimension={"granularity": "hour"}, config={"row_limit": 1000}
        ),
        _over(
            "SELECT toStartOfHour(start_time) AS hour, countIf(level = 'ERROR') / count() FROM observations "
            "WHERE {range} GROUP BY hour ORDER BY hour"
        ),
    ),
    Question(
        "top 20 users by cost",
        DASHBOARD,
        _metrics(["userId"], [("totalCost", "sum")], **_BY_COST),
        _over(
            "SELECT user_id, sum(total_cost) AS cost FROM observations WHERE {range} GROUP BY user_id "
            "ORDER BY cost DESC LIMIT 20"
        ),
    ),
    Question(
        "the same from traces, which hold the sums",
        DASHBOARD,
        _metrics(["userId"], [("totalCost", "sum")], "traces", **_BY_COST),
        _over(
            "SELECT user_id, sum(total_cost) AS cost FROM traces WHERE {range} GROUP BY user_id "
            "ORDER BY cost DESC LIMIT 20",
            "timestamp",
        ),
    ),
    Question(
        "calls and cost by a metadata key",
        DASHBOARD,
        _metrics(["metadata.region"], [("count", "count"), ("totalCost", "sum")]),
        _over(
            "SELECT metadata['region'] AS region, count(), sum(total_cost) FROM observations WHERE {range} "
            "GROUP BY region"
        ),
    ),
    Question(
        "the same, a key of 300 values",
        DASHBOARD,
        _metrics(["metadata.tenant"], [("count", "count"), ("totalCost", "sum")], **_BY_COST),
        _over(
            "SELECT metadata['tenant'] AS tenant, count(), sum(total_cost) AS cost FROM observations WHERE {range} "
            "GROUP BY tenant ORDER BY cost DESC LIMIT 20"
        ),
    ),
]


def _traces(fields: str, **more: Callable[[int], str]) -> Ask:
    def path(world: World, run: int) -> str:
        given = {name: make(run) for name, make in more.items()}
        return "/api/public/traces?" + urlencode({"limit": "50", "fields": fields, **given})

    return path


def _filter(*conditions: dict[str, Any]) -> str:
    return json.dumps(conditions)


SHOWN = "id, timestamp, name, user_id, session_id, tags, first_start, last_end, total_cost, input, output, metadata"


def _newest_traces(where: str, bind: Callable[[int], str] | None = None) -> Raw:
    """50 rows with their texts; `{}` in the condition is what differs from run to run."""

    def raw(world: World, run: int) -> Sql:
        return sql(
            f"SELECT {SHOWN} FROM traces WHERE {MINE} AND {where} ORDER BY timestamp DESC, id DESC LIMIT 50",
            *([value("String", bind(run))] if bind else []),
        )

    return raw


def some_user(run: int) -> str:
    return f"user-{run * 37 % USERS}"


def some_tag(run: int) -> str:
    return f"tag-{run % 40}"


def some_tenant(run: int) -> str:
    return f"tenant-{run * 11 % 300}"


# Frequent words of the corpus; and the number of an order, which one trace has and others hardly ever.
_COMMON = (
    "self",
    "return",
    "value",
    "name",
    "line",
    "code",
    "file",
    "type",
    "path",
    "data",
    "default",
    "error",
)


def frequent_word(run: int) -> str:
    return _COMMON[run % len(_COMMON)]


def rare_word(run: int) -> str:
    return str(random.Random(run).randrange(1000, 2500))


def _has_text(make: Callable[[int], str]) -> Callable[[int], str]:
    return lambda run: _filter(
        {"type": "string", "column": "input", "operator": "matches", "value": make(run)}
    )


def _has_tenant(run: int) -> str:
    return _filter(
        {
            "type": "stringObject",
            "column": "metadata",
            "key": "tenant",
            "operator": "=",
            "value": some_tenant(run),
        }
    )


_IO = "core,io,metrics"
_ALL = "core,io,scores,observations,metrics"
LISTS = [
    Question("50 newest traces, without texts", LIST, _traces("core,metrics"), _newest_traces("1")),
    Question("50 newest traces, with texts", LIST, _traces(_IO), _newest_traces("1")),
    Question("the same, with ids of spans and scores", LIST, _traces(_ALL), _newest_traces("1")),
    Question(
        "newest traces of one user, with texts",
        LIST,
        _traces(_IO, userId=some_user),
        _newest_traces("user_id = {}", some_user),
    ),
    Question(
        "newest traces with a tag, with texts",
        LIST,
        _traces(_IO, tags=some_tag),
        _newest_traces("has(tags, {})", some_tag),
    ),
    Question(
        "newest traces with a metadata value, with texts",
        LIST,
        _traces(_IO, filter=_has_tenant),
        _newest_traces("metadata['tenant'] = {}", some_tenant),
    ),
    Question(
        "traces with a frequent word in the input",
        TEXT,
        _traces(_IO, filter=_has_text(frequent_word)),
        _newest_traces("hasAllTokens(lower(input), [{}])", frequent_word),
    ),
    Question(
        "traces with a rare word in the input",
        TEXT,
        _traces(_IO, filter=_has_text(rare_word)),
        _newest_traces("hasAllTokens(lower(input), [{}])", rare_word),
    ),
]


def _observations(fields: str, **more: Callable[[int], str]) -> Ask:
    def path(world: World, run: int) -> str:
        given = {name: make(run) for name, make in more.items()}
        return "/api/public/v2/observations?" + urlencode({"limit": "50", "fields": fields, **given})

    return path


def _newest_observations(columns: str, where: str = "1", bind: Callable[[int], str] | None = None) -> Raw:
    def raw(world: World, run: int) -> Sql:
        return sql(
            f"SELECT {columns} FROM observations WHERE {MINE} AND {where} "
            "ORDER BY start_time DESC, trace_id DESC, id DESC LIMIT 50",
            *([value("String", bind(run))] if bind else []),
        )

    return raw


_BASIC = (
    "id, trace_id, start_time, end_time, parent_id, type, name, level, status_message, version, environment"
)


def _trace(trace_id: str, spans: str) -> Question:
    """Everything of a trace, as `GET /traces/{id}` gives it."""
    columns = f"{_BASIC}, completion_start_time, model, usage, cost, total_cost, prompt_name, input, output, metadata"

    def raw(world: World, run: int) -> Sql:
        return sql(
            f"SELECT {columns} FROM observations WHERE {MINE} AND trace_id = {{}} ORDER BY start_time, id",
            value("String", trace_id),
        )

    return Question(
        f"all of the trace of {spans}", TRACE, lambda world, run: f"/api/public/traces/{trace_id}", raw
    )


RECORDS = [
    Question(
        "50 newest observations, without texts",
        LIST,
        _observations("core,basic"),
        _newest_observations(_BASIC),
    ),
    Question(
        "50 newest observations, with texts",
        LIST,
        _observations("core,basic,io,model,usage"),
        _newest_observations(f"{_BASIC}, model, usage, cost, total_cost, input, output"),
    ),
    _trace(SIXTY, "60"),
    Question(
        "1,000 newest of a trace of 50,000",
        TRACE,
        lambda world, run: f"/api/public/v2/observations?limit=1000&traceId={GIANT}",
        lambda world, run: sql(
            f"SELECT {_BASIC} FROM observations WHERE {MINE} AND trace_id = '{GIANT}' "
            "ORDER BY start_time DESC, id DESC LIMIT 1000"
        ),
    ),
    _trace(GIANT, "50,000"),
    Question(
        "observations with a rare word in the input (no index)",
        SCAN,
        _observations("core,basic", filter=_has_text(rare_word)),
        _newest_observations(_BASIC, "positionCaseInsensitive(input, {}) > 0", rare_word),
    ),
]
