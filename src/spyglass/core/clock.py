"""Time: the only place that reads the clock. Instants are whole microseconds since 1970 UTC inside the
product (`*_us`), ISO 8601 text outside.
"""

import re
import time
from datetime import UTC, datetime, timedelta

# What the analytics tables can hold and every reader can show (reliability reference, F46).
MIN_US = 0
MAX_US = 9_214_646_399_999_999  # 2261-12-31T23:59:59.999999Z

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?([Zz]|[+-]\d\d:?\d\d)?\Z", re.ASCII
)

# `2026-01-01T00:00:00Z` with no, three or six fraction digits: what nearly all clients send, read in C.
_COMMON_LENGTHS = frozenset({20, 24, 27})
_COMMON_MARKS = frozenset({"--T::Z", "--T::."})


def now_us() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


def now() -> datetime:
    return datetime.now(UTC)


def monotonic_s() -> float:
    """For leases, timeouts and back-off: never jumps."""
    return time.monotonic()


def to_us(moment: datetime) -> int:
    """Exact microseconds of an aware datetime (floats would lose the last digit)."""
    return (moment - _EPOCH) // _MICROSECOND


def from_us(value_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=value_us)


def iso_ms(value_us: int) -> str:
    """`2026-01-01T00:00:00.000Z`, the form of every answer; below a millisecond is cut off."""
    seconds, rest = divmod(value_us, 1_000_000)
    moment = _EPOCH + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest // 1000:03d}Z" if moment.year >= 1000 else moment.isoformat()


def parse_iso(text: str, *, zone_required: bool = True) -> int | None:
    """Microseconds of an ISO 8601 date-time of the years 1 to 9999 (UTC), or None when it is not one.

    `Z` or `±hh:mm`; without a zone it is refused, or taken as UTC when `zone_required` is false.
    Any number of fraction digits; what lies below a microsecond is cut off.
    """
    if len(text) in _COMMON_LENGTHS and text[4:20:3] in _COMMON_MARKS and text[-1] == "Z":
        try:
            return to_us(datetime.fromisoformat(text))
        except ValueError:
            return None
    match = _ISO.match(text)
    if match is None or (zone_required and match[8] is None):
        return None
    year, month, day, hour, minute = (int(match[i]) for i in range(1, 6))
    try:
        moment = datetime(year, month, day, hour, minute, int(match[6] or 0), tzinfo=UTC)
    except ValueError:
        return None
    zone = match[8]
    offset_min = 0
    if zone and zone not in "Zz":
        digits = zone[1:].replace(":", "")
        offset_min = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    fraction_us = int((match[7] or "0")[:6].ljust(6, "0"))
    value_us = to_us(moment) + fraction_us - offset_min * 60_000_000
    return value_us if _FIRST_US <= value_us <= _LAST_US else None


# What `from_us` and `iso_ms` can show.
_FIRST_US = to_us(datetime.min.replace(tzinfo=UTC))
_LAST_US = to_us(datetime.max.replace(tzinfo=UTC))


def in_window(value_us: int) -> bool:
    """Whether the tables can hold this instant without shifting it."""
    return MIN_US <= value_us <= MAX_US
