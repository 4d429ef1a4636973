"""One user of a project, as its traces name them."""

from typing import Any

from spyglass.api.records import render_cost
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms
from spyglass.core.errors import NotFound
from spyglass.features.trace_view.rendering import render_tokens
from spyglass.query.user_sums import list_models_of_user, read_user_sums

_MODELS = 20


def read_user(state: AppState, project_id: str, user_id: str) -> dict[str, Any]:
    analytics = state.stores.analytics
    sums = read_user_sums(analytics, project_id, user_id)
    if sums is None:
        raise NotFound(f"User {user_id} not found within authorized project")
    models = list_models_of_user(analytics, project_id, user_id, sums, _MODELS)
    return {
        "id": user_id,
        "first": iso_ms(sums.first_us),
        "last": iso_ms(sums.last_us),
        "traces": sums.traces,
        "sessions": sums.sessions,
        "observations": sums.observations,
        "errors": sums.errors,
        "tokens": render_tokens(sums.usage),
        "cost": render_cost(sums.cost),
        "models": [
            {"model": each.model, "cost": render_cost(each.cost), "calls": each.calls} for each in models
        ],
    }
