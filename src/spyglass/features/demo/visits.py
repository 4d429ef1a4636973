"""Who comes when: visits of users (and runs of jobs) along an endless timeline that the seed alone decides.

The demo sends a window of that timeline which ends now. Running it again sends the same traces with the same
ids and times, and those that came since; so nothing is ever doubled.

    hours of a week --weights--> share of visits --inverse--> instant of the visit with this number
"""

import random
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from spyglass.core.ids import derived_id

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
WEEK_US = 7 * DAY_US

# Share of visits by hour of the day (UTC) and by weekday from Monday on.
_HOURS = (2, 1, 1, 1, 1, 2, 5, 12, 24, 34, 38, 36, 28, 33, 37, 35, 30, 22, 14, 11, 9, 7, 5, 3)
_WEEKDAYS = (10, 11, 11, 10, 9, 3, 2.5)
_FIRST_WEEKDAY = 3  # 1970-01-01 was a Thursday
_TUESDAY = 1
_SLOW_HOURS = range(13, 17)
_SLOWNESS = 4.0
# Wednesday, 10:00 UTC: the hour of the weekly release.
_RELEASE_OFFSET_US = 6 * DAY_US + 10 * HOUR_US
_FIRST_PROMPT_WEEK = 2_900
_STAGING_SHARE = 0.14

_NAMES = """
    ada ben chiara dmitri elif farid greta hugo ines jonas kaito lena malik nora oskar priya quentin rosa samir
    tove uma viktor wanda ximena yusuf zoe anouk bjarne celeste daniel eszter finn gita henrik ilse jamal
    kerstin luca mina noel
"""
USERS = tuple(f"{name}@harborpine.example" for name in _NAMES.split())
_USER_WEIGHTS = tuple(accumulate(1 / (rank + 2) for rank in range(len(USERS))))


@dataclass(frozen=True)
class Visit:
    """One user's session, or one run of a job, and when it begins."""

    id: str
    number: int
    start_us: int

    def rng(self, purpose: str) -> random.Random:
        """Chance that depends on the visit and the purpose only, so that decisions do not shift each other."""
        return random.Random(f"{self.id}/{purpose}")

    @property
    def user_id(self) -> str:
        return self.rng("user").choices(USERS, cum_weights=_USER_WEIGHTS)[0]

    @property
    def session_id(self) -> str:
        return f"session-{self.id[:12]}"

    @property
    def environment(self) -> str:
        return "staging" if self.rng("environment").random() < _STAGING_SHARE else "production"


class Timeline:
    """Instants of visits. Whole weeks have a weekly rhythm; other windows a daily one, so that each window of
    that length holds the same number of visits."""

    def __init__(self, name: str, visits_a_day: float, *, weekly: bool) -> None:
        self._name = name
        self._cycle_us = WEEK_US if weekly else DAY_US
        self.visits_a_cycle = max(1, round(visits_a_day * self._cycle_us / DAY_US))
        days = self._cycle_us // DAY_US
        weights = [
            share * (_WEEKDAYS[(day + _FIRST_WEEKDAY) % 7] if weekly else 1)
            for day in range(days)
            for share in _HOURS
        ]
        total = sum(weights)
        self._shares = [0.0, *(reached / total for reached in accumulate(weights))]
        self._shares[-1] = 1.0

    def visit(self, number: int) -> Visit:
        cycle, place = divmod(number, self.visits_a_cycle)
        id_ = derived_id("visit", self._name, str(number))
        share = (place + random.Random(id_).random()) / self.visits_a_cycle
        hour = bisect_right(self._shares, share) - 1
        within = (share - self._shares[hour]) / (self._shares[hour + 1] - self._shares[hour])
        return Visit(id_, number, cycle * self._cycle_us + round((hour + within) * HOUR_US))

    def last_before(self, moment_us: int) -> int:
        """The number of the latest visit that begins before `moment_us`."""
        number = (moment_us // self._cycle_us + 1) * self.visits_a_cycle
        while self.visit(number).start_us >= moment_us:
            number -= 1
        return number


def slowness_at(moment_us: int) -> float:
    """How much slower everything is: on Tuesday afternoons the provider struggles."""
    weekday = (moment_us // DAY_US + _FIRST_WEEKDAY) % 7
    hour = moment_us % DAY_US // HOUR_US
    return _SLOWNESS if weekday == _TUESDAY and hour in _SLOW_HOURS else 1.0


def release_at(moment_us: int) -> tuple[str, str, int]:
    """(release, version, version of the prompts) that is live: they change each Wednesday."""
    week = (moment_us - _RELEASE_OFFSET_US) // WEEK_US
    return derived_id("release", str(week))[:7], f"2.{week % 100}.0", max(1, week - _FIRST_PROMPT_WEEK)
