"""How a field of a component's `Config` documents itself: help text, bounds, whether it is a secret.

`settings.py` reads this to validate, to print the effective settings and to write the reference page. A plain
`field(default=..., metadata={"help": ...})` says the same; `option` is shorter and has the bounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Option:
    help: str = ""
    secret: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def option(
    default: T,
    help: str,
    *,
    secret: bool = False,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> T:
    """A dataclass field: `port: int = option(3000, "TCP port to listen on", low=0, high=65535)`."""
    facts = {"help": help, "secret": secret, "low": low, "high": high, "choices": choices}
    return field(default=default, metadata=facts, repr=not secret)


def read_option(metadata: Mapping[str, Any]) -> Option:
    """The facts of one field; those that it does not state have their defaults."""
    known = {name: metadata[name] for name in Option.__dataclass_fields__ if name in metadata}
    return Option(**known)
