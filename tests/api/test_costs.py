"""Costs explained and made anew: the ledger, repricing, what-if, names without a price, previews of models."""

import json
from decimal import Decimal
from typing import Any

import pytest

from spyglass.core.clock import iso_ms, now_us, parse_iso
from spyglass.core.ids import new_id
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import AuditLog, Job

BASE = "/api/public/spyglass"
MODELS = "/api/public/models"
DAY = 86_400_000_000
RANGE = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
FAST = {
    "name": "Fast",
    "isDefault": False,
    "priority": 1,
    "conditions": [
        {"source": "model_parameters", "key": "service_tier", "operator": "in", "values": ["fast"]}
    ],
    "prices": {"input": 2, "output": 4},
}
LARGE = {
    "name": "Large",
    "isDefault": False,
    "priority": 2,
    "conditions": [{"usageDetailPattern": "input", "operator": "gt", "value": 1000}],
    "prices": {"input": 3, "output": 6},
}


def house(**change: Any) -> dict[str, Any]:
    return {"modelName": "house", "matchPattern": "^house", "inputPrice": 1, "outputPrice": 2, **change}


def tiered(*tiers: dict[str, Any], **prices: float) -> dict[str, Any]:
    standard = {
        "name": "Standard",
        "isDefault": True,
        "priority": 0,
        "conditions": [],
        "prices": prices or {"input": 1, "output": 2},
    }
    return {"modelName": "house", "matchPattern": "^house", "pricingTiers": [standard, *tiers]}


@pytest.fixture
def settle(parts):
    """Wait until all that was sent can be read; whoever asks or changes prices does."""
    return lambda: parts.pipeline.wait_applied(parts.stores.log.last_seq())


@pytest.fixture
def get(client, project, settle):
    def run(path: str, keys=project, **params: Any) -> Any:
        settle()
        return client.get(f"{BASE}/{path}", params=params, headers=keys.basic)

    return run


@pytest.fixture
def post(client, project, settle):
    def run(path: str, body: Any, keys=project) -> Any:
        settle()
        return client.post(f"{BASE}/{path}", json=body, headers=keys.basic)

    return run


@pytest.fixture
def define(client, project, settle):
    """Create or replace the model `own`."""

    def run(body: dict[str, Any], keys=project, id_: str = "own") -> dict[str, Any]:
        settle()
        answer = client.put(f"{MODELS}/{id_}", json=body, headers=keys.basic)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return run


@pytest.fixture
def generate(client, project):
    """Ingest one observation; returns its id."""

    def run(keys=project, kind: str = "generation", at: str = "2026-01-01T12:00:00Z", **fields: Any) -> str:
        id_ = fields.pop("id", None) or new_id()
        body = {"id": id_, "traceId": fields.pop("traceId", id_), "startTime": at, **fields}
        event = {"id": new_id(), "timestamp": at, "type": f"{kind}-create", "body": body}
        answer = client.post("/api/public/ingestion", json={"batch": [event]}, headers=keys.basic)
        assert (answer.status_code, answer.json()["errors"]) == (207, []), answer.text
        return id_

    return run


@pytest.fixture
def work(parts):
    """Run all jobs that are due."""

    def run() -> None:
        while parts.jobs.run_one():
            pass

    return run


def check_sum(ledger: dict[str, Any]) -> None:
    counted = [Decimal(line["amount"]) for line in ledger["lines"] if line["counted"]]
    if ledger["total"] is None:
        assert counted == []
    else:
        assert sum(counted) == Decimal(ledger["total"])


def amounts(ledger: dict[str, Any]) -> dict[str, Any]:
    return {line["usageType"]: (line["units"], line["unitPrice"], line["amount"]) for line in ledger["lines"]}


