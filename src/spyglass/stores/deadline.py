"""Connections that end after a time whatever the other side does. The timeouts of the client are for each read and
write: one that sends a byte now and then stays within them, and would hold the thread for ever.
"""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from spyglass.core.clock import monotonic_s

_PIECE_BYTES = 64 << 10


class DeadlineBackend(httpcore.SyncBackend):
    """Opens connections that live for `limit_s` seconds."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        until_s = monotonic_s() + self._limit_s
        return _Stream(super().connect_tcp(host, port, timeout, local_address, socket_options), until_s)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, until_s: float) -> None:
        self._inner = inner
        self._until_s = until_s

    def _left_s(self, timeout: float | None) -> float:
        left_s = self._until_s - monotonic_s()
        if left_s <= 0:
            raise httpcore.ReadTimeout("the connection has reached its deadline")
        return left_s if timeout is None else min(timeout, left_s)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left_s(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE_BYTES):
            self._inner.write(buffer[start : start + _PIECE_BYTES], self._left_s(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._left_s(timeout))
        return _Stream(inner, self._until_s)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
