"""What the observations of a trace add up to when some repeat what lies below them: an agent that reports the tokens
of all its calls, a wrapper around a call that is traced itself. Such a *roll-up* is recognised by its numbers: total,
input and output are those of everything below it, exactly. It adds nothing. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from spyglass.core.usage import input_sum, output_sum


class Node(NamedTuple):
    """An observation as far as sums go."""

    id: str
    parent_id: str
    usage: Mapping[str, int]
    cost: Decimal | None


class Sums(NamedTuple):
    """Tokens by kind, cost in USD if any is known, and the ids of the roll-ups."""

    usage: dict[str, int]
    cost: Decimal | None
    rollups: frozenset[str]


class _Below:
    """What was added up so far below a node. `unpriced`: something in it has tokens and no cost."""

    __slots__ = ("cost", "unpriced", "usage")

    def __init__(self) -> None:
        self.usage: dict[str, int] = {}
        self.cost: Decimal | None = None
        self.unpriced = False

    def add(self, usage: Mapping[str, int], cost: Decimal | None, unpriced: bool) -> None:
        for key, units in usage.items():
            self.usage[key] = self.usage.get(key, 0) + units
        if cost is not None:
            self.cost = cost if self.cost is None else self.cost + cost
        self.unpriced = self.unpriced or unpriced


def add_up(nodes: Iterable[Node]) -> Sums:
    """The sums over all nodes of a trace, each call once.

    The cost of a roll-up counts only where the cost of what it repeats is not wholly known.
    """
    by_id = {node.id: node for node in nodes}
    below: dict[str, _Below] = {}
    everything = _Below()
    rollups: set[str] = set()
    for node in _children_first(by_id):
        sums = below.pop(node.id, None) or _Below()
        if repeats(node.usage, sums.usage):
            rollups.add(node.id)
            if sums.unpriced and node.cost is not None:
                sums.cost, sums.unpriced = node.cost, False
        else:
            sums.add(node.usage, node.cost, bool(node.usage) and node.cost is None)
        is_root = node.parent_id not in by_id or node.parent_id == node.id
        above = everything if is_root else below.setdefault(node.parent_id, _Below())
        above.add(sums.usage, sums.cost, sums.unpriced)
    for left in below.values():  # of a circle of parents, which has no top
        everything.add(left.usage, left.cost, left.unpriced)
    return Sums(everything.usage, everything.cost, frozenset(rollups))


def repeats(usage: Mapping[str, int], below: Mapping[str, int]) -> bool:
    """Whether a usage says again what lies below; finer kinds may be told apart on one side only."""
    total = usage.get("total", 0)
    return (
        total > 0
        and total == below.get("total")
        and input_sum(usage) == input_sum(below)
        and output_sum(usage) == output_sum(below)
    )


def rollups_of(
    parents: Sequence[int], inputs: Sequence[int], outputs: Sequence[int], totals: Sequence[int]
) -> list[int]:
    """The places of the roll-ups that `add_up` finds, of tens of thousands of nodes at once: `parents` holds the place
    of each node's parent, negative where it is not among them; the others are sums of its tokens."""
    count = len(parents)
    above = [-1 if parent == place else parent for place, parent in enumerate(parents)]
    below_in, below_out, below_total = [0] * count, [0] * count, [0] * count
    found = []
    for place in _places_children_first(above):
        into, out, total = below_in[place], below_out[place], below_total[place]
        if 0 < totals[place] == total and inputs[place] == into and outputs[place] == out:
            found.append(place)
        else:
            into, out, total = into + inputs[place], out + outputs[place], total + totals[place]
        parent = above[place]
        if parent >= 0:
            below_in[parent] += into
            below_out[parent] += out
            below_total[parent] += total
    return found


def _places_children_first(above: Sequence[int]) -> list[int]:
    """As `_children_first`, of places; `above` holds the place of each parent, negative for none."""
    waiting = [0] * len(above)
    for parent in above:
        if parent >= 0:
            waiting[parent] += 1
    ready = [place for place, children in enumerate(waiting) if not children]
    ordered: list[int] = []
    while ready:
        place = ready.pop()
        ordered.append(place)
        parent = above[place]
        if parent >= 0:
            waiting[parent] -= 1
            if not waiting[parent]:
                ready.append(parent)
    done = set(ordered)
    return ordered + [place for place in range(len(above)) if place not in done]


def _children_first(by_id: Mapping[str, Node]) -> list[Node]:
    """Every node once, behind all that lie below it (in a circle of parents: behind some)."""
    waiting = dict.fromkeys(by_id, 0)
    for node in by_id.values():
        if node.parent_id in waiting and node.parent_id != node.id:
            waiting[node.parent_id] += 1
    ready = [id_ for id_, children in waiting.items() if not children]
    ordered: list[Node] = []
    while ready:
        node = by_id[ready.pop()]
        ordered.append(node)
        if node.parent_id in waiting and node.parent_id != node.id:
            waiting[node.parent_id] -= 1
            if not waiting[node.parent_id]:
                ready.append(node.parent_id)
    done = {node.id for node in ordered}
    return ordered + [node for id_, node in by_id.items() if id_ not in done]
