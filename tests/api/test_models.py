"""`/api/public/models`, and what own models do to the prices of what is ingested after them."""

import json
from typing import Any

import pytest

from spyglass.core.ids import new_id
from spyglass.stores.meta import scoped
from spyglass.stores.meta.tables import AuditLog

MODELS = "/api/public/models"
FLAT = {
    "modelName": "house",
    "matchPattern": "(?i)^(house/)?house-.*$",
    "inputPrice": 0.5,
    "outputPrice": 1.5,
}


def tier(name: str, priority: int = 0, *conditions: dict[str, Any], **prices: float) -> dict[str, Any]:
    return {
        "name": name,
        "isDefault": priority == 0,
        "priority": priority,
        "conditions": list(conditions),
        "prices": prices or {"input": 1},
    }


def over(value: float, pattern: str = "input") -> dict[str, Any]:
    return {"usageDetailPattern": pattern, "operator": "gt", "value": value}


FAST = {"source": "model_parameters", "key": "service_tier", "operator": "in", "values": ["fast"]}


def tiered(*tiers: dict[str, Any]) -> dict[str, Any]:
    return {"modelName": "tiered", "matchPattern": "^tiered$", "pricingTiers": list(tiers)}


@pytest.fixture
def post(client, project):
    # As text: the client would refuse to send half of a surrogate pair itself.
    headers = {"content-type": "application/json"}
    return lambda body, keys=project: client.post(
        MODELS, content=json.dumps(body), headers={**keys.basic, **headers}
    )


@pytest.fixture
def get(client, project):
    return lambda path="", keys=project, **params: client.get(
        MODELS + path, params=params, headers=keys.basic
    )


@pytest.fixture
def generate(client, parts, project):
    """Ingest one generation, and what is then read of it."""

    def run(keys=project, **fields: Any) -> dict[str, Any]:
        id_ = new_id()
        body = {"id": id_, "traceId": id_, "startTime": "2026-01-01T00:00:00Z", **fields}
        event = {"id": id_, "timestamp": "2026-01-01T00:00:00Z", "type": "generation-create", "body": body}
        answer = client.post("/api/public/ingestion", json={"batch": [event]}, headers=keys.basic)
        assert (answer.status_code, answer.json()["errors"]) == (207, []), answer.text
        parts.pipeline.wait_applied(parts.stores.log.last_seq())
        found = client.get(f"/api/public/observations/{id_}", headers=keys.basic)
        assert found.status_code == 200, found.text
        return found.json()

    return run


