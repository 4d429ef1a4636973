"""The list of prompts: one row per name, of the versions that pass the filters."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from spyglass.api.params import between, text_is
from spyglass.core.clock import iso_ms, to_us
from spyglass.core.filters import Condition
from spyglass.core.paging import offset_of, page_meta
from spyglass.features.prompts.conditions import Check, build_check, needs_check, read_conditions
from spyglass.features.prompts.matching import compile_condition
from spyglass.features.prompts.schemas import PromptListParams
from spyglass.stores.meta import Meta, read_page, scoped
from spyglass.stores.meta.tables import Prompt, PromptLabel, PromptVersion

_Versions = dict[str, dict[int, int]]  # of each name: number -> when it was updated, in microseconds
_LISTED = (PromptVersion.name, PromptVersion.version, PromptVersion.updated_at)
_ROWS_AT_ONCE = 500


def list_prompts(meta: Meta, project_id: str, params: PromptListParams) -> dict[str, Any]:
    """A page of names, in alphabetical order, each with what its versions that pass the filters have."""
    conditions = _conditions(params)
    matching = scoped(PromptVersion, project_id).where(
        *(compile_condition(project_id, each) for each in conditions if not needs_check(each))
    )
    checks = [build_check(each) for each in conditions if needs_check(each)]
    with meta.read() as session:
        if any(check.column == "config" for check in checks):
            found, total = _page_by_versions(session, matching, checks, params)
        else:
            found, total = _page_by_names(session, project_id, matching, checks, params)
        data = _render_names(session, project_id, found)
    meta_out = page_meta(params.page, params.limit, total)
    return {"data": data, "meta": meta_out, "pagination": meta_out}


def _conditions(params: PromptListParams) -> list[Condition]:
    if params.filter is not None:  # stands alone, an empty one too
        return read_conditions(params.filter)
    conditions = text_is("name", params.name)
    conditions += between("updatedAt", params.from_updated_at, params.to_updated_at)
    if params.version is not None:
        conditions.append(Condition("version", "number", "=", float(params.version)))
    if params.label is not None:
        conditions.append(Condition("labels", "arrayOptions", "any of", (params.label,)))
    if params.tag is not None:
        conditions.append(Condition("tags", "arrayOptions", "any of", (params.tag,)))
    return conditions


def _page_by_names(
    session: Session,
    project_id: str,
    matching: Select[PromptVersion],
    checks: Sequence[Check],
    params: PromptListParams,
) -> tuple[_Versions, int]:
    """For checks of what all versions of a name share: names are few and their rows small."""
    statement = (
        scoped(Prompt, project_id)
        .where(matching.where(PromptVersion.name == Prompt.name).exists())
        .order_by(Prompt.name)
    )
    if checks:
        names = [prompt.name for prompt in session.scalars(statement) if _passes(prompt, checks)]
        page, total = _cut(names, params), len(names)
    else:
        prompts, total = read_page(session, statement, params.page, params.limit)
        page = [prompt.name for prompt in prompts]
    of_page = matching.where(PromptVersion.name.in_(page)).with_only_columns(*_LISTED)
    return _by_name(session.execute(of_page.order_by(*_LISTED[:2]))), total


def _page_by_versions(
    session: Session, matching: Select[PromptVersion], checks: Sequence[Check], params: PromptListParams
) -> tuple[_Versions, int]:
    of_name = (Prompt.project_id == PromptVersion.project_id) & (Prompt.name == PromptVersion.name)
    statement = matching.join(Prompt, of_name).with_only_columns(*_LISTED, Prompt.tags, PromptVersion.config)
    rows = session.execute(statement.order_by(*_LISTED[:2]), execution_options={"yield_per": _ROWS_AT_ONCE})
    found = _by_name(row for row in rows if _passes(row, checks))
    return {name: found[name] for name in _cut(list(found), params)}, len(found)


def _passes(row: Any, checks: Sequence[Check]) -> bool:
    return all(check.passes(getattr(row, check.column)) for check in checks)


def _cut(names: list[str], params: PromptListParams) -> list[str]:
    start = offset_of(params.page, params.limit)
    return names[start : start + params.limit]


def _by_name(rows: Iterable[Any]) -> _Versions:
    found: _Versions = {}
    for row in rows:
        found.setdefault(row.name, {})[row.version] = to_us(row.updated_at)
    return found


def _render_names(session: Session, project_id: str, found: _Versions) -> list[dict[str, Any]]:
    """In the order of `found`, whose versions are in ascending order."""
    statement = scoped(Prompt, project_id).where(Prompt.name.in_(found))
    prompts = {prompt.name: prompt for prompt in session.scalars(statement)}
    configs = _configs_of(session, project_id, [(name, max(versions)) for name, versions in found.items()])
    labels = _labels_of(session, project_id, found)
    return [
        {
            "name": name,
            "type": prompts[name].type,
            "versions": list(versions),
            "labels": labels[name],
            "tags": prompts[name].tags,
            "lastUpdatedAt": iso_ms(max(versions.values())),
            "lastConfig": configs[name],
        }
        for name, versions in found.items()
    ]


def _configs_of(session: Session, project_id: str, newest: list[tuple[str, int]]) -> dict[str, Any]:
    statement = scoped(PromptVersion, project_id).where(
        tuple_(PromptVersion.name, PromptVersion.version).in_(newest)
    )
    rows = session.execute(statement.with_only_columns(PromptVersion.name, PromptVersion.config))
    return {name: {} if config is None else config for name, config in rows}


def _labels_of(session: Session, project_id: str, versions: _Versions) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {name: set() for name in versions}
    for row in session.scalars(scoped(PromptLabel, project_id).where(PromptLabel.name.in_(versions))):
        if row.version in versions[row.name]:
            found[row.name].add(row.label)
    return {name: sorted(labels) for name, labels in found.items()}
