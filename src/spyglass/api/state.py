"""What a request handler may reach, typed: `state_of(request).stores`, never `request.app.state.x`."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from starlette.requests import HTTPConnection

from spyglass.api.key_ring import KeyRing
from spyglass.api.media_tokens import Config as MediaConfig
from spyglass.api.meter import HttpStats
from spyglass.api.sessions import SessionRing
from spyglass.api.sign_in_options import Config as SignInConfig
from spyglass.api.sign_in_options import OidcConfig
from spyglass.api.telemetry_options import Config as TelemetryConfig
from spyglass.core.clock import monotonic_s
from spyglass.core.limits import Limiter, Rate, WindowLimiter
from spyglass.ingest.accept import Config as AcceptConfig
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.cost_options import Config as CostConfig
from spyglass.ingest.live import Hub
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.pipeline import Pipeline
from spyglass.ingest.rejections import RejectionRecorder
from spyglass.ingest.score_rules import Rules, open_rules
from spyglass.ingest.traffic import Traffic
from spyglass.query.metrics.answers import AnswerCache
from spyglass.stores import Stores
from spyglass.stores.egress import Egress
from spyglass.stores.meta import ProjectCache
from spyglass.stores.meta.sized_cache import SizedCache
from spyglass.stores.meta.tables.revisions import PROMPTS
from spyglass.stores.vault import Vault

_PROMPT_ANSWERS_BYTES = 64 << 20
_METRIC_ANSWERS_BYTES = 32 << 20
_OF_A_VISITOR = {"published traces": Rate(600, 60)}  # of one address: somebody who steps through spans fast


@dataclass(frozen=True)
class AppState:
    stores: Stores
    pipeline: Pipeline
    pepper: bytes  # keys the HMAC of API secrets
    catalogue: Catalogue
    lookups: Lookups  # models and prompts of each project, as ingest sees them
    vault: Vault  # seals stored credentials
    egress: Egress  # decides where what users enter may lead
    session_secret: bytes  # signs links and cookies
    admin_key: str = ""  # of the administrator; empty: the administration API is off
    url: str = ""  # the address under which clients reach this server, when the operator has set it
    root_path: str = ""  # under which everything is served, as in `/spyglass`; empty: at the top
    accept: AcceptConfig = field(default_factory=AcceptConfig)  # limits of the write routes
    costs: CostConfig = field(default_factory=CostConfig)
    media: MediaConfig = field(default_factory=MediaConfig)
    limiter: Limiter | None = None  # None: requests are not counted
    telemetry: TelemetryConfig = field(default_factory=TelemetryConfig)
    sign_in: SignInConfig = field(default_factory=SignInConfig)
    oidc: OidcConfig = field(default_factory=OidcConfig)
    live: Hub = field(default_factory=Hub)  # tells those who watch a project what is new
    traffic: Traffic = field(default_factory=Traffic)  # LLM calls, counted as they are applied

    @cached_property
    def keys(self) -> KeyRing:
        """Who an Authorization header stands for; made on first use, one per process."""
        return KeyRing(self.stores.meta, self.pepper)

    @cached_property
    def sessions(self) -> SessionRing:
        """Who a session cookie stands for; one per process, as `keys`."""
        return SessionRing(self.stores.meta, self.session_secret, self.sign_in.lifetimes)

    @cached_property
    def visitors(self) -> WindowLimiter:
        """Counts the requests of those without credentials by their address (`api/visitors.py`)."""
        return WindowLimiter(dict(_OF_A_VISITOR), monotonic_s)

    @cached_property
    def oidc_directory(self) -> dict[str, tuple[float, dict[str, Any]]]:
        """What identity providers say about themselves; filled by `features/sign_in`."""
        return {}

    @cached_property
    def http(self) -> HttpStats:
        """The requests that were answered, for `/metrics`."""
        return HttpStats()

    @cached_property
    def prompt_answers(self) -> SizedCache[Any]:
        """The ready answers of prompts that were fetched lately; filled by `features/prompts`."""
        return SizedCache(self.stores.meta, PROMPTS, _PROMPT_ANSWERS_BYTES)

    @cached_property
    def metric_answers(self) -> AnswerCache:
        """Answers of the metrics endpoints to questions that were asked lately."""
        return AnswerCache(_METRIC_ANSWERS_BYTES)

    @cached_property
    def score_rules(self) -> ProjectCache[Rules]:
        """What the score configs of a project ask of its scores."""
        return open_rules(self.stores.meta)

    @cached_property
    def rejections(self) -> RejectionRecorder:
        """Takes down what the write routes refuse; `server` starts and stops it."""
        return RejectionRecorder(self.stores.meta, live=self.live)


def state_of(request: HTTPConnection) -> AppState:
    state = request.app.state.spyglass
    assert isinstance(state, AppState)
    return state