class TestCreate:
    def test_flat_prices_become_one_default_tier(self, post, get) -> None:
        body = {**FLAT, "unit": "TOKENS", "startDate": "2024-05-01T02:00:00+02:00", "tokenizerId": "openai"}
        answer = post({**body, "tokenizerConfig": {"tokenizerModel": "gpt-4o"}, "unknown": 1})
        assert answer.status_code == 200, answer.text
        made = answer.json()
        tiers = made.pop("pricingTiers")
        assert made == {
            "id": made["id"],
            "modelName": "house",
            "matchPattern": FLAT["matchPattern"],
            "startDate": "2024-05-01T00:00:00.000Z",
            "unit": "TOKENS",
            "inputPrice": 0.5,
            "outputPrice": 1.5,
            "totalPrice": None,
            "tokenizerId": "openai",
            "tokenizerConfig": {"tokenizerModel": "gpt-4o"},
            "isLangfuseManaged": False,
            "createdAt": made["createdAt"],
            "prices": {"input": {"price": 0.5}, "output": {"price": 1.5}},
        }
        expected = {**tier("Standard", input=0.5, output=1.5), "id": tiers[0]["id"]}
        assert tiers == [expected]
        assert get(f"/{made['id']}").json() == answer.json()

    def test_tiers_are_kept_in_order_of_priority(self, post, get) -> None:
        answer = post(
            tiered(
                tier("Large", 20, over(1000), input=2e-6, output=3e-6),
                tier(" Standard ", input=1e-6, output=2.5e-06),
                tier("Fast", 10, FAST, {**over(5), "caseSensitive": True}, input=4e-6, output=5e-6),
            )
        )
        assert answer.status_code == 200, answer.text
        made = answer.json()
        assert [(each["name"], each["priority"]) for each in made["pricingTiers"]] == [
            ("Standard", 0),
            ("Fast", 10),
            ("Large", 20),
        ]
        assert made["pricingTiers"][1]["conditions"] == [FAST, {**over(5), "caseSensitive": True}]
        assert made["pricingTiers"][2]["conditions"] == [{**over(1000), "caseSensitive": False}]
        assert made["prices"] == {"input": {"price": 1e-6}, "output": {"price": 2.5e-6}}
        assert (made["unit"], made["startDate"], made["tokenizerId"], made["tokenizerConfig"]) == (None,) * 4
        assert len({each["id"] for each in made["pricingTiers"]}) == 3

    def test_a_name_is_unique_in_the_project_alone(self, post, stranger) -> None:
        assert post(FLAT).status_code == 200
        assert post(FLAT, stranger).status_code == 200
        again = post({**FLAT, "matchPattern": "other"})
        assert again.status_code == 400
        assert again.json() == {
            "message": "Model name 'house' already exists in project",
            "error": "InvalidRequestError",
        }
        assert post({**FLAT, "modelName": "gpt-4o"}).status_code == 200  # the catalogue's names are no matter

    def test_total_price_with_zeros_beside_it(self, post) -> None:
        body = {"modelName": "m", "matchPattern": "m", "totalPrice": 2, "inputPrice": 0, "outputPrice": None}
        made = post(body).json()
        assert (made["inputPrice"], made["outputPrice"], made["totalPrice"]) == (0, None, 2)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"inputPrice": None, "outputPrice": None}, "prices are missing"),
            ({"pricingTiers": [tier("Standard")]}, "not both"),
            ({"totalPrice": 1}, "totalPrice excludes"),
            ({"inputPrice": -1}, "greater than or equal to 0"),
            ({"inputPrice": "1"}, "valid number"),
            ({"inputPrice": True}, "valid number"),
            ({"modelName": " "}, "at least 1 character"),
            ({"modelName": "a\0b"}, "NUL"),
            ({"modelName": "a\ud800"}, "unicode"),
            ({"modelName": None}, "valid string"),
            ({"unit": "BYTES"}, "TOKENS"),
            ({"tokenizerId": "mine"}, "openai"),
            ({"tokenizerConfig": {"a": "\0"}}, "NUL"),
            ({"tokenizerConfig": {"a": "\ud800"}}, "surrogate"),
            ({"startDate": "yesterday"}, "ISO"),
            ({"startDate": 5}, "ISO"),
            ({"startDate": "0001-01-01T00:00:00+10:00"}, "ISO"),
            ({"startDate": "9999-12-31T23:59:59-10:00"}, "ISO"),
            ({"matchPattern": ""}, "must not be empty"),
            ({"matchPattern": "(unclosed"}, "missing ): (unclosed"),
            ({"matchPattern": "(?=look)"}, "look-around"),
            ({"matchPattern": r"(a)\1"}, "back-references"),
            ({"matchPattern": "(a{1000}){1000}"}, "invalid repetition size"),
            ({"matchPattern": r"\pL{1000}"}, "pattern too large"),
            ({"matchPattern": "a" * 501}, "at most 500 characters"),
        ],
    )
    def test_what_is_refused(self, post, get, change: dict[str, Any], message: str) -> None:
        answer = post({**FLAT, **change})
        assert answer.status_code == 400, answer.text
        assert message in answer.json()["error"][0]["message"], answer.text
        assert own(get) == []

    @pytest.mark.parametrize(
        ("tiers", "message"),
        [
            ([], "at least 1 item"),
            ([tier("A", 1, FAST)], "exactly one"),
            ([tier("A"), tier("B")], "exactly one"),
            ([{**tier("A"), "priority": 1}], "priority 0 and no conditions"),
            ([{**tier("A"), "conditions": [FAST]}], "priority 0 and no conditions"),
            ([tier("A"), tier("B", 1)], "at least one condition"),
            ([tier("A"), tier("B", 1, FAST), tier("C", 1, FAST)], "priority of each"),
            ([tier("A"), tier(" A ", 1, FAST)], "name of each"),
            ([tier("A" * 101)], "at most 100 characters"),
            ([tier("A"), tier("B", 1000, FAST)], "less than or equal to 999"),
            ([tier("A", input=1), tier("B", 1, FAST, output=1)], "same usage keys"),
            ([{**tier("A"), "prices": {}}], "at least 1 item"),
            ([tier("A", input=-1)], "greater than or equal to 0"),
            ([tier("A"), tier("B", 1, over(1, "["))], "missing ]"),
            ([tier("A"), tier("B", 1, over(1, "a" * 201))], "at most 200 characters"),
            ([tier("A"), tier("B", 1, {**over(1), "operator": "in"})], "'gt', 'gte'"),
            ([tier("A"), tier("B", 1, {**FAST, "source": "input"})], "usageDetailPattern"),
        ],
    )
    def test_tiers_that_are_refused(self, post, get, tiers: list[Any], message: str) -> None:
        answer = post(tiered(*tiers))
        assert answer.status_code == 400, answer.text
        texts = [f"{each['path']} {each['message']}" for each in answer.json()["error"]]
        assert any(message in text for text in texts), texts
        assert own(get) == []

    def test_who_may(self, client, project) -> None:
        assert client.post(MODELS, json=FLAT).status_code == 401
        assert client.post(MODELS, json=FLAT, headers=project.bearer).status_code == 403

    def test_the_administrator_on_behalf_of_a_project(self, client, project, get, admin, admin_key) -> None:
        headers = {**admin, "x-langfuse-admin-api-key": admin_key, "x-langfuse-project-id": project.id}
        made = client.post(MODELS, json=FLAT, headers=headers)
        assert made.status_code == 200, made.text
        assert [each["id"] for each in own(get)] == [made.json()["id"]]


