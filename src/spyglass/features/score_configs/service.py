"""Score configs: create, list, read, change. A change is seen by the next score that names the config.

Scores that exist keep what they were given; an archived config takes no new ones (ingest/score_rules.py).
"""

from collections import Counter
from typing import Any

from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.api.params import PageParams
from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Invalid, NotFound
from spyglass.core.paging import page_meta
from spyglass.features.score_configs.schemas import CategoryIn, ScoreConfigChangeIn, ScoreConfigIn
from spyglass.stores.meta import read_page, scoped
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.tables import ScoreConfig
from spyglass.stores.meta.tables.revisions import SCORE_CONFIGS, raise_revision

_AUDITED = "scoreConfig"
_BOOLEAN = [{"label": "True", "value": 1.0}, {"label": "False", "value": 0.0}]
_NOT_NULL = ("name", "is_archived")  # a null for these says nothing


def create_config(state: AppState, caller: Caller, body: ScoreConfigIn) -> dict[str, Any]:
    if body.data_type == "BOOLEAN" and body.categories is not None:
        raise Invalid("categories: must be absent for BOOLEAN, which has True and False")
    config = ScoreConfig(
        project_id=project_of(caller),
        name=body.name,
        data_type=body.data_type,
        min_value=body.min_value,
        max_value=body.max_value,
        categories=_BOOLEAN if body.data_type == "BOOLEAN" else _plain(body.categories),
        description=body.description,
        is_archived=False,
    )
    _check(config)
    with state.stores.meta.begin() as session:
        session.add(config)
        _finish(session, caller, config, "create", None)
        return render(config)


def list_configs(state: AppState, project_id: str, params: PageParams) -> dict[str, Any]:
    newest_first = scoped(ScoreConfig, project_id).order_by(
        ScoreConfig.created_at.desc(), ScoreConfig.id.desc()
    )
    with state.stores.meta.read() as session:
        rows, total = read_page(session, newest_first, params.page, params.limit)
    return {"data": list(map(render, rows)), "meta": page_meta(params.page, params.limit, total)}


def read_config(state: AppState, project_id: str, config_id: str) -> dict[str, Any]:
    with state.stores.meta.read() as session:
        return render(_find(session, project_id, config_id))


def change_config(
    state: AppState, caller: Caller, config_id: str, body: ScoreConfigChangeIn
) -> dict[str, Any]:
    """The config as it would be afterwards must keep the rules, or nothing is changed."""
    changes = {
        name: getattr(body, name)
        for name in body.model_fields_set
        if name not in _NOT_NULL or getattr(body, name) is not None
    }
    if not changes:
        allowed = "isArchived, name, categories, minValue, maxValue, description"
        raise Invalid(f"The body must have at least one of {allowed}")
    if "categories" in changes:
        changes["categories"] = _plain(changes["categories"])
    with state.stores.meta.begin() as session:
        config = _find(session, project_of(caller), config_id, lock=True)
        before = render(config)
        for name, value in changes.items():
            setattr(config, name, value)
        _check(config)
        _finish(session, caller, config, "update", before)
        return render(config)


def render(config: ScoreConfig) -> dict[str, Any]:
    return {
        "id": config.id,
        "name": config.name,
        "createdAt": iso_ms(to_us(config.created_at)),
        "updatedAt": iso_ms(to_us(config.updated_at)),
        "projectId": config.project_id,
        "dataType": config.data_type,
        "isArchived": config.is_archived,
        "minValue": config.min_value,
        "maxValue": config.max_value,
        "categories": config.categories,
        "description": config.description,
    }


def _find(session: Session, project_id: str, config_id: str, *, lock: bool = False) -> ScoreConfig:
    statement = scoped(ScoreConfig, project_id).where(ScoreConfig.id == config_id)
    config = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if config is None:
        raise NotFound("Score config not found within authorized project")
    return config


def _finish(
    session: Session, caller: Caller, config: ScoreConfig, action: str, before: dict[str, Any] | None
) -> None:
    session.flush()
    raise_revision(session, SCORE_CONFIGS, config.project_id)
    record_change(
        session, actor_of(caller), action, (_AUDITED, config.id), before=before, after=render(config)
    )


def _plain(categories: list[CategoryIn] | None) -> list[dict[str, Any]] | None:
    return None if categories is None else [{"label": each.label, "value": each.value} for each in categories]


def _check(config: ScoreConfig) -> None:
    """The rules of contract 4.4 on a config as a whole."""
    low, high, categories = config.min_value, config.max_value, config.categories
    if config.data_type != "NUMERIC" and (low is not None or high is not None):
        raise Invalid(f"minValue, maxValue: must be absent or null for {config.data_type}")
    if low is not None and high is not None and high <= low:
        raise Invalid("maxValue: must be greater than minValue")
    match config.data_type:
        case "CATEGORICAL":
            _check_categories(categories)
        case "BOOLEAN":
            if categories != _BOOLEAN:
                raise Invalid("categories: cannot be changed for BOOLEAN, which has True and False")
        case _:
            if categories is not None:
                raise Invalid(f"categories: must be absent or null for {config.data_type}")


def _check_categories(categories: list[dict[str, Any]] | None) -> None:
    if not categories:
        raise Invalid("categories: CATEGORICAL needs at least one, as {label, value}")
    for key in ("label", "value"):
        (given, times), *_ = Counter(each[key] for each in categories).most_common(1)
        if times > 1:
            raise Invalid(f"categories: the {key} {given!r} is there {times} times; each must be unique")
