"""Instants from text: the quick way of the common forms agrees with the general one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spyglass.core.clock import from_us, in_window, parse_iso

T0 = 1767225600_000_000  # 2026-01-01T00:00:00Z


@pytest.mark.parametrize(
    ("text", "value_us"),
    [
        ("2026-01-01T00:00:00Z", T0),
        ("2026-01-01T00:00:00.123Z", T0 + 123_000),
        ("2026-01-01T00:00:00.123456Z", T0 + 123_456),
        ("2026-01-01T00:00:00.123456789Z", T0 + 123_456),
        ("2026-01-01t00:00:00z", T0),
        ("2026-01-01T01:30:00+01:30", T0),
        ("2025-12-31T19:00:00-0500", T0),
        ("2026-01-01T00:00Z", T0),
        ("2024-02-29T12:00:00Z", 1709208000_000_000),
        ("0001-01-01T00:00:00Z", -62135596800_000_000),
        ("9999-12-31T23:59:59.999999Z", 253402300799_999_999),
    ],
)
def test_instants(text: str, value_us: int) -> None:
    assert parse_iso(text) == value_us


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-01T00:00:00",
        "2026-01-01 00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T25:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-W01-1T00:00:00Z",
        "2026-01-01T00:00:00,123Z",
        "2026-01-01T00:00:00.12xZ",
        "2026-01-01T000000.00000Z",
        "10000-01-01T00:00:00Z",
        "٢٠٢٦-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z\n",
        "2026-01-01T00:00:00.000Z ",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    ],
)
def test_what_is_none(text: str) -> None:
    assert parse_iso(text) is None


@given(st.datetimes(), st.sampled_from(["seconds", "milliseconds", "microseconds"]))
def test_every_common_form_is_exact(moment, precision: str) -> None:
    text = moment.isoformat(timespec=precision)
    value_us = parse_iso(text + "Z")
    assert value_us is not None
    assert from_us(value_us).replace(tzinfo=None).isoformat(timespec=precision) == text
    assert parse_iso(text + "+00:00") == value_us
    assert parse_iso(text, zone_required=False) == value_us
    assert in_window(value_us) == (1970 <= moment.year <= 2261)
