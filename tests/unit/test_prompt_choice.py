"""Splits of a label: shares without a subject, stickiness with one, and how few a change of weights moves."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from spyglass.features.prompts.choice import Arm, place_of_fetch, place_of_subject, start_of

LABEL = ("project", "greeting", "production")
SALT = "\0".join(LABEL)
WEIGHTS = st.lists(st.integers(1, 1_000_000), min_size=2, max_size=6)


def arms_of(weights: list[int]) -> list[Arm]:
    return [Arm(version, weight) for version, weight in enumerate(weights, start=1)]


def sequence(arms: list[Arm], first: int, length: int) -> list[int]:
    start = start_of(arms, *LABEL)
    return [place_of_fetch(arms, start, count) for count in range(first, first + length)]


def versions_of(arms: list[Arm], subjects: int) -> list[int]:
    return [arms[place_of_subject(arms, SALT, str(n).encode())].version for n in range(subjects)]


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, st.integers(0, 10_000_000), st.integers(1, 600))
def test_any_stretch_of_fetches_has_the_shares_within_four(
    weights: list[int], first: int, length: int
) -> None:
    arms = arms_of(weights)
    counts = Counter(sequence(arms, first, length))
    for place, weight in enumerate(weights):
        assert abs(counts[place] - length * weight / sum(weights)) <= 4


@settings(max_examples=40, deadline=None)
@given(WEIGHTS, st.integers(2, 12))
def test_a_client_that_asks_in_a_rhythm_gets_the_shares_too(weights: list[int], rhythm: int) -> None:
    arms = arms_of(weights)
    counts = Counter(sequence(arms, 0, 600 * rhythm)[::rhythm])
    for place, weight in enumerate(weights):
        assert abs(counts[place] - 600 * weight / sum(weights)) <= 15


def test_halves_do_not_take_turns() -> None:
    halves = sequence(arms_of([1, 1]), 0, 100)
    assert Counter(halves[::2]).keys() == Counter(halves[1::2]).keys() == {0, 1}


def test_nine_to_one_in_each_hundred_fetches() -> None:
    places = sequence(arms_of([90, 10]), 0, 10_000)
    tenths = [places[at : at + 100].count(1) for at in range(0, 10_000, 100)]
    assert min(tenths) >= 8  # random numbers would go from 3 to 18
    assert max(tenths) <= 12
    assert places.count(1) in (999, 1000, 1001)


def test_the_sequence_is_the_same_again_and_another_for_another_state() -> None:
    arms = arms_of([50, 50])
    assert sequence(arms, 0, 50) == sequence(arms, 0, 50)
    assert start_of(arms, *LABEL) == start_of(arms_of([50, 50]), *LABEL)
    others = [
        start_of(arms_of([50, 51]), *LABEL),
        start_of(arms, "project", "greeting", "staging"),
        start_of(arms, "another", "greeting", "production"),
    ]
    assert len({start_of(arms, *LABEL), *others}) == 4


def test_a_subject_keeps_its_version_in_every_process() -> None:
    # Written down: whoever changes the hash moves the subjects of every running split.
    assert versions_of(arms_of([50, 30, 20]), 12) == [2, 2, 1, 1, 3, 2, 2, 2, 3, 2, 2, 3]


def test_subjects_have_the_shares() -> None:
    counts = Counter(versions_of(arms_of([70, 20, 10]), 20_000))
    for version, share in ((1, 0.7), (2, 0.2), (3, 0.1)):
        assert abs(counts[version] / 20_000 - share) < 0.012


@settings(max_examples=40, deadline=None)
@given(WEIGHTS, st.integers(0, 5), st.integers(1, 1_000_000))
def test_more_weight_moves_subjects_only_to_that_version(weights: list[int], place: int, more: int) -> None:
    place %= len(weights)
    before = versions_of(arms_of(weights), 200)
    weights[place] += more
    after = versions_of(arms_of(weights), 200)
    assert {new for old, new in zip(before, after, strict=True) if old != new} <= {place + 1}


@settings(max_examples=40, deadline=None)
@given(WEIGHTS, st.integers(0, 5))
def test_a_version_that_leaves_moves_only_its_own_subjects(weights: list[int], place: int) -> None:
    arms = arms_of(weights)
    gone = arms[place % len(arms)]
    before = versions_of(arms, 200)
    after = versions_of([arm for arm in arms if arm is not gone], 200)
    assert all(old == new for old, new in zip(before, after, strict=True) if old != gone.version)


@given(WEIGHTS, st.integers(2, 50))
def test_only_the_proportion_of_weights_matters(weights: list[int], factor: int) -> None:
    scaled = [weight * factor for weight in weights]
    assert versions_of(arms_of(weights), 30) == versions_of(arms_of(scaled), 30)


def test_a_shift_of_a_tenth_moves_a_tenth() -> None:
    before, after = versions_of(arms_of([90, 10]), 10_000), versions_of(arms_of([80, 20]), 10_000)
    moved = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert set(moved) == {(1, 2)}
    assert abs(len(moved) / 10_000 - 0.1) < 0.012


def test_another_salt_makes_other_choices() -> None:
    arms = arms_of([1, 1])
    first = [place_of_subject(arms, "a", str(n).encode()) for n in range(64)]
    second = [place_of_subject(arms, "b", str(n).encode()) for n in range(64)]
    assert first != second
