"""Rate limits: windows on an injected clock, which request counts as what, and how rates are written."""

import pytest

from spyglass.api.limits import Config, LimitReached, check_limit, javascript_date, make_limiter, resource_of
from spyglass.core import limits
from spyglass.core.errors import Misconfigured, Unavailable
from spyglass.core.limits import DEFAULT_RATES, Answer, Rate, WindowLimiter, parse_rates, retry_after_s


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> WindowLimiter:
    return WindowLimiter({"public-api": Rate(2, 60), "datasets": Rate(1, 60), "ingestion": None}, clock)


def allowed(limiter: WindowLimiter, organization: str = "o", resource: str = "public-api") -> bool:
    answer = limiter.take(organization, resource)
    assert answer is not None
    return answer.allowed


class TestWindows:
    def test_so_many_pass_and_no_more(self, limiter: WindowLimiter) -> None:
        assert [allowed(limiter) for _ in range(4)] == [True, True, False, False]

    def test_the_window_begins_with_its_first_request(self, limiter: WindowLimiter, clock: Clock) -> None:
        assert allowed(limiter)
        clock.now_s += 59.9
        assert [allowed(limiter), allowed(limiter)] == [True, False]
        clock.now_s += 0.1
        assert [allowed(limiter), allowed(limiter), allowed(limiter)] == [True, True, False]

    def test_what_it_says(self, limiter: WindowLimiter, clock: Clock) -> None:
        rate = Rate(2, 60)
        assert limiter.take("o", "public-api") == Answer(True, rate, 1, 60.0)
        clock.now_s += 10.5
        assert limiter.take("o", "public-api") == Answer(True, rate, 0, 49.5)
        refused = limiter.take("o", "public-api")
        assert refused == Answer(False, rate, 0, 49.5)
        assert refused is not None
        assert retry_after_s(refused) == 50

    def test_organizations_and_resources_count_apart(self, limiter: WindowLimiter) -> None:
        assert [allowed(limiter, resource="datasets") for _ in range(2)] == [True, False]
        assert allowed(limiter, "other", "datasets")
        assert allowed(limiter)

    def test_without_a_rate_there_is_no_limit(self, limiter: WindowLimiter) -> None:
        assert limiter.take("o", "ingestion") is None
        assert limiter.take("o", "unheard of") is None

    def test_a_rate_of_nothing_refuses_all(self, clock: Clock) -> None:
        assert not allowed(WindowLimiter({"public-api": Rate(0, 60)}, clock))

    def test_windows_that_ended_are_forgotten(self, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "_SWEEP_AT", 3)
        limiter = WindowLimiter({}, clock)
        for number in range(3):
            limiter.take(str(number), "public-api")
        clock.now_s += 60
        limiter.take("new", "public-api")
        assert len(limiter._windows) == 1


class TestRates:
    def test_how_they_are_written(self) -> None:
        texts = ["public-api=5/second", "datasets = 1000/min", "ingestion=7/minute", "feedback=1/hour"]
        assert parse_rates([*texts, "trace-delete=0/day", "score-delete=none"]) == {
            "public-api": Rate(5, 1),
            "datasets": Rate(1000, 60),
            "ingestion": Rate(7, 60),
            "feedback": Rate(1, 3600),
            "trace-delete": Rate(0, 86_400),
            "score-delete": None,
        }

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x=1/day",
            "public-api",
            "public-api=",
            "public-api=1",
            "public-api=-1/day",
            "public-api=1/week",
            "public-api=1.5/day",
            "prompts=1/day",
            "public-api=nothing",
            "public-api=1/day,x=2/day",
        ],
    )
    def test_what_is_refused(self, text: str) -> None:
        with pytest.raises(Misconfigured, match="<resource>=<count>"):
            parse_rates([text])

    def test_off_unless_configured(self) -> None:
        assert make_limiter(Config()) is None
        assert make_limiter(Config(rates=("public-api=1/day",))) is None
        assert make_limiter(Config(enabled=True)) is not None
        with pytest.raises(Misconfigured):
            make_limiter(Config(rates=("nonsense",)))