def own(get: Any) -> list[dict[str, Any]]:
    """The models of the project itself, found on all pages of the list."""
    first = get(limit=100).json()
    pages = [first, *(get(limit=100, page=n).json() for n in range(2, first["meta"]["totalPages"] + 1))]
    return [each for page in pages for each in page["data"] if not each["isLangfuseManaged"]]


class TestList:
    def test_own_and_managed_are_one_list_in_order(self, post, get) -> None:
        for body in (
            {**FLAT, "modelName": "gpt-4o"},
            {**FLAT, "modelName": "gpt-4o-mini", "unit": "IMAGES"},
            {**FLAT, "modelName": "AAA", "unit": "SECONDS"},
        ):
            assert post(body).status_code == 200
        first = get(limit=100).json()
        total = first["meta"]["totalItems"]
        assert first["meta"] == {
            "page": 1,
            "limit": 100,
            "totalItems": total,
            "totalPages": -(-total // 100),
        }
        assert total > 1500
        everything = [
            each
            for page in range(1, first["meta"]["totalPages"] + 1)
            for each in get(limit=100, page=page).json()["data"]
        ]
        assert len({each["id"] for each in everything}) == len(everything) == total
        names = [each["modelName"] for each in everything]
        assert names == sorted(names)
        of_4o = [
            (each["unit"], each["isLangfuseManaged"]) for each in everything if each["modelName"] == "gpt-4o"
        ]
        assert of_4o == [("TOKENS", True), (None, False)]
        of_mini = [each for each in everything if each["modelName"] == "gpt-4o-mini"]
        assert [each["unit"] for each in of_mini] == ["IMAGES", "TOKENS"]
        assert get(limit=100, page=999).json()["data"] == []

    def test_every_managed_model_has_all_fields(self, get) -> None:
        page = get(limit=100, page=5).json()["data"]
        assert len(page) == 100
        for each in page:
            assert set(each) == {
                *("id", "modelName", "matchPattern", "startDate", "unit", "inputPrice", "outputPrice"),
                *("totalPrice", "tokenizerId", "tokenizerConfig", "isLangfuseManaged", "createdAt"),
                *("prices", "pricingTiers"),
            }
            default = each["pricingTiers"][0]
            assert (default["isDefault"], default["priority"], default["conditions"]) == (True, 0, [])
            assert each["prices"] == {key: {"price": price} for key, price in default["prices"].items()}

    def test_another_project_sees_nothing_of_it(self, post, get, stranger) -> None:
        assert post(FLAT).status_code == 200
        assert len(own(get)) == 1
        assert own(lambda **params: get(keys=stranger, **params)) == []

    @pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"page": 0}, {"page": "x"}])
    def test_pages_out_of_range(self, get, params: dict[str, Any]) -> None:
        assert get(**params).status_code == 400


