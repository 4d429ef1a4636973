"""Query parameters of lists: paging, order, repeated and comma lists, instants, the advanced filter. An empty
string is an absent parameter; a value out of range is a 400.
"""

from collections.abc import Collection
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel

from spyglass.core.clock import parse_iso
from spyglass.core.errors import InvalidData
from spyglass.core.filters import Condition, parse_filter
from spyglass.query.columns import FilterSet

_MAX_PAGE = 1_000_000_000


def _read_instant(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    # A `+` of a zone that was not percent-encoded arrives as a blank.
    found = parse_iso(text.replace(" ", "+"), zone_required=False)
    if found is None:
        raise ValueError("Invalid ISO datetime")
    return found


def _split(values: Any) -> Any:
    if isinstance(values, str):
        values = [values]
    if not isinstance(values, list):
        return values
    return [part.strip() for text in values for part in str(text).split(",") if part.strip()]


Instant = Annotated[
    int, BeforeValidator(_read_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
CommaList = Annotated[list[str], BeforeValidator(_split)]


class Params(BaseModel):
    """The query parameters of one endpoint, camelCase outside."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)

    # Parameters for which an empty string means something.
    keeps_blank: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _drop_blanks(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {
            name: value
            for name, value in values.items()
            if value not in ("", [], [""]) or name in cls.keeps_blank
        }


class PageParams(Params):
    page: int = Field(1, ge=1, le=_MAX_PAGE, description="Page number, from 1")
    limit: int = Field(50, ge=1, le=100, description="Items per page")


def read_order(text: str | None, columns: Collection[str], default: tuple[str, str]) -> tuple[str, str]:
    """`<column>.<asc|desc>` -> (column, direction)."""
    if text is None:
        return default
    column, _, direction = text.rpartition(".")
    if column not in columns or direction not in ("asc", "desc"):
        allowed = ", ".join(columns)
        message = f"Invalid orderBy: expected <column>.<asc|desc> with a column of {allowed}"
        raise InvalidData([{"code": "custom", "path": ["orderBy"], "message": message}])
    return column, direction


def read_filter(text: str | None, filters: FilterSet) -> list[Condition]:
    return parse_filter(text, filters.columns) if text is not None else []


def read_groups(text: str | None, known: Collection[str], default: Collection[str]) -> frozenset[str]:
    """The groups of a `fields` parameter; unknown names are ignored."""
    if text is None:
        return frozenset(default)
    return frozenset(part.strip() for part in text.split(",")) & frozenset(known)


def text_is(column: str, value: str | None) -> list[Condition]:
    """The condition of a named parameter, or none."""
    return [Condition(column, "string", "=", value)] if value is not None else []


def any_of(column: str, values: list[str] | None) -> list[Condition]:
    return [Condition(column, "stringOptions", "any of", tuple(values))] if values else []


def between(column: str, from_us: int | None, to_us: int | None) -> list[Condition]:
    """From inclusive, to exclusive."""
    found = []
    if from_us is not None:
        found.append(Condition(column, "datetime", ">=", from_us))
    if to_us is not None:
        found.append(Condition(column, "datetime", "<", to_us))
    return found
