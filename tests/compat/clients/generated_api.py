"""The generated client of Python `langfuse` 3, 4 and 5 under one way of calling it.

3.x takes most bodies as one `request` object, 4.x and 5.x as arguments; the caller names the fields alone.
"""

import inspect
import typing
from collections.abc import Iterator
from typing import Any

import pydantic
from langfuse import Langfuse


class GeneratedApi:
    """Calls methods by their dotted name, and remembers which it called and what went wrong."""

    def __init__(self, **keys: str) -> None:
        self.langfuse = Langfuse(**keys)
        self._api = self.langfuse.api
        self.calls: dict[str, str | None] = {}  # the error, or nothing

    def has(self, name: str, /) -> bool:
        """Whether this SDK has this method."""
        return name in dict(self.list_methods())

    def call(self, name: str, /, **arguments: Any) -> Any:
        """The parsed answer; None when the call or the parsing failed, which is noted."""
        try:
            method = self._resolve(name)
            answer = method(**_arrange(method, arguments))
        except Exception as error:  # noqa: BLE001 - the report has it, and the sweep goes on
            self.calls[name] = f"{type(error).__name__}: {error}"
            return None
        self.calls.setdefault(name, None)
        return answer

    def peek(self, name: str, /, **arguments: Any) -> Any:
        """The parsed answer, or None while there is none: for what shows only after a moment."""
        try:
            return self._resolve(name)(**arguments)
        except Exception as error:
            if getattr(error, "status_code", None) != 404:
                raise
            return None

    def refusal(self, name: str, /, **arguments: Any) -> list[Any]:
        """Name of the error, status and message of a call that must fail."""
        method = self._resolve(name)
        self.calls.setdefault(name, None)
        try:
            answer = method(**_arrange(method, arguments))
        except Exception as error:  # noqa: BLE001 - it is what is asked for
            body = getattr(error, "body", None)
            return [type(error).__name__, getattr(error, "status_code", None), body and body.get("message")]
        return ["no error", 200, str(answer)]

    def list_methods(self) -> Iterator[tuple[str, Any]]:
        """(dotted name, method) of every method of the client."""
        yield from _walk(self._api, "")

    def _resolve(self, name: str) -> Any:
        found: Any = self._api
        for part in name.split("."):
            found = getattr(found, part)
        return found


def _walk(client: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name in dir(client):
        if name.startswith(("_", "with_")):
            continue
        value = getattr(client, name)
        if inspect.ismethod(value):
            yield prefix + name, value
        elif type(value).__name__.endswith("Client"):
            yield from _walk(value, f"{prefix}{name}.")


def _arrange(method: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments as this SDK wants them: what is not a parameter goes into `request`."""
    parameters = inspect.signature(method).parameters
    body = {key: value for key, value in arguments.items() if key not in parameters}
    if not body:
        return arguments
    own = {key: value for key, value in arguments.items() if key in parameters}
    return own | {"request": _build(typing.get_type_hints(method)["request"], body)}


def _build(annotation: Any, body: dict[str, Any]) -> Any:
    """A body of the annotated type; of a union, the first member that takes these fields."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _build(typing.get_args(annotation)[0], body)
    if typing.get_origin(annotation) is typing.Union:
        return _build_any(typing.get_args(annotation), body)
    return annotation(**body)


def _build_any(members: tuple[Any, ...], body: dict[str, Any]) -> Any:
    problems = []
    for member in members:
        try:
            return _build(member, body)
        except (pydantic.ValidationError, pydantic.v1.ValidationError) as problem:
            problems.append(problem)
    raise TypeError(f"no member of {members} takes {body}: {problems}")
