"""The commands and the end of the process. What they do is elsewhere: `server`, `doctor`, `keys`."""

import gc
import json
import logging
import os
import resource
import sys
from pathlib import Path

import click

from spyglass import __version__
from spyglass.cli.demo import demo
from spyglass.cli.doctor import doctor
from spyglass.cli.keys import keys
from spyglass.cli.options import data_dir_option, load, say, starting
from spyglass.cli.prices import prices
from spyglass.cli.users import users
from spyglass.core.errors import Misconfigured, NotFound, SpyglassError

log = logging.getLogger(__name__)

EXIT_FAILED = 1
EXIT_CONFIGURATION = 78  # EX_CONFIG of sysexits.h


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="spyglass")
def commands() -> None:
    """Self-hosted observability for LLM applications.

    Every setting has an environment variable: see docs/reference/settings.md.
    """


@commands.command()
@click.option("--host", help="Address to listen on (default 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="TCP port to listen on (default 3000).")
@data_dir_option
@starting
def serve(host: str | None, port: int | None, data_dir: Path | None) -> None:
    """Run the server until SIGTERM or Ctrl-C."""
    settings = load(server_host=host, server_port=port, server_data_dir=data_dir).settings
    if not settings.server.loopback and not settings.server.public_url.startswith("https://"):
        log.warning(
            "Other machines reach %s over plain http: keys and data can be read on the way. Put TLS in front "
            "and set SPYGLASS_SERVER__PUBLIC_URL to its https address.",
            settings.server.host,
        )
    gc.disable()  # loading leaves hardly any garbage and makes much to walk; the server collects by the clock
    from spyglass.server.serving import serve as run  # takes a while to load; `--help` need not wait for it

    run(settings, say)


@commands.command()
@data_dir_option
@starting
def migrate(data_dir: Path | None) -> None:
    """Bring all stores up to date and exit; `serve` does the same when it starts."""
    settings = load(server_data_dir=data_dir).settings
    from spyglass.server.opening import open_stores
    from spyglass.stores.directory_lock import DirectoryLock
    from spyglass.stores.meta.migrate import schema_version

    with DirectoryLock(settings.server.data_dir):
        say("opening the stores")
        stores = open_stores(settings, settings.server.data_dir, say)
        say(f"metadata is at schema version {schema_version(stores.meta)}")
        stores.close()
    say("up to date")


@commands.command()
@data_dir_option
@click.option(
    "--applied", is_flag=True, help="Also the applied requests that SPYGLASS_LOG__RETENTION_HOURS kept."
)
@click.argument("entries", nargs=-1, type=int)
@starting
def replay(data_dir: Path | None, applied: bool, entries: tuple[int, ...]) -> None:
    """Apply requests again that were set aside (all of them, or the ENTRIES given by number).

    The server must not be running on the same data directory.
    """
    settings = load(server_data_dir=data_dir).settings
    where = settings.server.data_dir
    if not where.exists():
        raise NotFound(f"There is no Spyglass data in {where.absolute()}. Start `spyglass serve` first.")
    from spyglass.server.replaying import replay as run

    left = run(settings, say, seqs=list(entries) or None, applied=applied)
    say(f"{left} set aside")
    if left:
        sys.exit(EXIT_FAILED)


@commands.command()
def openapi() -> None:
    """Print the description of the HTTP API (OpenAPI, JSON)."""
    from spyglass.api.app import create_app
    from spyglass.server.wiring import ROUTERS

    say(json.dumps(create_app(None, ROUTERS).openapi(), indent=2, ensure_ascii=False))


commands.add_command(demo)
commands.add_command(doctor)
commands.add_command(keys)
commands.add_command(prices)
commands.add_command(users)


def main() -> None:
    """Entry point of the program: runs a command and turns its outcome into an exit code."""
    _keep_private()
    try:
        outcome = commands.main(prog_name="spyglass", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Misconfigured as error:
        click.echo(f"spyglass: {error.message}", err=True)
        sys.exit(EXIT_CONFIGURATION)
    except SpyglassError as error:
        click.echo(f"spyglass: {error.message}", err=True)
        sys.exit(EXIT_FAILED)
    sys.exit(outcome if isinstance(outcome, int) else 0)


def _keep_private() -> None:
    """Files are for this account only whatever its umask says, and a crash leaves no memory on disk (S59)."""
    os.umask(0o077)
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
