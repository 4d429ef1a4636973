"""The range of time and the conditions that questions about costs share."""

from collections.abc import Sequence

from spyglass.api.params import read_filter
from spyglass.core.clock import MAX_US, MIN_US, now_us
from spyglass.core.errors import Invalid
from spyglass.features.costs.schemas import RangeParams
from spyglass.query.columns import OBSERVATION_FILTERS
from spyglass.query.filters import compile_filter
from spyglass.query.views import OBSERVATIONS, within
from spyglass.stores.analytics.sql import Sql

DAYS_US = 30 * 86_400_000_000


def read_range(params: RangeParams) -> tuple[int, int]:
    """(from, to); the last 30 days unless they are given. Raises `Invalid` when that is no time at all."""
    to_us = now_us() if params.to is None else params.to
    from_us = to_us - DAYS_US if params.from_ is None else params.from_
    if from_us >= to_us:
        raise Invalid("`from` must lie before `to`")
    return min(max(from_us, MIN_US), MAX_US), min(max(to_us, MIN_US), MAX_US)


def conditions(project_id: str, from_us: int, to_us: int, filter_: str | None = None) -> Sequence[Sql]:
    advanced = read_filter(filter_, OBSERVATION_FILTERS)
    where = compile_filter(OBSERVATION_FILTERS, project_id, (), advanced)
    return [*within(OBSERVATIONS, from_us, to_us), *where]
