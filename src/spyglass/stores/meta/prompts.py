"""Rows of prompts: find versions, point labels at them. Rules are in `features/prompts`.

Every write begins with `take_turn`, so writers of prompts follow each other, whatever process they are in: a
version number is given once, and what one of them checked still holds when it writes.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, ScalarSelect, func
from sqlalchemy.orm import Session

from spyglass.core.clock import now
from spyglass.stores.meta.scope import delete_scoped, scoped, update_scoped
from spyglass.stores.meta.tables import PromptLabel, PromptVersion
from spyglass.stores.meta.tables.revisions import PROMPTS, raise_revision

MAX_VERSION = 2**31 - 1
LATEST = "latest"  # kept by the server
PRODUCTION = "production"  # what a read without a version or a label gets


def take_turn(session: Session, project_id: str) -> None:
    """The revision's row is locked until the transaction ends; its caches are outdated from then on."""
    raise_revision(session, PROMPTS, project_id)


def find_version(session: Session, project_id: str, name: str, version: int) -> PromptVersion | None:
    if "\0" in name or not 0 < version <= MAX_VERSION:
        return None  # PostgreSQL refuses them as values
    statement = scoped(PromptVersion, project_id).where(
        PromptVersion.name == name, PromptVersion.version == version
    )
    return session.scalars(statement).one_or_none()


def find_labelled(
    session: Session, project_id: str, name: str, label: str
) -> list[tuple[PromptVersion, int]]:
    """The versions that a label points at with their weights, oldest first; several when it is split."""
    if "\0" in name or "\0" in label:
        return []
    statement = (
        scoped(PromptVersion, project_id)
        .join(
            PromptLabel,
            (PromptLabel.project_id == PromptVersion.project_id)
            & (PromptLabel.name == PromptVersion.name)
            & (PromptLabel.version == PromptVersion.version),
        )
        .where(PromptLabel.name == name, PromptLabel.label == label)
        .add_columns(PromptLabel.weight)
        .order_by(PromptVersion.version)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def read_labels(session: Session, project_id: str, name: str) -> dict[int, list[str]]:
    """The labels of each version of a name that has any, in alphabetical order."""
    found: dict[int, list[str]] = {}
    for row in session.scalars(scoped(PromptLabel, project_id).where(PromptLabel.name == name)):
        found.setdefault(row.version, []).append(row.label)
    return {version: sorted(labels) for version, labels in found.items()}


def has_label(project_id: str, label: str) -> ColumnElement[bool]:
    """Condition on a `PromptVersion`."""
    return (
        scoped(PromptLabel, project_id)
        .where(
            PromptLabel.name == PromptVersion.name,
            PromptLabel.version == PromptVersion.version,
            PromptLabel.label == label,
        )
        .exists()
    )


def count_labels(project_id: str, labels: Collection[str]) -> ScalarSelect[int]:
    """How many of these labels, which are all different, a `PromptVersion` has."""
    return (
        scoped(PromptLabel, project_id)
        .where(
            PromptLabel.name == PromptVersion.name,
            PromptLabel.version == PromptVersion.version,
            PromptLabel.label.in_(labels),
        )
        .with_only_columns(func.count(PromptLabel.label))
        .scalar_subquery()
    )


def point_label(session: Session, project_id: str, name: str, label: str, weights: Mapping[int, int]) -> None:
    """Point a label at these versions alone; none takes it away. Versions that get or lose it were updated."""
    former = session.scalars(
        scoped(PromptLabel, project_id).where(PromptLabel.name == name, PromptLabel.label == label)
    ).all()
    if {row.version: row.weight for row in former} == dict(weights):
        return
    session.execute(
        delete_scoped(PromptLabel, project_id).where(PromptLabel.name == name, PromptLabel.label == label)
    )
    session.add_all(
        PromptLabel(project_id=project_id, name=name, label=label, version=version, weight=weight)
        for version, weight in weights.items()
    )
    session.flush()
    touch(session, project_id, name, sorted({*weights, *(row.version for row in former)}))


def touch(session: Session, project_id: str, name: str, versions: Sequence[int]) -> None:
    session.execute(
        update_scoped(PromptVersion, project_id)
        .where(PromptVersion.name == name, PromptVersion.version.in_(versions))
        .values(updated_at=now())
    )
