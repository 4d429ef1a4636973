"""The command line. Exit codes: 0 done, 1 failed, 2 wrong usage, 78 settings or data that forbid a start."""

from spyglass.cli.commands import commands, main

__all__ = ["commands", "main"]
