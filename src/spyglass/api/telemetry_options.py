"""Settings of the metrics that the server shows about itself."""

from dataclasses import dataclass

from spyglass.core.options import option


@dataclass(frozen=True)
class Config:
    """Who may read `GET /metrics` (Prometheus format), and whose LLM traffic is in it."""

    metrics_token: str = option(
        "",
        "Bearer token that may read `/metrics`; the administrator's key may too. Without one, and without "
        "`server.public_url`, this machine itself may read it without credentials",
        secret=True,
    )
    metrics_public: bool = option(False, "Anyone who can reach the server may read `/metrics`")
    projects: tuple[str, ...] = option(
        (), "Ids of projects whose LLM calls, tokens, cost and latency are part of `/metrics`"
    )