class TestLedger:
    def test_a_built_in_model_to_the_last_digit(self, generate, get, client, project) -> None:
        id_ = generate(model="openai.gpt-oss-20b-1:0", usageDetails={"input": 63, "output": 1514})
        found = get(f"observations/{id_}/cost")
        assert found.status_code == 200, found.text
        ledger = found.json()
        stored = client.get(f"/api/public/observations/{id_}", headers=project.basic).json()
        assert float(ledger["total"]) == stored["calculatedTotalCost"]
        assert ledger == {
            "observationId": id_,
            "traceId": id_,
            "type": "GENERATION",
            "name": None,
            "startTime": "2026-01-01T12:00:00.000Z",
            "providedModelName": "openai.gpt-oss-20b-1:0",
            "source": "computed",
            "why": "Units of each kind of usage x the price per unit of the model's price list",
            "total": "0.00045861",
            "lines": [
                {
                    "usageType": "input",
                    "units": 63,
                    "unitPrice": "0.00000007",
                    "listedPrice": "0.00000007",
                    "amount": "0.00000441",
                    "counted": True,
                    "note": None,
                },
                {
                    "usageType": "output",
                    "units": 1514,
                    "unitPrice": "0.0000003",
                    "listedPrice": "0.0000003",
                    "amount": "0.0004542",
                    "counted": True,
                    "note": None,
                },
            ],
            "usage": {
                "source": "provided",
                "details": {"input": 63, "output": 1514, "total": 1577},
                "tokenizer": None,
                "note": None,
            },
            "model": {
                "id": "aws-openai.gpt-oss-20b-1-0",
                "modelName": "openai.gpt-oss-20b-1:0",
                "matchPattern": ledger["model"]["matchPattern"],
                "origin": "built-in",
                "startDate": None,
                "priceList": "2026-11-25",
                "why": "No model of the project matched the name",
            },
            "tier": {
                "name": "Standard",
                "isDefault": True,
                "conditions": [],
                "why": "The conditions of no other price list hold",
            },
            "now": {
                "modelId": "aws-openai.gpt-oss-20b-1-0",
                "modelName": "openai.gpt-oss-20b-1:0",
                "tier": "Standard",
                "total": "0.00045861",
                "differs": False,
            },
            "otherTiers": [],
            "rollup": None,
        }

    def test_an_own_model_and_its_price_lists(self, generate, get, define) -> None:
        define({**tiered(FAST, LARGE), "startDate": "2025-01-01T00:00:00Z"})
        usage = {"input": 10, "output": 5, "input_cached_tokens": 7}
        id_ = generate(model="house-1", usageDetails=usage, modelParameters={"service_tier": "fast"})
        ledger = get(f"observations/{id_}/cost").json()
        check_sum(ledger)
        assert (ledger["total"], ledger["source"]) == ("40", "computed")
        assert amounts(ledger) == {
            "input": (10, "2", "20"),
            "output": (5, "4", "20"),
            "input_cached_tokens": (7, None, None),
        }
        assert ledger["lines"][2]["note"] == "This kind has no price"
        model = ledger["model"]
        assert (model["id"], model["origin"], model["matchPattern"]) == ("own", "project", "^house")
        assert model["startDate"] == "2025-01-01T00:00:00.000Z"
        assert abs(iso(model["priceList"]) - now_us()) < 60_000_000
        fast = {"condition": "model parameter 'service_tier' is one of fast", "found": "fast", "holds": True}
        assert ledger["tier"] == {
            "name": "Fast",
            "isDefault": False,
            "conditions": [fast],
            "why": "All its conditions hold",
        }
        large = {
            "condition": "units of the kinds that match 'input' are more than 1,000",
            "found": 17,
            "holds": False,
        }
        assert ledger["otherTiers"] == [
            {"name": "Standard", "conditions": [], "total": "20"},
            {"name": "Large", "conditions": [large], "total": "60"},
        ]

    def test_a_price_that_has_changed_since(self, generate, get, define) -> None:
        define(house())
        id_ = generate(model="house-1", usageDetails={"input": 10})
        define(house(inputPrice=3))
        ledger = get(f"observations/{id_}/cost").json()
        check_sum(ledger)
        (line,) = ledger["lines"]
        assert (line["unitPrice"], line["listedPrice"], line["amount"]) == ("1", "3", "10")
        assert (ledger["total"], ledger["now"]["total"], ledger["now"]["differs"]) == ("10", "30", True)

    def test_a_model_that_is_gone(self, generate, get, define, settle, client, project) -> None:
        define(house())
        id_ = generate(model="house-1", usageDetails={"input": 10})
        settle()
        assert client.delete(f"{MODELS}/own", headers=project.basic).status_code == 200
        ledger = get(f"observations/{id_}/cost").json()
        check_sum(ledger)
        assert (ledger["total"], amounts(ledger)) == ("10", {"input": (10, "1", "10")})
        assert (ledger["model"]["origin"], ledger["model"]["why"]) == (
            None,
            "The model was removed since; the cost is that of then",
        )
        assert ledger["now"]["total"] is None

    @pytest.mark.parametrize(
        ("cost", "total", "lines"),
        [
            ({"input": 0.25, "output": 0.5}, "0.75", {"input": "0.25", "output": "0.5"}),
            ({"total": 0.5}, "0.5", {"total": "0.5"}),
            ({"input": 0.25, "total": 0.5}, "0.5", {"input": "0.25", "total": "0.5"}),
            ({"input": 0.25, "cached": 0.5}, None, {"input": "0.25", "cached": "0.5"}),
            ({"total": 0}, "0", {"total": "0"}),
        ],
    )
    def test_a_cost_that_the_client_stated(
        self, generate, get, cost: dict[str, float], total: str | None, lines: dict[str, str]
    ) -> None:
        id_ = generate(model="gpt-4o", usageDetails={"input": 10}, costDetails=cost)
        ledger = get(f"observations/{id_}/cost").json()
        check_sum(ledger)
        assert (ledger["source"], ledger["total"]) == ("provided", total)
        assert ledger["why"] == "The client stated the cost; it is never computed anew"
        assert {line["usageType"]: line["amount"] for line in ledger["lines"]} == lines
        assert all(line["unitPrice"] is None for line in ledger["lines"])
        assert ledger["now"]["total"] == "0.000025"

    def test_a_total_price_counts_alone(self, generate, get, define) -> None:
        define(tiered(input=1, total=5))
        id_ = generate(model="house-1", usageDetails={"input": 10, "output": 2})
        ledger = get(f"observations/{id_}/cost").json()
        check_sum(ledger)
        counted = {line["usageType"]: line["counted"] for line in ledger["lines"]}
        assert (ledger["total"], counted) == ("60", {"input": False, "total": True, "output": False})

    def test_amounts_that_were_rounded(self, generate, get, define) -> None:
        """Two parts of less than the smallest amount that is stored are together more than that."""
        define(tiered(input=6e-13, output=6e-13))
        id_ = generate(model="house-1", usageDetails={"input": 1, "output": 1})
        ledger = get(f"observations/{id_}/cost").json()
        check_sum(ledger)
        assert ledger["total"] == "0.000000000001"
        lines = {line["usageType"]: line["amount"] for line in ledger["lines"]}
        assert lines == {"input": "0.000000000001", "output": "0.000000000001", "rounding": "-0.000000000001"}

    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({}, "The observation names no model"),
            (
                {"model": "nobody", "usageDetails": {"input": 1}},
                "No model with a price matches the name 'nobody'",
            ),
            ({"model": "gemini-2.5-pro"}, "The observation has no usage"),
            (
                {"model": "gpt-4o", "usageDetails": {"seconds": 1}},
                "The model has no price for any kind of the usage",
            ),
        ],
    )
    def test_why_a_cost_is_unknown(self, generate, get, fields: dict[str, Any], why: str) -> None:
        ledger = get(f"observations/{generate(**fields)}/cost").json()
        assert (ledger["source"], ledger["total"], ledger["why"]) == ("unknown", None, why)
        check_sum(ledger)

    def test_estimated_tokens_are_said_to_be(self, generate, get, client, project) -> None:
        chat = [{"role": "user", "content": "hello world"}]
        id_ = generate(model="gpt-4o", input=chat, output="hi there")
        ledger = get(f"observations/{id_}/cost").json()
        check_sum(ledger)
        assert ledger["usage"] == {
            "source": "estimated",
            "details": {"input": 9, "output": 2, "total": 11},
            "tokenizer": "o200k_base",
            "note": "No usage was reported: the tokens of the texts were counted",
        }
        assert ledger["total"] == "0.0000425"
        shown = client.get(f"/api/public/observations/{id_}", headers=project.basic).json()
        assert (shown["usageSource"], shown["usageDetails"]["total"]) == ("estimated", 11)
        reported = generate(model="gpt-4o", usageDetails={"input": 9, "output": 2})
        assert get(f"observations/{reported}/cost").json()["usage"]["source"] == "provided"
        marks = {}
        for each in (id_, reported):  # each in a trace of the same id
            body = {"filter": {"field": "id", "op": "is", "value": each}, "columns": ["tokens"]}
            path = f"/api/ui/projects/{project.id}/traces/query"
            (row,) = client.post(path, json=body, headers=project.basic).json()["rows"]
            marks[each] = (row["estimated"], row["tokens"]["total"])
        assert marks == {id_: (True, 11), reported: (False, 11)}
        claude = get(f"observations/{generate(model='claude-sonnet-4-20250514', input='hello')}/cost").json()
        assert "not public" in claude["usage"]["note"]

    def test_a_rollup_and_what_it_repeats(self, generate, get, client, project) -> None:
        trace = new_id()
        common = {"traceId": trace, "model": "gpt-4o"}
        agent = generate(kind="agent", usageDetails={"input": 30, "output": 3}, **common)
        chain = generate(kind="chain", parentObservationId=agent, traceId=trace)
        calls = sorted(
            generate(parentObservationId=chain, usageDetails=usage, **common)
            for usage in ({"input": 10, "output": 1}, {"input": 15, "input_cached_tokens": 5, "output": 2})
        )
        rollup = get(f"observations/{agent}/cost").json()["rollup"]
        assert (rollup["repeats"], rollup["countedInTrace"]) == (calls, False)
        assert get(f"observations/{calls[0]}/cost").json()["rollup"] is None
        total = client.get(f"/api/public/traces/{trace}", headers=project.basic).json()["totalCost"]
        each = [Decimal(get(f"observations/{id_}/cost").json()["total"]) for id_ in calls]
        assert total == float(sum(each))

    def test_an_id_with_slashes(self, generate, get) -> None:
        id_ = generate(id=f"a/b/{new_id()}", model="gpt-4o", usageDetails={"input": 1})
        assert get(f"observations/{id_}/cost").json()["observationId"] == id_

    def test_who_may(self, generate, get, client, project, stranger) -> None:
        id_ = generate(model="gpt-4o", usageDetails={"input": 1})
        path = f"observations/{id_}/cost"
        foreign, unknown = get(path, stranger), get("observations/unknown/cost", stranger)
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.json()["error"] == unknown.json()["error"] == "LangfuseNotFoundError"
        assert client.get(f"{BASE}/{path}").status_code == 401
        assert client.get(f"{BASE}/{path}", headers=project.bearer).status_code == 403


