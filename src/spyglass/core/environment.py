"""The environment rule (ingestion contract 1.7): one spelling for what clients send; never an error."""

import re
from functools import lru_cache
from typing import Any

DEFAULT_ENVIRONMENT = "default"
MAX_ENVIRONMENT_CHARACTERS = 40

_RESERVED_PREFIX = re.compile(r"(?:langfuse[-_]?)+")
_ALLOWED = re.compile(r"[a-z0-9_-]+")
_LONGEST_CACHED = 200


def normalise_environment(value: Any) -> str:
    """Lower case, without the reserved prefix, at most 40 characters; `default` for what cannot be a name."""
    if not isinstance(value, str):
        return DEFAULT_ENVIRONMENT
    return _normalise_cached(value) if len(value) <= _LONGEST_CACHED else _normalise(value)


def _normalise(value: str) -> str:
    lowered = value.lower()
    prefix = _RESERVED_PREFIX.match(lowered)
    name = (lowered[prefix.end() :] if prefix else lowered)[:MAX_ENVIRONMENT_CHARACTERS]
    return name if _ALLOWED.fullmatch(name) else DEFAULT_ENVIRONMENT


_normalise_cached = lru_cache(maxsize=1024)(_normalise)
