"""Columns of one key of a map: `metadata.tenant`, and of observations `usagedetails.input`, `costdetails.input` and
`parameters.temperature`. They are read from the row alone and cannot be sorted by.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from spyglass.core.references import head_of
from spyglass.stores.analytics.sql import Sql, sql, value

# What stands before the key -> the kinds of rows that have such a map.
_MAPS = {
    "metadata": ("traces", "observations", "scores"),
    "usagedetails": ("observations",),
    "costdetails": ("observations",),
    "parameters": ("observations",),
}
_CHARACTERS = 200
_REFERENCE_CHARACTERS = 300


def split_key(entity: str, name: str) -> tuple[str, str] | None:
    """(map, key) of such a column, None for any other name."""
    map_, dot, key = name.partition(".")
    return (map_, key) if dot and key and entity in _MAPS.get(map_, ()) else None


def key_column(map_: str, key: str, *, whole: bool) -> tuple[Sql, Callable[[Any], Any]]:
    """What is selected for it, and what becomes of that: null where the row has no such key. `whole`: a text is not
    cut, for an export."""
    name = value("String", key)
    if map_ == "metadata":
        text = sql("metadata[{}]", name)
        if not whole:
            text = sql(f"substringUTF8({{}}, 1, {_CHARACTERS + _REFERENCE_CHARACTERS})", text)
        cut = (lambda found: found) if whole else _head
        return sql("if(mapContains(metadata, {}), {}, NULL)", name, text), cut
    if map_ == "usagedetails":
        return sql("if(mapContains(usage, {}), usage[{}], NULL)", name, name), lambda found: found
    if map_ == "costdetails":
        return sql("if(mapContains(cost, {}), toFloat64(cost[{}]), NULL)", name, name), lambda found: found
    return sql("JSONExtractRaw(model_parameters, {})", name), _read_json


def _head(text: str | None) -> str | None:
    return None if text is None else head_of(text)[:_CHARACTERS]


def _read_json(text: str) -> Any:
    """Numbers, texts and booleans as such; what is larger as its JSON."""
    if not text:
        return None
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text[:_CHARACTERS]
    return text[:_CHARACTERS] if isinstance(found, dict | list) else found
