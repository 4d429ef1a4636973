"""Bodies and answers of signing in."""

from typing import Annotated

from pydantic import Field

from spyglass.api.passwords import NewPassword, Password
from spyglass.api.schemas import Out, StrictIn
from spyglass.api.texts import Email, Name, PersonName

Token = Annotated[str, Field(max_length=200)]


class SignInIn(StrictIn):
    email: Email
    password: Password = Field(repr=False)


class SignUpIn(StrictIn):
    email: Email
    name: PersonName
    password: NewPassword = Field(repr=False)


class FirstUserIn(SignUpIn):
    """Whom the server belongs to."""

    token: Token = Field(repr=False, description="Of the set-up link that the server printed")
    organization: Name | None = Field(None, description="Name of an organization to make")
    project: Name | None = Field(None, description="Name of a project to make in it")


class ResetIn(StrictIn):
    token: Token = Field(repr=False)
    password: NewPassword = Field(repr=False)


class ProviderOut(Out):
    id: str
    name: str


class OptionsOut(Out):
    needs_first_user: bool
    sign_up: bool
    password: bool
    oidc: list[ProviderOut]
    smtp: bool
    version: str
