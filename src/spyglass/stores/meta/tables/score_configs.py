"""Score configs: the rules that scores of a kind must keep."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonValue, Table


class ScoreConfig(Table):
    __tablename__ = "score_configs"
    __table_args__ = (Index("ix_score_configs_project_id_created_at", "project_id", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str]
    data_type: Mapped[str]  # NUMERIC, CATEGORICAL, BOOLEAN or TEXT
    is_archived: Mapped[bool] = mapped_column(default=False)
    min_value: Mapped[float | None]
    max_value: Mapped[float | None]
    categories: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonValue)  # [{label, value}]
    description: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
