"""Bodies and answers of the own account."""

import json
from typing import Annotated

from pydantic import AfterValidator, Field

from spyglass.api.passwords import NewPassword, Password
from spyglass.api.schemas import DateTime, Out, StrictIn
from spyglass.api.texts import Metadata, PersonName
from spyglass.stores.meta.tables.columns import JsonObject

_MAX_PREFERENCES_BYTES = 16 << 10


def _check_size(value: JsonObject) -> JsonObject:
    if len(json.dumps(value).encode()) > _MAX_PREFERENCES_BYTES:
        raise ValueError(f"must have at most {_MAX_PREFERENCES_BYTES} bytes as JSON")
    return value


class AccountIn(StrictIn):
    """What is left out stays as it is; `preferences` is replaced as a whole."""

    name: PersonName | None = None
    preferences: Annotated[Metadata, AfterValidator(_check_size)] | None = None


class PasswordChangeIn(StrictIn):
    current: Password = Field(repr=False)
    password: NewPassword = Field(repr=False)


class AccountOut(Out):
    id: str
    email: str
    name: str
    preferences: JsonObject
    has_password: bool
    created_at: DateTime


class SessionOut(Out):
    id: str
    created_at: DateTime
    last_used_at: DateTime
    user_agent: str
    ip: str
    current: bool


class SessionsOut(Out):
    data: list[SessionOut]
