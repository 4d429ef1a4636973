"""A read ends when its client goes away, and gives its answer or its error otherwise."""

import asyncio
import threading
from typing import Any

import pytest
from starlette.requests import Request

from spyglass.api.reads import read_while_connected
from spyglass.core.errors import Invalid, Unavailable
from spyglass.stores.analytics import Ticket


class Store:
    """Stands for the analytics store: remembers what was cancelled."""

    def __init__(self) -> None:
        self.cancelled: list[Ticket] = []
        self.ended = threading.Event()

    def cancel(self, ticket: Ticket) -> None:
        self.cancelled.append(ticket)
        self.ended.set()


def request_of(*messages: dict[str, Any]) -> Request:
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop(0)
        await asyncio.sleep(60)
        raise AssertionError

    return Request({"type": "http", "method": "GET", "path": "/", "headers": []}, receive)


def run(request: Request, store: Any, read: Any) -> Any:
    return asyncio.run(read_while_connected(request, store, read))


def test_the_answer() -> None:
    store = Store()
    assert run(request_of(), store, lambda ticket: (ticket.cancelled, "answer")) == (False, "answer")
    assert store.cancelled == []


def test_the_error() -> None:
    def fail(_: Ticket) -> None:
        raise Invalid("wrong")

    with pytest.raises(Invalid, match="wrong"):
        run(request_of(), Store(), fail)


def test_the_client_goes_away() -> None:
    store, tickets = Store(), []

    def read(ticket: Ticket) -> None:
        tickets.append(ticket)
        assert store.ended.wait(10)
        raise Unavailable("cancelled")

    with pytest.raises(Unavailable, match="went away"):
        run(request_of({"type": "http.disconnect"}), store, read)
    assert store.cancelled == tickets