def iso(text: str) -> int:
    found = parse_iso(text)
    assert found is not None
    return found


class TestRepricing:
    def test_a_dry_run_says_what_the_job_then_does(
        self, generate, get, post, define, work, parts, project, client
    ) -> None:
        define(house())
        trace = new_id()
        ids = [
            generate(model="house-1", usageDetails={"input": 10}, traceId=trace),
            generate(model="house-2", usageDetails={"input": 20, "output": 1}, traceId=trace),
            generate(model="house-2", usageDetails={"input": 5}, costDetails={"total": 0.5}, traceId=trace),
            generate(model="gpt-4o", usageDetails={"input": 10}, traceId=trace),
            generate(model="house-1", usageDetails={"input": 10}, at="2026-02-01T00:00:00Z"),
        ]
        define(house(inputPrice=3))
        dry = post("repricing", RANGE)
        assert dry.status_code == 200, dry.text
        preview = dry.json()["preview"]
        by_model = preview.pop("byModel")
        assert preview == {
            "observations": 4,
            "changed": 2,
            "clientProvided": 1,
            "estimated": 0,
            "tokens": 46,
            "oldTotal": 32.500025,
            "newTotal": 92.500025,
            "oldWithoutPrice": 0,
            "newWithoutPrice": 0,
        }
        assert [(each["model"], each["modelId"], each["changed"], each["newTotal"]) for each in by_model] == [
            ("house-2", "own", 1, 62.5),
            ("house-1", "own", 1, 30.0),
            ("gpt-4o", "openai-gpt-4o", 0, 0.000025),
        ]
        assert (dry.json()["id"], dry.json()["status"], dry.json()["progress"]) == (None, "preview", None)
        assert get("repricing").json()["data"] == []

        made = post("repricing", {**RANGE, "dryRun": False})
        assert made.status_code == 202, made.text
        asked = made.json()
        assert (asked["status"], asked["from"], asked["to"]) == (
            "queued",
            "2026-01-01T00:00:00.000Z",
            "2026-01-02T00:00:00.000Z",
        )
        assert asked["preview"] == {**preview, "byModel": by_model}
        assert asked["progress"] == {
            "lookedAt": 0,
            "changed": 0,
            "oldTotal": 0.0,
            "newTotal": 0.0,
            "share": 0.0,
        }
        work()
        done = get(f"repricing/{asked['id']}").json()
        assert (done["status"], done["lastError"]) == ("done", None)
        assert done["progress"] == {
            "lookedAt": 3,
            "changed": 2,
            "oldTotal": 32.0,
            "newTotal": 92.0,
            "share": 1.0,
        }
        totals = [get(f"observations/{id_}/cost").json()["total"] for id_ in ids]
        assert totals == ["30", "62", "0.5", "0.000025", "10"]
        shown = client.get(f"/api/public/traces/{trace}", headers=project.basic).json()
        assert shown["totalCost"] == 92.500025
        with parts.stores.meta.read() as session:
            entries = session.scalars(
                scoped(AuditLog, project.id).where(AuditLog.resource_id == asked["id"])
            ).all()
        found = {entry.action: (entry.actor_type, entry.after) for entry in entries}
        assert found["create"][0] == "API_KEY"
        assert found["create"][1]["preview"]["changed"] == 2
        assert found["finish"] == (
            "SYSTEM",
            {
                "from": "2026-01-01T00:00:00.000Z",
                "to": "2026-01-02T00:00:00.000Z",
                "looked_at": 3,
                "changed": 2,
                "old_total": "32.000000000000",
                "new_total": "92.000000000000",
            },
        )
        assert post("repricing", RANGE).json()["preview"]["changed"] == 0

    def test_only_some_models_and_a_filter(self, generate, post, define, get, work) -> None:
        define(house())
        ids = [
            generate(model=name, name=label, usageDetails={"input": 1})
            for name, label in (("house-1", "a"), ("house-2", "a"), ("house-2", "b"))
        ]
        define(house(inputPrice=2))
        condition = {"type": "string", "column": "name", "operator": "=", "value": "b"}
        body = {**RANGE, "models": ["house-2"], "filter": [condition]}
        assert post("repricing", body).json()["preview"]["changed"] == 1
        made = post("repricing", {**body, "dryRun": False}).json()
        assert (made["models"], made["filter"]) == (["house-2"], [condition])
        work()
        assert [get(f"observations/{id_}/cost").json()["total"] for id_ in ids] == ["1", "1", "2"]

    def test_a_model_that_comes_later_prices_what_had_no_price(
        self, generate, post, define, get, work
    ) -> None:
        id_ = generate(model="house-9", usageDetails={"input": 4})
        define(house())
        preview = post("repricing", RANGE).json()["preview"]
        assert (preview["changed"], preview["oldWithoutPrice"], preview["newTotal"]) == (1, 1, 4.0)
        post("repricing", {**RANGE, "dryRun": False})
        work()
        assert get(f"observations/{id_}/cost").json()["total"] == "4"

    def test_the_list_has_the_newest_first(self, post, get) -> None:
        first, second = (
            post("repricing", {**RANGE, "dryRun": False, "models": [name]}).json()["id"] for name in "ab"
        )
        page = get("repricing", limit=1).json()
        assert [each["id"] for each in page["data"]] == [second]
        assert page["meta"] == {"page": 1, "limit": 1, "totalItems": 2, "totalPages": 2}
        assert [each["id"] for each in get("repricing", limit=1, page=2).json()["data"]] == [first]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"from": None}, "from"),
            ({"from": "yesterday"}, "ISO"),
            ({"to": "2026-01-01T00:00:00Z"}, "`from` must lie before `to`"),
            ({"dryRun": "no"}, "boolean"),
            ({"models": "house"}, "list"),
            ({"models": ["a\0"]}, "NUL"),
            ({"filter": [{"type": "string", "column": "nothing", "operator": "=", "value": "x"}]}, "nothing"),
            ({"filter": ["x"]}, ""),
            ({"unknown": 1}, "Extra inputs"),
        ],
    )
    @pytest.mark.parametrize("dry_run", [True, False])
    def test_what_is_refused(self, post, get, change: dict[str, Any], message: str, dry_run: bool) -> None:
        answer = post("repricing", {**RANGE, "dryRun": dry_run, **change})
        assert answer.status_code == 400, answer.text
        assert message in answer.text
        assert get("repricing").json()["data"] == []

    def test_who_may(self, client, post, get, project, stranger, parts) -> None:
        body = {**RANGE, "dryRun": False}
        assert client.post(f"{BASE}/repricing", json=body).status_code == 401
        assert client.post(f"{BASE}/repricing", json=body, headers=project.bearer).status_code == 403
        mine = post("repricing", body).json()["id"]
        foreign, unknown = get(f"repricing/{mine}", stranger), get("repricing/unknown", stranger)
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.json() == unknown.json()
        assert get("repricing", stranger).json()["data"] == []
        with parts.stores.meta.read() as session:
            other = session.scalars(scoped(Job, project.id).where(Job.id == mine)).one()
        assert other.project_id == project.id

    def test_another_job_of_the_project_is_none(self, get, parts, project) -> None:
        with parts.stores.meta.begin() as session:
            job = Job(name="purge", project_id=project.id, arguments={"deletes": {}, "version": 0})
            session.add(job)
            session.flush()
            job_id, job.state = job.id, "done"
        assert get(f"repricing/{job_id}").status_code == 404
        assert get("repricing").json()["data"] == []


