"""`/api/public/spyglass/prompt-metrics`: aggregates against Python's statistics, comparisons, who may see what."""

import math
import random
import statistics
from decimal import Decimal
from typing import Any

import pytest
from rows import insert, observation, score, us

from spyglass.core.sequential import Sample, adjust, compare, confidence_interval

PATH = "/api/public/spyglass/prompt-metrics"


def generation(p: str, trace: str, id_: str, version: int | None, at: str = "12:00:00", **fields: Any) -> Any:
    fields = {"type": "GENERATION", "prompt_name": "greet", "prompt_version": version, **fields}
    return observation(p, trace, id_, at, **fields)


@pytest.fixture
def get(client, project):
    def run(keys=project, **params: Any) -> Any:
        return client.get(PATH, params={"name": "greet", **params}, headers=keys.basic)

    return run


@pytest.fixture
def store(parts):
    return lambda *rows: insert(parts.stores.analytics, *rows)


def of_version(answer: Any, version: int) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    (found,) = [each for each in answer.json()["versions"] if each["version"] == version]
    return dict(found)


def approx(value: Any) -> Any:
    return pytest.approx(value, rel=1e-9)


class TestAggregates:
    def test_metrics_of_independent_traces(self, get, store, project) -> None:
        rng = random.Random(1)
        seconds = [round(rng.lognormvariate(0, 0.5), 3) for _ in range(41)]
        costs = [Decimal(rng.randrange(1, 10**6)).scaleb(-9) for _ in range(40)] + [None]
        store(
            *(
                generation(
                    project.id,
                    f"t{n}",
                    f"o{n}",
                    3,
                    end_time=us("12:00:00") + round(took * 1e6),
                    completion_start_time=us("12:00:00.25") if n % 2 else None,
                    total_cost=costs[n],
                    usage={"input": 100 + n, "input_cached_tokens": 1, "output": n, "total": 101 + 2 * n},
                    level="ERROR" if n < 4 else "DEFAULT",
                )
                for n, took in enumerate(seconds)
            )
        )
        found = of_version(get(), 3)
        assert (found["generations"], found["traces"], found["scores"]) == (41, 41, [])
        metrics = found["metrics"]
        expected = {
            "latency": ("s", seconds),
            "timeToFirstToken": ("s", [0.25] * 20),
            "cost": ("USD", [float(cost) for cost in costs[:40] if cost is not None]),
            "inputTokens": ("tokens", [101.0 + n for n in range(41)]),
            "outputTokens": ("tokens", [float(n) for n in range(41)]),
        }
        assert set(metrics) == {*expected, "errorShare"}
        for name, (unit, values) in expected.items():
            shown = metrics[name]
            assert (shown["n"], shown["traces"], shown["unit"]) == (len(values), len(values), unit)
            assert shown["mean"] == approx(statistics.fmean(values))
            assert shown["standardDeviation"] == approx(statistics.stdev(values))
            assert shown["median"] == approx(statistics.median(values))
            assert shown["p95"] == approx(statistics.quantiles(values, n=20, method="inclusive")[18])
            assert shown["comparison"] is None
            sample = Sample(len(values), len(values), statistics.fmean(values), statistics.variance(values))
            assert_interval(shown["interval"], confidence_interval(sample))
        errors = metrics["errorShare"]
        assert (errors["n"], errors["unit"], errors["median"], errors["p95"]) == (41, "share", None, None)
        assert errors["mean"] == approx(4 / 41)
        variance = statistics.variance([1.0] * 4 + [0.0] * 37)
        assert_interval(errors["interval"], confidence_interval(Sample(41, 41, 4 / 41, variance, True)))

    def test_large_values_that_differ_little(self, get, store, project) -> None:
        """A sum of squares would have lost these differences."""
        tokens = [10**9 + n for n in (0, 1, 2, 3, 5, 8)]
        store(*(generation(project.id, f"t{n}", "o", 1, usage={"input": n}) for n in tokens))
        shown = of_version(get(), 1)["metrics"]["inputTokens"]
        assert shown["standardDeviation"] == pytest.approx(statistics.stdev(tokens), rel=1e-6)

    def test_generations_of_one_trace_are_not_independent(self, get, store, project) -> None:
        rng = random.Random(2)
        traces = [[rng.randrange(100) for _ in range(rng.randrange(1, 5))] for _ in range(30)]
        store(
            *(
                generation(project.id, f"t{n}", f"o{n}-{m}", 1, usage={"output": tokens})
                for n, values in enumerate(traces)
                for m, tokens in enumerate(values)
            )
        )
        shown = of_version(get(), 1)["metrics"]["outputTokens"]
        values = [float(each) for trace in traces for each in trace]
        mean = statistics.fmean(values)
        assert (shown["n"], shown["traces"]) == (len(values), 30)
        assert (shown["mean"], shown["standardDeviation"]) == (approx(mean), approx(statistics.stdev(values)))
        residuals = [sum(trace) - mean * len(trace) for trace in traces]
        error = math.sqrt(30 * statistics.variance(residuals)) / len(values)
        assert_interval(shown["interval"], confidence_interval(Sample(len(values), 30, mean, 30 * error**2)))

    def test_what_is_counted(self, get, store, project) -> None:
        store(
            generation(project.id, "t1", "a", 1, "12:00:00"),
            generation(project.id, "t2", "b", 1, "13:00:00", environment="production"),
            generation(project.id, "t3", "c", 2, "14:00:00"),
            generation(project.id, "t4", "span", 1, type="SPAN"),
            generation(project.id, "t5", "other", 1, prompt_name="other"),
            generation(project.id, "t6", "none", None),
        )

        def counts(**params: Any) -> dict[int, int]:
            answer = get(**params)
            assert answer.status_code == 200, answer.text
            return {each["version"]: each["generations"] for each in answer.json()["versions"]}

        assert counts() == {1: 2, 2: 1}
        assert counts(**{"from": "2026-01-01T13:00:00Z"}) == {1: 1, 2: 1}
        assert counts(to="2026-01-01T13:00:00Z") == {1: 1}
        assert counts(environment=["production", "x"]) == {1: 1}
        assert counts(versions="2,7") == {2: 1, 7: 0}
        assert counts(versions="2", baseline=1) == {1: 2, 2: 1}
        assert counts(name="nothing") == {}


