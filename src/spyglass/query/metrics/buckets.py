"""Buckets of time in a time zone: where minutes, hours, days, weeks and months begin. Days are the user's days,
23 or 25 hours long when the clock is changed; a bucket is a stretch of time, so no instant is in two.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from spyglass.core.clock import from_us, iso_ms, to_us
from spyglass.core.errors import Invalid
from spyglass.query.metrics.vocabulary import Granularity

MOST_BUCKETS = 50_000

_SECOND_US = 1_000_000
_HOUR_US = 3600 * _SECOND_US
_STEPS_S = {
    Granularity.MINUTE: 60,
    Granularity.MINUTES_5: 300,
    Granularity.MINUTES_15: 900,
    Granularity.HOUR: 3600,
    Granularity.HOURS_3: 10_800,
    Granularity.HOURS_6: 21_600,
}
_DAYS = {Granularity.DAY: 1, Granularity.WEEK: 7}
# `auto`: below so many hours, this granularity (public-api.md 6).
_AUTO = (
    (2, Granularity.MINUTE),
    (72, Granularity.HOUR),
    (1440, Granularity.DAY),
    (8760, Granularity.WEEK),
)
_SHORTEST_DAYS = {Granularity.DAY: 1, Granularity.WEEK: 7, Granularity.MONTH: 28}


@dataclass(frozen=True, slots=True)
class Buckets:
    """`starts`: the first instant of each bucket, ascending; the first may lie before the range. `step_us`: their
    length when all have the same."""

    granularity: Granularity
    zone: tzinfo
    starts: tuple[int, ...]
    step_us: int | None

    def label(self, start_us: int) -> str:
        """Minutes and hours by their instant; days, weeks and months by their first date, in the time zone."""
        if self.granularity in _STEPS_S:
            return iso_ms(start_us)
        return from_us(start_us).astimezone(self.zone).date().isoformat()


def read_zone(name: str) -> tzinfo:
    """The time zone of an IANA name; raises `Invalid`."""
    if name in ("UTC", "Z", "Etc/UTC", ""):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(
            f"Unknown time zone {name[:64]!r}: an IANA name is expected, as Europe/Berlin"
        ) from None


def choose(from_us_: int, to_us_: int) -> Granularity:
    """What `auto` stands for."""
    hours = (to_us_ - from_us_) / _HOUR_US
    return next((granularity for limit, granularity in _AUTO if hours < limit), Granularity.MONTH)


def cut(granularity: Granularity, zone: tzinfo, from_us_: int, to_us_: int) -> Buckets:
    """The buckets that [from, to) touches; raises `Invalid` when there are too many."""
    seconds = (to_us_ - from_us_) / _SECOND_US
    shortest = _STEPS_S.get(granularity) or _SHORTEST_DAYS[granularity] * 86_400
    if seconds / shortest > MOST_BUCKETS:
        raise Invalid(
            f"The time range has more than {MOST_BUCKETS} buckets of a {granularity.value}: "
            "shorten it or take a coarser granularity"
        )
    if granularity in _STEPS_S:
        starts = _clock_starts(_STEPS_S[granularity], zone, from_us_, to_us_)
    else:
        starts = _calendar_starts(granularity, zone, from_us_, to_us_)
    steps = {later - earlier for earlier, later in pairwise(starts)}
    return Buckets(granularity, zone, starts, steps.pop() if len(steps) == 1 else None)


def _clock_starts(step_s: int, zone: tzinfo, from_us_: int, to_us_: int) -> tuple[int, ...]:
    """Minutes or hours of the zone's clock, or some of them. Where it is put forward or back within an hour, that
    hour is cut."""
    at = from_us_ // _SECOND_US
    at = _begin(at, step_s, zone)
    end = -(-to_us_ // _SECOND_US)
    starts: list[int] = []
    while at < end:
        # The same offset at both ends of a day: the zone's clock runs evenly in between.
        until = min(at + 86_400, end)
        into = _into(at, step_s, zone)
        if into == 0 and _offset_s(at, zone) == _offset_s(until + step_s, zone):
            starts.extend(range(at, until, step_s))
            at = starts[-1] + step_s
        else:
            starts.append(at)
            at = _next(at, step_s, zone)
    return tuple(start * _SECOND_US for start in starts)


def _begin(at: int, step_s: int, zone: tzinfo) -> int:
    """Where the bucket of an instant begins."""
    begin = at - _into(at, step_s, zone)
    return begin if step_s <= 3600 else begin + _offset_s(at, zone) - _offset_s(begin, zone)


def _next(at: int, step_s: int, zone: tzinfo) -> int:
    """Where the following bucket begins: several hours end by the zone's clock, also when it is changed in them."""
    after = at + step_s - _into(at, step_s, zone)
    if step_s <= 3600:
        return after
    by_clock = after - (_offset_s(after, zone) - _offset_s(at, zone))
    return by_clock if _offset_s(by_clock, zone) == _offset_s(after, zone) else after


def _offset_s(at_s: int, zone: tzinfo) -> int:
    offset = datetime.fromtimestamp(at_s, UTC).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _into(at_s: int, step_s: int, zone: tzinfo) -> int:
    """How many seconds of its step have gone by on the zone's clock."""
    return (at_s + _offset_s(at_s, zone)) % step_s


def _calendar_starts(granularity: Granularity, zone: tzinfo, from_us_: int, to_us_: int) -> tuple[int, ...]:
    day = from_us(from_us_).astimezone(zone).date()
    if granularity is Granularity.WEEK:
        day -= timedelta(days=day.weekday())
    elif granularity is Granularity.MONTH:
        day = day.replace(day=1)
    starts: list[int] = []
    while (start := _midnight(day, zone)) < to_us_:
        if not starts or start > starts[-1]:  # a date that a zone left out begins with the next one
            starts.append(start)
        day = _following(day, granularity)
    return tuple(starts)


def _following(day: date, granularity: Granularity) -> date:
    if granularity in _DAYS:
        return day + timedelta(days=_DAYS[granularity])
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)


def _midnight(day: date, zone: tzinfo) -> int:
    """The first instant of a date. Where midnight is left out this is the instant of the change, where it comes
    twice the earlier one (PEP 495 with fold=0)."""
    return to_us(datetime(day.year, day.month, day.day, tzinfo=zone))