class TestWhatIf:
    def test_last_month_on_another_model(self, generate, get, define) -> None:
        define(house())
        generate(model="house-1", usageDetails={"input": 1000, "output": 100})
        generate(
            model="claude-sonnet-4-20250514",
            usageDetails={
                "input_tokens": 50,
                "cache_read_input_tokens": 10_000,
                "input_cache_creation_1h": 500,
                "output_tokens": 40,
            },
        )
        generate(model="nobody", usageDetails={"input": 7, "audio": 3}, costDetails={"total": 2})
        generate(model="unpriced", usageDetails={"output_reasoning_tokens": 9})
        generate(kind="agent", model="house-1", usageDetails={"input": 1000, "output": 100})
        generate(model="house-1", usageDetails={"input": 1}, at="2026-02-01T00:00:00Z")
        answer = get("what-if", model="gpt-4o-mini", **RANGE)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["model"] == {
            "id": "openai-gpt-4o-mini",
            "modelName": "gpt-4o-mini",
            "origin": "built-in",
        }
        then = {
            "house-1": (1000 * 15 + 100 * 60) / 1e8,
            # cache reads at its own cache price, cache writes as input
            "claude-sonnet-4-20250514": (50 * 15 + 10_000 * 7.5 + 500 * 15 + 40 * 60) / 1e8,
            "nobody": 7 * 15 / 1e8,
            "unpriced": 9 * 60 / 1e8,  # reasoning as output
        }
        now = {"house-1": 1200.0, "claude-sonnet-4-20250514": 0.00675, "nobody": 2.0, "unpriced": 0.0}
        by_model = {each["model"]: each for each in found["byModel"]}
        assert {name: each["totalThen"] for name, each in by_model.items()} == pytest.approx(then, abs=1e-13)
        assert {name: each["totalNow"] for name, each in by_model.items()} == pytest.approx(now)
        assert (by_model["unpriced"]["withoutPriceNow"], by_model["unpriced"]["withoutPriceThen"]) == (1, 0)
        assert by_model["nobody"]["clientProvided"] == 1
        assert found["observations"] == 4
        assert found["totalThen"] == pytest.approx(sum(then.values()), abs=1e-13)
        assert found["difference"] == pytest.approx(sum(then.values()) - sum(now.values()))
        assert found["usageWithoutPrice"] == {"audio": 3}
        assert len(found["assumptions"]) == 6

    def test_the_price_list_is_chosen_for_each_call(self, generate, get, define) -> None:
        define(tiered(LARGE))
        for units in (1000, 1001):
            generate(model="gpt-4o", usageDetails={"input": units})
        found = get("what-if", model="house-x", **RANGE).json()
        assert (found["model"]["origin"], found["totalThen"]) == ("project", 1000 + 3 * 1001)

    def test_a_filter(self, generate, get) -> None:
        generate(model="gpt-4o", name="a", usageDetails={"input": 10})
        generate(model="gpt-4o", name="b", usageDetails={"input": 1000})
        condition = {"type": "stringOptions", "column": "name", "operator": "any of", "value": ["a"]}
        found = get("what-if", model="gpt-4o-mini", filter=json.dumps([condition]), **RANGE).json()
        assert (found["observations"], found["tokens"], found["totalThen"]) == (1, 10, 0.0000015)

    def test_the_last_thirty_days_without_a_range(self, generate, get) -> None:
        now = now_us()
        generate(model="gpt-4o", usageDetails={"input": 10}, at=iso_ms(now - 29 * DAY))
        generate(model="gpt-4o", usageDetails={"input": 10}, at=iso_ms(now - 31 * DAY))
        assert get("what-if", model="gpt-4o").json()["observations"] == 1

    def test_nothing_there(self, get) -> None:
        found = get("what-if", model="gpt-4o", **RANGE).json()
        assert (found["observations"], found["totalNow"], found["totalThen"], found["byModel"]) == (
            0,
            0.0,
            0.0,
            [],
        )

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({}, "model"),
            ({"model": "nobody"}, "No price is known for 'nobody'"),
            ({"model": "gpt-4o", "from": "x"}, "ISO"),
            ({"model": "gpt-4o", "from": RANGE["to"], "to": RANGE["from"]}, "before"),
            ({"model": "gpt-4o", "filter": "["}, ""),
            (
                {"model": "gpt-4o", "filter": '[{"type":"string","column":"x","operator":"=","value":""}]'},
                "x",
            ),
        ],
    )
    def test_what_is_refused(self, get, params: dict[str, str], message: str) -> None:
        answer = get("what-if", **params)
        assert answer.status_code == 400, answer.text
        assert message in answer.text

    def test_who_may(self, client, generate, get, project, stranger) -> None:
        generate(model="gpt-4o", usageDetails={"input": 10})
        assert client.get(f"{BASE}/what-if?model=gpt-4o").status_code == 401
        assert client.get(f"{BASE}/what-if?model=gpt-4o", headers=project.bearer).status_code == 403
        assert get("what-if", stranger, model="gpt-4o", **RANGE).json()["observations"] == 0


