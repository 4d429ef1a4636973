"""Labels of prompts: splits of traffic by weight, labels that are protected, references that must stay."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from spyglass.api.callers import Caller, actor_of, project_of
from spyglass.core.errors import Forbidden, Invalid
from spyglass.core.permissions import Permission
from spyglass.features.prompts.reading import not_found
from spyglass.features.prompts.schemas import ArmIn
from spyglass.stores.meta import Meta, delete_scoped, find_project, scoped
from spyglass.stores.meta.audit import Actor, record_change
from spyglass.stores.meta.prompts import LATEST, point_label, take_turn
from spyglass.stores.meta.tables import Prompt, PromptDependency, PromptLabel, PromptVersion, ProtectedLabel

_NAMED_DEPENDENTS = 5

# --- splits


def read_split(meta: Meta, project_id: str, name: str, label: str) -> dict[str, Any]:
    """The versions of a label with their weights. Raises `NotFound`."""
    with meta.read() as session:
        weights = _weights_of(session, project_id, name, label)
    if not weights:
        raise not_found(name, None, label)
    return _render(name, label, weights)


def set_split(meta: Meta, caller: Caller, name: str, label: str, arms: Collection[ArmIn]) -> dict[str, Any]:
    """Point a label at versions by weight. Raises `NotFound`, `Forbidden`, `Invalid` for unknown versions."""
    project_id = project_of(caller)
    weights = {arm.version: arm.weight for arm in arms}
    with meta.begin() as session:
        take_turn(session, project_id)
        if "\0" in name or session.get(Prompt, (project_id, name)) is None:
            raise not_found(name, None, None)
        _check_not_latest(label)
        check_unprotected(session, caller, [label])
        known = set(
            session.scalars(
                scoped(PromptVersion, project_id)
                .where(PromptVersion.name == name, PromptVersion.version.in_(weights))
                .with_only_columns(PromptVersion.version)
            )
        )
        if unknown := sorted(weights.keys() - known):
            raise Invalid(f"The prompt '{name}' has no version {', '.join(map(str, unknown))}")
        before = _weights_of(session, project_id, name, label)
        point_label(session, project_id, name, label, weights)
        after = _render(name, label, weights)
        record_change(
            session,
            actor_of(caller),
            "update" if before else "create",
            ("promptLabel", f"{name}:{label}"),
            before=_render(name, label, before) if before else None,
            after=after,
        )
    return after


def delete_split(meta: Meta, caller: Caller, name: str, label: str) -> None:
    """Take a label away from every version. Raises `NotFound`, `Forbidden`, `Invalid` while another prompt
    refers to it."""
    project_id = project_of(caller)
    with meta.begin() as session:
        take_turn(session, project_id)
        before = _weights_of(session, project_id, name, label)
        if not before:
            raise not_found(name, None, label)
        _check_not_latest(label)
        check_unprotected(session, caller, [label])
        check_references_stay(session, project_id, name, (), [label])
        point_label(session, project_id, name, label, {})
        resource = ("promptLabel", f"{name}:{label}")
        record_change(session, actor_of(caller), "delete", resource, before=_render(name, label, before))


def _weights_of(session: Session, project_id: str, name: str, label: str) -> dict[int, int]:
    if "\0" in name or "\0" in label:
        return {}
    statement = scoped(PromptLabel, project_id).where(PromptLabel.name == name, PromptLabel.label == label)
    return {row.version: row.weight for row in session.scalars(statement.order_by(PromptLabel.version))}


def _render(name: str, label: str, weights: dict[int, int]) -> dict[str, Any]:
    versions = [{"version": version, "weight": weight} for version, weight in sorted(weights.items())]
    return {"name": name, "label": label, "versions": versions}


def _check_not_latest(label: str) -> None:
    if label == LATEST:
        raise Invalid(f"The label {LATEST} is kept by the server: it is always on the newest version")


# --- references of other prompts


def check_references_stay(
    session: Session, project_id: str, name: str, versions: Collection[int], labels: Collection[str]
) -> None:
    """Raise `Invalid` when another prompt refers to one of these versions or labels of a name."""
    referred: ColumnElement[bool] = PromptDependency.child_version.in_(versions)
    referred |= PromptDependency.child_label.in_(labels)
    dependents = scoped(PromptVersion, project_id).where(
        scoped(PromptDependency, project_id)
        .where(PromptDependency.parent_id == PromptVersion.id, PromptDependency.child_name == name, referred)
        .exists()
    )
    columns = (PromptVersion.name, PromptVersion.version)
    found = session.execute(
        dependents.with_only_columns(*columns).order_by(*columns).limit(_NAMED_DEPENDENTS)
    ).all()
    if found:
        parents = ", ".join(f"'{parent}' version {version}" for parent, version in found)
        raise Invalid(f"Other prompts refer to this part of '{name}'; delete or change them first: {parents}")


# --- protected labels


def check_unprotected(session: Session, caller: Caller, labels: Iterable[str]) -> None:
    """Raise `Forbidden` when one of the labels is protected and the caller may not change such."""
    if Permission.PROMPT_PROTECTED_LABELS_WRITE in caller.permissions:
        return
    protected = sorted(set(labels) & set(_protected(session, project_of(caller))))
    if protected:
        raise Forbidden(
            f"Protected labels cannot be set, moved or taken away with an API key of the project: "
            f"{', '.join(protected)}"
        )


def read_protected(meta: Meta, organization_id: str, project_id: str) -> list[str]:
    """The protected labels of a project of the organization. Raises `NotFound`."""
    with meta.read() as session:
        find_project(session, organization_id, project_id)
        return _protected(session, project_id)


def set_protected(meta: Meta, actor: Actor, project_id: str, labels: Collection[str]) -> list[str]:
    """Protect these labels and no others, within a project of the actor's organization. Raises `NotFound`."""
    wanted = sorted(set(labels))
    with meta.begin() as session:
        find_project(session, actor.organization_id or "", project_id)
        take_turn(session, project_id)  # a label that is moved right now is moved before or not at all
        before = _protected(session, project_id)
        if before == wanted:
            return wanted
        session.execute(delete_scoped(ProtectedLabel, project_id))
        session.add_all(ProtectedLabel(project_id=project_id, label=label) for label in wanted)
        record_change(
            session,
            actor,
            "update",
            ("promptProtectedLabels", project_id),
            before=before,
            after=wanted,
        )
    return wanted


def _protected(session: Session, project_id: str) -> list[str]:
    statement = scoped(ProtectedLabel, project_id).with_only_columns(ProtectedLabel.label)
    return sorted(session.scalars(statement))