P = "/api/public"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", f"{P}/ingestion", "ingestion"),
        ("POST", f"{P}/otel/v1/traces", "ingestion"),
        ("POST", f"{P}/otel/v1/metrics", "ingestion"),
        ("POST", "/v1/traces", "ingestion"),
        ("POST", f"{P}/traces", "legacy-ingestion"),
        ("POST", f"{P}/spans", "legacy-ingestion"),
        ("PATCH", f"{P}/spans", "legacy-ingestion"),
        ("PATCH", f"{P}/generations", "legacy-ingestion"),
        ("POST", f"{P}/events", "legacy-ingestion"),
        ("POST", f"{P}/media", "media-upload"),
        ("PATCH", f"{P}/media/x", "media-upload"),
        ("GET", f"{P}/media/x", "public-api"),
        ("GET", f"{P}/traces", "public-api-legacy"),
        ("GET", f"{P}/traces/a/b", "public-api-legacy"),
        ("GET", f"{P}/observations", "public-api-legacy"),
        ("GET", f"{P}/observations/x", "public-api-legacy"),
        ("GET", f"{P}/v2/observations", "public-api"),
        ("GET", f"{P}/sessions/x", "public-api-legacy"),
        ("DELETE", f"{P}/traces", "trace-delete"),
        ("DELETE", f"{P}/traces/x", "trace-delete"),
        ("DELETE", f"{P}/scores/x", "score-delete"),
        ("POST", f"{P}/scores", "public-api"),
        ("GET", f"{P}/v3/scores", "public-api"),
        ("GET", f"{P}/datasets/x/runs", "datasets"),
        ("POST", f"{P}/v2/datasets", "datasets"),
        ("GET", f"{P}/dataset-items/x", "datasets"),
        ("POST", f"{P}/dataset-run-items", "datasets"),
        ("GET", f"{P}/annotation-queues/x/items", "annotation-queues"),
        ("GET", f"{P}/metrics", "public-api-metrics"),
        ("GET", f"{P}/metrics/daily", "public-api-daily-metrics-legacy"),
        ("GET", f"{P}/v2/metrics", "public-api-v2-metrics"),
        ("POST", f"{P}/feedback", "feedback"),
        ("GET", f"{P}/v2/prompts", ""),
        ("GET", f"{P}/v2/prompts/a/b", ""),
        ("POST", f"{P}/v2/prompts", ""),
        ("GET", f"{P}/prompts", ""),
        ("GET", f"{P}/projects", ""),
        ("POST", f"{P}/projects", "public-api"),
        ("GET", f"{P}/models", "public-api"),
        ("GET", f"{P}/scim/Users", "public-api"),
        ("GET", f"{P}/", "public-api"),
        ("GET", "/api/admin/organizations", ""),
        ("GET", "/", ""),
    ],
)
def test_what_a_request_counts_as(method: str, path: str, expected: str) -> None:
    assert resource_of(method, path) == expected
    assert expected == "" or expected in DEFAULT_RATES


class TestCheck:
    def test_who_has_no_organization_is_not_counted(self, clock: Clock) -> None:
        limiter = WindowLimiter({"public-api": Rate(0, 60)}, clock)
        check_limit(limiter, "", "public-api")
        check_limit(limiter, "o", "")
        with pytest.raises(LimitReached):
            check_limit(limiter, "o", "public-api")

    def test_a_limiter_that_fails_lets_it_pass(self) -> None:
        class Down:
            def take(self, organization_id: str, resource: str) -> Answer | None:
                raise Unavailable("down")

        check_limit(Down(), "o", "public-api")


@pytest.mark.parametrize(
    ("value_us", "expected"),
    [
        (1_767_225_600_000_000, "Thu Jan 01 2026 00:00:00 GMT+0000 (Coordinated Universal Time)"),
        (1_767_225_599_000_001, "Thu Jan 01 2026 00:00:00 GMT+0000 (Coordinated Universal Time)"),
        (1_709_164_800_000_000, "Thu Feb 29 2024 00:00:00 GMT+0000 (Coordinated Universal Time)"),
        (1_734_303_909_000_000, "Sun Dec 15 2024 23:05:09 GMT+0000 (Coordinated Universal Time)"),
    ],
)
def test_dates_as_javascript_writes_them(value_us: int, expected: str) -> None:
    assert javascript_date(value_us) == expected
