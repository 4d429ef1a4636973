"""Bodies and answers of erasures."""

from typing import Literal

from pydantic import Field

from spyglass.api.params import PageParams
from spyglass.api.schemas import DateTime, Out, StrictIn


class OrganizationErasureIn(StrictIn):
    name: str = Field(description="The name of the organization, as a confirmation")


class ErasureListParams(PageParams):
    pass


class ProjectDeletionOut(Out):
    success: bool
    message: str
    erasure_id: str


class VerificationOut(Out):
    checked_at: DateTime
    remaining: dict[str, int] = Field(description="What the check found, per kind of thing; all 0 when done")


class KeptOut(Out):
    dataset_items: list[str] | None = Field(None, description="Ids of dataset items made from erased traces")


class ErasureOut(Out):
    id: str
    kind: Literal["project", "organization", "user"]
    status: Literal["queued", "running", "done", "failed"]
    organization_id: str
    project_id: str | None
    subject: str = Field(description="Id of the project or organization; of a user the SHA-256, never the id")
    requested_by: str = Field(description="Id of the API key")
    requested_at: DateTime
    started_at: DateTime | None
    finished_at: DateTime | None
    counts: dict[str, int] = Field(description="What was erased, per kind of thing")
    kept: KeptOut = Field(description="What refers to erased data and was not erased")
    verification: VerificationOut | None
    last_error: str | None = Field(description="Why the last attempt did not finish; it is tried again")
