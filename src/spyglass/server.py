"""The composition root: settings -> stores -> pipeline and jobs -> HTTP app. Read it top to bottom: open, start,
serve, wait, stop in reverse. The list of routers and of jobs is here and nowhere else.
"""

import asyncio
import gc
import itertools
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import APIRouter, FastAPI

from spyglass import __version__
from spyglass.api.app import create_app
from spyglass.api.limits import make_limiter
from spyglass.api.state import AppState
from spyglass.core.clock import monotonic_s
from spyglass.core.errors import Misconfigured, Unavailable
from spyglass.core.records import Arrival, Decoded
from spyglass.features.administration import operations_routes as operations
from spyglass.features.administration import routes as administration
from spyglass.features.annotation_queues import routes as annotation_queues
from spyglass.features.audit_logs import routes as audit_logs
from spyglass.features.blob_storage_integrations import routes as blob_storage_integrations
from spyglass.features.comments import routes as comments
from spyglass.features.datasets import routes as datasets
from spyglass.features.erasures import routes as erasures
from spyglass.features.experiments import routes as experiments
from spyglass.features.health import routes as health
from spyglass.features.ingestion import routes as ingestion
from spyglass.features.llm_connections import routes as llm_connections
from spyglass.features.media import routes as media
from spyglass.features.memberships import routes as memberships
from spyglass.features.metrics import routes as metrics
from spyglass.features.models import routes as models
from spyglass.features.observations import routes as observations
from spyglass.features.organizations import routes as organizations
from spyglass.features.projects import administration_routes as project_administration
from spyglass.features.projects import provision
from spyglass.features.projects import routes as projects
from spyglass.features.prompt_metrics import routes as prompt_metrics
from spyglass.features.prompts import label_routes as prompt_labels
from spyglass.features.prompts import routes as prompts
from spyglass.features.rejections import routes as rejections
from spyglass.features.scim import routes as scim
from spyglass.features.score_configs import routes as score_configs
from spyglass.features.scores import routes as scores
from spyglass.features.sessions import routes as sessions
from spyglass.features.telemetry import routes as telemetry
from spyglass.features.traces import routes as traces
from spyglass.ingest import score_rules
from spyglass.ingest.apply import Applier
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.dialects import DIALECTS
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.pipeline import Pipeline
from spyglass.ingest.steps import finish
from spyglass.ingest.tokenizer import Tokenizer
from spyglass.ingest.worker import Worker
from spyglass.jobs.deletion import PURGE
from spyglass.jobs.erasure import ERASE, ERASURE_SWEEP
from spyglass.jobs.export_planner import PLAN_EXPORTS
from spyglass.jobs.exports import EXPORT
from spyglass.jobs.prices import REFRESH_PRICES, restore_prices
from spyglass.jobs.registry import JobContext, JobKind
from spyglass.jobs.repricing import REPRICE
from spyglass.jobs.retention import RETENTION
from spyglass.jobs.runner import JobRunner
from spyglass.settings import Settings
from spyglass.stores import Stores
from spyglass.stores.analytics import open_analytics
from spyglass.stores.blobs import Blobs
from spyglass.stores.directory_lock import DirectoryLock, announce
from spyglass.stores.egress import open_egress
from spyglass.stores.log import Entry, Log
from spyglass.stores.log.sqlite import SqliteLog
from spyglass.stores.meta import open_meta
from spyglass.stores.meta.erasures import erased_projects
from spyglass.stores.secrets import Secrets, load_secrets
from spyglass.stores.vault import Vault

log = logging.getLogger(__name__)

ROUTERS: list[APIRouter] = [
    health.router,
    ingestion.router,
    projects.router,
    traces.router,
    observations.router,
    sessions.router,
    scores.router,
    datasets.router,
    experiments.router,
    score_configs.router,
    comments.router,
    annotation_queues.router,
    rejections.router,
    media.router,
    prompts.router,
    prompt_labels.router,
    project_administration.router,
    organizations.router,
    memberships.router,
    scim.router,
    administration.router,
    operations.router,
    audit_logs.router,
    models.router,
    metrics.router,
    telemetry.router,
    prompt_metrics.router,
    llm_connections.router,
    blob_storage_integrations.router,
    erasures.router,
    erasures.project_router,
    erasures.admin_router,
]
JOBS: list[JobKind] = [
    PURGE,
    ERASE,
    ERASURE_SWEEP,
    RETENTION,
    PLAN_EXPORTS,
    EXPORT,
    REPRICE,
    REFRESH_PRICES,
]

