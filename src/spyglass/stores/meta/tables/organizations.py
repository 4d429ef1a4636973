"""Organizations: the owner of projects and of the people who work in them."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonObject, JsonValue, Table


class Organization(Table):
    __tablename__ = "organizations"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    # `metadata` is a reserved word of the mapper, hence the other attribute name.
    extra: Mapped[JsonObject] = mapped_column("metadata", JsonValue, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
