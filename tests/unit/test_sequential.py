"""Statistics that may be looked at again and again: exact values, and simulations with fixed seeds."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from spyglass.core.sequential import ALPHA, MIN_UNITS, Sample, adjust, compare, confidence_interval

Draw = Callable[[random.Random], float]


class Running:
    """Mean and variance of what was seen so far (Welford)."""

    def __init__(self) -> None:
        self.n, self.mean, self.squares = 0, 0.0, 0.0

    def add(self, value: float) -> None:
        self.n += 1
        step = value - self.mean
        self.mean += step / self.n
        self.squares += step * (value - self.mean)

    def sample(self, *, is_share: bool = False) -> Sample:
        return Sample(self.n, self.n, self.mean, self.squares / max(self.n - 1, 1), is_share)


def watch(
    rng: random.Random, draw: Draw, other: Draw, steps: int, *, every: int = 1, is_share: bool = False
) -> Iterator[tuple[float | None, float]]:
    """(our p-value, that of the z-test) after each step of two growing groups; the second one gets a value at
    each `every`th step."""
    left, right = Running(), Running()
    for step in range(steps):
        left.add(draw(rng))
        if step % every == 0:
            right.add(other(rng))
        one, two = left.sample(is_share=is_share), right.sample(is_share=is_share)
        if min(left.n, right.n) < MIN_UNITS:
            continue
        error = math.sqrt(one.variance / one.n + two.variance / two.n)
        z = abs(one.mean - two.mean) / error if error else 0.0
        yield compare(two, one).p_value, math.erfc(z / math.sqrt(2))


def false_alarms(
    draw: Draw, *, runs: int = 200, steps: int = 400, every: int = 1, is_share: bool = False
) -> tuple[float, float]:
    """The share of runs in which a look at any step would have claimed a difference that is not there."""
    rng = random.Random(20211)
    ours = theirs = 0
    for _ in range(runs):
        looks = list(watch(rng, draw, draw, steps, every=every, is_share=is_share))
        ours += any(p is not None and p <= ALPHA for p, _ in looks)
        theirs += any(p <= ALPHA for _, p in looks)
    return ours / runs, theirs / runs


class TestPeeking:
    @pytest.mark.parametrize(
        ("draw", "every", "is_share"),
        [
            (lambda rng: rng.gauss(3, 2), 1, False),
            (lambda rng: rng.expovariate(1), 1, False),
            (lambda rng: rng.lognormvariate(0, 1), 5, False),
            (lambda rng: float(rng.random() < 0.5), 1, True),
            (lambda rng: float(rng.random() < 0.1), 5, True),
        ],
        ids=["normal", "exponential", "lognormal, 5 to 1", "half yes", "a tenth yes, 5 to 1"],
    )
    def test_no_more_false_alarms_than_promised(self, draw: Draw, every: int, is_share: bool) -> None:
        ours, theirs = false_alarms(draw, every=every, is_share=is_share)
        assert ours <= ALPHA
        assert theirs > 3 * ALPHA

    def test_a_true_difference_is_found(self) -> None:
        rng = random.Random(7)
        found = 0
        for _ in range(50):
            looks = watch(rng, lambda r: r.gauss(0, 1), lambda r: r.gauss(0.5, 1), 400)
            found += any(p is not None and p <= ALPHA for p, _ in looks)
        assert found == 50

    def test_the_interval_holds_the_truth_at_all_looks_together(self) -> None:
        rng = random.Random(3)
        missed = 0
        for _ in range(200):
            seen, bad = Running(), False
            for _ in range(400):
                seen.add(rng.expovariate(0.5))
                interval = confidence_interval(seen.sample())
                bad |= interval is not None and not interval.lower <= 2 <= interval.upper
            missed += bad
        assert missed / 200 <= ALPHA


class TestInterval:
    def test_exact_values(self) -> None:
        """k = 100 * (log(2 log 20) + 2 log 20 + 1) / 1000, half = 0.2 * sqrt((1 + 1/k)(log(1 + k) + 2 log 20))"""
        interval = confidence_interval(Sample(100, 100, 5.0, 4.0))
        assert interval is not None
        half = 0.2 * math.sqrt((1 + 1 / 0.8781800428) * (math.log(1.8781800428) + 2 * math.log(20)))
        assert (interval.lower, interval.upper) == pytest.approx((5 - half, 5 + half), rel=1e-9)

    def test_too_little_to_say(self) -> None:
        enough = Sample(20, 20, 1.0, 1.0)
        assert confidence_interval(enough) is not None
        assert confidence_interval(replace(enough, units=19)) is None
        assert confidence_interval(replace(enough, variance=0.0)) is None

    def test_a_share_is_never_certain_and_stays_between_0_and_1(self) -> None:
        always = confidence_interval(Sample(50, 50, 1.0, 0.0, True))
        assert always is not None
        assert 0.7 < always.lower < 1.0
        assert always.upper == 1.0


class TestCompare:
    def test_the_p_value_is_the_smallest_alpha_that_leaves_out_zero(self) -> None:
        one, two = Sample(80, 80, 1.6, 2.0), Sample(120, 120, 1.0, 1.5)
        found = compare(one, two)
        assert found.difference == pytest.approx(0.6)
        assert found.p_value is not None
        for factor, outside in ((0.999, False), (1.001, True)):
            interval = compare(one, two, alpha=found.p_value * factor).interval
            assert interval is not None
            assert (interval.lower > 0) is outside

    def test_the_sign_is_that_of_the_sample_minus_the_baseline(self) -> None:
        low, high = Sample(50, 50, 1.0, 1.0), Sample(50, 50, 3.0, 1.0)
        up, down = compare(high, low), compare(low, high)
        assert (up.difference, down.difference) == (2.0, -2.0)
        assert up.p_value == down.p_value
        assert up.interval is not None
        assert down.interval is not None
        assert (up.interval.lower, up.interval.upper) == (-down.interval.upper, -down.interval.lower)

    def test_no_variance_is_taken_for_less_than_the_pooled_one(self) -> None:
        interval = compare(Sample(25, 25, 1.0, 0.01), Sample(75, 75, 1.0, 4.0)).interval
        pooled = (25 * 0.01 + 75 * 4.0) / 100
        error = math.sqrt(pooled / 25 + 4.0 / 75)
        k = (pooled + 4.0) / 2 / error**2 * 8.781800428 / 100
        half = error * math.sqrt((1 + 1 / k) * (math.log(1 + k) + 2 * math.log(20)))
        assert interval is not None
        assert (interval.lower, interval.upper) == pytest.approx((-half, half), rel=1e-9)

    def test_too_little_to_say(self) -> None:
        enough = Sample(20, 20, 1.0, 1.0)
        few = replace(enough, units=19, mean=4.0)
        assert compare(few, enough) == compare(few, enough, 0.5)
        assert (compare(few, enough).difference, compare(few, enough).p_value) == (3.0, None)
        constant = replace(enough, variance=0.0)
        assert compare(constant, replace(constant, mean=2.0)).p_value is None

    def test_equal_means_are_no_evidence(self) -> None:
        same = Sample(30, 30, 2.0, 1.0)
        assert compare(same, same).p_value == 1.0


class TestHolm:
    def test_values_of_a_textbook(self) -> None:
        assert adjust([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])

    def test_never_above_one(self) -> None:
        assert adjust([0.9, 0.6]) == [1.0, 1.0]
        assert adjust([]) == []
