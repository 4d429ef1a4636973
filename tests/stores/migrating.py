"""Starts in processes of their own, some of which die on the way. They are forked by a process that has no other
threads: a fork of the test process, with its engines and pools, could wait for a lock that nobody holds any more."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from spyglass.stores.meta import Config, connect_meta, open_meta
from spyglass.stores.meta.migrate import migrate

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["spyglass.stores.meta", __name__])


def silent(line: str) -> None:
    pass


def start_child(run: Callable[..., None], *given: Any) -> Any:
    child = _FORKED.Process(target=run, args=given)
    child.start()
    return child


def exit_code_of(child: Any) -> int:
    """Negative: the signal that killed it."""
    child.join(120)
    assert child.exitcode is not None
    return int(child.exitcode)


def in_child(run: Callable[..., None], *given: Any) -> int:
    return exit_code_of(start_child(run, *given))


def start_up(config: Config, directory: Path) -> None:
    open_meta(config, directory, silent).close()


def die_at(config: Config, directory: Path, number: int) -> None:
    """Killed before the statement of that number."""
    meta = connect_meta(config, directory)
    seen = 0

    @event.listens_for(meta.engine, "before_cursor_execute")
    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    migrate(meta, silent)


def die_before(config: Config, directory: Path, wanted: str) -> None:
    """Killed before the statement with that text."""
    meta = connect_meta(config, directory)

    @event.listens_for(meta.engine, "before_cursor_execute")
    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if wanted in statement:
            os.kill(os.getpid(), signal.SIGKILL)

    migrate(meta, silent)
