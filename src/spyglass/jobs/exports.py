"""Scheduled exports to a team's own bucket. A periodic job finds what is due and fixes the window; a job per run
writes its files, one after the other, and notes after each how far it is.

    window   every row written after the last window, up to the place in the ingest log that was applied when
             the run was planned
    lag      a run starts 20 minutes after it was planned; what changes meanwhile belongs to the next window, so
             a row is exported as it is when it has settled
    crash    a file that was begun is written again under the same name; files that were noted are not touched
    end      the manifest is written last; only then does the window count as exported
"""

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from spyglass.core.clock import from_us, iso_ms, monotonic_s, now
from spyglass.core.errors import SpyglassError
from spyglass.jobs.export_files import ExportFile, FileKind
from spyglass.jobs.export_run import (
    FREQUENCIES,
    LAG,
    Run,
    folder_of,
    lock_integration,
    open_bucket,
    read_run,
    step_key,
    write_integration,
)
from spyglass.jobs.registry import Arguments, JobContext, JobKind, add_job
from spyglass.query.export_columns import GROUPS
from spyglass.query.exports import SOURCES, Window, export_table, read_window
from spyglass.stores.meta.tables import BlobStorageIntegration, Project

_AGAIN = timedelta(minutes=20)  # after a run whose job gave up
_BUDGET_S = 60.0  # then other jobs get their turn before the run goes on


def run_export(context: JobContext, arguments: Arguments) -> dict[str, Any]:
    """Write files of a run until it is done or its time is up; then another job goes on. Does nothing when the
    integration was disabled, changed or removed since."""
    project_id, until_s = arguments["project_id"], monotonic_s() + _BUDGET_S
    while True:
        row, run = _find(context, arguments)
        if row is None or run is None:
            return {"outcome": "no longer wanted"}
        try:
            done = _write_next(context, row, run)
        except Exception as error:
            _note_failure(context, arguments, error)
            raise
        over = not done and monotonic_s() > until_s
        if not _note_progress(context, arguments, run, done=done, over=over):
            return {"outcome": "no longer wanted"}
        if done:
            return {"outcome": "exported", "files": len(run.files)}
        if over:
            return {"outcome": "continues", "files": len(run.files), "project_id": project_id}


def _find(context: JobContext, arguments: Arguments) -> tuple[BlobStorageIntegration | None, Run | None]:
    """The integration and its run, while it is still this job that works on it."""
    project_id = arguments["project_id"]
    with context.stores.meta.begin() as session:
        project, row = session.get(Project, project_id), lock_integration(session, project_id)
        if project is None or project.deleted_at is not None or row is None or not row.enabled:
            return None, None
        run = _current(row, arguments)
        if run is not None and row.run_started_at is None:
            write_integration(session, project_id, run_started_at=now())
    return row, run


def _current(row: BlobStorageIntegration, arguments: Arguments) -> Run | None:
    run = read_run(row)
    return run if run and (run.id, run.step) == (arguments["run_id"], arguments["step"]) else None


def _write_next(context: JobContext, row: BlobStorageIntegration, run: Run) -> bool:
    """Write the next file of the run, and say in `run` where the one after it begins. True at its end."""
    bucket = open_bucket(row, context.vault, context.egress.blob_storage)
    tables = SOURCES[row.export_source]
    if run.table == len(tables):
        bucket.put(_key(row, "manifests", run.to_us, "json"), _manifest(row, run), "application/json")
        return True
    table = export_table(tables[run.table], row.export_field_groups or GROUPS)
    kind = FileKind(row.file_type, row.compressed)
    file = ExportFile(kind, table.columns)
    window = Window(row.project_id, run.after, run.last, run.since_us)
    models = context.lookups.models_of(row.project_id) if context.lookups else None
    begin = tuple(run.key) if run.key is not None else None
    run.table, run.key, part = run.table + 1, None, run.part
    for key, shown in read_window(context.stores, models, table, window, begin):
        file.add(shown)
        if file.full:
            run.table, run.key = run.table - 1, list(key)
            break
    run.part = part + 1 if run.key is not None else 0
    if file.rows:
        key_there = _key(row, table.name, run.to_us, kind.ending, part)
        data = file.finish(context.stores)
        bucket.put(key_there, data, kind.content_type)
        facts = {"key": key_there, "table": table.name, "rowCount": file.rows, "sizeBytes": len(data)}
        run.files.append({**facts, "fileType": kind.format, "compressed": kind.gzipped})
    return False


def _key(row: BlobStorageIntegration, folder: str, at_us: int, ending: str, part: int = 0) -> str:
    """`<prefix><project>/<folder>/2026-01-31T12-00-00.jsonl.gz`; the second file of a window has `_2`."""
    number = f"_{part + 1}" if part else ""
    return f"{folder_of(row)}/{folder}/{from_us(at_us):%Y-%m-%dT%H-%M-%S}{number}.{ending}"


def _manifest(row: BlobStorageIntegration, run: Run) -> bytes:
    content = {
        "projectId": row.project_id,
        "window": {
            "minTimestamp": None if run.from_us is None else iso_ms(run.from_us),
            "maxTimestamp": iso_ms(run.to_us),
        },
        "exportSource": row.export_source,
        "tables": SOURCES[row.export_source],
        "files": run.files,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1)


def _note_progress(context: JobContext, arguments: Arguments, run: Run, *, done: bool, over: bool) -> bool:
    """Keep how far the run is; False when it is no longer wanted."""
    project_id = arguments["project_id"]
    with context.stores.meta.begin() as session:
        row = lock_integration(session, project_id)
        if row is None or _current(row, arguments) is None:
            return False
        if done:
            write_integration(
                session,
                project_id,
                run=None,
                run_started_at=None,
                last_sync_at=from_us(run.to_us),
                exported_version=run.last,
                next_sync_at=from_us(run.to_us) + FREQUENCIES[row.export_frequency] + LAG,
                last_error=None,
                last_error_at=None,
            )
            return True
        if over:
            run.step += 1
            add_step(session, project_id, run, timedelta(0))
        write_integration(session, project_id, run=msgspec.to_builtins(run))
    return True


def _note_failure(context: JobContext, arguments: Arguments, error: Exception) -> None:
    """For the owner of the bucket: what is wrong, never what the other side wrote or a secret."""
    known = isinstance(error, SpyglassError)
    text = error.message if isinstance(error, SpyglassError) else f"Internal error ({type(error).__name__})"
    with context.stores.meta.begin() as session:
        row = lock_integration(session, arguments["project_id"])
        if row is None or _current(row, arguments) is None:
            return
        write_integration(
            session,
            row.project_id,
            last_error=text[:1000] if known else text,
            last_error_at=now(),
            run_started_at=None,
            next_sync_at=now() + _AGAIN,
        )


def add_step(session: Session, project_id: str, run: Run, delay: timedelta) -> None:
    add_job(
        session,
        EXPORT,
        {"project_id": project_id, "run_id": run.id, "step": run.step},
        project_id=project_id,
        unique_key=step_key(run),
        delay_s=delay.total_seconds(),
    )


EXPORT = JobKind("export", run_export, retries=5, lease_s=1800)
