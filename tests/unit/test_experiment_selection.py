"""Conditions on experiments mean the same for links as they do in SQL for spans."""

import json
from typing import Any

import pytest

from spyglass.core.errors import Invalid
from spyglass.features.experiments.selection import select
from spyglass.query.experiments import EXPERIMENT_FILTERS

NAMED: dict[str, list[str] | None] = {"id": None, "name": None, "datasetId": None}


def one(type_: str, operator: str, value: Any) -> str:
    return json.dumps([{"type": type_, "column": "name", "operator": operator, "value": value}])


@pytest.mark.parametrize(
    ("advanced", "kept"),
    [
        (one("string", "=", "ab"), ["ab"]),
        (one("string", "contains", "b"), ["ab", "b"]),
        (one("string", "does not contain", "b"), ["", "A"]),
        (one("string", "starts with", "a"), ["ab"]),
        (one("string", "ends with", "b"), ["ab", "b"]),
        (one("stringOptions", "any of", ["A", "b"]), ["A", "b"]),
        (one("stringOptions", "none of", ["A", "b"]), ["", "ab"]),
        (one("null", "is null", ""), [""]),
        (one("null", "is not null", ""), ["A", "ab", "b"]),
    ],
)
def test_operators(advanced: str, kept: list[str]) -> None:
    selection = select(EXPERIMENT_FILTERS, NAMED, advanced)
    names = ["", "A", "ab", "b"]
    assert [name for name in names if selection.keeps({"id": "i", "name": name, "datasetId": "d"})] == kept


def test_links_are_narrowed_by_what_lists_values() -> None:
    named = {**NAMED, "id": ["e1", "e2"], "name": ["n"]}
    selection = select(EXPERIMENT_FILTERS, named, one("string", "contains", "b"))
    stretch = selection.stretch(0, None, {"runs": "id", "names": "name", "datasets": "datasetId"})
    assert (stretch.runs, stretch.names, stretch.datasets) == (["e1", "e2"], None, None)


def test_sql_of_some_columns() -> None:
    selection = select(EXPERIMENT_FILTERS, {**NAMED, "id": ["e1"], "name": ["n"]}, None)
    assert len(selection.compiled("p")) == 2
    [only] = selection.compiled("p", "id")
    assert only.render() == ("experiment['id'] IN {p0:Array(String)}", {"p0": ["e1"]})


def test_unknown_columns() -> None:
    with pytest.raises(Invalid):
        select(EXPERIMENT_FILTERS, NAMED, '[{"type":"string","column":"x","operator":"=","value":"y"}]')
