"""Parameters and answers of `/experiments` and `/experiment-items`."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from spyglass.api.params import CommaList, Params
from spyglass.api.schemas import CursorMeta, DateTime, Out, Text
from spyglass.api.scores_v3 import ScoreV3Out
from spyglass.core.clock import in_window, parse_iso

EXPERIMENT_GROUPS = ("core", "metadata", "scores")
ITEM_GROUPS = ("core", "dataset", "io", "metadata", "itemMetadata", "experimentMetadata", "scores")
_MAX_SCORES = 50


def _read_moment(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    # A `+` of a zone that was not percent-encoded arrives as a blank.
    found = parse_iso(text.replace(" ", "+"))
    if found is None or not in_window(found):
        raise ValueError("expected an ISO 8601 date-time with a zone, as in 2026-01-31T00:00:00Z")
    return found


def _check_experiment_groups(names: list[str]) -> list[str]:
    return _check_groups(names, EXPERIMENT_GROUPS)


def _check_item_groups(names: list[str]) -> list[str]:
    return _check_groups(names, ITEM_GROUPS)


def _check_groups(names: list[str], known: tuple[str, ...]) -> list[str]:
    for name in names:
        if name not in known:
            raise ValueError(f"{name!r} is not one of {', '.join(known)}")
    return names


ZonedInstant = Annotated[
    int, BeforeValidator(_read_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]


class _WindowParams(Params):
    limit: int = Field(50, ge=1, le=100)
    score_limit: int = Field(_MAX_SCORES, ge=1, le=_MAX_SCORES, description="Scores of each row, at most")
    cursor: str | None = None
    from_start_time: ZonedInstant = Field(description="Inclusive")
    to_start_time: ZonedInstant | None = Field(None, description="Exclusive")
    dataset_id: CommaList | None = None
    filter: Text | None = Field(None, description="JSON array of filter conditions")


class ExperimentListParams(_WindowParams):
    fields: Annotated[CommaList, AfterValidator(_check_experiment_groups)] | None = Field(
        None, description="Of core (always), metadata, scores"
    )
    id: CommaList | None = None
    name: CommaList | None = None


class ExperimentItemListParams(_WindowParams):
    fields: Annotated[CommaList, AfterValidator(_check_item_groups)] | None = Field(
        None,
        description="Of core (always), dataset, io, metadata, itemMetadata, experimentMetadata, scores; default "
        "core,dataset",
    )
    experiment_id: CommaList | None = None
    experiment_name: CommaList | None = None
    experiment_item_id: CommaList | None = None


class ExperimentOut(Out):
    id: str
    name: str
    description: str | None
    start_time: DateTime
    end_time: DateTime
    item_count: int
    dataset_id: str | None
    metadata: dict[str, Any] | None = None
    scores: list[ScoreV3Out] | None = None


class ExperimentsOut(Out):
    data: list[ExperimentOut]
    meta: CursorMeta


class ExperimentItemOut(Out):
    id: str
    trace_id: str
    start_time: DateTime
    end_time: DateTime | None
    level: Literal["DEBUG", "DEFAULT", "WARNING", "ERROR"]
    environment: str
    experiment_id: str
    experiment_name: str
    experiment_item_id: str
    experiment_dataset_id: str | None = None
    experiment_item_version: DateTime | None = None
    input: Any | None = None
    output: Any | None = None
    expected_output: Any | None = None
    metadata: dict[str, Any] | None = None
    experiment_item_metadata: dict[str, Any] | None = None
    experiment_metadata: dict[str, Any] | None = None
    experiment_description: str | None = None
    scores: list[ScoreV3Out] | None = None


class ExperimentItemsOut(Out):
    data: list[ExperimentItemOut]
    meta: CursorMeta
