"""Bodies and answers of invitations."""

from pydantic import Field, model_validator

from spyglass.api.passwords import Password
from spyglass.api.schemas import DateTime, Out, StrictIn
from spyglass.api.texts import Email, Id, PersonName
from spyglass.core.permissions import Role


class InvitationIn(StrictIn):
    email: Email
    role: Role = Field(description="In the organization")
    project_id: Id | None = None
    project_role: Role | None = Field(None, description="In that project, where it replaces the other")

    @model_validator(mode="after")
    def _check_project(self) -> "InvitationIn":
        if (self.project_id is None) != (self.project_role is None):
            raise ValueError("projectId and projectRole must be given both, or neither")
        return self


class AcceptIn(StrictIn):
    """Of a new account. Who is signed in as the invited person needs neither."""

    name: PersonName | None = None
    password: Password | None = Field(None, repr=False)


class InvitationOut(Out):
    id: str
    email: str
    role: Role
    project_id: str | None = None
    project_role: Role | None = None
    invited_by: str | None = Field(None, description="The name of the person")
    created_at: DateTime
    expires_at: DateTime


class NewInvitationOut(InvitationOut):
    url: str = Field(description="The link to send; it is only in this answer")


class InvitationsOut(Out):
    data: list[InvitationOut]


class NamedOut(Out):
    name: str


class OfferOut(Out):
    """What the page behind the link shows."""

    email: str
    organization: NamedOut
    project: NamedOut | None = None
    role: Role
    project_role: Role | None = None
    invited_by: str | None = None
    expires_at: DateTime


class PendingOut(Out):
    """An invitation as the account that was named in it sees it."""

    id: str
    organization: NamedOut
    role: Role
    invited_by: str | None = None
    expires_at: DateTime


class PendingsOut(Out):
    data: list[PendingOut]
