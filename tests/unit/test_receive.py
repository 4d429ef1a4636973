"""The door of the write routes: bodies that do not arrive, bodies in flight, bodies on their way to the log."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.requests import Request

from spyglass.core.errors import Invalid, TooSlow, Unavailable
from spyglass.core.records import Arrival
from spyglass.features.ingestion.receive import _read
from spyglass.ingest.accept import inflate, pack
from spyglass.ingest.dialects import otlp
from spyglass.ingest.pipeline import Config, Pipeline


def request_of(*chunks: bytes, ends: bool) -> Request:
    """A request whose body is `chunks`, and then the end or silence."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop(0)
        if not ends:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": b"", "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def test_a_body_that_stops_half_way_is_given_up() -> None:
    with pytest.raises(TooSlow, match="within 0 seconds"):
        asyncio.run(_read(request_of(b"half", ends=False), 100, 0))
    assert asyncio.run(_read(request_of(b"wh", b"ole", ends=True), 100, 5)) == b"whole"


def test_too_much_in_flight_is_refused_and_room_comes_back() -> None:
    pipeline = Pipeline(cast(Any, None), cast(Any, None), Config(), Path("."))
    with pipeline.carry(80, 100):
        with pytest.raises(Unavailable, match="at once"), pipeline.carry(30, 100):
            pass
        with pipeline.carry(20, 100):
            pass
    with pipeline.carry(500, 100):  # alone, even a larger one than the limit is let through
        pass
    with pipeline.carry(100, 100):
        pass


@pytest.mark.parametrize(("size", "packing"), [(10, ""), (100_000, "gzip")])
def test_plain_bodies_of_some_size_are_packed_for_the_log(size: int, packing: str) -> None:
    body = b"a text that repeats itself, " * (size // 28)
    packed, encoding = pack(body, "")
    assert encoding == packing
    assert inflate(packed, encoding) == body
    assert len(packed) <= len(body)
    assert pack(body, "deflate") == (body, "deflate")


def test_snake_case_is_told_rather_than_lost() -> None:
    arrival = Arrival(project_id="p", received_us=1)
    with pytest.raises(Invalid) as caught:
        otlp.decode(b'{"resource_spans": []}', is_json=True, arrival=arrival)
    assert "camelCase" in str(caught.value.details)
