"""`spyglass users`: works beside a running server, which takes notice within a second."""

from pathlib import Path

import click

from spyglass.api.server_options import Config as Server
from spyglass.cli.keys import open_existing
from spyglass.cli.options import data_dir_option, load, say, starting
from spyglass.core.clock import iso_ms, to_us
from spyglass.features.accounts import operator_service as service
from spyglass.stores.directory_lock import lock_holder
from spyglass.stores.secrets import load_secrets


@click.group()
def users() -> None:
    """People who can sign in."""


@users.command("list")
@data_dir_option
@starting
def list_users(data_dir: Path | None) -> None:
    """Show all accounts."""
    meta = open_existing(load("warn", server_data_dir=data_dir).settings)
    rows = service.list_users(meta)
    meta.close()
    for user in rows:
        how = "password" if user.password_hash else "no password"
        ended = f"  disabled {iso_ms(to_us(user.disabled_at))}" if user.disabled_at else ""
        say(f"{user.email}  {user.name}  {how}  created {iso_ms(to_us(user.created_at))}{ended}")


@users.command("setup-link")
@data_dir_option
@starting
def make_setup_link(data_dir: Path | None) -> None:
    """Print the link with which the owner makes the first account, once."""
    settings = load("warn", server_data_dir=data_dir).settings
    server = settings.server
    meta = open_existing(settings)
    secret = load_secrets(server.data_dir, settings.secrets, loopback=server.loopback).session_secret
    link = service.make_setup_link(meta, secret, _address(server))
    meta.close()
    say(link)


@users.command("reset-link")
@data_dir_option
@click.argument("email")
@starting
def make_reset_link(data_dir: Path | None, email: str) -> None:
    """Make a link with which EMAIL chooses a new password, once, within a day."""
    settings = load("warn", server_data_dir=data_dir).settings
    meta = open_existing(settings)
    link = service.make_reset_link(meta, _address(settings.server), email)
    meta.close()
    say(link)


@users.command("disable")
@data_dir_option
@click.argument("email")
@starting
def disable_user(data_dir: Path | None, email: str) -> None:
    """Sign EMAIL out everywhere and let them in no more. Memberships stay."""
    meta = open_existing(load("warn", server_data_dir=data_dir).settings)
    service.disable_user(meta, email)
    meta.close()
    say(f"{email} is disabled")


@users.command("enable")
@data_dir_option
@click.argument("email")
@starting
def enable_user(data_dir: Path | None, email: str) -> None:
    """Let EMAIL sign in again."""
    meta = open_existing(load("warn", server_data_dir=data_dir).settings)
    service.enable_user(meta, email)
    meta.close()
    say(f"{email} is enabled")


def _address(server: Server) -> str:
    """Where people reach the server: a running one knows its port, whatever the command line of this one says."""
    holder = lock_holder(server.data_dir)
    if server.public_url or holder is None or not holder.url:
        return server.url
    return holder.url + server.prefix
