"""The registry itself: the fields of traces, observations, sessions, users and scores (`query/fields.py`), in the order
in which they are offered. Data only.
"""

from typing import Any

from spyglass.core.records import LEVELS
from spyglass.query import expressions
from spyglass.query.fields import (
    CACHED_TOKENS,
    CALLED,
    FIRST_TOKEN_S,
    LATENCY_S,
    LEVEL_RANK,
    SCORE_TEXT,
    TOKENS_PER_SECOND,
    TRACE_FIRST_TOKEN_S,
    TRACE_LATENCY_S,
    TRACE_LEVEL,
    TRACE_LEVEL_RANK,
    Field,
    Place,
    as_double,
    declare,
)

_TOKENS = (
    declare(
        "tokens",
        "number",
        "Tokens",
        as_double(expressions.TOTAL_TOKENS),
        sort=True,
        unit="tokens",
        column="totalTokens",
    ),
    declare(
        "tokens.in",
        "number",
        "Input tokens",
        as_double(expressions.INPUT_TOKENS),
        sort=True,
        unit="tokens",
        column="inputTokens",
    ),
    declare(
        "tokens.out",
        "number",
        "Output tokens",
        as_double(expressions.OUTPUT_TOKENS),
        sort=True,
        unit="tokens",
        column="outputTokens",
    ),
    declare(
        "tokens.cached",
        "number",
        "Cached tokens",
        as_double(CACHED_TOKENS),
        sort=True,
        unit="tokens",
        column="cachedTokens",
        help="Input that was read from a cache of the provider",
    ),
    declare("cost", "money", "Cost", as_double("total_cost"), sort=True, column="totalCost"),
)
_OF_SCORES = (
    declare(
        "score",
        "score",
        "Score",
        place=Place.SCORES,
        facet="keys",
        column="scores_avg",
        help="score.NAME: the mean of a number, or a category",
    ),
)
_COMMENTS = declare(
    "comments", "number", "Comments", place=Place.COMMENTS, facet="", help="How many comments it has"
)
_METADATA = declare(
    "metadata", "map", "Metadata", "metadata", facet="keys", indexed=True, help="metadata.KEY of the record"
)


def _has(*options: str) -> Field:
    return declare(
        "has", "has", "Has", place=Place.HAS, show=False, options=options, help="Whether there is one at all"
    )


def _text(*parts: str, **more: Any) -> Field:
    return declare("text", "text", "Text", parts=parts, show=False, **more)


TRACE_FIELDS = (
    declare("time", "datetime", "Time", "timestamp", sort=True, column="timestamp"),
    declare("id", "string", "Trace ID", "id", indexed=True),
    declare("name", "option", "Name", "name", sort=True),
    declare("env", "option", "Environment", "environment", sort=True, column="environment"),
    declare("user", "string", "User", "user_id", sort=True, indexed=True, facet="options", column="userId"),
    declare(
        "session",
        "string",
        "Session",
        "session_id",
        sort=True,
        indexed=True,
        facet="options",
        column="sessionId",
    ),
    declare("release", "option", "Release", "release", sort=True),
    declare("version", "option", "Version", "version", sort=True),
    declare("tags", "array", "Tags", "tags"),
    declare(
        "level",
        "option",
        "Level",
        TRACE_LEVEL,
        sort=True,
        order=TRACE_LEVEL_RANK,
        options=LEVELS,
        help="The worst level of its observations",
    ),
    declare(
        "latency",
        "duration",
        "Latency",
        TRACE_LATENCY_S,
        sort=True,
        help="From the first start to the last end of its observations",
    ),
    declare(
        "ttft",
        "duration",
        "Time to first token",
        TRACE_FIRST_TOKEN_S,
        place=Place.SUMS,
        help="From its start to the first token that a model answered",
    ),
    *_TOKENS,
    declare(
        "cost.in",
        "money",
        "Input cost",
        f"sum({as_double(expressions.INPUT_COST)})",
        place=Place.SUMS,
        column="inputCost",
    ),
    declare(
        "cost.out",
        "money",
        "Output cost",
        f"sum({as_double(expressions.OUTPUT_COST)})",
        place=Place.SUMS,
        column="outputCost",
    ),
    declare(
        "observations",
        "number",
        "Observations",
        as_double("observation_count"),
        sort=True,
        column="observationCount",
    ),
    declare(
        "errors",
        "number",
        "Errors",
        as_double("error_count"),
        sort=True,
        column="errorCount",
        help="Its observations of level ERROR",
    ),
    declare("warnings", "number", "Warnings", as_double("warning_count"), sort=True, column="warningCount"),
    declare("model", "array", "Model", "model", place=Place.CALLS, show=False, help="Any of its models"),
    declare("models", "array", "Models", "model", place=Place.CALLS, facet="", help="All of its models"),
    declare("prompt", "array", "Prompt", "prompt_name", place=Place.CALLS, help="Any prompt that it used"),
    declare(
        "tool",
        "array",
        "Tool called",
        CALLED,
        place=Place.CALLS,
        many=True,
        show=False,
        help="Any tool that it called",
    ),
    declare(
        "tools",
        "array",
        "Tools called",
        CALLED,
        place=Place.CALLS,
        many=True,
        facet="",
        help="The tools that it called",
    ),
    declare("bookmarked", "boolean", "Bookmarked", "bookmarked", sort=True),
    declare("public", "boolean", "Public", "public"),
    declare("input", "text", "Input", parts=("input",), indexed=True),
    declare("output", "text", "Output", parts=("output",), indexed=True),
    _text("name", "input", "output", indexed=True, help="Name, input or output"),
    _METADATA,
    *_OF_SCORES,
    declare("scores", "score", "Scores", filter=False, facet="", place=Place.SCORES),
    _COMMENTS,
    _has("error", "score", "comment", "session", "user", "tags"),
)

