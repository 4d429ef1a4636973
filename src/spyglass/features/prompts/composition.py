"""Prompts that hold other prompts: find the references in a text, and put the texts in their place.

    @@@langfusePrompt:name=<name>|version=<n>@@@     @@@langfusePrompt:name=<name>|label=<label>@@@

What does not have exactly this form is ordinary text. A label that is split stands for its version of the
greatest weight here, the newest of equal ones: one fetch of the outer prompt makes one choice, its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from spyglass.core.errors import SpyglassError
from spyglass.stores.meta.prompts import find_labelled, find_version
from spyglass.stores.meta.tables import PromptVersion

MAX_DEPTH = 5
MAX_CHARACTERS = 5_000_000  # of a resolved text: references to references multiply

_REFERENCE = re.compile(r"@@@langfusePrompt:(.*?)@@@")


@dataclass(frozen=True, slots=True)
class Reference:
    """Either `version` or `label` is set."""

    name: str
    version: int | None
    label: str | None

    def __str__(self) -> str:
        where = f"version {self.version}" if self.version is not None else f"label '{self.label}'"
        return f"'{self.name}' with {where}"


def find_references(content: Any) -> list[Reference]:
    """The references in a text, or in the messages of a chat, each once, in order."""
    found = (read_reference(inner) for text in _texts(content) for inner in _REFERENCE.findall(text))
    return list(dict.fromkeys(reference for reference in found if reference is not None))


def read_reference(inner: str) -> Reference | None:
    """What stands between `@@@langfusePrompt:` and `@@@`; None when it is no reference."""
    first, separator, second = inner.partition("|")
    name = first.removeprefix("name=")
    if not separator or name in ("", first):
        return None
    kind, _, value = second.partition("=")
    if kind == "label" and value and "|" not in value:
        return Reference(name, None, value)
    if kind == "version" and value.isascii() and value.isdigit() and len(value) <= 18 and int(value) > 0:
        return Reference(name, int(value), None)
    return None


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    else:
        yield from (item["content"] for item in content if "content" in item)


@dataclass(frozen=True, slots=True)
class Source:
    """A version as composition sees it: a stored one, or one that is about to be."""

    id: str
    name: str
    version: int
    content: Any

    def as_node(self) -> dict[str, Any]:
        return {"name": self.name, "version": self.version, "id": self.id}


def source_of(row: PromptVersion) -> Source:
    return Source(row.id, row.name, row.version, row.prompt)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The content with every reference replaced; `graph` is None when there was none."""

    content: Any
    graph: dict[str, Any] | None


@dataclass
class Resolver:
    """Resolves prompts of one project in one transaction; `error` is what it raises: 400 or 409.

    `by_name`: a chain of references that comes back to a name is refused whichever version it names, because
    labels move; else only one that comes back to a version.
    """

    session: Session
    project_id: str
    error: type[SpyglassError]
    by_name: bool = False
    _dependencies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _found: dict[Reference, Source] = field(default_factory=dict)
    _known: dict[str, tuple[str, int]] = field(default_factory=dict)  # id -> text, levels of references below

    def resolve(self, root: Source) -> Resolved:
        if isinstance(root.content, str):
            content: Any = self._compose(root, root.content, (root,))[0]
        else:
            content = [
                {**item, "content": self._compose(root, item["content"], (root,))[0]}
                if "content" in item
                else item
                for item in root.content
            ]
        if not self._dependencies:
            return Resolved(content, None)
        return Resolved(content, {"root": root.as_node(), "dependencies": self._dependencies})

    def _compose(self, source: Source, text: str, path: tuple[Source, ...]) -> tuple[str, int]:
        """The resolved text of a part of `source`, and how many levels of references it has."""
        pieces, end, levels, size = [], 0, 0, len(text)
        for match in _REFERENCE.finditer(text):
            reference = read_reference(match[1])
            if reference is None:
                continue
            child = self._find(reference)
            inner, below = self._descend(child, path)
            self._note(source, child)
            levels = max(levels, below + 1)
            size += len(inner)
            if size > MAX_CHARACTERS:
                raise self.error(f"The resolved prompt would have more than {MAX_CHARACTERS} characters")
            pieces += [text[end : match.start()], inner]
            end = match.end()
        return "".join([*pieces, text[end:]]), levels

    def _descend(self, child: Source, path: tuple[Source, ...]) -> tuple[str, int]:
        if any(child.id == above.id or (self.by_name and child.name == above.name) for above in path):
            names = " -> ".join(f"'{each.name}'" for each in (*path, child))
            raise self.error(f"Circular reference between prompts: {names}")
        known = self._known.get(child.id)
        if len(path) + (known[1] if known else 0) > MAX_DEPTH:
            raise self.error(
                f"References between prompts are nested deeper than {MAX_DEPTH} levels at '{child.name}'"
            )
        if known is None:
            known = self._known[child.id] = self._compose(child, child.content, (*path, child))
        return known

    def _find(self, reference: Reference) -> Source:
        found = self._found.get(reference)
        if found is None:
            found = self._found[reference] = self._look_up(reference)
        return found

    def _look_up(self, reference: Reference) -> Source:
        if reference.version is not None:
            row = find_version(self.session, self.project_id, reference.name, reference.version)
        else:
            labelled = find_labelled(self.session, self.project_id, reference.name, reference.label or "")
            row = max(labelled, key=lambda each: (each[1], each[0].version))[0] if labelled else None
        if row is None:
            raise self.error(f"Prompt dependency not found: {reference}")
        if not isinstance(row.prompt, str):
            raise self.error(f"Only text prompts can be referenced, and {reference} is a chat prompt")
        return source_of(row)

    def _note(self, parent: Source, child: Source) -> None:
        children = self._dependencies.setdefault(parent.id, [])
        if child.as_node() not in children:
            children.append(child.as_node())