class TestGet:
    def test_a_managed_one(self, get) -> None:
        found = get("/openai-gpt-5").json()
        assert (found["modelName"], found["isLangfuseManaged"], found["unit"]) == ("gpt-5", True, "TOKENS")
        assert (found["inputPrice"], found["outputPrice"], found["totalPrice"]) == (1.25e-6, 1e-5, None)
        flex = next(each for each in found["pricingTiers"] if each["name"] == "Flex")
        assert flex["conditions"] == [
            {"source": "model_parameters", "key": "service_tier", "operator": "in", "values": ["flex"]}
        ]
        assert flex["prices"]["input"] == 6.25e-7

    def test_a_managed_one_with_a_condition_on_usage(self, get) -> None:
        found = get("/google-gemini-2.5-pro").json()
        large = found["pricingTiers"][1]
        assert large["conditions"] == [
            {
                "usageDetailPattern": "(input|prompt|cached)",
                "operator": "gt",
                "value": 200000,
                "caseSensitive": False,
            }
        ]

    def test_unknown_and_foreign_ones_are_the_same(self, post, get, stranger) -> None:
        made = post(FLAT).json()
        unknown, foreign = get("/nothing"), get(f"/{made['id']}", stranger)
        assert unknown.status_code == foreign.status_code == 404
        assert unknown.json() == foreign.json()
        assert unknown.json()["error"] == "LangfuseNotFoundError"
        assert get("/a%00b").status_code == 400


class TestReplace:
    @pytest.fixture
    def put(self, client, project):
        return lambda id_, body, keys=project: client.put(f"{MODELS}/{id_}", json=body, headers=keys.basic)

    def test_an_unknown_id_creates_it(self, put, get) -> None:
        answer = put("house/of mine", FLAT)
        assert answer.status_code == 200, answer.text
        made = answer.json()
        assert [made["id"], made["modelName"], made["inputPrice"]] == ["house/of mine", "house", 0.5]
        assert get("/house/of mine").json() == made
        assert [each["id"] for each in own(get)] == ["house/of mine"]

    def test_a_known_one_is_replaced_whole(self, post, put, get) -> None:
        made = post(
            {**FLAT, "unit": "TOKENS", "tokenizerId": "openai", "startDate": "2024-05-01T00:00:00Z"}
        ).json()
        body = {**FLAT, "modelName": "renamed", "inputPrice": 0.75}
        del body["outputPrice"]
        changed = put(made["id"], body).json()
        expected = {"modelName": "renamed", "inputPrice": 0.75, "outputPrice": None}
        expected |= {
            "unit": None,
            "tokenizerId": None,
            "startDate": None,
            "prices": {"input": {"price": 0.75}},
        }
        tiers = [
            {**made["pricingTiers"][0], "prices": {"input": 0.75}}
        ]  # the tier of the same name is the same
        assert changed == {**made, **expected, "pricingTiers": tiers}
        assert own(get) == [changed]

    def test_it_prices_what_is_ingested_next(self, post, put, generate) -> None:
        made = post(FLAT).json()
        assert generate(model="house-1", usageDetails={"input": 2})["calculatedTotalCost"] == 1.0
        put(made["id"], {**FLAT, "inputPrice": 2})
        assert generate(model="house-1", usageDetails={"input": 2})["calculatedTotalCost"] == 4.0

    def test_another_projects_id_is_as_free_as_any(self, client, post, put, get, stranger) -> None:
        made = post(FLAT).json()
        theirs = put(made["id"], {**FLAT, "modelName": "theirs"}, stranger).json()
        assert [theirs["id"], theirs["modelName"]] == [made["id"], "theirs"]
        assert get(f"/{made['id']}").json() == made
        assert client.delete(f"{MODELS}/{made['id']}", headers=stranger.basic).status_code == 200
        assert get(f"/{made['id']}").json() == made

    def test_refused(self, client, put, post, get) -> None:
        made, other = post(FLAT).json(), post({**FLAT, "modelName": "other"}).json()
        built_in = put("openai-gpt-5", FLAT)
        assert [built_in.status_code, built_in.json()["error"]] == [400, "InvalidRequestError"]
        assert "built-in" in built_in.json()["message"]
        taken = put(other["id"], FLAT)
        assert [taken.status_code, taken.json()["message"]] == [
            400,
            "Model name 'house' already exists in project",
        ]
        assert put(made["id"], {**FLAT, "totalPrice": 1}).status_code == 400
        assert put("a%00b", FLAT).status_code == 400
        assert client.put(f"{MODELS}/x", json=FLAT).status_code == 401
        assert own(get) == [made, other]

    def test_changes_are_in_the_audit_log(self, parts, put, project) -> None:
        first, second = put("mine", FLAT).json(), put("mine", {**FLAT, "inputPrice": 3}).json()
        with parts.stores.meta.read() as session:
            of_models = scoped(AuditLog, project.id).where(AuditLog.resource_type == "model")
            rows = session.scalars(of_models.order_by(AuditLog.created_at)).all()
        assert [(row.action, row.before, row.after) for row in rows] == [
            ("create", None, first),
            ("update", first, second),
        ]


