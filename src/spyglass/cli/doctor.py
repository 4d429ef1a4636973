"""`spyglass doctor`: what is set, and whether the stores are well. Changes nothing.

The embedded engine can be opened by one process only, so while a server runs, its own health endpoints are
asked instead.
"""

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import click
import httpx

from spyglass import __version__
from spyglass.cli.options import data_dir_option, load, say
from spyglass.core.errors import SpyglassError
from spyglass.ingest.pipeline import add_up
from spyglass.settings import Loaded, Settings, describe, mask_password, read_value
from spyglass.stores.blobs import Blobs
from spyglass.stores.directory_lock import DirectoryLock, lock_holder
from spyglass.stores.meta import connect_meta
from spyglass.stores.meta.migrate import newest_version, schema_version
from spyglass.stores.redis_channel import open_channel

_LIBRARIES = ("chdb-core-lite", "clickhouse-connect", "fastapi", "uvicorn", "sqlalchemy", "obstore")
_LOW_SPACE_BYTES = 1 << 30

Finding = tuple[bool, str]  # (it is well, one line)
Check = Callable[[Settings], Iterator[Finding]]


@click.command()
@data_dir_option
def doctor(data_dir: Path | None) -> None:
    """Show the effective settings (secrets masked), versions, and the health of the stores."""
    loaded = load("error", server_data_dir=data_dir)
    settings = loaded.settings
    say("Settings")
    for line in _settings_lines(loaded):
        say(f"  {line}")
    say("Versions")
    for line in _version_lines():
        say(f"  {line}")
    say("Health")
    well = True
    for check in _checks(settings):
        for good, line in _run(check, settings):
            well = well and good
            say(f"  {'ok  ' if good else 'BAD '} {line}")
    if not well:
        sys.exit(1)


def _settings_lines(loaded: Loaded) -> Iterator[str]:
    for setting in describe():
        origin = loaded.origins.get(setting.path, "default")
        yield f"{setting.path} = {read_value(loaded.settings, setting) or '(empty)'}  [{origin}]"


def _version_lines() -> Iterator[str]:
    yield f"spyglass {__version__}, Python {platform.python_version()}, {platform.platform()}"
    yield ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)


def _checks(settings: Settings) -> list[Check]:
    data_dir = settings.server.data_dir
    if not data_dir.exists():
        return [_check_no_data]
    running = lock_holder(data_dir) is not None
    beside: list[Check] = [_check_space, _check_permissions, _check_metadata, _check_redis]
    return [*beside, _check_running_server] if running else [*beside, _check_stores]


