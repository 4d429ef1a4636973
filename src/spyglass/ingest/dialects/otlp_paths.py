"""Rebuilds lists and objects that instrumentations spread over attribute names (`gen_ai.prompt.0.role`,
`llm.input_messages.0.message.role`): rows 17 and 18 of contract 2.7. Bounded: what does not fit stays flat.
"""

from functools import lru_cache
from typing import Any

MAX_INDEX = 1_000
MAX_PATHS = 10_000
MAX_PARTS = 32
_CACHED_CHARACTERS = 128

_Path = tuple[str, ...]


class _Branch(dict[str, Any]):
    """A node made by a path, told apart from an object that is itself a value. Indexes are keys as well,
    until the tree is complete."""


def rebuild(attributes: dict[str, Any], prefix: str, overflow: set[str]) -> Any:
    """The value under `prefix` (it ends with a dot): a list if its first parts are indexes, else an object.

    Where `a` and `a.b` are both given, `a` wins, however they arrive. Names that are beyond the limits or in
    conflict are added to `overflow`. Missing indexes leave no holes.
    """
    start, indexed = len(prefix), 0
    paths: list[tuple[str, _Path]] = []
    for name in attributes:
        if name.startswith(prefix):
            path = _split(name[start:])
            indexed += len(path) > 1 and path[0].isdecimal()
            paths.append((name, path))
    if indexed < len(paths) or len(paths) > MAX_PATHS:
        paths = _leave_out(paths, overflow, is_list=indexed > 0)
    root, refused = _grow(attributes, paths)
    if refused:
        root, refused = _grow(attributes, sorted(paths))
        overflow.update(refused)
    return _finish(root, is_list=indexed > 0)


def _leave_out(
    paths: list[tuple[str, _Path]], overflow: set[str], *, is_list: bool
) -> list[tuple[str, _Path]]:
    """Without what is beyond the limits, and without names between the indexes of a list."""
    fitting = [
        (name, path)
        for name, path in paths
        if path and (not is_list or (len(path) > 1 and path[0].isdecimal()))
    ][:MAX_PATHS]
    overflow.update({name for name, _ in paths} - {name for name, _ in fitting})
    return fitting


def _split(path: str) -> _Path:
    return _split_cached(path) if len(path) <= _CACHED_CHARACTERS else _split_path(path)


def _split_path(path: str) -> _Path:
    """The parts, none when the path is beyond the limits."""
    parts = tuple(path.split(".", MAX_PARTS))
    if len(parts) > MAX_PARTS or any(part.isdecimal() and not _is_index(part) for part in parts):
        return ()
    return parts


_split_cached = lru_cache(maxsize=4096)(_split_path)


def _is_index(part: str) -> bool:
    return len(part) <= len(str(MAX_INDEX)) and int(part) < MAX_INDEX


def _grow(attributes: dict[str, Any], paths: list[tuple[str, _Path]]) -> tuple[_Branch, list[str]]:
    """The tree of these paths, and the names for which there was no place."""
    root, refused = _Branch(), []
    for name, path in paths:
        node: Any = root
        for part in path[:-1]:
            child = node.get(part)
            if child is None:
                child = node[part] = _Branch()
            elif type(child) is not _Branch:
                break
            node = child
        else:
            if path[-1] not in node:
                node[path[-1]] = attributes[name]
                continue
        refused.append(name)
    return root, refused


def _finish(node: _Branch, *, is_list: bool) -> Any:
    for key, value in node.items():
        if type(value) is _Branch:
            node[key] = _finish(value, is_list=_are_indexes(value))
    return [node[key] for key in sorted(node, key=int)] if is_list else node


def _are_indexes(node: _Branch) -> bool:
    return all(map(str.isdecimal, node))
