"""Base models of requests and answers: camelCase outside, snake_case inside; pages; errors."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

Item = TypeVar("Item")

DateTime = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class In(BaseModel):
    """A request body; unknown fields are ignored, as clients of other versions send them."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)


class Out(BaseModel):
    """An answer. Routes return plain dicts of the same shape; these describe them."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow")


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
    message: str
    error: Any = None
