"""Those who come without credentials to what was published: counted by their address, so that nobody can keep the
tables busy by guessing.
"""

from starlette.requests import HTTPConnection

from spyglass.api.limits import LimitReached
from spyglass.api.sessions import client_of
from spyglass.api.state import state_of

RESOURCE = "published traces"


def check_visitor(request: HTTPConnection) -> None:
    """Count a request; raises `LimitReached` when the address has made too many within a minute."""
    state = state_of(request)
    address = client_of(request).address
    answer = state.visitors.take(address, RESOURCE)
    if answer is not None and not answer.allowed:
        raise LimitReached(RESOURCE, answer)