class TestScores:
    def test_of_generations_and_of_their_traces(self, get, store, project, stranger) -> None:
        p = project.id
        store(
            generation(p, "t1", "a", 1),
            generation(p, "t1", "a2", 1, "12:00:05"),
            generation(p, "t2", "b", 1),
            generation(p, "t3", "c", 2),
            generation(p, "t3", "d", 1),
            observation(p, "t1", "plain"),
            score(p, "s1", trace_id="t1", observation_id="a", value=1.0),
            score(p, "s2", trace_id="t1", value=4.0),
            score(p, "s3", trace_id="t2", value=2.0),
            score(p, "s4", trace_id="t3", value=9.0),
            score(p, "s5", trace_id="t3", observation_id="c", value=5.0),
            score(p, "s6", trace_id="t1", observation_id="plain", value=100.0),
            score(p, "s7", trace_id="t9", value=100.0),
            score(p, "s8", session_id="s", value=100.0),
            score(p, "s9", trace_id="t1", data_type="TEXT", string_value="good"),
            score(p, "s10", trace_id="t1", value=7.0, source="EVAL"),
            score(p, "s11", trace_id="t1", name="ok", data_type="BOOLEAN", value=1.0, string_value="True"),
            score(p, "s12", trace_id="t2", name="ok", data_type="BOOLEAN", value=0.0, string_value="False"),
            score(stranger.id, "s13", trace_id="t1", value=100.0),
        )
        answer = get()
        first = {(each["name"], each["source"]): each for each in of_version(answer, 1)["scores"]}
        assert list(first) == [("ok", "API"), ("quality", "API"), ("quality", "EVAL")]
        quality = first["quality", "API"]
        assert (quality["dataType"], quality["categories"], quality["values"]["unit"]) == (
            "NUMERIC",
            None,
            "score",
        )
        values = [1.0, 4.0, 2.0, 9.0]
        assert (quality["values"]["n"], quality["values"]["traces"]) == (4, 3)
        assert quality["values"]["mean"] == approx(4.0)
        assert quality["values"]["standardDeviation"] == approx(statistics.stdev(values))
        assert quality["values"]["median"] == 3.0
        ok = first["ok", "API"]["values"]
        assert (ok["mean"], ok["n"], ok["unit"], ok["median"]) == (0.5, 2, "share", None)
        (second,) = of_version(answer, 2)["scores"]
        assert (second["values"]["n"], second["values"]["mean"]) == (2, 7.0)
        assert second["values"]["comparison"] == {
            "difference": 3.0,
            "interval": None,
            "pValue": None,
            "adjustedPValue": None,
            "significant": False,
        }

    def test_categories(self, get, store, project) -> None:
        p = project.id
        tones = {1: "aaaaabbbbbcccccccccccccc", 2: "aaaaaaaaaaaaaaaaaaaaaaab"}
        store(
            *(generation(p, f"{v}-{n}", "o", v) for v, letters in tones.items() for n in range(len(letters))),
            *(
                score(
                    p,
                    f"{v}-{n}",
                    trace_id=f"{v}-{n}",
                    name="tone",
                    data_type="CATEGORICAL",
                    string_value=tone,
                )
                for v, letters in tones.items()
                for n, tone in enumerate(letters)
            ),
            # A second one of the same trace: it counts, but makes the trace no more certain.
            score(p, "again", trace_id="1-0", name="tone", data_type="CATEGORICAL", string_value="a"),
        )
        answer = get()
        (first,), (second,) = (of_version(answer, version)["scores"] for version in (1, 2))
        assert (first["name"], first["dataType"], first["values"]) == ("tone", "CATEGORICAL", None)
        shown = {each["category"]: each for each in first["categories"]}
        assert list(shown) == ["a", "c", "b"]
        assert {name: (each["count"], each["n"], each["traces"]) for name, each in shown.items()} == {
            "a": (6, 25, 24),
            "b": (5, 25, 24),
            "c": (14, 25, 24),
        }
        assert shown["a"]["mean"] == approx(6 / 25)
        sums, counts = [2] + [1] * 4 + [0] * 19, [2] + [1] * 23
        residuals = [y - 6 / 25 * n for y, n in zip(sums, counts, strict=True)]
        mine = Sample(25, 24, 6 / 25, statistics.variance(residuals) * (24 / 25) ** 2, True)
        assert_interval(shown["a"]["interval"], confidence_interval(mine))

        other = {each["category"]: each for each in second["categories"]}
        assert {name: each["count"] for name, each in other.items()} == {"a": 23, "b": 1, "c": 0}
        theirs = Sample(24, 24, 23 / 24, statistics.variance([1] * 23 + [0]), True)
        comparison = other["a"]["comparison"]
        expected = compare(theirs, mine)
        assert comparison["difference"] == approx(23 / 24 - 6 / 25)
        assert comparison["pValue"] == approx(expected.p_value)
        assert_interval(comparison["interval"], expected.interval)
        p_values = [other[name]["comparison"]["pValue"] for name in "abc"]
        adjusted = [other[name]["comparison"]["adjustedPValue"] for name in "abc"]
        assert adjusted == approx(adjust(p_values))
        assert [other[name]["comparison"]["significant"] for name in "abc"] == [True, False, True]


