"""Who may read `/metrics`: numbers of the whole server, so not just anyone who can reach it.

With `telemetry.metrics_token` (or the administrator's key) as Bearer from anywhere. While no token and no public
address are set, also without credentials from this machine itself; never through a proxy, whose address would
make the whole world look like this machine.
"""

import hmac
import ipaddress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from spyglass.api.callers import Caller, KeyRefused, Of, Requires
from spyglass.api.state import state_of
from spyglass.api.telemetry_options import Config
from spyglass.core.permissions import Permission

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


@dataclass(frozen=True)
class RequiresScraper(Requires):
    async def __call__(self, request: HTTPConnection) -> Caller:
        state = state_of(request)
        check_scraper(request, state.telemetry, state.admin_key, state.url)
        return Caller(None, "", frozenset(), "", "scraper")


def check_scraper(request: HTTPConnection, config: Config, admin_key: str, public_url: str) -> None:
    """Raise `KeyRefused` unless the request may read the server's metrics."""
    if config.metrics_public:
        return
    header = request.headers.get("authorization")
    if header is None:
        if not config.metrics_token and not public_url and _is_local(request):
            return
        raise KeyRefused("No authorization header")
    scheme, _, given = header.partition(" ")
    accepted = [each.encode() for each in (config.metrics_token, admin_key) if each]
    matches = [hmac.compare_digest(given.strip().encode(), each) for each in accepted]
    if scheme.lower() != "bearer" or not any(matches):
        raise KeyRefused("Invalid token")


def _is_local(request: HTTPConnection) -> bool:
    """Asked from this machine, under a name of this machine (a page in a browser here may not reach it under
    another), and not on behalf of somebody else."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    return _is_loopback(request.client.host) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


Scraper = Annotated[Caller, Depends(RequiresScraper(Permission.INSTANCE_ADMIN, Of.INSTANCE))]
