"""`spyglass demo`: which server and which keys; what is sent and how is a matter of `features/demo`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from spyglass.cli.keys import open_existing
from spyglass.cli.options import data_dir_option, load, say
from spyglass.core.clock import iso_ms, monotonic_s, now, now_us
from spyglass.core.errors import Invalid, SpyglassError
from spyglass.features.demo.scenarios import make_traces
from spyglass.features.demo.service import Sent, is_this_machine, open_client, read_project_name, send
from spyglass.features.demo.wire import build_requests
from spyglass.features.projects import service as projects
from spyglass.settings import Settings
from spyglass.stores.directory_lock import lock_holder
from spyglass.stores.secrets import load_secrets

_KEY_LIFE = timedelta(hours=1)  # should the process be killed before it revokes its key

Keys = tuple[str, str]


@click.command()
@click.option("--host", help="URL of the server; default: the one on this machine.")
@click.option(
    "--public-key", envvar="LANGFUSE_PUBLIC_KEY", show_envvar=True, help="Key of the project to send to."
)
@click.option("--secret-key", envvar="LANGFUSE_SECRET_KEY", show_envvar=True, help="Its secret.")
@data_dir_option
@click.option("--project", help="Id or name, when no keys are given and there are several.")
@click.option("--traces", type=click.IntRange(1, 10_000), default=1247, show_default=True, help="How many.")
@click.option(
    "--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How far back they reach, about."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another number, other traces.")
def demo(
    host: str | None,
    public_key: str | None,
    secret_key: str | None,
    data_dir: Path | None,
    project: str | None,
    traces: int,
    days: int,
    seed: int,
) -> None:
    """Send a realistic week of traces through the public API: chats, RAG, agents with tools, errors, scores.

    The same --seed, --traces and --days give the same timeline, which ends now: running it again overwrites
    what it sent before (same ids, same times) and adds what has come since, so nothing is doubled.

    Without keys a key pair is made in the data directory for this run, and revoked at its end.
    """
    settings = load("warn", server_data_dir=data_dir).settings
    holder = lock_holder(settings.server.data_dir)
    url = (host or (holder and holder.url) or settings.server.local_url).rstrip("/")
    with (
        _find_keys(settings, url, (public_key, secret_key), project) as keys,
        open_client(url, *keys) as client,
    ):
        say(f"Sending to the project {read_project_name(client)} at {url}")
        began_s, now_ = monotonic_s(), now_us()
        made = make_traces(seed, traces, days, now_)
        observations = sum(len(trace.spans) for trace in made)

        def report(sent: Sent) -> None:
            waits = f" ({sent.waits_for})" if sent.waits_for else ""
            say(f"  {sent.observations:,} of {observations:,} observations, {sent.scores:,} scores{waits}")

        sent = send(client, build_requests(made), report)
    if sent.refused:
        raise SpyglassError(f"{sent.refused} of the observations and scores were refused")
    say(
        f"Sent {sent.traces:,} traces with {sent.observations:,} observations and {sent.scores:,} scores in "
        f"{monotonic_s() - began_s:.1f} s; they reach from {iso_ms(made[0].start_us)} to now."
    )
    say(f"See them at {url}")


@contextmanager
def _find_keys(
    settings: Settings, url: str, given: tuple[str | None, str | None], project: str | None
) -> Iterator[Keys]:
    """The keys that were given, else a pair made for the purpose."""
    public_key, secret_key = given
    if public_key and secret_key:
        yield public_key, secret_key
        return
    if public_key or secret_key:
        raise click.UsageError("--public-key and --secret-key belong together: give both or none.")
    if not is_this_machine(url):
        raise Invalid(f"{url} is another machine: give --public-key and --secret-key of a project there.")
    server = settings.server
    meta = open_existing(settings)
    try:
        pepper = load_secrets(server.data_dir, settings.secrets, loopback=server.loopback).pepper
        found = projects.find_project(meta, project)
        key = projects.create_key(
            meta, pepper, found.id, note="made by spyglass demo", expires_at=now() + _KEY_LIFE
        )
        try:
            yield key.public_key, key.secret_key
        finally:
            projects.revoke_key(meta, key.id)
    finally:
        meta.close()
