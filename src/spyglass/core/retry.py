"""The one back-off policy: exponential with jitter, so that a thousand clients do not return together."""

import random
from collections.abc import Iterator


def delays_s(first_s: float = 0.2, factor: float = 2.0, ceiling_s: float = 30.0) -> Iterator[float]:
    """Endless seconds to wait before the 2nd, 3rd, ... try."""
    limit = first_s
    while True:
        yield random.uniform(limit / 2, limit)
        limit = min(limit * factor, ceiling_s)
