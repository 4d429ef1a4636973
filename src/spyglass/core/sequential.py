"""Intervals and p-values that stay valid however often somebody looks at growing data, and whenever they stop.

A fixed-sample test promises its error rate for one look: looking at it again and again makes it find differences
that are not there in half of all comparisons. Here the promise holds for all looks together.

The method is the normal mixture of Robbins, as asymptotic confidence sequences of Waudby-Smith, Arbour, Sinha,
Kennedy and Ramdas ("Time-uniform central limit theory and asymptotic confidence sequences", 2021); of two groups
it is the mixture sequential probability ratio test of Johari, Pekelis and Walsh ("Always valid inference", 2015).
An estimate with standard error e that rests on m effective observations has the interval

    estimate +- e * sqrt((1 + 1/k) * (log(1 + k) + 2 log(1/alpha))),    k = m * tuning

and the p-value is the smallest alpha whose interval leaves out 0. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, log1p, sqrt

ALPHA = 0.05
# Below this many independent units the normal approximation is not to be trusted: no interval, no p-value. With
# it, looks at every step kept the promise for normal, skewed (exponential) and yes/no data, and comparisons also
# for heavy tails and for groups ten times apart in size (tests/unit/test_sequential.py). The mean of a heavy
# tail is missed more often: of a lognormal with sigma 1 by one interval in ten.
MIN_UNITS = 20

_BITE = log(log(1 / ALPHA**2)) + log(1 / ALPHA**2) + 1
# How many effective units the intervals are the narrowest for. It has to be fixed beforehand: chosen after the
# data, it would break the promise. Later for a mean, because skewed values mislead it most while they are few.
COMPARISON_TUNING = _BITE / 100  # with equal groups, 200 units in each
MEAN_TUNING = _BITE / 1000


@dataclass(frozen=True, slots=True)
class Sample:
    """A mean and what it rests on. `units` are independent (traces), each with one or more of the `n` values;
    `variance` is that of one unit, so that the mean's standard error is sqrt(variance / units)."""

    n: int
    units: int
    mean: float
    variance: float
    is_share: bool = False

    @property
    def unit_variance(self) -> float:
        """Of a share never less than if one more unit had said yes and one no: twenty times yes does not prove
        always."""
        if not self.is_share:
            return self.variance
        smoothed = (self.mean * self.units + 1) / (self.units + 2)
        return max(self.variance, smoothed * (1 - smoothed))


@dataclass(frozen=True, slots=True)
class Interval:
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference` is the mean of a sample minus that of the baseline. Without `interval` and `p_value` there is
    too little to say: fewer than MIN_UNITS units, or values that never vary."""

    difference: float
    interval: Interval | None = None
    p_value: float | None = None


def confidence_interval(sample: Sample, alpha: float = ALPHA) -> Interval | None:
    """For the mean; None when there is too little to say."""
    if sample.units < MIN_UNITS or sample.unit_variance <= 0:
        return None
    half = _half_width(sqrt(sample.unit_variance / sample.units), sample.units * MEAN_TUNING, alpha)
    low, high = (0.0, 1.0) if sample.is_share else (-inf, inf)
    return Interval(max(sample.mean - half, low), min(sample.mean + half, high))


def compare(sample: Sample, baseline: Sample, alpha: float = ALPHA) -> Comparison:
    """Whether two groups of independent units have the same mean.

    Neither variance is taken for less than the pooled one: a small group of skewed values that misses the rare
    large ones would look far too certain.
    """
    difference = sample.mean - baseline.mean
    if min(sample.units, baseline.units) < MIN_UNITS:
        return Comparison(difference)
    pooled = (sample.unit_variance * sample.units + baseline.unit_variance * baseline.units) / (
        sample.units + baseline.units
    )
    one, other = max(sample.unit_variance, pooled), max(baseline.unit_variance, pooled)
    error = sqrt(one / sample.units + other / baseline.units)
    if error <= 0:
        return Comparison(difference)
    k = (one + other) / 2 / error**2 * COMPARISON_TUNING
    half = _half_width(error, k, alpha)
    low, high = (-1.0, 1.0) if sample.is_share else (-inf, inf)
    interval = Interval(max(difference - half, low), min(difference + half, high))
    return Comparison(difference, interval, _p_value(difference / error, k))


def adjust(p_values: Sequence[float]) -> list[float]:
    """Holm's p-values for a family: whoever rejects those below alpha errs in any of them with probability alpha
    at most, whatever the dependence; with p-values as above at all looks together."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def _half_width(error: float, k: float, alpha: float) -> float:
    return error * sqrt((1 + 1 / k) * (log1p(k) - 2 * log(alpha)))


def _p_value(z: float, k: float) -> float:
    return exp(min(0.0, (log1p(k) - z * z * k / (1 + k)) / 2))