Say = Callable[[str], None]

_REPLAY_BYTES = 16 << 20
_COLLECT_S = 15.0
_WHOLE_EVERY = 8


@dataclass(frozen=True)
class Parts:
    """Everything that runs, wired together and not started yet."""

    stores: Stores
    pipeline: Pipeline
    jobs: JobRunner
    state: AppState
    app: FastAPI

    def start(self) -> None:
        self.pipeline.start()
        self.state.rejections.start()
        self.jobs.start()

    def stop(self, timeout_s: float) -> bool:
        """Drain and close; False when acknowledged data is still only in the log (nothing is lost)."""
        self.jobs.stop(timeout_s / 2)
        drained = self.pipeline.stop(timeout_s / 2)
        self.state.rejections.stop()
        self.stores.close()
        return drained


def open_stores(settings: Settings, data_dir: Path, say: Say) -> Stores:
    """Open and migrate every store of the data directory; the engine, which takes longest, beside the others."""
    with ThreadPoolExecutor(1) as beside:
        analytics = beside.submit(open_analytics, settings.analytics, data_dir, say)
        return Stores(
            meta=open_meta(settings.meta, data_dir, say),
            blobs=Blobs(settings.blobs, data_dir),
            log=SqliteLog(data_dir / "log.db", settings.log),
            analytics=analytics.result(),
        )


def assemble(settings: Settings, data_dir: Path, stores: Stores, secrets: Secrets) -> Parts:
    """Wire the parts; nothing runs yet."""
    catalogue = Catalogue(settings.catalogue)
    restore_prices(catalogue, stores.blobs)
    tokenizer = Tokenizer() if settings.costs.estimate_tokens else None
    lookups = Lookups(stores.meta, catalogue, tokenizer)
    applier = Applier(
        stores.analytics,
        stores.blobs,
        lambda row: finish(row, lookups),
        offload_bytes=settings.ingest.offload_bytes,
        memory_bytes=settings.ingest.memory_bytes,
        guard=settings.costs.double_counting_guard,
    )
    worker = Worker(
        stores.log,
        applier,
        decode_entry,
        gather_s=settings.ingest.gather_ms / 1000,
        batch_rows=settings.ingest.batch_rows,
        backlog_bytes=settings.ingest.backlog_bytes,
        gone=erased_projects(stores.meta),
    )
    pipeline = Pipeline(stores.log, worker, settings.ingest, data_dir)
    vault = Vault([secrets.encryption_key, *secrets.former_encryption_keys])
    egress = open_egress(settings.egress)
    state = AppState(
        stores=stores,
        pipeline=pipeline,
        pepper=secrets.pepper,
        catalogue=catalogue,
        lookups=lookups,
        costs=settings.costs,
        vault=vault,
        egress=egress,
        session_secret=secrets.session_secret,
        admin_key=settings.secrets.admin_api_key or "",
        url=settings.server.public_url.rstrip("/"),
        accept=settings.accept,
        media=settings.media,
        limiter=make_limiter(settings.limits),
        telemetry=settings.telemetry,
        traffic=applier.traffic,
    )
    wanted = {
        RETENTION.name: settings.retention.enabled,
        REFRESH_PRICES.name: bool(settings.catalogue.file or settings.catalogue.url),
    }
    kinds = [kind for kind in JOBS if wanted.get(kind.name, True)]
    jobs = JobRunner(JobContext(stores, pipeline, vault, egress, lookups), kinds)
    return Parts(stores, pipeline, jobs, state, create_app(state, ROUTERS))


def decode_entry(entry: Entry) -> Decoded:
    """Decode an entry of the log again: after a crash, or when it was not held in memory."""
    arrival = Arrival(
        project_id=entry.project_id,
        received_us=entry.received_us,
        public_key=entry.headers.get("public_key", ""),
        sdk_name=entry.headers.get("sdk_name", ""),
        sdk_version=entry.headers.get("sdk_version", ""),
        find_rule=score_rules.recall(entry.headers.get(score_rules.HEADER, "")),
    )
    return DIALECTS[entry.dialect](entry.body, entry.headers, arrival)


