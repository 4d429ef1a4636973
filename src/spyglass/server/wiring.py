"""Stores -> pipeline and jobs -> HTTP app. The list of routers and of jobs is here and nowhere else."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, FastAPI

from spyglass.api.app import create_app
from spyglass.api.limits import make_limiter
from spyglass.api.state import AppState
from spyglass.core.records import Arrival, Decoded
from spyglass.features.accounts import routes as accounts
from spyglass.features.administration import operations_routes as operations
from spyglass.features.administration import routes as administration
from spyglass.features.annotation_queues import routes as annotation_queues
from spyglass.features.audit_logs import routes as audit_logs
from spyglass.features.blob_storage_integrations import routes as blob_storage_integrations
from spyglass.features.boot import routes as boot
from spyglass.features.comments import routes as comments
from spyglass.features.costs import routes as costs
from spyglass.features.datasets import routes as datasets
from spyglass.features.erasures import routes as erasures
from spyglass.features.experiments import routes as experiments
from spyglass.features.explore import routes as explore
from spyglass.features.health import routes as health
from spyglass.features.ingestion import routes as ingestion
from spyglass.features.invitations import routes as invitations
from spyglass.features.live import routes as live_events
from spyglass.features.llm_connections import routes as llm_connections
from spyglass.features.media import routes as media
from spyglass.features.memberships import routes as memberships
from spyglass.features.memberships import ui_routes as members_ui
from spyglass.features.metrics import routes as metrics
from spyglass.features.models import routes as models
from spyglass.features.observations import routes as observations
from spyglass.features.organizations import routes as organizations
from spyglass.features.organizations import ui_routes as organizations_ui
from spyglass.features.projects import administration_routes as project_administration
from spyglass.features.projects import routes as projects
from spyglass.features.projects import ui_routes as projects_ui
from spyglass.features.prompt_metrics import routes as prompt_metrics
from spyglass.features.prompts import label_routes as prompt_labels
from spyglass.features.prompts import routes as prompts
from spyglass.features.rejections import routes as rejections
from spyglass.features.saved_views import routes as saved_views
from spyglass.features.scim import routes as scim
from spyglass.features.score_configs import routes as score_configs
from spyglass.features.scores import routes as scores
from spyglass.features.sessions import routes as sessions
from spyglass.features.sign_in import routes as sign_in
from spyglass.features.telemetry import routes as telemetry
from spyglass.features.trace_view import published_routes as published
from spyglass.features.trace_view import routes as trace_view
from spyglass.features.traces import routes as traces
from spyglass.features.web import routes as web
from spyglass.ingest import score_rules
from spyglass.ingest.apply import Applier
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.dialects import DIALECTS
from spyglass.ingest.live import Hub
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.pipeline import Pipeline
from spyglass.ingest.relay import Relay
from spyglass.ingest.steps import finish
from spyglass.ingest.tokenizer import Tokenizer
from spyglass.ingest.worker import Worker
from spyglass.jobs.bulk import BULK
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
from spyglass.stores.egress import open_egress
from spyglass.stores.log import Entry
from spyglass.stores.meta.erasures import erased_projects
from spyglass.stores.meta.installation import read_installation_id
from spyglass.stores.meta.tables.revisions import API_KEYS, PEOPLE
from spyglass.stores.redis_channel import open_channel
from spyglass.stores.secrets import Secrets
from spyglass.stores.vault import Vault

ROUTERS: list[APIRouter] = [
    health.router,
    ingestion.router,
    projects.router,
    traces.router,
    explore.router,
    saved_views.router,
    trace_view.router,
    published.router,
    live_events.router,
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
    models.preview_router,
    costs.router,
    metrics.router,
    telemetry.router,
    prompt_metrics.router,
    llm_connections.router,
    llm_connections.test_router,
    blob_storage_integrations.router,
    erasures.router,
    erasures.project_router,
    erasures.admin_router,
    web.assets_router,
    web.router,  # pages: what is no route of the API
    sign_in.router,
    invitations.link_router,
    accounts.router,
    boot.router,
    organizations_ui.ui_router,
    members_ui.ui_router,
    invitations.router,
    invitations.account_router,
    projects_ui.ui_router,
    erasures.ui_router,
]
JOBS: list[JobKind] = [
    PURGE,
    ERASE,
    ERASURE_SWEEP,
    RETENTION,
    PLAN_EXPORTS,
    EXPORT,
    REPRICE,
    BULK,
    REFRESH_PRICES,
]


@dataclass(frozen=True)
class Parts:
    """Everything that runs, wired together and not started yet."""

    stores: Stores
    pipeline: Pipeline
    jobs: JobRunner
    state: AppState
    app: FastAPI
    relay: Relay | None = None  # None: no other process is told

    def start(self) -> None:
        if self.relay is not None:
            self.relay.start(self.state.live)
        self.pipeline.start()
        self.state.rejections.start()
        self.jobs.start()

    def stop(self, timeout_s: float) -> bool:
        """Drain and close; False when acknowledged data is still only in the log (nothing is lost)."""
        self.jobs.stop(timeout_s / 2)
        drained = self.pipeline.stop(timeout_s / 2)
        self.state.rejections.stop()
        if self.relay is not None:
            self.relay.stop()
        self.stores.close()
        return drained


def assemble(settings: Settings, data_dir: Path, stores: Stores, secrets: Secrets) -> Parts:
    """Wire the parts; nothing runs yet."""
    catalogue = Catalogue(settings.catalogue)
    restore_prices(catalogue, stores.blobs)
    tokenizer = Tokenizer() if settings.costs.estimate_tokens else None
    lookups = Lookups(stores.meta, catalogue, tokenizer)
    channel = open_channel(settings.redis, f"spyglass:live:{read_installation_id(stores.meta)}")
    relay = None if channel is None else Relay(channel)
    live = Hub(relay)
    applier = Applier(
        stores.analytics,
        stores.blobs,
        lambda row: finish(row, lookups),
        offload_bytes=settings.ingest.offload_bytes,
        memory_bytes=settings.ingest.memory_bytes,
        guard=settings.costs.double_counting_guard,
        live=live,
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
        root_path=settings.server.prefix,
        accept=settings.accept,
        media=settings.media,
        limiter=make_limiter(settings.limits),
        telemetry=settings.telemetry,
        sign_in=settings.auth,
        oidc=settings.oidc,
        traffic=applier.traffic,
        live=live,
    )
    wanted = {
        RETENTION.name: settings.retention.enabled,
        REFRESH_PRICES.name: bool(settings.catalogue.file or settings.catalogue.url),
    }
    kinds = [kind for kind in JOBS if wanted.get(kind.name, True)]
    jobs = JobRunner(JobContext(stores, pipeline, vault, egress, lookups), kinds, live)
    _watch_rights(state, relay)
    return Parts(stores, pipeline, jobs, state, create_app(state, ROUTERS), relay)


def _watch_rights(state: AppState, relay: Relay | None) -> None:
    """Whoever loses a session, a role or a key loses the streams that hang on it at once, here and elsewhere."""

    def changed_here(names: frozenset[str]) -> None:
        if names & {PEOPLE, API_KEYS}:
            ask_again()
            if relay is not None:
                relay.tell_rights()

    def ask_again() -> None:
        state.keys.forget()
        state.live.wake_all()

    def changed_elsewhere() -> None:
        state.stores.meta.look_now()
        ask_again()

    state.stores.meta.listen(changed_here)
    if relay is not None:
        relay.on_rights(changed_elsewhere)


def decode_entry(entry: Entry) -> Decoded:
    """Decode an entry of the log again: after a crash, or when it was not held in memory."""
    arrival = Arrival(
        project_id=entry.project_id,
        received_us=entry.received_us,
        public_key=entry.headers.get("public_key", ""),
        sdk_name=entry.headers.get("sdk_name", ""),
        sdk_version=entry.headers.get("sdk_version", ""),
        find_rule=score_rules.recall(entry.headers.get(score_rules.HEADER, "")),
        author_user_id=entry.headers.get("author_user_id", ""),
    )
    return DIALECTS[entry.dialect](entry.body, entry.headers, arrival)