class TestDelete:
    def test_only_the_projects_own(self, client, post, get, project, stranger) -> None:
        made = post(FLAT).json()
        path = f"{MODELS}/{made['id']}"
        assert client.delete(path, headers=stranger.basic).status_code == 404
        assert client.delete(f"{MODELS}/openai-gpt-5", headers=project.basic).status_code == 404
        assert get(f"/{made['id']}").status_code == 200
        answer = client.delete(path, headers=project.basic)
        assert (answer.status_code, answer.json()) == (200, {"message": "Model successfully deleted"})
        assert client.delete(path, headers=project.basic).status_code == 404
        assert own(get) == []
        assert post(FLAT).status_code == 200

    def test_changes_are_in_the_audit_log(self, client, parts, post, project) -> None:
        made = post(FLAT).json()
        client.delete(f"{MODELS}/{made['id']}", headers=project.basic)
        with parts.stores.meta.read() as session:
            of_models = scoped(AuditLog, project.id).where(AuditLog.resource_type == "model")
            rows = session.scalars(of_models.order_by(AuditLog.created_at)).all()
        assert [(row.action, row.resource_type, row.resource_id) for row in rows] == [
            ("create", "model", made["id"]),
            ("delete", "model", made["id"]),
        ]
        assert rows[0].after == rows[1].before == made