OBSERVATION_FIELDS = (
    declare("time", "datetime", "Time", "start_time", sort=True, column="startTime"),
    declare("end", "datetime", "End", "end_time", column="endTime"),
    declare("id", "string", "Observation ID", "id", indexed=True),
    declare("trace", "string", "Trace ID", "trace_id", indexed=True, column="traceId"),
    declare("parent", "string", "Parent", "parent_id", column="parentObservationId"),
    declare("type", "option", "Type", "type", sort=True),
    declare("name", "option", "Name", "name", sort=True),
    declare("tracename", "option", "Trace name", "name", place=Place.TRACE, column="traceName"),
    declare("env", "option", "Environment", "environment", sort=True, column="environment"),
    declare("level", "option", "Level", "level", sort=True, order=LEVEL_RANK, options=LEVELS),
    declare("status", "text", "Status message", parts=("status_message",), column="statusMessage"),
    declare("latency", "duration", "Latency", LATENCY_S, sort=True),
    declare("ttft", "duration", "Time to first token", FIRST_TOKEN_S, sort=True, column="timeToFirstToken"),
    *_TOKENS,
    declare(
        "cost.in", "money", "Input cost", as_double(expressions.INPUT_COST), sort=True, column="inputCost"
    ),
    declare(
        "cost.out", "money", "Output cost", as_double(expressions.OUTPUT_COST), sort=True, column="outputCost"
    ),
    declare(
        "tps",
        "number",
        "Tokens per second",
        as_double(TOKENS_PER_SECOND),
        sort=True,
        column="tokensPerSecond",
        help="Output tokens by the whole latency",
    ),
    declare("model", "option", "Model", "model", sort=True),
    declare("prompt", "option", "Prompt", "prompt_name", sort=True, column="promptName"),
    declare(
        "promptversion",
        "number",
        "Prompt version",
        as_double("prompt_version"),
        sort=True,
        column="promptVersion",
    ),
    declare("tool.called", "array", "Tool called", "tool_call_names", column="calledToolNames"),
    declare("tool.offered", "array", "Tool offered", "mapKeys(tool_definitions)", column="toolNames"),
    declare("isroot", "boolean", "Is root", "parent_id = '' OR is_app_root", column="isRootObservation"),
    declare("user", "string", "User", "user_id", place=Place.TRACE, facet="options", column="userId"),
    declare(
        "session", "string", "Session", "session_id", place=Place.TRACE, facet="options", column="sessionId"
    ),
    declare("tags", "array", "Tags", "tags", place=Place.TRACE, column="traceTags"),
    declare("release", "option", "Release", "release", place=Place.TRACE),
    declare("version", "option", "Version", "version", sort=True),
    declare("input", "text", "Input", parts=("input",)),
    declare("output", "text", "Output", parts=("output",)),
    _text("name", "input", "output", "status_message", help="Name, input, output or status message"),
    _METADATA,
    *_OF_SCORES,
    declare("scores", "score", "Scores", filter=False, facet="", place=Place.SCORES),
    _COMMENTS,
    _has("error", "score", "comment", "session", "user", "tags"),
)

