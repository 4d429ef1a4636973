"""What is a reference to another prompt, and what is ordinary text."""

import pytest

from spyglass.features.prompts.composition import Reference, find_references


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("name=a|version=3", Reference("a", 3, None)),
        ("name=folder/a b|label=production", Reference("folder/a b", None, "production")),
        ("name=a=b|label=x", Reference("a=b", None, "x")),
        ("name=a|version=0", None),
        ("name=a|version=-1", None),
        ("name=a|version=1.5", None),
        ("name=a|version=", None),
        ("name=a|label=", None),
        ("name=a|version=1|label=b", None),
        ("name=a|label=b|c", None),
        ("version=1|name=a", None),
        ("name=|version=1", None),
        ("name=a", None),
        ("label=a", None),
        ("", None),
    ],
)
def test_the_form_of_a_reference(inner: str, expected: Reference | None) -> None:
    found = find_references(f"before @@@langfusePrompt:{inner}@@@ after")
    assert found == ([] if expected is None else [expected])


def test_each_reference_once_in_order_and_also_in_messages() -> None:
    one, two = "@@@langfusePrompt:name=a|version=1@@@", "@@@langfusePrompt:name=b|label=c@@@"
    expected = [Reference("b", None, "c"), Reference("a", 1, None)]
    assert find_references(f"{two}{one}{two}") == expected
    chat = [
        {"type": "placeholder", "name": "history"},
        {"role": "system", "content": two},
        {"role": "user", "content": one},
    ]
    assert find_references(chat) == expected


def test_a_reference_does_not_go_over_the_end_of_a_line() -> None:
    assert find_references("@@@langfusePrompt:name=a|\nversion=1@@@") == []


def test_many_starts_without_an_end_take_no_time() -> None:
    assert find_references("@@@langfusePrompt:" * 50_000) == []