class TestPricing:
    def test_a_new_model_prices_what_is_ingested_next(
        self, client, post, generate, project, stranger
    ) -> None:
        usage = {"usageDetails": {"input": 10, "output": 4}}
        assert generate(model="house-large", **usage)["modelId"] is None
        made = post(FLAT).json()
        found = generate(model="HOUSE/house-large", **usage)
        assert found["modelId"] == made["id"]
        assert found["costDetails"] == {"input": 5.0, "output": 6.0, "total": 11.0}
        assert found["calculatedTotalCost"] == 11.0
        assert (found["inputPrice"], found["outputPrice"], found["totalPrice"]) == (0.5, 1.5, None)
        assert found["usagePricingTierName"] == "Standard"
        assert found["usagePricingTierId"] == made["pricingTiers"][0]["id"]
        assert generate(stranger, model="house-large", **usage)["modelId"] is None

        v2 = client.get("/api/public/v2/observations", params={"fields": "core,model"}, headers=project.basic)
        prices = {each["modelId"]: each["inputPrice"] for each in v2.json()["data"]}
        assert prices == {None: None, made["id"]: "0.5"}
        trace = client.get(f"/api/public/traces/{found['traceId']}", headers=project.basic).json()
        assert [each["inputPrice"] for each in trace["observations"]] == [0.5]

    def test_an_own_model_comes_before_a_managed_one_until_it_is_deleted(
        self, client, post, generate, project
    ) -> None:
        usage = {"model": "gpt-4o", "usageDetails": {"input": 10}}
        assert generate(**usage)["modelId"] == "openai-gpt-4o"
        made = post({**FLAT, "matchPattern": "gpt-4o$"}).json()
        before = generate(**usage)
        assert (before["modelId"], before["calculatedTotalCost"]) == (made["id"], 5.0)
        client.delete(f"{MODELS}/{made['id']}", headers=project.basic)
        assert generate(**usage)["modelId"] == "openai-gpt-4o"
        # What is stored keeps its cost; the prices that made it are gone.
        kept = client.get(f"/api/public/observations/{before['id']}", headers=project.basic).json()
        assert (kept["modelId"], kept["calculatedTotalCost"], kept["inputPrice"]) == (made["id"], 5.0, None)

    def test_the_latest_start_date_wins(self, post, generate) -> None:
        pattern = {"matchPattern": "^house"}
        post({**FLAT, **pattern, "modelName": "undated"})
        new = post({**FLAT, **pattern, "modelName": "new", "startDate": "2999-01-01T00:00:00Z"}).json()
        post({**FLAT, **pattern, "modelName": "old", "startDate": "2020-01-01T00:00:00Z"})
        assert generate(model="house-1", usageDetails={"input": 1})["modelId"] == new["id"]

    def test_the_tier_is_chosen_by_its_conditions(self, post, generate) -> None:
        post(
            tiered(
                tier("Standard", input=1, output=2),
                tier("Fast", 1, FAST, input=10, output=20),
                tier("Large", 2, over(100, "IN(?:PUT)"), input=3, output=4),
                tier("Odd", 3, {**over(1, "IN"), "caseSensitive": True}, input=7, output=7),
            )
        )
        small, large = {"input": 100, "output": 1}, {"input": 101, "output": 1}
        chosen = [
            generate(model="tiered", usageDetails=usage, **more)
            for usage, more in [
                (small, {}),
                (small, {"modelParameters": {"service_tier": "fast"}}),
                (large, {}),
            ]
        ]
        assert [each["usagePricingTierName"] for each in chosen] == ["Standard", "Fast", "Large"]
        assert [each["calculatedTotalCost"] for each in chosen] == [102.0, 1020.0, 307.0]
        assert [each["inputPrice"] for each in chosen] == [1.0, 10.0, 3.0]

    def test_a_pattern_that_would_hold_a_backtracking_engine(self, post, generate) -> None:
        made = post({**FLAT, "matchPattern": "^(a+)+$"}).json()
        assert generate(model="a" * 1_000_000 + "b", usageDetails={"input": 1})["modelId"] is None
        assert generate(model="a" * 900 + "b", usageDetails={"input": 1})["modelId"] is None
        assert generate(model="a" * 900, usageDetails={"input": 1})["modelId"] == made["id"]


class TestPrompts:
    def test_a_generation_is_linked_to_the_version_it_names(
        self, client, generate, project, stranger
    ) -> None:
        def create(text: str) -> str:
            body = {"name": "greet/x", "type": "text", "prompt": text}
            answer = client.post("/api/public/v2/prompts", json=body, headers=project.basic)
            assert answer.status_code == 201, answer.text
            return str(answer.json()["id"])

        assert generate(promptName="greet/x", promptVersion=1)["promptId"] is None
        first, second = create("one"), create("two")
        found = [generate(promptName="greet/x", promptVersion=n) for n in (1, 2, 3)]
        assert [each["promptId"] for each in found] == [first, second, None]
        assert [each["promptVersion"] for each in found] == [1, 2, 3]
        assert generate(stranger, promptName="greet/x", promptVersion=1)["promptId"] is None
