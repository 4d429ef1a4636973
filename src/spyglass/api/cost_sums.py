"""What observations cost and would cost, summed: asked for and rendered for all features that compare prices."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from pydantic import Field

from spyglass.api.schemas import Out
from spyglass.core.cost import Model
from spyglass.query.costs import Sum, compare, list_names
from spyglass.query.price_sql import Priced
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql


class SumOut(Out):
    observations: int
    changed: int = Field(description="How many would get another total, model or price list")
    client_provided: int = Field(description="How many have a cost that their client stated; it stays")
    estimated: int = Field(description="How many have tokens that were counted here")
    tokens: int
    old_total: float = Field(description="USD")
    new_total: float = Field(description="USD")
    old_without_price: int
    new_without_price: int


class NamedSumOut(SumOut):
    model: str = Field(description="As clients sent it")
    model_id: str | None = Field(description="Whose prices would be used")


class ComparisonOut(SumOut):
    by_model: list[NamedSumOut] = Field(description="The dearest first")


def compare_models(
    analytics: Analytics,
    project_id: str,
    where: Sequence[Sql],
    find: Callable[[str], Model | None],
    names: Sequence[str] = (),
) -> dict[str, Any]:
    """A `ComparisonOut` of the observations whose names `find` knows a model for; of all names that were used unless
    some are given. Costs that clients stated stay."""
    by_model: dict[str, tuple[Model, list[str]]] = {}
    found: dict[str, str] = {}
    for name in names or list_names(analytics, project_id, where):
        model = find(name)
        if model is not None:
            by_model.setdefault(model.id, (model, []))[1].append(name)
            found[name] = model.id
    priced = [Priced(model, tuple(names)) for model, names in by_model.values()]
    sums = compare(analytics, project_id, where, priced, keep_provided=True) if priced else {}
    total = Sum()
    for each in sums.values():
        total.add(each)
    ordered = sorted(sums.items(), key=_dearest_first)
    shown = [{"model": name, "modelId": found[name], **render_sum(each)} for name, each in ordered]
    return {**render_sum(total), "byModel": shown}


def render_sum(found: Sum) -> dict[str, Any]:
    return {
        "observations": found.observations,
        "changed": found.changed,
        "clientProvided": found.provided,
        "estimated": found.estimated,
        "tokens": found.usage.get("total", 0),
        "oldTotal": float(found.old),
        "newTotal": float(found.new),
        "oldWithoutPrice": found.unpriced,
        "newWithoutPrice": found.unpriced_then,
    }


def _dearest_first(entry: tuple[str, Sum]) -> tuple[Decimal, str]:
    return -max(entry[1].old, entry[1].new), entry[0]
