"""The environment rule, cases of the ingestion contract 1.7 and 9.3."""

import pytest

from spyglass.core.environment import normalise_environment


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Langfuse-Prod", "prod"),
        ("langfuse-test", "test"),
        ("langfuselangfuse-x", "x"),
        ("langfuse_langfuse-x_langfuse", "x_langfuse"),
        ("langfuse", "default"),
        ("langfuse-", "default"),
        ("a b", "default"),
        ("", "default"),
        (None, "default"),
        (7, "default"),
        (["prod"], "default"),
        ("a" * 41, "a" * 40),
        ("a" * 40 + " b", "a" * 40),
        ("prod\n", "default"),
        ("Prod!!", "default"),
        ("sdk-experiment", "sdk-experiment"),
        ("langfuse-" * 500 + "staging_2", "staging_2"),
    ],
)
def test_values(value: object, name: str) -> None:
    assert normalise_environment(value) == name
