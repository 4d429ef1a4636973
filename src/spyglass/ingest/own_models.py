"""Models that a project defined for itself, as its rows have them -> priced models that names can be matched with.

The conditions of tiers are stored as the API has them (public API 2.12).
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from spyglass.core.clock import iso_ms, to_us
from spyglass.core.cost import AttributeCondition, Condition, Model, Tier, UsageCondition
from spyglass.core.errors import Invalid
from spyglass.core.patterns import Pattern, compile_pattern
from spyglass.ingest.catalogue import Catalogue
from spyglass.stores.meta.tables import ModelDefinition

log = logging.getLogger(__name__)

# A longer text is no name of a model; searching it would only cost time.
_LONGEST_NAME = 1000
_REMEMBERED = 4096


class ProjectModels:
    """What names mean in one project: its own models, the one with the latest start date first, before those
    of the catalogue (contract 3.2). Thread-safe; names are remembered, unknown ones as well."""

    def __init__(self, catalogue: Catalogue, rows: Iterable[ModelDefinition] = ()) -> None:
        self._catalogue = catalogue
        self._own = sorted(_build_all(rows), key=_newest_first, reverse=True)
        self._by_id = {model.id: model for _, model in self._own}
        self._found: dict[str, Model | None] = {}
        self._edition = catalogue.edition

    def match(self, name: str) -> Model | None:
        """The model that the text `name` stands for."""
        if not self._own or len(name) > _LONGEST_NAME:
            return self._catalogue.match(name)
        if self._edition != self._catalogue.edition:
            self._edition = self._catalogue.edition
            self._found = {}
        try:
            return self._found[name]
        except KeyError:
            pass
        own = next((model for pattern, model in self._own if pattern.is_in(name)), None)
        found = own or self._catalogue.match(name)
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        self._found[name] = found
        return found

    @property
    def look_at_metadata(self) -> bool:
        """Whether a price may depend on the metadata of an observation."""
        return self._catalogue.looks_at_metadata or any(model.looks_at_metadata for _, model in self._own)

    def by_id(self, model_id: str) -> Model | None:
        """The model that an observation was priced by; None when there is no such one any more."""
        return self._by_id.get(model_id) or self._catalogue.by_id(model_id)


def _build_all(rows: Iterable[ModelDefinition]) -> Iterator[tuple[Pattern, Model]]:
    """Rows were checked when they were saved; one that cannot be read for all that prices nothing, and must not
    stop ingest."""
    for row in rows:
        try:
            yield compile_pattern(row.match_pattern), build_model(row)
        except (Invalid, ArithmeticError, LookupError, TypeError, ValueError) as error:
            log.error("the model %s of project %s cannot be used: %s", row.id, row.project_id, error)


def build_model(row: ModelDefinition) -> Model:
    start_date = iso_ms(to_us(row.start_date)) if row.start_date is not None else ""
    tiers = tuple(map(_build_tier, row.tiers))
    return Model(
        row.id,
        row.model_name,
        row.match_pattern,
        tiers,
        start_date,
        row.tokenizer_id or "",
        row.tokenizer_config,
    )


def _newest_first(entry: tuple[Pattern, Model]) -> tuple[str, str]:
    return entry[1].start_date, entry[1].id


def _build_tier(tier: Mapping[str, Any]) -> Tier:
    return Tier(
        id=tier["id"],
        name=tier["name"],
        prices={key: Decimal(price) for key, price in tier["prices"].items()},
        is_default=tier["isDefault"],
        priority=tier["priority"],
        conditions=tuple(map(_build_condition, tier["conditions"])),
    )


def _build_condition(condition: Mapping[str, Any]) -> Condition:
    if "source" in condition:
        return AttributeCondition(condition["source"], condition["key"], tuple(condition["values"]))
    return UsageCondition(
        condition["usageDetailPattern"],
        condition["operator"],
        condition["value"],
        condition["caseSensitive"],
    )