_SINCE_UNTIL = "(toUnixTimestamp64Micro(group_last) - toUnixTimestamp64Micro(group_first)) / 1000000"
_SUMS = (
    declare("observations", "number", "Observations", as_double("group_observations"), sort=True),
    declare("tokens", "number", "Tokens", as_double("group_tokens"), sort=True, unit="tokens"),
    declare("tokens.in", "number", "Input tokens", as_double("group_tokens_in"), sort=True, unit="tokens"),
    declare("tokens.out", "number", "Output tokens", as_double("group_tokens_out"), sort=True, unit="tokens"),
    declare("cost", "money", "Cost", as_double("group_cost"), sort=True),
    declare(
        "errors", "number", "Errors", as_double("group_errors"), sort=True, help="Observations of level ERROR"
    ),
    declare("env", "array", "Environment", "group_environments"),
    declare("tags", "array", "Tags", "group_tags"),
    declare("traces", "number", "Traces", as_double("group_traces"), sort=True),
)

SESSION_FIELDS = (
    declare(
        "time", "datetime", "Started", "group_first", sort=True, help="Its first trace in the time range"
    ),
    declare("last", "datetime", "Last activity", "group_last", sort=True),
    declare("id", "string", "Session ID", "group_id", sort=True),
    declare("user", "array", "User", "group_users", show=False),
    declare("users", "array", "Users", "group_users", facet=""),
    declare("duration", "duration", "Duration", _SINCE_UNTIL, sort=True),
    *_SUMS,
    declare(
        "bookmarked", "boolean", "Bookmarked", "group_bookmarked", help="One of its traces is bookmarked"
    ),
    declare("input", "text", "First message", filter=False, facet=""),
    _text("group_id", help="Session ID"),
    *_OF_SCORES,
    declare("scores", "score", "Scores", filter=False, facet="", place=Place.SCORES),
    _COMMENTS,
    _has("error", "score", "comment", "user", "tags"),
)

USER_FIELDS = (
    declare("lastseen", "datetime", "Last seen", "group_last", sort=True, help="Within the time range"),
    declare("firstseen", "datetime", "First seen", "group_first", sort=True, help="Within the time range"),
    declare("id", "string", "User ID", "group_id", sort=True),
    *_SUMS,
    declare("sessions", "number", "Sessions", as_double("group_sessions"), sort=True),
    declare("spark", "money", "Cost of 7 days", filter=False, facet="", help="Daily, the oldest first"),
    declare("model", "string", "Top model", filter=False, facet="", help="The model that they called most"),
    _text("group_id", help="User ID"),
    _has("error", "session", "tags"),
)

SCORE_FIELDS = (
    declare("time", "datetime", "Time", "timestamp", sort=True, column="timestamp"),
    declare("id", "string", "Score ID", "id", indexed=True),
    declare("name", "option", "Name", "name", sort=True),
    declare("value", "number", "Value", "if(data_type IN ('NUMERIC', 'BOOLEAN'), value, NULL)", sort=True),
    declare(
        "text",
        "text",
        "Text",
        parts=("name", SCORE_TEXT, "comment"),
        column="stringValue",
        help="Name, text value or comment",
    ),
    declare("type", "option", "Data type", "data_type", sort=True, column="dataType"),
    declare("source", "option", "Source", "source", sort=True),
    declare("env", "option", "Environment", "environment", sort=True, column="environment"),
    declare("trace", "string", "Trace ID", "trace_id", indexed=True, column="traceId"),
    declare(
        "observation", "string", "Observation ID", "observation_id", indexed=True, column="observationId"
    ),
    declare("session", "string", "Session ID", "session_id", column="sessionId"),
    declare("user", "string", "User", "user_id", place=Place.TRACE, facet="options", column="userId"),
    declare("tags", "array", "Tags", "tags", place=Place.TRACE, column="trace_tags"),
    declare("tracename", "option", "Trace name", "name", place=Place.TRACE, column="traceName"),
    declare("comment", "text", "Comment", parts=("comment",)),
    declare("author", "string", "Author", "author_user_id", facet="options", column="authorUserId"),
    declare("config", "string", "Config", "config_id", column="configId"),
    _METADATA,
    _has("comment", "session", "user"),
)
