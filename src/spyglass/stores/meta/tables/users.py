"""People who can sign in."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from spyglass.core.clock import now
from spyglass.core.ids import new_id
from spyglass.stores.meta.tables.columns import Instant, JsonObject, JsonValue, Table


class User(Table):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)  # always lower case
    name: Mapped[str]
    password_hash: Mapped[str | None]  # argon2id; None: cannot sign in with a password
    preferences: Mapped[JsonObject] = mapped_column(JsonValue, default=dict, server_default="{}")
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    updated_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
