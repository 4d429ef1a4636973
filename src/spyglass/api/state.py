"""What a request handler may reach, typed: `state_of(request).stores`, never `request.app.state.x`."""

from dataclasses import dataclass, field
from functools import cached_property

from starlette.requests import HTTPConnection

from spyglass.api.key_ring import KeyRing
from spyglass.ingest.accept import Config as AcceptConfig
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.pipeline import Pipeline
from spyglass.stores import Stores
from spyglass.stores.vault import Vault


@dataclass(frozen=True)
class AppState:
    stores: Stores
    pipeline: Pipeline
    pepper: bytes  # keys the HMAC of API secrets
    catalogue: Catalogue
    vault: Vault  # seals stored credentials
    session_secret: bytes  # signs links and cookies
    admin_key: str = ""  # of the administrator; empty: the administration API is off
    url: str = ""  # the address under which clients reach this server, when the operator has set it
    accept: AcceptConfig = field(default_factory=AcceptConfig)  # limits of the write routes

    @cached_property
    def keys(self) -> KeyRing:
        """Who an Authorization header stands for; made on first use, one per process."""
        return KeyRing(self.stores.meta, self.pepper)


def state_of(request: HTTPConnection) -> AppState:
    state = request.app.state.spyglass
    assert isinstance(state, AppState)
    return state
