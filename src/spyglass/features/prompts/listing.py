"""The list of prompts: one row per name, of the versions that pass the filters."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from spyglass.core.clock import from_us, iso_ms, to_us
from spyglass.core.paging import offset_of, page_meta
from spyglass.features.prompts.schemas import PromptListParams
from spyglass.stores.meta import Meta, read_page, scoped
from spyglass.stores.meta.prompts import has_label
from spyglass.stores.meta.tables import Prompt, PromptLabel, PromptVersion


def list_prompts(meta: Meta, project_id: str, params: PromptListParams) -> dict[str, Any]:
    """A page of names, in alphabetical order, each with what its versions that pass the filters have."""
    with meta.read() as session:
        matching = _matching(project_id, params)
        prompts, total = _page_of_names(session, project_id, matching, params)
        data = _render_names(session, project_id, matching, prompts)
    meta_out = page_meta(params.page, params.limit, total)
    return {"data": data, "meta": meta_out, "pagination": meta_out}


def _matching(project_id: str, params: PromptListParams) -> Select[PromptVersion]:
    statement = scoped(PromptVersion, project_id)
    if params.name is not None:
        statement = statement.where(PromptVersion.name == params.name)
    if params.version is not None:
        statement = statement.where(PromptVersion.version == params.version)
    if params.label is not None:
        statement = statement.where(has_label(project_id, params.label))
    if params.from_updated_at is not None:
        statement = statement.where(PromptVersion.updated_at >= from_us(params.from_updated_at))
    if params.to_updated_at is not None:
        statement = statement.where(PromptVersion.updated_at < from_us(params.to_updated_at))
    return statement


def _page_of_names(
    session: Session, project_id: str, matching: Select[PromptVersion], params: PromptListParams
) -> tuple[Sequence[Prompt], int]:
    statement = (
        scoped(Prompt, project_id)
        .where(matching.where(PromptVersion.name == Prompt.name).exists())
        .order_by(Prompt.name)
    )
    if params.tag is None:
        return read_page(session, statement, params.page, params.limit)
    # The databases have no common way to look into a list of texts; names are few and their rows small.
    tagged = [prompt for prompt in session.scalars(statement) if params.tag in prompt.tags]
    start = offset_of(params.page, params.limit)
    return tagged[start : start + params.limit], len(tagged)


def _render_names(
    session: Session, project_id: str, matching: Select[PromptVersion], prompts: Sequence[Prompt]
) -> list[dict[str, Any]]:
    names = [prompt.name for prompt in prompts]
    columns = (PromptVersion.name, PromptVersion.version, PromptVersion.updated_at)
    rows = session.execute(
        matching.where(PromptVersion.name.in_(names)).with_only_columns(*columns).order_by(*columns[:2])
    )
    versions: dict[str, list[int]] = {name: [] for name in names}
    updated: dict[str, int] = {}
    for name, version, updated_at in rows:
        versions[name].append(version)
        updated[name] = max(to_us(updated_at), updated.get(name, 0))
    configs = _configs_of(session, project_id, [(name, found[-1]) for name, found in versions.items()])
    labels = _labels_of(session, project_id, versions)
    return [
        {
            "name": prompt.name,
            "type": prompt.type,
            "versions": versions[prompt.name],
            "labels": labels[prompt.name],
            "tags": prompt.tags,
            "lastUpdatedAt": iso_ms(updated[prompt.name]),
            "lastConfig": configs[prompt.name],
        }
        for prompt in prompts
    ]


def _configs_of(session: Session, project_id: str, newest: list[tuple[str, int]]) -> dict[str, Any]:
    statement = scoped(PromptVersion, project_id).where(
        tuple_(PromptVersion.name, PromptVersion.version).in_(newest)
    )
    rows = session.execute(statement.with_only_columns(PromptVersion.name, PromptVersion.config))
    return {name: {} if config is None else config for name, config in rows}


def _labels_of(session: Session, project_id: str, versions: dict[str, list[int]]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {name: set() for name in versions}
    for row in session.scalars(scoped(PromptLabel, project_id).where(PromptLabel.name.in_(versions))):
        if row.version in versions[row.name]:
            found[row.name].add(row.label)
    return {name: sorted(labels) for name, labels in found.items()}
