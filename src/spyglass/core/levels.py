"""Which nodes of a large forest to show first: all that stands above comes before what lies below it. Pure."""

from collections.abc import Iterable, Sequence


def children_of(parents: Sequence[int]) -> dict[int, list[int]]:
    """The places of the children of each place that has some; below 0 is no place."""
    found: dict[int, list[int]] = {}
    for place, parent in enumerate(parents):
        if parent >= 0:
            found.setdefault(parent, []).append(place)
    return found


def top_levels(parents: Sequence[int], children: dict[int, list[int]], most: int) -> list[int]:
    """No more than `most` places in order, level by level from those without a parent. What no root leads to, because
    its parents go round in a circle, comes last."""
    roots = [place for place, parent in enumerate(parents) if parent < 0]
    found = _downwards(roots, children, most)
    if len(found) < min(most, len(parents)):
        reached = set(found)
        rest = (place for place in range(len(parents)) if place not in reached)
        found += [place for place, _ in zip(rest, range(most - len(found)), strict=False)]
    return sorted(found)


def below(place: int, children: dict[int, list[int]], most: int) -> list[int]:
    """No more than `most` of the places below one, in order, level by level."""
    return sorted(_downwards(children.get(place, []), children, most, seen={place}))


def path_to(place: int, parents: Sequence[int]) -> list[int]:
    """A place and those above it, in order."""
    found = []
    seen = set()
    while place >= 0 and place not in seen:
        seen.add(place)
        found.append(place)
        place = parents[place]
    return sorted(found)


def _downwards(
    level: Iterable[int], children: dict[int, list[int]], most: int, seen: Iterable[int] = ()
) -> list[int]:
    found: list[int] = []
    reached = set(seen)
    level = sorted(set(level) - reached)
    while level and len(found) < most:
        found += level[: most - len(found)]
        reached.update(level)
        level = sorted({child for place in level for child in children.get(place, ())} - reached)
    return found
