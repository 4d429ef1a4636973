"""What several commands share: where the settings come from, and how an end is told."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from spyglass.core.errors import Conflict, Misconfigured
from spyglass.core.loglines import configure_logging
from spyglass.settings import Loaded, load_settings

F = TypeVar("F", bound=Callable[..., Any])

data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Folder of everything that Spyglass keeps on disk."
)


def say(line: str) -> None:
    """Progress and results; at once also when the output is a pipe."""
    click.echo(line)
    sys.stdout.flush()


def load(log_level: str | None = None, **overrides: Any) -> Loaded:
    """Settings with the options of the command line on top (`server_port=...` is `server.port`)."""
    loaded = load_settings({name.replace("_", ".", 1): value for name, value in overrides.items()})
    server = loaded.settings.server
    configure_logging(log_level or server.log_level, server.log_format)
    return loaded


def starting(command: F) -> F:
    """A store that refuses its data (such as a newer schema) forbids the start, like a wrong setting."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except Conflict as error:
            raise Misconfigured(error.message) from error

    return run  # type: ignore[return-value]
