"""Create, label and delete versions of prompts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.core.errors import Invalid
from spyglass.features.prompts.composition import Resolver, Source, find_references
from spyglass.features.prompts.labels import check_references_stay, check_unprotected
from spyglass.features.prompts.reading import not_found
from spyglass.features.prompts.rendering import render_prompt
from spyglass.features.prompts.schemas import DeletionParams, NewChatPrompt, NewTextPrompt
from spyglass.stores.meta import Meta, delete_scoped, scoped
from spyglass.stores.meta.audit import record_change
from spyglass.stores.meta.prompts import (
    LATEST,
    PRODUCTION,
    find_version,
    has_label,
    point_label,
    read_labels,
    take_turn,
)
from spyglass.stores.meta.tables import Prompt, PromptDependency, PromptVersion

# --- create


def create_prompt(meta: Meta, caller: Caller, body: NewTextPrompt | NewChatPrompt) -> dict[str, Any]:
    """A new version of a name. Raises `Invalid` for another type or references that do not resolve, and
    `Forbidden` when one of its labels is protected."""
    labels = {*(body.labels or ()), *([PRODUCTION] if body.is_active else ())}
    with meta.begin() as session:
        take_turn(session, project_of(caller))
        check_unprotected(session, caller, labels)
        prompt = _name_of(session, project_of(caller), body)
        row = _add_version(session, caller, prompt, body)
        for label in sorted({*labels, LATEST}):
            point_label(session, row.project_id, row.name, label, {row.version: 1})
        rendered = _render(session, prompt, row)
        record_change(session, actor_of(caller), "create", ("prompt", row.id), after=rendered)
        return rendered


def _name_of(session: Session, project_id: str, body: NewTextPrompt | NewChatPrompt) -> Prompt:
    kind = body.type or "text"
    prompt = session.get(Prompt, (project_id, body.name))
    if prompt is None:
        prompt = Prompt(project_id=project_id, name=body.name, type=kind, tags=[], last_version=0)
        session.add(prompt)
    elif prompt.type != kind:
        raise Invalid(
            f"The prompt '{body.name}' is of type {prompt.type}, which all of its versions share: "
            f"a version of type {kind} needs another name"
        )
    if body.tags is not None:
        prompt.tags = list(dict.fromkeys(body.tags))
    return prompt


def _add_version(
    session: Session, caller: Caller, prompt: Prompt, body: NewTextPrompt | NewChatPrompt
) -> PromptVersion:
    prompt.last_version += 1
    row = PromptVersion(
        project_id=prompt.project_id,
        name=prompt.name,
        version=prompt.last_version,
        prompt=body.content,
        config={} if body.config is None else body.config,
        commit_message=body.commit_message,
        created_by="API",
    )
    session.add(row)
    session.flush()
    draft = Source(row.id, row.name, row.version, row.prompt)
    Resolver(session, prompt.project_id, Invalid, by_name=True).resolve(draft)
    session.add_all(
        PromptDependency(
            project_id=prompt.project_id,
            parent_id=row.id,
            child_name=reference.name,
            child_version=reference.version,
            child_label=reference.label,
        )
        for reference in find_references(row.prompt)
    )
    return row


def _render(session: Session, prompt: Prompt, row: PromptVersion) -> dict[str, Any]:
    session.refresh(row)
    labels = read_labels(session, row.project_id, row.name).get(row.version, [])
    return render_prompt(prompt, row, labels)


# --- labels of a version


def add_labels(meta: Meta, caller: Caller, name: str, version: int, labels: Sequence[str]) -> dict[str, Any]:
    """Point labels at a version, whatever they pointed at before. Raises `NotFound`, `Forbidden`."""
    project_id = project_of(caller)
    with meta.begin() as session:
        take_turn(session, project_id)
        row = find_version(session, project_id, name, version)
        if row is None:
            raise not_found(name, version, None)
        check_unprotected(session, caller, labels)
        prompt = session.get_one(Prompt, (project_id, name))
        before = _render(session, prompt, row)
        for label in sorted(set(labels)):
            point_label(session, project_id, name, label, {version: 1})
        after = _render(session, prompt, row)
        record_change(session, actor_of(caller), "update", ("prompt", row.id), before=before, after=after)
        return after


# --- delete


def delete_versions(meta: Meta, caller: Caller, name: str, params: DeletionParams) -> None:
    """Delete the versions that the parameters leave, else all. Raises `NotFound`, `Forbidden` for a version
    with a protected label, `Invalid` while another prompt refers to what would go."""
    project_id = project_of(caller)
    with meta.begin() as session:
        take_turn(session, project_id)
        prompt = None if "\0" in name else session.get(Prompt, (project_id, name))
        rows = _doomed(session, project_id, name, params) if prompt else []
        if prompt is None or not rows:
            raise not_found(name, params.version, params.label)
        labels = read_labels(session, project_id, name)
        gone = {row.version for row in rows}
        left = _versions_of(session, project_id, name) - gone
        _check_deletable(session, caller, name, labels, gone, left)
        for row in rows:
            before = render_prompt(prompt, row, labels.get(row.version, []))
            record_change(session, actor_of(caller), "delete", ("prompt", row.id), before=before)
        _delete(session, prompt, gone, left)


def _doomed(session: Session, project_id: str, name: str, params: DeletionParams) -> Sequence[PromptVersion]:
    statement = scoped(PromptVersion, project_id).where(PromptVersion.name == name)
    if params.version is not None:
        statement = statement.where(PromptVersion.version == params.version)
    if params.label is not None:
        statement = statement.where(has_label(project_id, params.label))
    return session.scalars(statement.order_by(PromptVersion.version)).all()


def _versions_of(session: Session, project_id: str, name: str) -> set[int]:
    statement = scoped(PromptVersion, project_id).where(PromptVersion.name == name)
    return set(session.scalars(statement.with_only_columns(PromptVersion.version)))


def _check_deletable(
    session: Session,
    caller: Caller,
    name: str,
    labels: dict[int, list[str]],
    gone: set[int],
    left: set[int],
) -> None:
    of_gone = {label for version in gone for label in labels.get(version, ())}
    check_unprotected(session, caller, of_gone)
    staying = {label for version in left for label in labels.get(version, ())}
    if left:
        staying.add(LATEST)
    check_references_stay(session, project_of(caller), name, gone, of_gone - staying)


def _delete(session: Session, prompt: Prompt, gone: set[int], left: set[int]) -> None:
    """`latest` goes to the highest version that is left; a name without versions goes too."""
    project_id, name = prompt.project_id, prompt.name
    session.execute(
        delete_scoped(PromptVersion, project_id).where(
            PromptVersion.name == name, PromptVersion.version.in_(gone)
        )
    )
    if left:
        point_label(session, project_id, name, LATEST, {max(left): 1})
    else:
        session.execute(delete_scoped(Prompt, project_id).where(Prompt.name == name))
