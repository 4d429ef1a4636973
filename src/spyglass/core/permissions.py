"""The permission names. A route declares one through an alias of `api/callers.py`; a key or role holds a set."""

from enum import StrEnum


class Permission(StrEnum):
    INGEST = "ingest"  # write traces and observations
    SCORES_WRITE = "scores:write"
    READ = "read"
    DELETE = "delete"
    ADMIN = "admin"


PROJECT_KEY = frozenset({Permission.INGEST, Permission.SCORES_WRITE, Permission.READ, Permission.DELETE})
PUBLIC_KEY = frozenset({Permission.SCORES_WRITE})
ORGANIZATION_KEY = frozenset({Permission.ADMIN})
