"""The web UI's table of traces as a question: pages of 50 rows with previews, over all of the 30 days."""

import json
from collections.abc import Callable
from typing import Any

from spyglass.core.clock import iso_ms
from spyglass.stores.analytics.sql import Sql, sql, value
from tests.bench.question_list import (
    LIST,
    MINE,
    SCAN,
    SHOWN,
    TEXT,
    Question,
    frequent_word,
    rare_word,
    some_tag,
    some_tenant,
    some_user,
    time_range,
)
from tests.bench.question_rows import PROJECT, World

_PREVIEWS = SHOWN.replace("input, output, metadata", "input_preview, output_preview")
_TABLE = ["time", "name", "input", "output", "level", "latency", "tokens", "cost", "tags"]


def _ui_list(
    name: str, kind: str, where: str = "", bind: Callable[[int], str] | None = None, **leaf: Any
) -> Question:
    """A page of the web UI's table of traces: 50 rows with previews, over 30 days."""

    def body(world: World, run: int) -> bytes:
        from_us, to_us = time_range(world, run)
        tree = {"filter": {**leaf, "value": bind(run)}} if bind else {}
        asked = {"from": iso_ms(from_us), "to": iso_ms(to_us), "columns": _TABLE, "limit": 50, **tree}
        return json.dumps(asked).encode()

    def raw(world: World, run: int) -> Sql:
        shown = f"SELECT {_PREVIEWS} FROM traces WHERE {MINE} AND {where or '1'}"
        return sql(
            f"{shown} ORDER BY timestamp DESC, id DESC LIMIT 50",
            *([value("String", bind(run))] if bind and where else []),
        )

    path = f"/api/ui/projects/{PROJECT}/traces/query"
    return Question(name, kind, lambda world, run: path, raw if where or not bind else None, body)


UI_LISTS = [
    _ui_list("UI: 50 newest traces, with previews", LIST),
    _ui_list("UI: of one user", LIST, "user_id = {}", some_user, field="user", op="is"),
    _ui_list("UI: with a tag", LIST, "has(tags, {})", some_tag, field="tags", op="is"),
    _ui_list(
        "UI: with a metadata value",
        LIST,
        "metadata['tenant'] = {}",
        some_tenant,
        field="metadata",
        op="is",
        key="tenant",
    ),
    _ui_list(
        "UI: a frequent word in the input",
        TEXT,
        "hasAllTokens(lower(input), [{}])",
        frequent_word,
        field="input",
        op="words",
    ),
    _ui_list(
        "UI: a rare word in the input",
        TEXT,
        "hasAllTokens(lower(input), [{}])",
        rare_word,
        field="input",
        op="words",
    ),
    _ui_list("UI: a rare word in name, input or output", SCAN, bind=rare_word, field="text", op="words"),
]
