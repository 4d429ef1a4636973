"""Bodies and answers of the own account."""

from pydantic import Field

from spyglass.api.passwords import NewPassword, Password
from spyglass.api.preferences import Preferences
from spyglass.api.schemas import DateTime, Out, StrictIn
from spyglass.api.texts import PersonName


class AccountIn(StrictIn):
    """What is left out stays as it is; `preferences` is replaced as a whole."""

    name: PersonName | None = None
    preferences: Preferences | None = None


class PasswordChangeIn(StrictIn):
    current: Password = Field(repr=False)
    password: NewPassword = Field(repr=False)


class AccountOut(Out):
    id: str
    email: str
    name: str
    preferences: Preferences
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
