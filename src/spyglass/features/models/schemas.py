"""Bodies and answers of `/models` (public API 2.12, 9.12; ingestion contract 3.1)."""

from collections import Counter
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StringConstraints, model_validator

from spyglass.api.cost_sums import NamedSumOut, SumOut
from spyglass.api.params import Instant
from spyglass.api.schemas import DateTime, In, Json, Out, Text
from spyglass.core.errors import Invalid
from spyglass.core.patterns import MAX_CHARACTERS, compile_pattern

Unit = Literal["CHARACTERS", "TOKENS", "MILLISECONDS", "SECONDS", "IMAGES", "REQUESTS"]
Operator = Literal["gt", "gte", "lt", "lte", "eq", "neq"]
Source = Literal["model_parameters", "metadata"]

_MAX_USAGE_PATTERN = 200
_MAX_PRICE = 1e9
_MAX_CONDITIONS = 50


def _check_match_pattern(text: str) -> str:
    return _check_pattern(text, MAX_CHARACTERS)


def _check_usage_pattern(text: str) -> str:
    return _check_pattern(text, _MAX_USAGE_PATTERN)


def _check_pattern(text: str, longest: int) -> str:
    try:
        compile_pattern(text, longest=longest)
    except Invalid as error:
        raise ValueError(error.message) from None
    return text


def _check_storable(value: Any) -> Any:
    """Whatever the stores can keep and an answer can hold."""
    try:
        text = msgspec.json.encode(value)
    except UnicodeEncodeError:
        raise ValueError("must not contain half of a surrogate pair") from None
    if rb"\u0000" in text:
        raise ValueError("must not contain NUL")
    return value


def _check_is_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("must be an ISO 8601 date-time")
    return value


Start = Annotated[Instant, BeforeValidator(_check_is_text)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_check_storable)]
Price = Annotated[float, Field(strict=True, ge=0, le=_MAX_PRICE, allow_inf_nan=False)]
Prices = Annotated[
    dict[Key, Price],
    Field(min_length=1, description="USD per unit, by usage key"),
]


class UsageConditionIn(In):
    """The units of all usage keys that match, added up, compare so with `value`."""

    usage_detail_pattern: Annotated[Text, AfterValidator(_check_usage_pattern)] = Field(
        description="A regular expression (RE2) of at most 200 characters"
    )
    operator: Operator
    value: Annotated[float, Field(strict=True, allow_inf_nan=False)]
    case_sensitive: StrictBool = False


class AttributeConditionIn(In):
    """A top-level key of the model parameters or of the metadata has one of these values, as text."""

    source: Source
    key: Key
    operator: Literal["in"]
    values: Annotated[list[Text], Field(min_length=1, max_length=100)]


class TierIn(In):
    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
        AfterValidator(_check_storable),
    ]
    is_default: StrictBool
    priority: Annotated[int, Field(strict=True, ge=0, le=999)]
    conditions: Annotated[list[UsageConditionIn | AttributeConditionIn], Field(max_length=_MAX_CONDITIONS)]
    prices: Prices

    @model_validator(mode="after")
    def _check_conditions(self) -> "TierIn":
        if self.is_default and (self.priority != 0 or self.conditions):
            raise ValueError("the default tier has priority 0 and no conditions")
        if not self.is_default and not self.conditions:
            raise ValueError("a tier that is not the default one needs at least one condition")
        return self


class ModelIn(In):
    """Either flat prices or `pricingTiers`."""

    model_name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
        AfterValidator(_check_storable),
    ]
    match_pattern: Annotated[Text, AfterValidator(_check_match_pattern)] = Field(
        description="A regular expression (RE2) of at most 500 characters, searched in the model of an "
        "observation: `(?i)^(my-model)$`"
    )
    start_date: Start | None = Field(None, description="Of models that match the same, the latest wins")
    unit: Unit | None = None
    input_price: Price | None = Field(None, description="USD per unit")
    output_price: Price | None = None
    total_price: Price | None = Field(None, description="Not together with the other two")
    pricing_tiers: Annotated[list[TierIn], Field(min_length=1, max_length=1000)] | None = None
    tokenizer_id: Literal["openai", "claude"] | None = None
    tokenizer_config: Annotated[Json, AfterValidator(_check_storable)] = None

    @property
    def flat_prices(self) -> dict[str, float]:
        """The flat prices that were given, by usage key."""
        given = {"input": self.input_price, "output": self.output_price, "total": self.total_price}
        return {key: price for key, price in given.items() if price is not None}

    @model_validator(mode="after")
    def _check_prices(self) -> "ModelIn":
        flat = self.flat_prices
        if flat and self.pricing_tiers is not None:
            raise ValueError("give either inputPrice, outputPrice, totalPrice or pricingTiers, not both")
        if not flat and self.pricing_tiers is None:
            raise ValueError("prices are missing: give inputPrice, outputPrice, totalPrice or pricingTiers")
        if "total" in flat and (flat.get("input") or flat.get("output")):
            raise ValueError("totalPrice excludes inputPrice and outputPrice")
        return self

    @model_validator(mode="after")
    def _check_tiers(self) -> "ModelIn":
        tiers = self.pricing_tiers
        if tiers is None:
            return self
        if sum(tier.is_default for tier in tiers) != 1:
            raise ValueError("exactly one of the pricingTiers is the default one")
        for what, seen in (
            ("name", Counter(tier.name for tier in tiers)),
            ("priority", Counter(tier.priority for tier in tiers)),
        ):
            twice = [each for each, count in seen.items() if count > 1]
            if twice:
                raise ValueError(f"the {what} of each of the pricingTiers must be unique; twice: {twice[0]}")
        keys = tiers[0].prices.keys()
        other = next((tier.name for tier in tiers if tier.prices.keys() != keys), None)
        if other is not None:
            raise ValueError(
                f"all pricingTiers price the same usage keys; {other!r} has others than {tiers[0].name!r}"
            )
        return self


class PriceOut(Out):
    price: float


class UsageConditionOut(Out):
    usage_detail_pattern: str
    operator: Operator
    value: float
    case_sensitive: bool


class AttributeConditionOut(Out):
    source: Source
    key: str
    operator: Literal["in"]
    values: list[str]


class TierOut(Out):
    id: str
    name: str
    is_default: bool
    priority: int
    conditions: list[UsageConditionOut | AttributeConditionOut]
    prices: dict[str, float]


class ModelOut(Out):
    id: str
    model_name: str
    match_pattern: str
    start_date: DateTime | None
    unit: Unit | None
    input_price: float | None = Field(description="Of the default tier; USD per unit")
    output_price: float | None
    total_price: float | None
    tokenizer_id: str | None
    tokenizer_config: Any
    is_langfuse_managed: bool = Field(description="Of the built-in price list; cannot be deleted")
    created_at: DateTime
    prices: dict[str, PriceOut] = Field(description="Of the default tier")
    pricing_tiers: list[TierOut]


class PreviewedOut(NamedSumOut):
    model_id: None = Field(None, description="The definition has no id yet")
    replaces_model_id: str | None = Field(description="Whose prices the name has now")
    replaces_model_name: str | None


class ShadowedOut(Out):
    model: str
    model_id: str = Field(description="The model of the project that takes the name")


class ModelPreviewOut(SumOut):
    from_: DateTime = Field(alias="from")
    to: DateTime
    by_model: list[PreviewedOut] = Field(description="By name as clients sent it, the dearest first")
    shadowed: list[ShadowedOut] = Field(description="Names that match and that another model takes")
