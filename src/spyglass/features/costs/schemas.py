"""Parameters, bodies and answers of everything about costs. Amounts in ledgers are exact decimals as texts, sums over
many observations are numbers; both in USD.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, field_validator, model_validator

from spyglass.api.cost_sums import ComparisonOut
from spyglass.api.params import Instant, PageParams, Params
from spyglass.api.record_schemas import ObservationType, UsageSource
from spyglass.api.schemas import DateTime, Json, Out, StrictIn, Text
from spyglass.core.clock import MAX_US, MIN_US

Status = Literal["queued", "running", "done", "failed"]
CostSource = Literal["provided", "computed", "unknown"]
ModelOrigin = Literal["project", "operator", "built-in", "free"]

_MOST_MODELS = 100


class RangeParams(Params):
    from_: Instant | None = Field(None, alias="from", description="Inclusive; without it the last 30 days")
    to: Instant | None = Field(None, description="Exclusive; without it now")


class WhatIfParams(RangeParams):
    model: Text = Field(description="The name of the model to price by, as clients send it")
    filter: str | None = Field(None, description="JSON array of filter conditions, as for observations")


class MissingPricesParams(RangeParams, PageParams):
    pass


class RepricingListParams(PageParams):
    pass


class RepricingIn(StrictIn):
    """Which observations get the costs that they would get if they came in now."""

    from_: Instant = Field(alias="from", description="By start time; inclusive")
    to: Instant = Field(description="Exclusive")
    models: Annotated[list[Text], Field(max_length=_MOST_MODELS)] = Field(
        [], description="Only those with one of these names of models, as clients sent them"
    )
    filter: Annotated[list[Json], Field(max_length=100)] | None = Field(
        None, description="Filter conditions, as for observations"
    )
    dry_run: StrictBool = Field(True, description="Only say what would change")

    @field_validator("from_", "to")
    @classmethod
    def _check_instant(cls, value_us: int) -> int:
        return min(max(value_us, MIN_US), MAX_US)

    @model_validator(mode="after")
    def _check_range(self) -> "RepricingIn":
        if self.from_ >= self.to:
            raise ValueError("`from` must lie before `to`")
        return self


# --- answers


class LineOut(Out):
    usage_type: str
    units: int | None = Field(description="Null where only a cost is known")
    unit_price: str | None = Field(description="USD per unit that was charged")
    listed_price: str | None = Field(description="USD per unit in the price list as it is now")
    amount: str | None = Field(description="USD")
    counted: bool = Field(
        description="Whether it is part of the total: what is counted adds up to it exactly"
    )
    note: str | None


class ConditionOut(Out):
    condition: str
    found: str | int | None = Field(description="What the observation has")
    holds: bool


class LedgerModelOut(Out):
    id: str
    model_name: str | None
    match_pattern: str | None
    origin: ModelOrigin | None = Field(description="Null when the model is no longer listed")
    start_date: DateTime | None
    price_list: str | None = Field(
        description="The version of the prices: a day, or when the model was changed"
    )
    why: str


class LedgerTierOut(Out):
    name: str
    is_default: bool
    conditions: list[ConditionOut]
    why: str


class LedgerUsageOut(Out):
    source: UsageSource | None
    details: dict[str, int]
    tokenizer: str | None = Field(description="What counted estimated tokens")
    note: str | None


class OtherTierOut(Out):
    name: str
    conditions: list[ConditionOut]
    total: str | None = Field(description="What it would cost by this tier")


class NowOut(Out):
    """What the same observation would cost if it came in now and its client stated no cost."""

    model_id: str | None
    model_name: str | None
    tier: str | None
    total: str | None
    differs: bool


class RollupOut(Out):
    repeats: list[str] = Field(description="Ids of the observations below it whose tokens it says again")
    counted_in_trace: bool
    note: str


class LedgerOut(Out):
    observation_id: str
    trace_id: str | None
    type: ObservationType
    name: str | None
    start_time: DateTime
    provided_model_name: str | None
    source: CostSource
    why: str
    total: str | None = Field(description="USD, as it is stored; null when unknown")
    lines: list[LineOut]
    usage: LedgerUsageOut
    model: LedgerModelOut | None
    tier: LedgerTierOut | None
    now: NowOut
    other_tiers: list[OtherTierOut] = Field(
        description="Of the model of now: when which other price list applies"
    )
    rollup: RollupOut | None


class ProgressOut(Out):
    looked_at: int
    changed: int
    old_total: float = Field(description="Of those that were changed")
    new_total: float
    share: float = Field(description="Of the range, from 0 to 1")


class RepricingOut(Out):
    id: str | None = Field(description="Null for a dry run")
    status: Status | Literal["preview"]
    from_: DateTime = Field(alias="from")
    to: DateTime
    models: list[str]
    filter: Any
    preview: ComparisonOut | None = Field(
        description="As it was when it was asked for; null when that would have taken too long"
    )
    progress: ProgressOut | None
    requested_at: DateTime | None
    started_at: DateTime | None
    finished_at: DateTime | None
    last_error: str | None


class WhatIfSumOut(Out):
    observations: int
    client_provided: int
    estimated: int
    tokens: int
    total_now: float
    total_then: float
    without_price_now: int = Field(description="Observations that have no cost and count as nothing")
    without_price_then: int


class WhatIfNamedOut(WhatIfSumOut):
    model: str


class WhatIfModelOut(Out):
    id: str
    model_name: str
    origin: ModelOrigin | None


class WhatIfOut(Out):
    model: WhatIfModelOut
    from_: DateTime = Field(alias="from")
    to: DateTime
    total_now: float
    total_then: float
    difference: float
    observations: int
    tokens: int
    by_model: list[WhatIfNamedOut]
    usage_without_price: dict[str, int] = Field(description="Units by kind that the model has no price for")
    assumptions: list[str]


class MissingPriceOut(Out):
    model: str
    observations: int
    tokens: int
    usage_details: dict[str, int]
    first_seen: DateTime
    last_seen: DateTime
    why: str
    model_id: str | None = Field(
        description="What the name stands for by now: a repricing would find its price"
    )
