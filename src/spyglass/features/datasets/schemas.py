"""Bodies, parameters and answers of datasets, items, runs and run items."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from spyglass.api.params import Instant, PageParams
from spyglass.api.schemas import DateTime, In, Json, Out, Text
from spyglass.core.clock import in_window
from spyglass.core.ids import id_problem

MAX_ITEM_BODY_BYTES = 4_500_000

Status = Literal["ACTIVE", "ARCHIVED"]

_HTML = re.compile(r"<[^>]*>")
_INT64 = range(-(2**63), 2**64)


def _check_name(name: str) -> str:
    if name.startswith("/") or name.endswith("/") or "//" in name:
        raise ValueError("a name has no slash at its start or end, and no two in a row")
    if _HTML.search(name):
        raise ValueError("a name has no HTML tags")
    return name


def _check_line(text: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise ValueError("must not contain control characters")
    return text


def _check_id(text: str) -> str:
    problem = id_problem(text)
    if problem is not None:
        raise ValueError(problem)
    return text


def _writable(value: Any) -> Any:
    """Whole numbers of more than 64 bits become their digits, as everywhere in this product."""
    match value:
        case dict():
            return {key: _writable(inner) for key, inner in value.items()}
        case list():
            return [_writable(inner) for inner in value]
        case int() if value not in _INT64:
            return str(value)
        case _:
            return value


def _check_instant(at_us: int) -> int:
    if not in_window(at_us):
        raise ValueError("must lie between 1970 and 2261")
    return at_us


Content = Annotated[Json, AfterValidator(_writable)]
DatasetName = Annotated[
    Text, Field(min_length=1, max_length=255), AfterValidator(_check_line), AfterValidator(_check_name)
]
# Of a run; a slash is an ordinary character in it.
RunName = Annotated[Text, Field(min_length=1, max_length=1000), AfterValidator(_check_line)]
ItemId = Annotated[Text, Field(min_length=1, max_length=255), AfterValidator(_check_id)]
RecordId = Annotated[Text, AfterValidator(_check_id)]
Moment = Annotated[Instant, AfterValidator(_check_instant)]


class DatasetIn(In):
    """Keys that are absent keep what is stored; null clears it."""

    name: DatasetName = Field(description="Names the dataset; slashes make folders")
    description: Text | None = None
    metadata: Content | None = None
    input_schema: Content | None = Field(None, description="JSON Schema of the inputs of all items")
    expected_output_schema: Content | None = Field(None, description="JSON Schema of their expected outputs")


class DatasetItemIn(In):
    """Keys that are absent keep what is stored; null clears it."""

    dataset_name: Text
    id: ItemId | None = Field(None, description="An item of this id is changed; unique in the project")
    input: Content | None = None
    expected_output: Content | None = None
    metadata: Content | None = None
    source_trace_id: RecordId | None = None
    source_observation_id: RecordId | None = None
    status: Status | None = Field(None, description="Default ACTIVE")


class DatasetItemParams(PageParams):
    dataset_name: Text | None = None
    source_trace_id: Text | None = None
    source_observation_id: Text | None = None
    version: Moment | None = Field(None, description="The items as they were then; needs datasetName")

    @model_validator(mode="after")
    def _check_version(self) -> "DatasetItemParams":
        if self.version is not None and self.dataset_name is None:
            raise ValueError("version needs datasetName")
        return self


class DatasetRunItemIn(In):
    """Unknown fields are refused."""

    model_config = {"extra": "forbid"}

    run_name: RunName
    run_description: Text | None = Field(None, description="Updates the run")
    metadata: Content | None = Field(None, description="Of the run; updates it")
    dataset_item_id: RecordId
    trace_id: RecordId | None = None
    observation_id: RecordId | None = Field(None, description="Alone it must be known already")
    dataset_version: Moment | None = Field(None, description="The state of the dataset that was run")
    created_at: Moment | None = None

    @model_validator(mode="after")
    def _check_subject(self) -> "DatasetRunItemIn":
        if self.trace_id is None and self.observation_id is None:
            raise ValueError("traceId or observationId is required")
        return self


class DatasetRunItemParams(PageParams):
    dataset_id: Text
    run_name: Text


class DatasetOut(Out):
    id: str
    name: str
    description: str | None
    metadata: Any
    input_schema: Any
    expected_output_schema: Any
    project_id: str
    created_at: DateTime
    updated_at: DateTime


class MediaOut(Out):
    media_id: str
    content_type: str
    content_length: int
    url: str
    url_expiry: str


class MediaReferenceOut(Out):
    field: Literal["input", "expectedOutput", "metadata"]
    reference_string: str
    json_path: str
    media: MediaOut


class DatasetItemOut(Out):
    id: str
    status: Status
    input: Any
    expected_output: Any
    metadata: Any
    source_trace_id: str | None
    source_observation_id: str | None
    dataset_id: str
    dataset_name: str
    created_at: DateTime
    updated_at: DateTime
    media_references: list[MediaReferenceOut]


class DatasetWithNamesOut(DatasetOut):
    """Of the first generation: ids of items, names of runs."""

    items: list[str]
    runs: list[str]


class DatasetWithItemsOut(DatasetOut):
    """Of the first generation: whole items, names of runs."""

    items: list[DatasetItemOut]
    runs: list[str]


class DatasetRunOut(Out):
    id: str
    name: str
    description: str | None
    metadata: Any
    dataset_id: str
    dataset_name: str
    created_at: DateTime
    updated_at: DateTime


class DatasetRunItemOut(Out):
    id: str
    dataset_run_id: str
    dataset_run_name: str
    dataset_item_id: str
    trace_id: str
    observation_id: str | None
    created_at: DateTime
    updated_at: DateTime


class DatasetRunWithItemsOut(DatasetRunOut):
    dataset_run_items: list[DatasetRunItemOut]
