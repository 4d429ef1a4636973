"""`spyglass serve`, read top to bottom: lock, open, start, serve, wait, stop in reverse."""

import asyncio
import gc
import itertools
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from spyglass import __version__
from spyglass.core.clock import monotonic_s
from spyglass.core.errors import Misconfigured, NotFound, Unavailable
from spyglass.features.accounts import operator_service
from spyglass.features.projects import provision
from spyglass.ingest.pipeline import Pipeline
from spyglass.server.opening import Say, open_stores
from spyglass.settings import Settings
from spyglass.stores import Stores
from spyglass.stores.directory_lock import DirectoryLock, announce
from spyglass.stores.secrets import load_secrets

if TYPE_CHECKING:
    from spyglass.server.wiring import Parts

log = logging.getLogger(__name__)

# Each look of the collector walks what is new since the last; the whole of it takes as long as a request may wait.
_COLLECT_S = 1.0
_WHOLE_EVERY = 300


def serve(settings: Settings, say: Say) -> None:
    """Run until SIGTERM or SIGINT. Raises `Misconfigured` (exit 78) when the directory or settings forbid it."""
    data_dir = settings.server.data_dir
    with DirectoryLock(data_dir), _slow_steps(say) as step:
        listener = _bind(settings.server.host, settings.server.port)
        secrets = load_secrets(data_dir, settings.secrets, loopback=settings.server.loopback)
        step("opening the stores")
        with ThreadPoolExecutor(1) as beside:
            opening = beside.submit(open_stores, settings, data_dir, step)
            from spyglass.server import wiring  # all the features: as long to load as the stores to open

            stores = opening.result()
        _report_broken_parts(stores, say)
        step("setting up")
        provisioned = provision.provision(stores.meta, secrets.pepper, settings.init)
        parts = wiring.assemble(settings, data_dir, stores, secrets)
        _tune_interpreter()
        parts.start()
        step("")
        try:
            asyncio.run(_serve(settings, parts, listener, say, provisioned))
        finally:
            if not parts.stop(settings.server.shutdown_timeout_s):
                say(
                    "Stopped before all data was applied; the rest is in the log and comes at the next start."
                )


def _tune_interpreter() -> None:
    """Requests wait less for the worker when threads take turns more often, and when the cycle collector does
    not walk every batch: records hold no cycles, so it runs by the clock (it took a tenth of the CPU of
    ingest, in pauses of up to 80 ms)."""
    sys.setswitchinterval(0.001)
    gc.freeze()
    gc.disable()
    threading.Thread(target=_collect_by_the_clock, name="collector", daemon=True).start()


def _collect_by_the_clock() -> None:
    for count in itertools.count(1):
        time.sleep(_COLLECT_S)
        gc.collect(2 if count % _WHOLE_EVERY == 0 else 1)


async def _serve(
    settings: Settings, parts: "Parts", listener: socket.socket, say: Say, provisioned: provision.Provisioned
) -> None:
    server = settings.server
    config = uvicorn.Config(
        parts.app,
        host=server.host,
        port=server.port,
        log_level="warning",
        http="httptools",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=server.trusted_proxies != "none",
        forwarded_allow_ips=server.trusted_proxies,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=max(1, server.shutdown_timeout_s // 2),
        lifespan="off",
    )
    grpc_server = None
    if server.grpc_port:
        from spyglass.features.ingestion import grpc as otlp_grpc  # heavy, and usually not asked for

        grpc_server = await otlp_grpc.serve_grpc(parts.state, server.host, server.grpc_port)
    http = _Server(config, parts.pipeline, server.drain_s)
    watch = asyncio.create_task(_end_when_failed(http, parts.pipeline))
    try:
        _open(listener, settings, parts, say, provisioned)
        await http.serve(sockets=[listener])
    finally:
        watch.cancel()
        if grpc_server is not None:
            await grpc_server.stop(grace=2)
    if parts.pipeline.failure:
        raise Unavailable(f"Spyglass ended itself: {parts.pipeline.failure}")


async def _end_when_failed(http: uvicorn.Server, pipeline: Pipeline) -> None:
    """A log that failed accepts nothing more (a repeated fsync may lie): a fresh start is the way on (F06)."""
    while not pipeline.failure:
        await asyncio.sleep(0.5)
    log.error("ending: %s", pipeline.failure)
    http.should_exit = True


def _bind(host: str, port: int) -> socket.socket:
    """Reserve the port, before anything is made. The socket names TCP: only then does asyncio switch Nagle's
    delay off on its connections, without which a response in two segments takes 40 ms."""
    try:
        (family, kind, _, _, address), *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        listener = socket.socket(family, kind, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise Misconfigured(f"Port {port} on {host} cannot be opened: {error.strerror}") from error
    return listener


def _open(
    listener: socket.socket, settings: Settings, parts: "Parts", say: Say, provisioned: provision.Provisioned
) -> None:
    """Listen, and say where Spyglass is, with the keys of the very first start and the way in for its owner."""
    listener.listen(2048)
    server = replace(settings.server, port=listener.getsockname()[1])
    announce(server.data_dir, server.local_url)
    say(f"Spyglass {__version__} is ready at {server.url}")
    for line in [*provisioned.lines(server.url), *_setup_lines(parts, server.url)]:
        say(line)


def _setup_lines(parts: "Parts", url: str) -> list[str]:
    """How the owner gets in; nothing once anybody has an account."""
    try:
        link = operator_service.make_setup_link(parts.stores.meta, parts.state.session_secret, url)
    except NotFound:
        return []
    return ["Nobody has an account here yet. This link makes the owner's; it works once:", f"  {link}", ""]


class _Server(uvicorn.Server):
    """Says that it is not ready before it stops listening, so that a load balancer sends nothing more."""

    def __init__(self, config: uvicorn.Config, pipeline: Pipeline, drain_s: float) -> None:
        super().__init__(config)
        self._pipeline = pipeline
        self._drain_s = drain_s

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal ends the serving and no more: uvicorn would raise it again, before the log is drained."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        first = not self._pipeline.draining
        self._pipeline.draining = True
        if first and sig == signal.SIGTERM and self._drain_s:
            asyncio.get_running_loop().call_later(self._drain_s, super().handle_exit, sig, frame)
        else:
            super().handle_exit(sig, frame)


@contextmanager
def _slow_steps(say: Say) -> Iterator[Say]:
    """Yields a function that names the step at hand; a step is printed once it took longer than a second."""
    current: tuple[str, float] = ("", 0.0)
    done = threading.Event()

    def step(name: str) -> None:
        nonlocal current
        current = (name, monotonic_s())

    def watch() -> None:
        printed = ""
        while not done.wait(0.25):
            name, since_s = current
            if name and name != printed and monotonic_s() - since_s > 1.0:
                printed = name
                say(f"{name} ...")

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield step
    finally:
        done.set()


def _report_broken_parts(stores: Stores, say: Say) -> None:
    """The engine sets torn parts aside silently when it opens; say what is missing (fault matrix F11)."""
    for part in stores.analytics.broken_parts():
        say(
            f"Data loss: part {part.name} of table {part.table} is broken ({part.reason}) and was set aside; "
            f"see `spyglass doctor`. Restore a backup to get its rows back."
        )
