"""The flags and the answers of the health endpoints."""

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


class IngestOut(Out):
    """Events of all projects since the data directory was made. At rest, received = acknowledged + refused and
    acknowledged = visible + pending + quarantined + released + deleted."""

    received: int
    acknowledged: int
    refused: int
    refused_by_reason: dict[str, int]
    visible: int
    pending: int = Field(description="Acknowledged and not readable yet")
    quarantined: int = Field(description="Set aside; see `spyglass doctor` and `spyglass replay`")
    released: int = Field(description="Were set aside and have been replayed, then counted anew")
    deleted: int
    stalled: str = Field(description="Why nothing is applied at the moment; empty when all is well")