def _run(check: Check, settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except SpyglassError as error:
        yield False, error.message


def _check_no_data(settings: Settings) -> Iterator[Finding]:
    yield True, f"no data yet in {settings.server.data_dir.absolute()}: the first `spyglass serve` makes it"


def _check_space(settings: Settings) -> Iterator[Finding]:
    data_dir = settings.server.data_dir
    space = shutil.disk_usage(data_dir)
    share = space.free / space.total
    yield (
        space.free >= _LOW_SPACE_BYTES,
        f"disk of {data_dir.absolute()}: {space.free / 2**30:,.1f} GiB free ({share:.0%})",
    )


def _check_permissions(settings: Settings) -> Iterator[Finding]:
    for path in (settings.server.data_dir, settings.server.data_dir / "secrets.json"):
        if path.exists():
            mode = path.stat().st_mode & 0o777
            yield (
                mode & 0o077 == 0,
                f"{path} has mode {mode:04o}"
                + ("" if mode & 0o077 == 0 else ": others of this machine can look inside"),
            )


def _check_metadata(settings: Settings) -> Iterator[Finding]:
    if not settings.meta.url and not (settings.server.data_dir / "meta.db").exists():
        yield True, "metadata: none yet"
        return
    meta = connect_meta(settings.meta, settings.server.data_dir)
    try:
        found, newest = schema_version(meta), newest_version()
        yield found == newest, f"metadata: {meta.server_version()}, schema {found} of {newest}"
    finally:
        meta.close()


def _check_redis(settings: Settings) -> Iterator[Finding]:
    """Only where one is set: without it each process tells live what it applied itself."""
    channel = open_channel(settings.redis, "")
    if channel is None:
        return
    try:
        problem = channel.problem()
        yield not problem, f"redis: {problem or 'answers'}"
    finally:
        channel.stop()


def _check_running_server(settings: Settings) -> Iterator[Finding]:
    holder = lock_holder(settings.server.data_dir)
    if holder is None:
        return  # it ended a moment ago
    url = holder.url or settings.server.local_url
    yield True, f"a server runs on this data directory (process {holder.pid or 'unknown'})"
    for path in ("/api/public/health?failIfDatabaseUnavailable=true", "/api/public/ready"):
        try:
            answer = httpx.get(url + path, timeout=5, trust_env=False)
        except httpx.HTTPError as error:
            yield False, f"{url}{path}: {type(error).__name__}; does it listen elsewhere (PORT)?"
            continue
        yield answer.status_code == 200, f"{url}{path}: {answer.status_code} {answer.text[:200]}"


def _check_stores(settings: Settings) -> Iterator[Finding]:
    """No server is running: look into the stores themselves, and keep one from starting meanwhile."""
    data_dir = settings.server.data_dir
    with DirectoryLock(data_dir):
        yield from _check_log(settings)
        yield from _check_blobs(settings)
        yield from _check_analytics(settings)


def _check_log(settings: Settings) -> Iterator[Finding]:
    from spyglass.stores.log.sqlite import SqliteLog

    path = settings.server.data_dir / "log.db"
    if not path.exists():
        yield True, "ingest log: none yet"
        return
    log = SqliteLog(path, settings.log)
    try:
        waiting = log.size_bytes()
        yield True, f"ingest log: {waiting:,} bytes wait to be applied"
        yield from _check_counters(add_up(log.counters()))
        aside = log.quarantined()
        yield not aside, f"quarantine: {len(aside)} requests" + (" (see `spyglass replay`)" if aside else "")
        for seq, reason, entry in aside[:20]:
            yield False, f"  {seq}: {entry.dialect}, {len(entry.body):,} bytes: {reason[:200]}"
    finally:
        log.close()


def _check_counters(counts: dict[str, int]) -> Iterator[Finding]:
    """Where the events are. A kill leaves the number received behind; the next start makes up for it."""
    places = ("visible", "pending", "quarantined", "released", "deleted")
    yield (
        counts["received"] <= counts["acknowledged"] + counts["refused"],
        f"events: {counts['received']:,} received, {counts['acknowledged']:,} acknowledged"
        f" + {counts['refused']:,} refused",
    )
    yield (
        counts["acknowledged"] == sum(counts[place] for place in places),
        f"events: {counts['acknowledged']:,} acknowledged, "
        + " + ".join(f"{counts[place]:,} {place}" for place in places),
    )


def _check_blobs(settings: Settings) -> Iterator[Finding]:
    blobs = Blobs(settings.blobs, settings.server.data_dir)
    yield blobs.healthy(), f"blobs: {mask_password(settings.blobs.url) or 'a folder in the data directory'}"


def _check_analytics(settings: Settings) -> Iterator[Finding]:
    from spyglass.stores.analytics import Analytics
    from spyglass.stores.analytics.migrate import applied_version, migrations

    directory = None if settings.analytics.url else settings.server.data_dir / "analytics"
    if directory is not None and not directory.exists():
        yield True, "analytics: none yet"
        return
    analytics = Analytics(settings.analytics, directory)
    try:
        kind = "embedded" if analytics.embedded else "server"
        found, newest = applied_version(analytics), migrations()[-1][0]
        yield (
            found == newest,
            f"analytics: ClickHouse {analytics.server_version} ({kind}), schema {found} of {newest}",
        )
        broken = analytics.broken_parts()
        yield not broken, f"detached parts: {len(broken)}"
        for part in broken[:20]:
            yield False, f"  {part.table} {part.name}: {part.reason}"
    finally:
        analytics.close()
