"""What a model definition would do: which observations of the last days it would match, and what they would cost."""

from typing import Any

from spyglass.api.cost_sums import compare_models
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now_us
from spyglass.core.cost import Model
from spyglass.core.patterns import compile_pattern
from spyglass.features.models.schemas import ModelIn
from spyglass.features.models.service import fill
from spyglass.ingest.own_models import ProjectModels
from spyglass.query.costs import list_names
from spyglass.query.views import OBSERVATIONS, within
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import ModelDefinition

DAYS_US = 30 * 86_400_000_000
_NEW = ""  # no stored model has this id


def preview_model(state: AppState, project_id: str, body: ModelIn) -> dict[str, Any]:
    """As if the project had the model beside its others; one of the same name is replaced."""
    row = ModelDefinition(project_id=project_id, id=_NEW)
    fill(row, body)
    with state.stores.meta.read() as session:
        own = session.scalars(scoped(ModelDefinition, project_id)).all()
    others = [each for each in own if each.model_name != body.model_name]
    models = ProjectModels(state.catalogue, [*others, row])
    before = ProjectModels(state.catalogue, own)
    until_us = now_us()
    where = within(OBSERVATIONS, until_us - DAYS_US, until_us)
    analytics = state.stores.analytics
    pattern = compile_pattern(body.match_pattern)
    matched = [name for name in list_names(analytics, project_id, where) if pattern.is_in(name)]
    taken = [name for name in matched if _id(models.match(name)) == _NEW]
    found = compare_models(analytics, project_id, where, models.match, taken) if taken else _nothing()
    for each in found["byModel"]:
        now = before.match(each["model"])
        each["modelId"] = None
        each["replacesModelId"] = _id(now)
        each["replacesModelName"] = now.name if now is not None else None
    return {
        "from": iso_ms(until_us - DAYS_US),
        "to": iso_ms(until_us),
        **found,
        "shadowed": [
            {"model": name, "modelId": _id(models.match(name))} for name in matched if name not in taken
        ],
    }


def _id(model: Model | None) -> str | None:
    return model.id if model is not None else None


def _nothing() -> dict[str, Any]:
    counts = ("observations", "changed", "clientProvided", "estimated", "tokens")
    zeros = dict.fromkeys((*counts, "oldWithoutPrice", "newWithoutPrice"), 0)
    return {**zeros, "oldTotal": 0.0, "newTotal": 0.0, "byModel": []}
