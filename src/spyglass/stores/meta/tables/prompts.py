"""Prompts: a name, its versions, and the labels that point at versions.

Writers take turns (`stores/meta/prompts.py`), so a version number is given once and a label moves whole.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonValue, Table, UserJson

PROJECT = "projects.id"


class Prompt(Table):
    """What all versions of a name share."""

    __tablename__ = "prompts"

    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]  # `text` or `chat`
    tags: Mapped[list[str]] = mapped_column(JsonValue, default=list)
    last_version: Mapped[int] = mapped_column(default=0)  # the highest that was ever given
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class PromptVersion(Table):
    __tablename__ = "prompt_versions"
    __table_args__ = (
        UniqueConstraint("project_id", "name", "version"),
        ForeignKeyConstraint(
            ["project_id", "name"], ["prompts.project_id", "prompts.name"], ondelete="CASCADE"
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    prompt: Mapped[Any] = mapped_column(UserJson)  # a text, or the list of messages of a chat
    config: Mapped[Any | None] = mapped_column(UserJson)
    commit_message: Mapped[str | None]
    created_by: Mapped[str]  # the id of a user, or `API`
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class PromptLabel(Table):
    """A label of a name: usually one row; several when it splits the traffic by weight."""

    __tablename__ = "prompt_labels"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "name", "version"],
            ["prompt_versions.project_id", "prompt_versions.name", "prompt_versions.version"],
            ondelete="CASCADE",
        ),
    )

    project_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    weight: Mapped[int] = mapped_column(default=1)


class PromptDependency(Table):
    """A version whose text refers to another prompt; either `child_version` or `child_label` is set."""

    __tablename__ = "prompt_dependencies"
    __table_args__ = (Index("ix_prompt_dependencies_project_id_child_name", "project_id", "child_name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT))
    parent_id: Mapped[str] = mapped_column(ForeignKey("prompt_versions.id", ondelete="CASCADE"), index=True)
    child_name: Mapped[str]
    child_version: Mapped[int | None]
    child_label: Mapped[str | None]


class ProtectedLabel(Table):
    """A label that only members with `promptProtectedLabels:CUD` may set or take away."""

    __tablename__ = "protected_labels"

    project_id: Mapped[str] = mapped_column(ForeignKey(PROJECT), primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
