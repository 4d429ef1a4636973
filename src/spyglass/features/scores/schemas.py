"""Parameters and answers of the three read generations of `/scores`."""

import math
from typing import Literal

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

from spyglass.api.params import CommaList, Instant, PageParams, Params
from spyglass.api.record_schemas import ScoreDataType, ScoreOut, ScoreSource
from spyglass.api.schemas import Out
from spyglass.api.scores_v3 import ScoreV3Out

Operator = Literal["<", ">", "<=", ">=", "!=", "="]

_BY_VALUE = ("NUMERIC", "BOOLEAN", "CATEGORICAL")
_SUBJECTS = ("trace_id", "session_id", "experiment_id")


class ScoreListParams(PageParams):
    user_id: str | None = None
    name: str | None = None
    from_timestamp: Instant | None = Field(None, description="Inclusive")
    to_timestamp: Instant | None = Field(None, description="Exclusive")
    environment: list[str] | None = Field(None, description="Any of these")
    source: ScoreSource | None = None
    operator: Operator | None = Field(None, description="Compares with `value`; default =")
    value: float | None = Field(None, allow_inf_nan=False)
    score_ids: CommaList | None = None
    config_id: str | None = None
    queue_id: str | None = None
    data_type: ScoreDataType | None = None
    trace_tags: CommaList | None = Field(None, description="Of traces that have all of these")
    filter: str | None = Field(None, description="JSON array of filter conditions")


class ScoreV2ListParams(ScoreListParams):
    session_id: str | None = None
    dataset_run_id: str | None = None
    trace_id: str | None = None
    observation_id: CommaList | None = None
    fields: str | None = Field(None, description="`score` or `score,trace` (default)")


class ScoreV3ListParams(Params):
    """Identifier parameters are comma lists; an unknown parameter is refused."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    limit: int = Field(50, ge=1, le=100)
    cursor: str | None = None
    fields: CommaList | None = Field(None, description="Of core (always), details, subject, annotation")
    id: CommaList | None = None
    name: CommaList | None = None
    source: CommaList | None = None
    data_type: CommaList | None = None
    environment: CommaList | None = None
    config_id: CommaList | None = None
    queue_id: CommaList | None = None
    author_user_id: CommaList | None = None
    value: CommaList | None = Field(
        None, description="Needs one dataType of NUMERIC, BOOLEAN (true, false), CATEGORICAL"
    )
    value_min: float | None = Field(None, allow_inf_nan=False, description="Needs dataType=NUMERIC")
    value_max: float | None = Field(None, allow_inf_nan=False, description="Needs dataType=NUMERIC")
    trace_id: CommaList | None = None
    session_id: CommaList | None = None
    observation_id: CommaList | None = Field(None, description="Needs traceId")
    experiment_id: CommaList | None = None
    from_timestamp: Instant | None = Field(None, description="Inclusive")
    to_timestamp: Instant | None = Field(None, description="Exclusive")

    @field_validator("fields")
    @classmethod
    def _check_fields(cls, names: list[str] | None) -> list[str] | None:
        return _check_words(names, ("core", "details", "subject", "annotation"))

    @field_validator("source")
    @classmethod
    def _check_source(cls, names: list[str] | None) -> list[str] | None:
        return _check_words(_upper(names), ("API", "ANNOTATION", "EVAL"))

    @field_validator("data_type")
    @classmethod
    def _check_data_type(cls, names: list[str] | None) -> list[str] | None:
        return _check_words(_upper(names), (*_BY_VALUE, "TEXT", "CORRECTION"))

    @model_validator(mode="after")
    def _check_subject(self) -> "ScoreV3ListParams":
        if self.observation_id and not self.trace_id:
            raise ValueError("observationId requires traceId")
        if sum(bool(getattr(self, name)) for name in _SUBJECTS) > 1:
            raise ValueError("traceId, sessionId and experimentId are mutually exclusive")
        return self

    @model_validator(mode="after")
    def _check_value(self) -> "ScoreV3ListParams":
        kind = self.data_type[0] if self.data_type and len(self.data_type) == 1 else None
        bounded = self.value_min is not None or self.value_max is not None
        if bounded and kind != "NUMERIC":
            raise ValueError("valueMin and valueMax require dataType=NUMERIC as a single value")
        if not self.value:
            return self
        if kind not in _BY_VALUE:
            raise ValueError("value requires exactly one dataType of NUMERIC, BOOLEAN or CATEGORICAL")
        if kind == "BOOLEAN" and not set(self.value) <= {"true", "false"}:
            raise ValueError("value must be true or false for dataType=BOOLEAN")
        if kind == "NUMERIC" and not all(map(_is_finite, self.value)):
            raise ValueError("value must be a finite number for dataType=NUMERIC")
        return self


def _upper(names: list[str] | None) -> list[str] | None:
    return None if names is None else [name.upper() for name in names]


def _check_words(names: list[str] | None, known: tuple[str, ...]) -> list[str] | None:
    for name in names or ():
        if name not in known:
            raise ValueError(f"{name!r} is not one of {', '.join(known)}")
    return names


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


class ScoreTraceOut(Out):
    user_id: str | None = None
    tags: list[str] | None = None
    environment: str | None = None
    session_id: str | None = Field(None, description="v2 only")


class ScoreWithTraceOut(ScoreOut):
    trace: ScoreTraceOut | None = None


class ScoreV2Out(ScoreOut):
    session_id: str | None = None
    dataset_run_id: str | None = None


class ScoreV2WithTraceOut(ScoreV2Out):
    trace: ScoreTraceOut | None = None


class ScoreV3MetaOut(Out):
    limit: int
    cursor: str | None = Field(None, description="Absent on the last page")


class ScoreV3PageOut(Out):
    data: list[ScoreV3Out]
    meta: ScoreV3MetaOut
