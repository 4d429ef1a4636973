"""Parameters and answer of `/spyglass/prompt-metrics`."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from spyglass.api.params import CommaList, Instant, Params
from spyglass.api.schemas import DateTime, Out, Text

MAX_VERSIONS = 50
_MAX_VERSION = 2**31 - 1


class PromptMetricsParams(Params):
    name: Annotated[Text, Field(min_length=1, description="Of the prompt")]
    versions: CommaList | None = Field(
        None, description=f"`1,2`; at most {MAX_VERSIONS}. Left out: the highest that have generations"
    )
    baseline: int | None = Field(
        None, ge=1, le=_MAX_VERSION, description="The version that others are compared with; the lowest"
    )
    from_: Instant | None = Field(None, alias="from", description="Start of generations, inclusive")
    to: Instant | None = Field(None, description="Start of generations, exclusive")
    environment: list[Text] | None = Field(None, description="Of generations: any of these")

    @field_validator("versions")
    @classmethod
    def _check_versions(cls, texts: list[str] | None) -> list[str] | None:
        for text in texts or ():
            if not (text.isascii() and text.isdecimal() and 1 <= int(text[:11]) <= _MAX_VERSION):
                raise ValueError(f"{text[:20]!r} is no version: whole numbers from 1, separated by commas")
        if texts is not None and len(set(texts)) > MAX_VERSIONS:
            raise ValueError(f"at most {MAX_VERSIONS} versions can be compared at once")
        return texts

    @property
    def wanted(self) -> list[int]:
        """The versions that were asked for, with the baseline; empty: all."""
        numbers = {int(text) for text in self.versions or ()}
        if numbers and self.baseline is not None:
            numbers.add(self.baseline)
        return sorted(numbers)


class IntervalOut(Out):
    lower: float
    upper: float


class ComparisonOut(Out):
    difference: float = Field(description="Minus the baseline; in the unit of the measure")
    interval: IntervalOut | None = Field(description="Of the difference")
    p_value: float | None
    adjusted_p_value: float | None = Field(description="Holm, over the comparisons of this measure")
    significant: bool = Field(description="The adjusted p-value is at most 1 - confidence")


class MeasureOut(Out):
    n: int = Field(description="Values")
    traces: int = Field(description="Independent units behind them")
    mean: float
    unit: str = Field(description="s, USD, tokens, share (0 to 1) or score")
    interval: IntervalOut | None = Field(description="Of the mean; null when there is too little to say")
    comparison: ComparisonOut | None = Field(description="Null for the baseline, and when it has no values")


class ValuesOut(MeasureOut):
    standard_deviation: float | None
    median: float | None = Field(description="Null for shares")
    p95: float | None = Field(description="Null for shares")


class CategoryOut(MeasureOut):
    category: str
    count: int


class ScoreMetricsOut(Out):
    name: str
    source: str
    data_type: Literal["NUMERIC", "BOOLEAN", "CATEGORICAL"]
    values: ValuesOut | None = Field(description="Null for categorical scores")
    categories: list[CategoryOut] | None = Field(description="The most frequent ones; null for others")


class VersionOut(Out):
    version: int
    generations: int
    traces: int
    metrics: dict[str, ValuesOut] = Field(
        description="latency, timeToFirstToken, cost, inputTokens, outputTokens, errorShare: those with values"
    )
    scores: list[ScoreMetricsOut]


class PromptMetricsOut(Out):
    name: str
    from_: DateTime | None = Field(alias="from")
    to: DateTime | None
    environment: list[str]
    baseline_version: int | None
    confidence: float
    minimum_traces: int = Field(description="With fewer there is no interval and no p-value")
    method: str
    assumptions: list[str]
    multiple_comparisons: str
    versions: list[VersionOut]