class TestMissingPrices:
    def test_the_one_seen_last_first(self, generate, get, define) -> None:
        define(house())
        generate(model="older", usageDetails={"input": 3}, at="2026-01-01T10:00:00Z")
        generate(model="older", usageDetails={"output": 4}, at="2026-01-01T11:00:00Z")
        generate(model="newer", at="2026-01-01T12:00:00Z")
        generate(model="house-1", usageDetails={"seconds": 5}, at="2026-01-01T13:00:00Z")
        generate(model="house-1", usageDetails={"input": 5})
        generate(model="gemini-2.5-pro", at="2026-01-01T14:00:00Z")  # a price, and no tokens
        found = get("missing-prices", **RANGE).json()
        assert found["meta"] == {"page": 1, "limit": 50, "totalItems": 3, "totalPages": 1}
        assert found["data"] == [
            {
                "model": "house-1",
                "observations": 1,
                "tokens": 5,
                "usageDetails": {"seconds": 5, "total": 5},
                "firstSeen": "2026-01-01T13:00:00.000Z",
                "lastSeen": "2026-01-01T13:00:00.000Z",
                "why": "The model has no price for the kinds of usage",
                "modelId": None,
            },
            {
                "model": "newer",
                "observations": 1,
                "tokens": 0,
                "usageDetails": {},
                "firstSeen": "2026-01-01T12:00:00.000Z",
                "lastSeen": "2026-01-01T12:00:00.000Z",
                "why": "No model matches the name",
                "modelId": None,
            },
            {
                "model": "older",
                "observations": 2,
                "tokens": 7,
                "usageDetails": {"input": 3, "output": 4, "total": 7},
                "firstSeen": "2026-01-01T10:00:00.000Z",
                "lastSeen": "2026-01-01T11:00:00.000Z",
                "why": "No model matches the name",
                "modelId": None,
            },
        ]
        define(house(matchPattern="^older$"))
        older = get("missing-prices", limit=1, page=3, **RANGE).json()["data"][0]
        assert (older["model"], older["why"], older["modelId"]) == ("older", "It has a price by now", "own")

    def test_who_may(self, client, generate, get, project, stranger) -> None:
        generate(model="nobody", usageDetails={"input": 3})
        assert client.get(f"{BASE}/missing-prices").status_code == 401
        assert client.get(f"{BASE}/missing-prices", headers=project.bearer).status_code == 403
        assert get("missing-prices", stranger, **RANGE).json()["data"] == []
        assert get("missing-prices", limit=0).status_code == 400


