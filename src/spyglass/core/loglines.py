"""The form of log lines: one event a line on standard error. Bodies and keys are never logged."""

import json
import logging
import sys

from spyglass.core.clock import iso_ms

LEVELS = {
    "trace": logging.DEBUG,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "fatal": logging.CRITICAL,
}
_QUIET = ("alembic", "sqlalchemy", "httpx", "httpcore")


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)  # adds the traceback
        return f"{iso_ms(int(record.created * 1e6))} {record.levelname.lower()} {record.name}: {line}"


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": iso_ms(int(record.created * 1e6)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure_logging(level: str, form: str = "text") -> None:
    """Replace whatever handlers there are; `level` is a key of `LEVELS`, `form` is `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    logging.basicConfig(handlers=[handler], level=LEVELS[level], force=True)
    if LEVELS[level] > logging.DEBUG:
        for name in _QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)
