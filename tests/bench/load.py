"""The load, in a process of its own: ready-made requests over keep-alive connections, as cheap as Python can.

    python -m tests.bench.load FILE PORT CONNECTIONS RATE

FILE is a pickled list of whole HTTP requests; RATE 0 means as fast as answers come, else requests per second
at even distances. Latency counts from the moment a request was due. Prints one JSON object.
"""

import asyncio
import json
import pickle
import sys
import time
from pathlib import Path
from typing import Any

RETRY_S = 0.25


class Sender(asyncio.Protocol):
    """One connection, one request at a time; the answer's body is counted, not kept."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[int] | None = None
        self._received = b""
        self._transport: Any = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def send(self, request: bytes) -> "asyncio.Future[int]":
        self._answer = asyncio.get_running_loop().create_future()
        self._received = b""
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or self._answer is None or self._answer.done():
            return
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            whole = body.endswith(b"0\r\n\r\n")
        else:
            length = lower.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            whole = len(body) >= int(length or 0)
        if whole:
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(0)


async def run(requests: list[bytes], port: int, connections: int, rate: float) -> dict[str, Any]:
    """Send all; a request that is refused for now (503, lost connection) is sent again until it is taken."""
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    todo = iter(enumerate(requests))
    began = time.monotonic()

    async def work() -> None:
        sender = await _connect(port)
        for number, request in todo:
            due = began + number / rate if rate else time.monotonic()
            if due > time.monotonic():
                await asyncio.sleep(due - time.monotonic())
            while True:
                status = await sender.send(request)
                statuses[status] = statuses.get(status, 0) + 1
                if status in (200, 207):
                    break
                if status not in (0, 503):
                    raise SystemExit(f"the server answered {status}")
                await asyncio.sleep(RETRY_S)
                if sender.lost:
                    sender = await _connect(port)
            latencies.append(time.monotonic() - due)

    await asyncio.gather(*(work() for _ in range(connections)))
    return {"began": began, "ended": time.monotonic(), "latencies": latencies, "statuses": statuses}


async def _connect(port: int) -> Sender:
    loop = asyncio.get_running_loop()
    _, sender = await loop.create_connection(Sender, "127.0.0.1", port)
    return sender


if __name__ == "__main__":
    file, port, connections, rate = sys.argv[1:]
    ready = pickle.loads(Path(file).read_bytes())
    print(json.dumps(asyncio.run(run(ready, int(port), int(connections), float(rate)))))
