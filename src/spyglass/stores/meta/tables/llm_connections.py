"""Connections to providers of language models. Their secrets are sealed (stores/vault.py)."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonObject, JsonValue, Table


class LlmConnection(Table):
    __tablename__ = "llm_connections"
    __table_args__ = (UniqueConstraint("project_id", "provider"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    provider: Mapped[str]  # the name that the project gave it
    adapter: Mapped[str]  # which protocol it speaks
    secret_key: Mapped[str | None]  # sealed; None: cleared because the address changed
    display_secret_key: Mapped[str]
    base_url: Mapped[str | None]
    custom_models: Mapped[list[str]] = mapped_column(JsonValue, default=list)
    with_default_models: Mapped[bool] = mapped_column(default=True)
    extra_headers: Mapped[str | None]  # sealed JSON
    extra_header_keys: Mapped[list[str]] = mapped_column(JsonValue, default=list)
    config: Mapped[JsonObject | None] = mapped_column(JsonValue)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
