"""Texts that administrators send: names, notes, metadata, and ids in paths. None may hold what a database or a
page would choke on.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from spyglass.api.schemas import Json
from spyglass.core import jsontext
from spyglass.core.errors import Invalid
from spyglass.core.ids import id_problem

_TAG = re.compile(r"<[^>]*>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_NO_OBJECT = "must be a JSON object or a text that encodes one"


def _check_id(text: str) -> str:
    problem = id_problem(text)
    if problem:
        raise ValueError(problem)
    return text


def _check_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return text


def _check_name(text: str) -> str:
    if _TAG.search(text):
        raise ValueError("Text cannot contain HTML tags")
    return text


def _check_person(name: str) -> str:
    name = name.strip()
    if not name:
        raise ValueError("must not be empty")
    return name


def _check_email(text: str) -> str:
    text = text.strip().lower()
    if not _ADDRESS.fullmatch(text):
        raise ValueError("must be an e-mail address")
    return text


def _read_object(value: Any) -> Any:
    """An object, or the JSON text of one."""
    if isinstance(value, str):
        try:
            value = jsontext.loads(value)
        except Invalid:
            raise ValueError(_NO_OBJECT) from None
    if value is not None and not isinstance(value, dict):
        raise ValueError(_NO_OBJECT)
    return value


def _check_storable(value: Any) -> Any:
    """What binary JSON of PostgreSQL and the encoder of answers can hold."""
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            pending += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            pending += part
        elif isinstance(part, str) and _UNSTORABLE.search(part):
            raise ValueError("must not contain NUL characters or halves of surrogate pairs")
        elif isinstance(part, int) and abs(part) >= 2**63:
            raise ValueError("must not contain integers of more than 64 bits")
    return value


# An id in a path or a body: one that cannot be is refused before a database sees it.
Id = Annotated[str, AfterValidator(_check_id)]
Line = Annotated[str, Field(max_length=1000), AfterValidator(_check_line)]
PersonName = Annotated[Line, Field(max_length=100), AfterValidator(_check_person)]
# How people are told apart: always in lower case.
Email = Annotated[str, Field(max_length=320), AfterValidator(_check_line), AfterValidator(_check_email)]
# Of an organization or a project: 3..60 characters and no HTML.
Name = Annotated[
    str, Field(min_length=3, max_length=60), AfterValidator(_check_line), AfterValidator(_check_name)
]
Metadata = Annotated[
    Json,
    BeforeValidator(_read_object),
    AfterValidator(_check_storable),
    WithJsonSchema({"type": "object", "additionalProperties": True}),
]
