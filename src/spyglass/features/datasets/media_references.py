"""References to media in the content of items: `@@@langfuseMedia:type=<t>|id=<id>|source=<s>@@@` as a whole text
(contract 5.2). Clients replace the text at the path by the medium, so one within a longer text is left alone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_REFERENCE = re.compile(r"@@@langfuseMedia:type=[^|@]{1,255}\|id=([^|@]{1,255})\|source=[^|@]{1,255}@@@")


@dataclass(frozen=True, slots=True)
class Reference:
    """`path` is a normalized JSON path from the field on: `$['images'][0]`."""

    field: str
    text: str
    path: str
    media_id: str


def find_references(content: Mapping[str, Any]) -> Iterator[Reference]:
    """Those in the fields of an item, by JSON name, in the order in which they stand there."""
    for field, value in content.items():
        yield from _walk(field, value)


def find_mentioned(value: Any) -> set[str]:
    """The ids of all media that a field mentions, also within longer texts."""
    found: set[str] = set()
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            found.update(_REFERENCE.findall(part))
        elif isinstance(part, dict):
            pending += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            pending += part
    return found


def _walk(field: str, value: Any) -> Iterator[Reference]:
    pending = [(value, "$")]
    while pending:
        part, path = pending.pop()
        if isinstance(part, str):
            match = _REFERENCE.fullmatch(part)
            if match is not None:
                yield Reference(field, part, path, match[1])
        elif isinstance(part, dict):
            # There is no way to write a key that holds the closing mark: clients know no escapes.
            inner = [(each, f"{path}['{key}']") for key, each in part.items() if "']" not in key]
            pending += reversed(inner)
        elif isinstance(part, list):
            pending += reversed([(each, f"{path}[{place}]") for place, each in enumerate(part)])
