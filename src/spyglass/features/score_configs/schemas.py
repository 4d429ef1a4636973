"""Bodies and answers of `/score-configs`. What a config as a whole must keep is in `service.py`."""

from typing import Annotated, Literal

from pydantic import Field

from spyglass.api.schemas import DateTime, In, Out, Text

MAX_CATEGORIES = 1000

ConfigDataType = Literal["NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT"]
# Letters of any script, digits and these signs.
ConfigName = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=35,
        pattern=r"^[\p{L}\p{M}\p{N} _.()-]+$",
        description="Letters, digits, blanks and _ . ( ) -",
    ),
]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class CategoryIn(In):
    label: Annotated[Text, Field(min_length=1, max_length=500)]
    value: Number


Categories = Annotated[list[CategoryIn], Field(max_length=MAX_CATEGORIES)]


class ScoreConfigIn(In):
    name: ConfigName
    data_type: ConfigDataType
    categories: Categories | None = Field(None, description="Of CATEGORICAL only")
    min_value: Number | None = Field(None, description="Of NUMERIC only")
    max_value: Number | None = Field(None, description="Of NUMERIC only")
    description: Text | None = None


class ScoreConfigChangeIn(In):
    """What is absent stays; null takes away a limit, the categories or the description."""

    is_archived: Annotated[bool, Field(strict=True)] | None = None
    name: ConfigName | None = None
    categories: Categories | None = None
    min_value: Number | None = None
    max_value: Number | None = None
    description: Text | None = None


class CategoryOut(Out):
    label: str
    value: float


class ScoreConfigOut(Out):
    id: str
    name: str
    created_at: DateTime
    updated_at: DateTime
    project_id: str
    data_type: ConfigDataType
    is_archived: bool
    min_value: float | None
    max_value: float | None
    categories: list[CategoryOut] | None
    description: str | None
