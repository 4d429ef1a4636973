"""What `/models` answers and does. The list mixes the built-in catalogue with the models of the project."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.params import PageParams
from spyglass.api.state import AppState
from spyglass.core.clock import from_us, iso_ms, to_us
from spyglass.core.cost import AttributeCondition, Condition, Model, Tier
from spyglass.core.errors import Conflict, Invalid, NotFound
from spyglass.core.ids import new_id
from spyglass.core.paging import offset_of, page_meta
from spyglass.features.models.schemas import ModelIn, TierIn
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.own_models import build_model
from spyglass.stores.meta import Meta, scoped
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.tables import ModelDefinition
from spyglass.stores.meta.tables.revisions import MODELS, raise_revision

_NO_UNIT = "~"  # after every unit


class _Place(NamedTuple):
    """Where a model stands in the list: by name, unit, and the latest start date first."""

    name: str
    unit: str
    start: float
    id: str
    is_own: bool


def list_models(state: AppState, project_id: str, params: PageParams) -> dict[str, Any]:
    columns = (
        ModelDefinition.id,
        ModelDefinition.model_name,
        ModelDefinition.unit,
        ModelDefinition.start_date,
    )
    offset = offset_of(params.page, params.limit)
    with state.stores.meta.read() as session:
        own = session.execute(scoped(ModelDefinition, project_id).with_only_columns(*columns)).all()
        places = [_Place(name, "TOKENS", 0.0, id_, False) for name, id_ in state.catalogue.names()]
        places += [_Place(name, unit or _NO_UNIT, _rank(start), id_, True) for id_, name, unit, start in own]
        shown = sorted(places)[offset : offset + params.limit]
        ids = [place.id for place in shown if place.is_own]
        rows = session.scalars(scoped(ModelDefinition, project_id).where(ModelDefinition.id.in_(ids))).all()
    found = {row.id: _render_own(row) for row in rows}
    found |= {place.id: _render_managed(state.catalogue, place.id) for place in shown if not place.is_own}
    return {
        "data": [found[place.id] for place in shown],
        "meta": page_meta(params.page, params.limit, len(places)),
    }


def read_model(state: AppState, project_id: str, model_id: str) -> dict[str, Any]:
    if state.catalogue.by_id(model_id) is not None:
        return _render_managed(state.catalogue, model_id)
    with state.stores.meta.read() as session:
        return _render_own(_find(session, project_id, model_id))


def create_model(state: AppState, caller: Caller, body: ModelIn) -> dict[str, Any]:
    row = ModelDefinition(project_id=project_of(caller), id=new_id())
    with _naming(body), state.stores.meta.begin() as session:
        return _write(session, caller, row, body)


def replace_model(state: AppState, caller: Caller, model_id: str, body: ModelIn) -> dict[str, Any]:
    """An own model under an id of the caller's choice; what the body leaves out is then unset.

    Raises `Invalid` for the id of a built-in model and for a name that another model has.
    """
    if state.catalogue.by_id(model_id) is not None:
        raise Invalid(f"'{model_id}' is a built-in model, which cannot be changed; create one of your own")
    try:
        return _replace(state.stores.meta, caller, model_id, body)
    except Conflict:  # somebody else made it at the same moment, or its name is taken
        with _naming(body):
            return _replace(state.stores.meta, caller, model_id, body)


def _replace(meta: Meta, caller: Caller, model_id: str, body: ModelIn) -> dict[str, Any]:
    project_id = project_of(caller)
    with meta.begin() as session:
        mine = scoped(ModelDefinition, project_id).where(ModelDefinition.id == model_id).with_for_update()
        row = session.scalar(mine) or ModelDefinition(project_id=project_id, id=model_id)
        return _write(session, caller, row, body)


def _write(session: Session, caller: Caller, row: ModelDefinition, body: ModelIn) -> dict[str, Any]:
    """Fill a new row or one that is there; a tier that keeps its name keeps its id."""
    before = _render_own(row) if row in session else None
    fill(row, body)
    session.add(row)
    session.flush()
    after = _render_own(row)
    action = "create" if before is None else "update"
    record_change(session, actor_of(caller), action, ("model", row.id), before=before, after=after)
    raise_revision(session, MODELS, row.project_id)
    return after


def fill(row: ModelDefinition, body: ModelIn) -> None:
    ids = {tier["name"]: tier["id"] for tier in row.tiers or ()}
    row.model_name = body.model_name
    row.match_pattern = body.match_pattern
    row.start_date = None if body.start_date is None else from_us(body.start_date)
    row.unit = body.unit
    row.tiers = [{**tier, "id": ids.get(tier["name"], tier["id"])} for tier in _build_tiers(body)]
    row.tokenizer_id = body.tokenizer_id
    row.tokenizer_config = body.tokenizer_config


@contextmanager
def _naming(body: ModelIn) -> Iterator[None]:
    """Say what a refused constraint means: another model of the project has the name."""
    try:
        yield
    except Conflict:
        raise Invalid(f"Model name '{body.model_name}' already exists in project") from None


def delete_model(state: AppState, caller: Caller, model_id: str) -> None:
    """Only an own one: a built-in model is as unknown here as one of another project."""
    with state.stores.meta.begin() as session:
        row = _find(session, project_of(caller), model_id)
        record_change(session, actor_of(caller), "delete", ("model", row.id), before=_render_own(row))
        session.delete(row)
        raise_revision(session, MODELS, row.project_id)


def _find(session: Session, project_id: str, model_id: str) -> ModelDefinition:
    row = session.scalar(scoped(ModelDefinition, project_id).where(ModelDefinition.id == model_id))
    if row is None:
        raise NotFound("No model with this id found.")
    return row


def _rank(start: datetime | None) -> float:
    """Descending, and models without a start date last."""
    return 0.0 if start is None else -1.0 - to_us(start)


def _build_tiers(body: ModelIn) -> list[dict[str, Any]]:
    """As they are stored: the default one first, then by priority."""
    if body.pricing_tiers is None:
        flat = {"name": "Standard", "isDefault": True, "priority": 0, "conditions": []}
        return [{"id": new_id(), **flat, "prices": _write_prices(body.flat_prices)}]
    return [_build_tier(tier) for tier in sorted(body.pricing_tiers, key=_by_priority)]


def _by_priority(tier: TierIn) -> tuple[bool, int]:
    return not tier.is_default, tier.priority


def _build_tier(tier: TierIn) -> dict[str, Any]:
    return {
        "id": new_id(),
        "name": tier.name,
        "isDefault": tier.is_default,
        "priority": tier.priority,
        "conditions": [condition.model_dump(by_alias=True) for condition in tier.conditions],
        "prices": _write_prices(tier.prices),
    }


def _write_prices(prices: Mapping[str, float]) -> dict[str, str]:
    """Decimals as texts: the shortest that mean the same number as the one that was sent."""
    return {key: str(Decimal(repr(price))) for key, price in prices.items()}


def _render_managed(catalogue: Catalogue, model_id: str) -> dict[str, Any]:
    model = catalogue.by_id(model_id)
    assert model is not None
    return {
        **_render(model),
        "startDate": None,
        "unit": "TOKENS",
        "tokenizerId": model.tokenizer_id or None,
        "tokenizerConfig": None,
        "isLangfuseManaged": True,
        "createdAt": f"{catalogue.as_of}T00:00:00.000Z",
    }


def _render_own(row: ModelDefinition) -> dict[str, Any]:
    return {
        **_render(build_model(row)),
        "startDate": None if row.start_date is None else iso_ms(to_us(row.start_date)),
        "unit": row.unit,
        "tokenizerId": row.tokenizer_id,
        "tokenizerConfig": row.tokenizer_config,
        "isLangfuseManaged": False,
        "createdAt": iso_ms(to_us(row.created_at)),
    }


def _render(model: Model) -> dict[str, Any]:
    default = next(tier for tier in model.tiers if tier.is_default)
    prices = _render_prices(default)
    return {
        "id": model.id,
        "modelName": model.name,
        "matchPattern": model.pattern,
        "inputPrice": prices.get("input"),
        "outputPrice": prices.get("output"),
        "totalPrice": prices.get("total"),
        "prices": {key: {"price": price} for key, price in prices.items()},
        "pricingTiers": [_render_tier(tier) for tier in model.tiers],
    }


def _render_tier(tier: Tier) -> dict[str, Any]:
    return {
        "id": tier.id,
        "name": tier.name,
        "isDefault": tier.is_default,
        "priority": tier.priority,
        "conditions": [_render_condition(condition) for condition in tier.conditions],
        "prices": _render_prices(tier),
    }


def _render_prices(tier: Tier) -> dict[str, float]:
    return {key: float(price) for key, price in tier.prices.items()}


def _render_condition(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, AttributeCondition):
        return {
            "source": condition.source,
            "key": condition.key,
            "operator": "in",
            "values": list(condition.values),
        }
    return {
        "usageDetailPattern": condition.pattern,
        "operator": condition.operator,
        "value": condition.value,
        "caseSensitive": condition.case_sensitive,
    }
