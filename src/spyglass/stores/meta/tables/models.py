"""Models that a project defines for itself: what a name matches, and what it costs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonValue, Table, UserJson


class ModelDefinition(Table):
    __tablename__ = "models"
    __table_args__ = (UniqueConstraint("project_id", "model_name"),)

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)  # a caller may choose it
    model_name: Mapped[str]
    match_pattern: Mapped[str]
    start_date: Mapped[datetime | None] = mapped_column(Instant)
    unit: Mapped[str | None]  # CHARACTERS, TOKENS, MILLISECONDS, SECONDS, IMAGES or REQUESTS
    # [{id, name, isDefault, priority, conditions, prices: {usage key: USD per unit, as text}}], default first
    tiers: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue, default=list)
    tokenizer_id: Mapped[str | None]
    tokenizer_config: Mapped[Any | None] = mapped_column(UserJson)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
