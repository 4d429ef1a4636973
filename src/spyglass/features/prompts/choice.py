"""Which version a fetch of a split label gets. Pure: weights, and a count or a subject, in; a place out.

Without a subject, fetch n falls on `start + n * golden ratio` of a circle that the versions share by weight.
Any stretch of fetches then has the shares of the weights, off by a few fetches at most, where random numbers
would be off by dozens. And because the step is irrational, a client that asks in a rhythm (each second fetch
is of the same service) still gets every version, which a fixed rotation would not give it.

With a subject, each version draws a number from (salt, subject, version), stretched by its weight, and the
best one wins. No other version's weight is part of a draw, so a change of one weight moves subjects to or
from that version only: as few as the new shares demand. Nothing is stored, and every process agrees.
"""

import hashlib
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

_TURN = 1 << 64
_GOLDEN = 0x9E3779B97F4A7C15  # of a turn, odd: 2**64 fetches until it repeats


@dataclass(frozen=True, slots=True)
class Arm:
    """A version and its share of the traffic; weights are relative to each other."""

    version: int
    weight: int


def start_of(arms: Sequence[Arm], *label: str) -> int:
    """Where the sequence of a label begins, in 1/2**64 of a turn: the same for the same versions and weights."""
    state = ",".join(f"{arm.version}:{arm.weight}" for arm in arms)
    return _number("\0".join((*label, state)).encode())


def place_of_fetch(arms: Sequence[Arm], start: int, count: int) -> int:
    """The place in `arms` that fetch number `count` gets."""
    bounds = list(accumulate(arm.weight for arm in arms))
    position = (start + count * _GOLDEN) % _TURN
    return bisect_right(bounds, position * bounds[-1] // _TURN)


def place_of_subject(arms: Sequence[Arm], salt: str, subject: bytes) -> int:
    """The place in `arms` that a subject always gets."""
    draws = [_draw(arm, salt.encode(), subject) for arm in arms]
    return draws.index(max(draws))


def _draw(arm: Arm, salt: bytes, subject: bytes) -> float:
    """Exponentially distributed with the weight as its rate, negated: the largest wins in proportion."""
    number = _number(b"\0".join((salt, str(arm.version).encode(), subject)))
    return math.log((number + 0.5) / _TURN) / arm.weight


def _number(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")