class TestComparison:
    @pytest.fixture
    def three(self, store, project) -> dict[int, list[float]]:
        """Output tokens of three versions; the third one differs."""
        rng = random.Random(4)
        made = {
            v: [float(round(rng.gauss(mean, 20))) for _ in range(60)]
            for v, mean in ((1, 200), (2, 200), (5, 260))
        }
        store(
            *(
                generation(project.id, f"{v}-{n}", "o", v, usage={"output": int(tokens)})
                for v, values in made.items()
                for n, tokens in enumerate(values)
            )
        )
        return made

    def test_against_the_lowest_version(self, get, three) -> None:
        answer = get()
        body = answer.json()
        assert (body["baselineVersion"], body["confidence"], body["minimumTraces"]) == (1, 0.95, 20)
        assert "any" in body["method"].lower()
        assert len(body["assumptions"]) == 5
        assert "Holm" in body["multipleComparisons"]
        samples = {v: Sample(60, 60, statistics.fmean(x), statistics.variance(x)) for v, x in three.items()}
        expected = {v: compare(samples[v], samples[1]) for v in (2, 5)}
        adjusted = dict(zip(expected, adjust([each.p_value or 0 for each in expected.values()]), strict=True))
        for version, comparison in expected.items():
            shown = of_version(answer, version)["metrics"]["outputTokens"]["comparison"]
            assert shown["difference"] == approx(comparison.difference)
            assert shown["pValue"] == approx(comparison.p_value)
            assert shown["adjustedPValue"] == approx(adjusted[version])
            assert_interval(shown["interval"], comparison.interval)
            assert shown["significant"] is (version == 5)
        assert of_version(answer, 1)["metrics"]["outputTokens"]["comparison"] is None

    def test_against_another_one(self, get, three) -> None:
        answer = get(baseline=5, versions="1")
        assert answer.json()["baselineVersion"] == 5
        assert [each["version"] for each in answer.json()["versions"]] == [1, 5]
        shown = of_version(answer, 1)["metrics"]["outputTokens"]["comparison"]
        assert shown["difference"] == approx(statistics.fmean(three[1]) - statistics.fmean(three[5]))
        assert shown["adjustedPValue"] == shown["pValue"]

    def test_a_baseline_without_generations_compares_nothing(self, get, three) -> None:
        answer = get(baseline=99)
        assert [each["version"] for each in answer.json()["versions"]] == [1, 2, 5]
        assert of_version(answer, 2)["metrics"]["outputTokens"]["comparison"] is None

    def test_the_highest_versions_are_shown_when_there_are_too_many(self, get, store, project) -> None:
        store(*(generation(project.id, f"t{n}", "o", n) for n in range(1, 61)))
        assert [each["version"] for each in get().json()["versions"]] == list(range(11, 61))
        with_first = [each["version"] for each in get(baseline=1).json()["versions"]]
        assert with_first == [1, *range(11, 61)]


