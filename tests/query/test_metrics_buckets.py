"""Where buckets of time begin: in zones with whole and half hours, on days of 23, 24.5 and 25 hours."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_oracle import label_of

from spyglass.core.clock import iso_ms, parse_iso
from spyglass.core.errors import Invalid
from spyglass.query.metrics.buckets import choose, cut, read_zone
from spyglass.query.metrics.vocabulary import Granularity

HOUR_US = 3_600_000_000


def us(text: str) -> int:
    found = parse_iso(text)
    assert found is not None
    return found


def starts(granularity: str, zone: str, begin: str, end: str) -> list[str]:
    found = cut(Granularity(granularity), read_zone(zone), us(begin), us(end))
    return [iso_ms(start)[:16] for start in found.starts]


class TestCut:
    def test_days_are_the_users_days(self) -> None:
        found = cut(
            Granularity.DAY,
            read_zone("Europe/Berlin"),
            us("2025-03-29T12:00:00Z"),
            us("2025-03-31T12:00:00Z"),
        )
        assert [iso_ms(start)[:16] for start in found.starts] == [
            "2025-03-28T23:00",
            "2025-03-29T23:00",
            "2025-03-30T22:00",
        ]
        assert [found.label(start) for start in found.starts] == ["2025-03-29", "2025-03-30", "2025-03-31"]
        assert found.step_us is None

    def test_weeks_begin_on_monday_and_months_on_the_first(self) -> None:
        assert starts("week", "UTC", "2025-01-01T00:00:00Z", "2025-01-13T00:00:01Z") == [
            "2024-12-30T00:00",
            "2025-01-06T00:00",
            "2025-01-13T00:00",
        ]
        assert starts("month", "America/New_York", "2025-03-01T04:59:00Z", "2025-04-01T04:00:01Z") == [
            "2025-02-01T05:00",
            "2025-03-01T05:00",
            "2025-04-01T04:00",
        ]

    def test_a_midnight_that_is_left_out(self) -> None:
        """In Havana the clock goes from 24:00 to 01:00."""
        assert starts("day", "America/Havana", "2025-03-08T12:00:00Z", "2025-03-10T12:00:00Z") == [
            "2025-03-08T05:00",
            "2025-03-09T05:00",
            "2025-03-10T04:00",
        ]

    def test_hours_of_zones_off_the_hour(self) -> None:
        assert starts("hour", "Asia/Kathmandu", "2025-01-01T00:00:00Z", "2025-01-01T01:15:01Z") == [
            "2024-12-31T23:15",
            "2025-01-01T00:15",
            "2025-01-01T01:15",
        ]

    def test_several_hours_end_by_the_clock_also_when_it_is_changed(self) -> None:
        spring = starts("6h", "Europe/Berlin", "2025-03-30T04:30:00Z", "2025-03-30T10:00:01Z")
        assert spring == ["2025-03-30T04:00", "2025-03-30T10:00"]
        assert starts("3h", "Europe/Berlin", "2025-03-29T23:00:00Z", "2025-03-30T04:00:01Z") == [
            "2025-03-29T23:00",
            "2025-03-30T01:00",
            "2025-03-30T04:00",
        ]

    def test_minutes_by_five_and_fifteen(self) -> None:
        assert starts("15m", "UTC", "2025-01-01T00:16:00Z", "2025-01-01T00:30:01Z")[0] == "2025-01-01T00:15"
        assert len(starts("5m", "UTC", "2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z")) == 12

    def test_a_change_of_half_an_hour_cuts_the_hour(self) -> None:
        """On Lord Howe Island the clock goes back from 02:00 to 01:30 at 15:00 UTC."""
        assert starts("hour", "Australia/Lord_Howe", "2025-04-05T14:00:00Z", "2025-04-05T16:30:01Z") == [
            "2025-04-05T14:00",
            "2025-04-05T15:00",
            "2025-04-05T15:30",
            "2025-04-05T16:30",
        ]

    def test_even_buckets_know_their_length(self) -> None:
        found = cut(
            Granularity.HOUR,
            read_zone("Europe/Berlin"),
            us("2025-03-30T00:00:00Z"),
            us("2025-03-31T00:00:00Z"),
        )
        assert found.step_us == HOUR_US
        assert len(found.starts) == 24

    def test_too_many(self) -> None:
        with pytest.raises(Invalid, match="more than 50000 buckets of a minute"):
            cut(Granularity.MINUTE, read_zone("UTC"), 0, 50_001 * 60_000_000)


@settings(deadline=None, max_examples=80)
@given(
    st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "America/Havana", "Asia/Beirut"]
    ),
    st.sampled_from(list(Granularity)),
    st.integers(us("2016-01-01T00:00:00Z"), us("2037-12-31T00:00:00Z")),
    st.integers(1, 500 * HOUR_US),
)
def test_every_instant_is_in_the_bucket_of_its_clock(
    zone: str, granularity: Granularity, begin: int, length: int
) -> None:
    end = begin + length
    found = cut(granularity, read_zone(zone), begin, end)
    assert all(earlier < later for earlier, later in pairwise(found.starts))
    for at in (begin, begin + length // 3, begin + length // 2, end - 1):
        start = max(start for start in found.starts if start <= at)
        assert found.label(start) == label_of(at, granularity.value, zone)


class TestChoose:
    @pytest.mark.parametrize(
        ("hours", "granularity"),
        [(1.9, "minute"), (2, "hour"), (71, "hour"), (72, "day"), (1440, "week"), (8760, "month")],
    )
    def test_by_length(self, hours: float, granularity: str) -> None:
        assert choose(0, int(hours * HOUR_US)).value == granularity


class TestZones:
    @pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
    def test_unknown(self, name: str) -> None:
        with pytest.raises(Invalid, match="Unknown time zone"):
            read_zone(name)
