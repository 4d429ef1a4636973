"""The flags and the answer of the health endpoints."""

from pydantic import Field

from spyglass.api.params import Params
from spyglass.api.schemas import Out


class HealthParams(Params):
    fail_if_no_recent_events: bool = Field(
        False, description="503 when nothing started in the last 3 minutes"
    )
    fail_if_database_unavailable: bool = Field(
        False, description="503 when the metadata database does not answer"
    )


class HealthOut(Out):
    status: str
    version: str