class TestModelPreview:
    def test_what_it_would_match_and_change(self, generate, post, define, client, project) -> None:
        at = iso_ms(now_us() - DAY)
        define({**house(modelName="other"), "startDate": "2026-01-01T00:00:00Z"})
        generate(model="gpt-4o", usageDetails={"input": 10}, at=at)
        generate(model="gpt-4o-mini", usageDetails={"input": 10}, costDetails={"total": 1}, at=at)
        generate(model="gpt-unknown", usageDetails={"input": 10}, at=at)
        generate(model="house-gpt", usageDetails={"input": 10}, at=at)
        generate(model="gpt-4o", usageDetails={"input": 10}, at=iso_ms(now_us() - 31 * DAY))
        body = {"modelName": "new", "matchPattern": "gpt", "inputPrice": 0.5}
        answer = post("models/preview", body)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["observations"], found["changed"], found["clientProvided"]) == (3, 2, 1)
        assert (found["oldTotal"], found["newTotal"], found["oldWithoutPrice"]) == (1.000025, 11.0, 1)
        assert [
            (each["model"], each["replacesModelId"], each["observations"], each["oldTotal"], each["newTotal"])
            for each in found["byModel"]
        ] == [
            ("gpt-4o", "openai-gpt-4o", 1, 0.000025, 5.0),
            ("gpt-unknown", None, 1, 0.0, 5.0),
            ("gpt-4o-mini", "openai-gpt-4o-mini", 1, 1.0, 1.0),
        ]
        assert found["shadowed"] == [{"model": "house-gpt", "modelId": "own"}]
        assert iso(found["to"]) - iso(found["from"]) == 30 * DAY
        assert client.get(f"{MODELS}/new", headers=project.basic).status_code == 404

    def test_a_model_of_the_same_name_is_replaced(self, generate, post, define) -> None:
        at = iso_ms(now_us() - DAY)
        define(house())
        generate(model="house-1", usageDetails={"input": 10}, at=at)
        found = post("models/preview", house(inputPrice=4)).json()
        assert (found["oldTotal"], found["newTotal"], found["changed"]) == (10.0, 40.0, 1)
        assert (found["byModel"][0]["replacesModelId"], found["shadowed"]) == ("own", [])

    def test_nothing_matches(self, post) -> None:
        found = post("models/preview", house()).json()
        assert (found["observations"], found["byModel"], found["newTotal"]) == (0, [], 0.0)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"matchPattern": "(?=x)"}, "look-around"),
            ({"matchPattern": "("}, "missing )"),
            ({"inputPrice": -1}, "greater than"),
        ],
    )
    def test_what_is_refused(self, post, change: dict[str, Any], message: str) -> None:
        answer = post("models/preview", house(**change))
        assert answer.status_code == 400, answer.text
        assert message in answer.text

    def test_who_may(self, client, generate, post, project, stranger) -> None:
        generate(model="house-1", usageDetails={"input": 10}, at=iso_ms(now_us() - DAY))
        assert client.post(f"{BASE}/models/preview", json=house()).status_code == 401
        assert client.post(f"{BASE}/models/preview", json=house(), headers=project.bearer).status_code == 403
        assert post("models/preview", house(), stranger).json()["observations"] == 0
