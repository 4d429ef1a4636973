"""Stored texts as the web UI gets them: as they are stored, up to a limit, with what is missing said."""

from collections.abc import Mapping
from typing import Any

from spyglass.core.jsontext import read_text
from spyglass.query.bodies import read_slice
from spyglass.stores.blobs import Blobs

JSON, PLAIN, NONE = "json", "text", "none"

# A longer value of the metadata is cut; the whole is had from `span/text`.
_VALUE_CHARACTERS = 64 << 10


class Texts:
    """Texts of one project."""

    def __init__(self, project_id: str, blobs: Blobs) -> None:
        self._project_id = project_id
        self._blobs = blobs

    def cut(self, stored: str, limit: int) -> dict[str, Any]:
        """A `TextOut` of no more than `limit` characters."""
        text, length = self.slice(stored, 0, limit)
        truncated = length > len(text)
        return {"text": text, "length": length, "truncated": truncated, "kind": _kind_of(text, truncated)}

    def slice(self, stored: str, start: int, end: int) -> tuple[str, int]:
        """The characters from `start` up to `end`, and how many the whole text has."""
        return read_slice(stored, self._project_id, self._blobs, start, end)

    def metadata(self, stored: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
        """The values, and the keys of those that were cut: they are the beginning of a text."""
        values: dict[str, Any] = {}
        cut = []
        for key, text in stored.items():
            head, length = self.slice(text, 0, _VALUE_CHARACTERS)
            values[key] = head if length > len(head) else read_text(head)
            if length > len(head):
                cut.append(key)
        return values, cut


def _kind_of(text: str, truncated: bool) -> str:
    if not text:
        return NONE
    if truncated:  # what was cut off cannot be parsed; objects and arrays show by their first character
        return JSON if text.lstrip()[:1] in ("{", "[") else PLAIN
    return PLAIN if isinstance(read_text(text), str) else JSON
