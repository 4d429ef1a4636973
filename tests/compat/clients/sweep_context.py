"""What the parts of the sweep share: the two clients, what was seen, and waiting."""

import os
import time

from generated_api import GeneratedApi

RUN = os.environ["COMPAT_RUN"]
PROJECT = os.environ["COMPAT_PROJECT"]
api = GeneratedApi()
organization = GeneratedApi(
    public_key=os.environ["COMPAT_ORGANIZATION_PUBLIC_KEY"],
    secret_key=os.environ["COMPAT_ORGANIZATION_SECRET_KEY"],
)
seen = {}


def call(name, /, **arguments):
    """The answer, or None where this SDK has no such method."""
    return api.call(name, **arguments) if api.has(name) else None


def wait_for(read):
    """Call until it gives something, for a few seconds."""
    deadline = time.monotonic() + 10
    while not (found := read()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found
