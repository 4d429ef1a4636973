"""References to media in items: which texts are one, and the paths by which clients find them."""

from typing import Any

import pytest

from spyglass.features.datasets.media_references import find_references

REFERENCE = "@@@langfuseMedia:type=image/png|id=abc-_1|source=bytes@@@"


def found(**content: Any) -> list[tuple[str, str, str]]:
    return [(each.field, each.path, each.media_id) for each in find_references(content)]


def test_places() -> None:
    value = {"a": REFERENCE, "b": [1, {"it's": REFERENCE}], "0": REFERENCE, "x.y": [[REFERENCE]]}
    assert found(input=value, metadata=REFERENCE) == [
        ("input", "$['a']", "abc-_1"),
        ("input", "$['b'][1]['it's']", "abc-_1"),
        ("input", "$['0']", "abc-_1"),
        ("input", "$['x.y'][0][0]", "abc-_1"),
        ("metadata", "$", "abc-_1"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"see {REFERENCE}",
        REFERENCE + "\n",
        "@@@langfuseMedia:type=image/png|id=|source=bytes@@@",
        "@@@langfuseMedia:id=a|type=image/png|source=bytes@@@",
        "@@@langfuseMedia:type=image/png|id=a@@@",
        "",
    ],
)
def test_no_references(text: str) -> None:
    assert found(input=text) == []


def test_keys_that_no_path_can_name() -> None:
    assert found(input={"a']['b": REFERENCE, REFERENCE: 1}) == []


def test_depth_is_no_matter() -> None:
    value: Any = REFERENCE
    for _ in range(5000):
        value = [value]
    assert found(input=value) == [("input", "$" + "[0]" * 5000, "abc-_1")]
