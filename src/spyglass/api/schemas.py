"""Base models of requests and answers: camelCase outside, snake_case inside; pages; errors."""

import math
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

Item = TypeVar("Item")

_DEEPEST = 200


def _check_json(value: Any) -> Any:
    """What was parsed as JSON and can be stored and answered as JSON again."""
    pending = [(value, 1)]
    while pending:
        part, depth = pending.pop()
        if isinstance(part, float) and not math.isfinite(part):
            raise ValueError("NaN and infinite numbers are not JSON")
        if isinstance(part, str):
            _check_unicode(part)
        if isinstance(part, dict | list):
            if depth > _DEEPEST:
                raise ValueError(f"nested deeper than {_DEEPEST} levels")
            inner = [*part.keys(), *part.values()] if isinstance(part, dict) else part
            pending.extend((each, depth + 1) for each in inner)
    return value


def _check_text(value: str) -> str:
    """PostgreSQL stores no NUL in a text; within JSON it is an escape like others."""
    if "\0" in value:
        raise ValueError("must not contain NUL")
    return _check_unicode(value)


def _check_unicode(value: str) -> str:
    """What is no Unicode text cannot be written or answered."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain half of a surrogate pair") from None
    return value


def _check_not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


# A text that the metadata store keeps or looks for: in bodies, parameters and paths.
Text = Annotated[str, AfterValidator(_check_text)]
# Of a trace, as people type it.
Tag = Annotated[Text, Field(min_length=1, max_length=500), AfterValidator(_check_not_blank)]
# Any JSON that a user sends for us to keep.
Json = Annotated[Any, AfterValidator(_check_json)]
# The default of a field that is left out of some answers, and is never null where it is there.
ABSENT: Any = None
DateTime = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class In(BaseModel):
    """A request body; unknown fields are ignored, as clients of other versions send them."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)


class StrictIn(In):
    """A request body that refuses fields it does not know: where a typing error would change its meaning, and
    where the body carries authority."""

    model_config = ConfigDict(extra="forbid")


def _leave_open(schema: dict[str, Any]) -> None:
    """That more fields may come is what JSON Schema means by saying nothing. Said aloud, it makes generated clients
    take every name for a field."""
    schema.pop("additionalProperties", None)


class Out(BaseModel):
    """An answer. Routes return plain dicts of the same shape; these describe them."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="allow", json_schema_extra=_leave_open
    )


class PageMeta(Out):
    page: int
    limit: int
    total_items: int
    total_pages: int


class Page(Out, Generic[Item]):
    data: list[Item]
    meta: PageMeta


class CursorMeta(Out):
    cursor: str | None = Field(None, description="Absent on the last page")


class MessageOut(Out):
    message: str


class ErrorOut(Out):
    message: str = Field(
        ABSENT, description="What is wrong, where, and what is allowed; left out by a few routes"
    )
    error: Any = Field(None, description="The name of the error, or one issue per field")