class TestWho:
    def test_another_project_sees_nothing(self, get, store, project, stranger) -> None:
        store(generation(project.id, "t", "o", 1), score(project.id, "s", trace_id="t", value=1.0))
        assert of_version(get(), 1)["generations"] == 1
        unknown, foreign = get(name="unknown").json(), get(stranger).json()
        assert foreign["versions"] == []
        assert foreign["baselineVersion"] is None
        assert {**unknown, "name": "greet"} == foreign

    def test_no_key_and_half_a_key(self, client, project) -> None:
        assert client.get(PATH, params={"name": "greet"}).status_code == 401
        assert client.get(PATH, params={"name": "greet"}, headers=project.bearer).status_code == 403

    @pytest.mark.parametrize(
        "params",
        [
            {"name": ""},
            {"name": "a\0b"},
            {"versions": "1,x"},
            {"versions": "0"},
            {"versions": "-1"},
            {"versions": "²"},
            {"versions": "9" * 5000},
            {"versions": ",".join(map(str, range(1, 52)))},
            {"baseline": "0"},
            {"baseline": str(2**31)},
            {"from": "yesterday"},
            {"to": "2026"},
            {"from": "0001-01-01T00:00:00+14:00"},
            {"to": "9999-12-31T23:59:59-14:00"},
        ],
    )
    def test_what_is_refused(self, get, params: dict[str, Any]) -> None:
        answer = get(**params)
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"][0]["path"]


def assert_interval(shown: dict[str, float] | None, expected: Any) -> None:
    if expected is None:
        assert shown is None
        return
    assert shown is not None
    assert (shown["lower"], shown["upper"]) == (approx(expected.lower), approx(expected.upper))
