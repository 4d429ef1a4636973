"""`spyglass keys`: works beside a running server, which takes notice within seconds."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from spyglass.cli.options import data_dir_option, load, say, starting
from spyglass.core.clock import iso_ms, now, to_us
from spyglass.core.errors import NotFound
from spyglass.features.projects import service
from spyglass.settings import Settings
from spyglass.stores.meta import Meta, open_meta
from spyglass.stores.sealed import reseal
from spyglass.stores.secrets import load_secrets
from spyglass.stores.vault import Vault

project_option = click.option("--project", help="Id or name; needed when there are several.")


@click.group()
def keys() -> None:
    """API keys of projects, and the key that encrypts stored credentials."""


@keys.command("create")
@data_dir_option
@project_option
@click.option("--note", help="What the key is for.")
@click.option("--expires-days", type=click.IntRange(1, 36500), help="Stops working after so many days.")
@starting
def create_key(
    data_dir: Path | None, project: str | None, note: str | None, expires_days: int | None
) -> None:
    """Make a key pair; its secret is shown only now."""
    settings = load("warn", server_data_dir=data_dir).settings
    meta = open_existing(settings)
    server = settings.server
    pepper = load_secrets(server.data_dir, settings.secrets, loopback=server.loopback).pepper
    found = service.find_project(meta, project)
    expires_at = now() + timedelta(days=expires_days) if expires_days else None
    key = service.create_key(meta, pepper, found.id, note=note, expires_at=expires_at)
    meta.close()
    say(f"project      {found.id} ({found.name})")
    say(f"public key   {key.public_key}")
    say(f"secret key   {key.secret_key}")


@keys.command("list")
@data_dir_option
@project_option
@starting
def list_keys(data_dir: Path | None, project: str | None) -> None:
    """Show the keys of a project, without their secrets."""
    meta = open_existing(load("warn", server_data_dir=data_dir).settings)
    found = service.find_project(meta, project)
    rows = service.list_keys(meta, found.id)
    meta.close()
    say(f"project {found.id} ({found.name})")
    for key in rows:
        used = iso_ms(to_us(key.last_used_at)) if key.last_used_at else "never"
        ends = f"  expires {iso_ms(to_us(key.expires_at))}" if key.expires_at else ""
        note = f"  {key.note}" if key.note else ""
        created = iso_ms(to_us(key.created_at))
        say(f"{key.public_key}  {key.display_secret_key}  created {created}  used {used}{ends}{note}")


@keys.command("revoke")
@data_dir_option
@click.argument("key")
@starting
def revoke_key(data_dir: Path | None, key: str) -> None:
    """End a KEY, given by its public key or id. A running server refuses it within seconds."""
    meta = open_existing(load("warn", server_data_dir=data_dir).settings)
    revoked = service.revoke_key(meta, key)
    meta.close()
    say(f"revoked {revoked.public_key}")


@keys.command("reseal")
@data_dir_option
@starting
def reseal_credentials(data_dir: Path | None) -> None:
    """Encrypt stored credentials anew with the current encryption key.

    To replace the key: set the new one as ENCRYPTION_KEY and the old one in
    SPYGLASS_SECRETS__FORMER_ENCRYPTION_KEYS, restart, run this, then drop the old one. May be repeated.
    """
    settings = load("warn", server_data_dir=data_dir).settings
    meta = open_existing(settings)
    server = settings.server
    secrets = load_secrets(server.data_dir, settings.secrets, loopback=server.loopback)
    found = reseal(meta, Vault([secrets.encryption_key, *secrets.former_encryption_keys]))
    meta.close()
    say(f"{found.renewed} encrypted anew, {found.current} were current already")
    for column, row in found.unreadable:
        say(f"{column} of {row} was encrypted with another key and cannot be read; enter it anew")
    if found.unreadable:
        sys.exit(1)


def open_existing(settings: Settings) -> Meta:
    """The metadata store beside a running server. Raises `NotFound` where there is none yet."""
    data_dir = settings.server.data_dir
    if not settings.meta.url and not (data_dir / "meta.db").exists():
        raise NotFound(f"There is no Spyglass data in {data_dir.absolute()}. Start `spyglass serve` first.")
    return open_meta(settings.meta, data_dir, say)