# --- spyglass serve


def serve(settings: Settings, say: Say) -> None:
    """Run until SIGTERM or SIGINT. Raises `Misconfigured` (exit 78) when the directory or settings forbid it."""
    data_dir = settings.server.data_dir
    with DirectoryLock(data_dir), _slow_steps(say) as step:
        listener = _bind(settings.server.host, settings.server.port)
        secrets = load_secrets(data_dir, settings.secrets, loopback=settings.server.loopback)
        step("opening the stores")
        stores = open_stores(settings, data_dir, step)
        _report_broken_parts(stores, say)
        step("setting up")
        provisioned = provision.provision(stores.meta, secrets.pepper, settings.init)
        parts = assemble(settings, data_dir, stores, secrets)
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
    gc.collect()
    gc.freeze()
    gc.disable()
    threading.Thread(target=_collect_by_the_clock, name="collector", daemon=True).start()


def _collect_by_the_clock() -> None:
    for count in itertools.count(1):
        time.sleep(_COLLECT_S)
        gc.collect(2 if count % _WHOLE_EVERY == 0 else 1)


async def _serve(
    settings: Settings, parts: Parts, listener: socket.socket, say: Say, provisioned: provision.Provisioned
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
        _open(listener, settings, say, provisioned)
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


def _open(listener: socket.socket, settings: Settings, say: Say, provisioned: provision.Provisioned) -> None:
    """Listen, and say where Spyglass is, with the credentials of the very first start."""
    listener.listen(2048)
    server = replace(settings.server, port=listener.getsockname()[1])
    announce(server.data_dir, server.local_url)
    say(f"Spyglass {__version__} is ready at {server.url}")
    for line in provisioned.lines(server.url):
        say(line)


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


# --- spyglass replay


def replay(settings: Settings, say: Say, *, seqs: list[int] | None = None, applied: bool = False) -> int:
    """Apply again what was set aside (all, or those of `seqs`), and with `applied` also the applied requests
    that `log.retention_hours` kept: a repaired decoder then writes their rows anew, under a later version.
    Returns how many are set aside still."""
    data_dir = settings.server.data_dir
    with DirectoryLock(data_dir):
        secrets = load_secrets(data_dir, settings.secrets, loopback=settings.server.loopback)
        parts = assemble(settings, data_dir, open_stores(settings, data_dir, say), secrets)
        log_ = parts.stores.log
        chosen = [(seq, entry) for seq, _, entry in log_.quarantined() if seqs is None or seq in seqs]
        for seq in sorted(set(seqs or ()) - {seq for seq, _ in chosen}):
            say(f"entry {seq} is not set aside")
        kept = range(1, log_.position()[0] + 1) if applied else range(0)
        parts.pipeline.start()
        for seq, entry in chosen:
            again = log_.append([entry])
            log_.release(seq)
            parts.pipeline.wake(again)
            say(f"entry {seq} ({entry.dialect}, {len(entry.body)} bytes) is applied again as {again}")
        for count, entry in enumerate(_retained(log_, kept), start=1):
            parts.pipeline.wake(log_.append([entry]))
            if count % 1000 == 0:
                say(f"{count} applied requests taken again")
        left = _drain(parts, settings)
    return left


def _retained(log_: Log, kept: range) -> Iterator[Entry]:
    """Entries of the log within `kept`, a piece at a time: the log grows while they are appended again."""
    after = kept.start - 1
    while after < kept.stop - 1:
        piece = [entry for entry in log_.read(after, _REPLAY_BYTES) if entry.seq < kept.stop]
        if not piece:
            return
        yield from piece
        after = piece[-1].seq


def _drain(parts: Parts, settings: Settings) -> int:
    """Apply everything, count what is set aside, close."""
    parts.pipeline.wait_applied(parts.stores.log.last_seq())
    left = len(parts.stores.log.quarantined())
    parts.stop(settings.server.shutdown_timeout_s)
    return left
