"""`GET /api/public/v2/prompts?filter=`: columns, operators, precedence, pages, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from prompt_calls import V2, Api
from starlette.testclient import TestClient

SEARCH, ABOUT, CHAT = "tools/search", "tools/Über_uns", "chat"
ALL = {SEARCH: [1, 2], ABOUT: [1], CHAT: [1]}


@pytest.fixture(scope="module")
def api(client: TestClient, make_project: Callable[[], Any]) -> Api:
    """Three names, four versions; `made` has each version as it was answered, in order."""
    api = Api(client, make_project().basic)
    message = [{"role": "user", "content": "x"}]
    first = {"model": "gpt-4o", "temperature": 0.3, "note": ""}
    second = {"model": "Claude 100%", "nested": {"x": [1, "ü"]}, "none": None, "stream": True}
    api.made = [
        api.create(SEARCH, "one", labels=["production", "a"], config=first, tags=["red", "blue"]),
        api.create(SEARCH, "two", labels=["a", "b"], config=second),
        api.create(ABOUT, "x", labels=["b"], config={"model": "x\\y_z\nÄ"}, tags=["red"]),
        api.create(CHAT, message, type="chat", config=["model"]),
    ]
    return api


def condition(type_: str, column: str, operator: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"type": type_, "column": column, "operator": operator, "value": value, **more}


def text(column: str, operator: str, value: str = "") -> dict[str, Any]:
    return condition("string", column, operator, value)


def config(operator: str, value: str = "", key: str = "model") -> dict[str, Any]:
    return condition("stringObject", "config", operator, value, key=key)


def find(api: Api, *conditions: Any, **params: Any) -> dict[str, list[int]]:
    found = api.list(filter=json.dumps(conditions), **params)
    assert found["meta"]["totalItems"] == len(found["data"])
    return {each["name"]: each["versions"] for each in found["data"]}


class TestTexts:
    @pytest.mark.parametrize(
        ("operator", "value", "names"),
        [
            ("=", SEARCH, {SEARCH}),
            ("=", "tools/Search", set()),
            ("=", "tools/%", set()),
            ("contains", "ARC", {SEARCH}),
            ("contains", "", set(ALL)),
            ("contains", "s%ch", {SEARCH}),
            ("contains", "a_c", {SEARCH}),
            ("contains", "r_c", set()),
            ("contains", r"r\_", {ABOUT}),
            ("contains", r"\%", set()),
            ("contains", "*", set()),
            ("contains", "über_", {ABOUT}),
            ("contains", "Ü_ER", {ABOUT}),
            ("does not contain", "TOOLS", {CHAT}),
            ("does not contain", "über", {SEARCH, CHAT}),
            ("does not contain", "", set()),
            ("starts with", "TOOLS/", {SEARCH, ABOUT}),
            ("starts with", "ools", set()),
            ("starts with", "tools/ü", {ABOUT}),
            ("ends with", "CH", {SEARCH}),
            ("ends with", "tools", set()),
            ("is not empty", "", set(ALL)),
        ],
    )
    def test_name(self, api: Api, operator: str, value: str, names: set[str]) -> None:
        assert find(api, text("name", operator, value)) == {name: ALL[name] for name in ALL if name in names}

    def test_type(self, api: Api) -> None:
        assert find(api, text("type", "=", "chat")) == {CHAT: [1]}
        assert find(api, text("type", "=", "CHAT")) == {}
        assert find(api, text("type", "starts with", "TE")) == {SEARCH: [1, 2], ABOUT: [1]}
        assert find(api, condition("stringOptions", "type", "none of", ["text"])) == {CHAT: [1]}

    def test_id(self, api: Api) -> None:
        ids = [each["id"] for each in api.made]
        assert find(api, text("id", "=", ids[1])) == {SEARCH: [2]}
        assert find(api, text("id", "starts with", ids[0][:-2].upper()), text("id", "ends with", ids[0])) == {
            SEARCH: [1]
        }
        assert find(api, condition("stringOptions", "id", "any of", [ids[1], ids[3]])) == {
            SEARCH: [2],
            CHAT: [1],
        }
        assert find(api, condition("stringOptions", "id", "none of", ids[1:])) == {SEARCH: [1]}

    def test_options_of_the_name(self, api: Api) -> None:
        given = [CHAT, ABOUT.upper(), "other"]
        assert find(api, condition("stringOptions", "name", "any of", given)) == {CHAT: [1]}
        assert set(find(api, condition("stringOptions", "name", "none of", given))) == {SEARCH, ABOUT}


class TestNumbersAndTimes:
    @pytest.mark.parametrize(
        ("operator", "value", "versions"),
        [
            ("=", 2, [2]),
            ("=", 1.5, []),
            (">", 1, [2]),
            (">", 1.6, [2]),
            (">=", 2, [2]),
            ("<", 2, [1]),
            ("<=", 1.9, [1]),
            ("<", 1e300, [1, 2]),
            (">", -(10**30), [1, 2]),
        ],
    )
    def test_version(self, api: Api, operator: str, value: float, versions: list[int]) -> None:
        found = find(api, text("name", "=", SEARCH), condition("number", "version", operator, value))
        assert found.get(SEARCH, []) == versions

    @pytest.mark.parametrize("column", ["createdAt", "updatedAt"])
    def test_times(self, api: Api, column: str) -> None:
        for operator, other in ((">", "<"), (">=", "<=")):
            for moment, of_all in (("2000-01-01T00:00:00Z", True), ("2100-01-01T01:00:00+01:00", False)):
                assert find(api, condition("datetime", column, operator, moment)) == (ALL if of_all else {})
                assert find(api, condition("datetime", column, other, moment)) == ({} if of_all else ALL)


class TestLabelsAndTags:
    @pytest.mark.parametrize(
        ("operator", "labels", "expected"),
        [
            ("any of", ["a"], {SEARCH: [2]}),
            ("any of", ["production", "b", "b"], {SEARCH: [1, 2], ABOUT: [1]}),
            ("any of", ["A"], {}),
            ("all of", ["latest", "b"], {SEARCH: [2], ABOUT: [1]}),
            ("all of", ["a", "latest", "a"], {SEARCH: [2]}),
            ("all of", ["production", "a"], {}),
            ("none of", ["a", "b"], {SEARCH: [1], CHAT: [1]}),
            ("none of", ["unknown"], ALL),
        ],
    )
    def test_labels(self, api: Api, operator: str, labels: list[str], expected: dict[str, list[int]]) -> None:
        assert find(api, condition("arrayOptions", "labels", operator, labels)) == expected

    @pytest.mark.parametrize(
        ("operator", "tags", "names"),
        [
            ("any of", ["blue", "green"], {SEARCH}),
            ("any of", ["red"], {SEARCH, ABOUT}),
            ("any of", ["re"], set()),
            ("all of", ["red", "blue"], {SEARCH}),
            ("all of", ["red", "green"], set()),
            ("none of", ["blue"], {ABOUT, CHAT}),
        ],
    )
    def test_tags(self, api: Api, operator: str, tags: list[str], names: set[str]) -> None:
        assert set(find(api, condition("arrayOptions", "tags", operator, tags))) == names


class TestConfig:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (config("=", "gpt-4o"), {SEARCH: [1]}),
            (config("=", "GPT-4o"), {}),
            (config("=", "gpt%"), {}),
            (config("=", ""), {}),
            (config("=", "", "note"), {SEARCH: [1]}),
            (config("contains", "PT-"), {SEARCH: [1]}),
            (config("contains", r"0\%"), {SEARCH: [2]}),
            (config("contains", r"\\Y\_"), {ABOUT: [1]}),
            (config("contains", "z_ä"), {ABOUT: [1]}),
            (config("contains", "(gpt|.*)"), {}),
            (config("does not contain", "gpt"), {SEARCH: [2], ABOUT: [1]}),
            (config("starts with", "claude"), {SEARCH: [2]}),
            (config("ends with", "Z%Ä"), {ABOUT: [1]}),
            (config("ends with", "gpt"), {}),
            (config("=", "0.3", "temperature"), {SEARCH: [1]}),
            (config("=", "true", "stream"), {SEARCH: [2]}),
            (config("=", '{"x": [1, "ü"]}', "nested"), {SEARCH: [2]}),
            (config("contains", "n", "none"), {}),
            (config("is set"), {SEARCH: [1, 2], ABOUT: [1]}),
            (config("is set", key="none"), {SEARCH: [2]}),
            (config("is not set", key="none"), {SEARCH: [1], ABOUT: [1], CHAT: [1]}),
            (config("is set", key=""), {}),
            (config("contains", "", "temperature"), {SEARCH: [1]}),
            (config("does not contain", "", "temperature"), {SEARCH: [1]}),
        ],
    )
    def test_config(self, api: Api, given: Any, expected: dict[str, list[int]]) -> None:
        assert find(api, given) == expected


class TestList:
    def test_conditions_are_joined_and_only_what_passes_is_shown(self, api: Api) -> None:
        found = api.list(filter=json.dumps([config("is set"), text("name", "ends with", "search")]))
        assert found["data"][0]["labels"] == ["a", "b", "latest", "production"]
        of_first = [
            condition("number", "version", "<", 2),
            condition("arrayOptions", "tags", "all of", ["red"]),
            text("name", "contains", "arch"),
        ]
        first = api.made[0]
        for more in ([], [config("=", "gpt-4o")]):
            listed = api.list(filter=json.dumps(of_first + more))
            assert listed["data"] == [
                {
                    "name": SEARCH,
                    "type": "text",
                    "versions": [1],
                    "labels": ["production"],
                    "tags": ["red", "blue"],
                    "lastUpdatedAt": api.get(SEARCH, version=1)["updatedAt"],
                    "lastConfig": first["config"],
                }
            ]
        assert find(api, *of_first, config("=", "gpt-4")) == {}

    def test_it_takes_precedence_over_named_parameters(self, api: Api) -> None:
        named = {
            "name": "nobody",
            "version": 9,
            "label": "nothing",
            "tag": "none",
            "fromUpdatedAt": "2100-01-01T00:00:00Z",
            "toUpdatedAt": "2000-01-01T00:00:00Z",
        }
        for name, value in named.items():
            assert api.list(**{name: value})["data"] == []
        assert find(api, **named) == ALL
        assert find(api, text("name", "=", CHAT), **named) == {CHAT: [1]}
        assert api.list(filter="", name="nobody")["data"] == []

    def test_named_parameters_together(self, api: Api) -> None:
        found = api.list(name=SEARCH, version=2, label="b", tag="blue")["data"]
        assert [(each["name"], each["versions"]) for each in found] == [(SEARCH, [2])]
        assert api.list(name=SEARCH, version=1, label="b", tag="blue")["data"] == []

    def test_pages(self, client: TestClient, project: Any) -> None:
        api = Api(client, project.basic)
        for name in ("Zb", "_a", "é", "m", "n", "out"):
            api.create(name, "x", config={"k": "no" if name == "out" else "yes"})
            api.create(name, "y", config={"k": "no"})
        order = [each["name"] for each in api.list(filter="[]")["data"] if each["name"] != "out"]
        for given in (
            [config("=", "yes", "k")],
            [condition("number", "version", "=", 1), text("name", "does not contain", "out")],
        ):
            pages = [api.list(filter=json.dumps(given), limit=2, page=page) for page in (1, 2, 3, 4)]
            assert [[each["name"] for each in page["data"]] for page in pages] == [
                order[:2],
                order[2:4],
                order[4:],
                [],
            ]
            assert pages[2]["data"][0]["versions"] == [1]
            assert [page["meta"] for page in pages] == [
                {"page": page, "limit": 2, "totalItems": 5, "totalPages": 3} for page in (1, 2, 3, 4)
            ]

    def test_another_project(self, api: Api, stranger: Any) -> None:
        other = Api(api.client, stranger.basic)
        other.create(SEARCH, "theirs", labels=["theirs"], tags=["theirs"], config={"theirs": "1"})
        for given in (
            text("id", "=", api.made[0]["id"]),
            text("type", "=", "chat"),
            condition("arrayOptions", "labels", "any of", ["production"]),
            condition("arrayOptions", "tags", "any of", ["red"]),
            config("is set"),
        ):
            assert find(other, given) == {}
            assert find(api, given) != {}
        assert find(other) == {SEARCH: [1]}
        assert find(other, text("name", "=", SEARCH), condition("number", "version", "=", 2)) == {}


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "path", "words"),
        [
            ({}, [], "expected array"),
            (["x"], [0], "expected object"),
            ([condition("null", "name", "is null", "")], [0, "type"], "string, stringOptions, number"),
            ([condition("positionInTrace", "name", "=", 1)], [0, "type"], "expected one of"),
            ([condition("boolean", "name", "=", True)], [0, "type"], "expected one of"),
            ([text("name", "matches", "a")], [0, "operator"], "ends with, is not empty"),
            ([text("name", "is set")], [0, "operator"], "expected one of ="),
            ([config("is not empty")], [0, "operator"], "is set, is not set"),
            ([condition("arrayOptions", "labels", "=", ["a"])], [0, "operator"], "any of, none of, all of"),
            ([condition("arrayOptions", "labels", "none of", [])], [0, "value"], "non-empty"),
            ([condition("stringOptions", "name", "any of", [])], [0, "value"], "non-empty"),
            ([condition("number", "version", "=", "1")], [0, "value"], "expected number"),
            ([condition("datetime", "updatedAt", ">", "today")], [0, "value"], "ISO 8601"),
            ([condition("string", "name", "=", None)], [0, "value"], "expected string"),
            ([condition("stringObject", "config", "is set", "")], [0, "key"], "expected string"),
            ([{"type": "string", "operator": "=", "value": ""}], [0, "column"], "expected string"),
            ([text("name", "=", "a\0")], [0, "value"], "NUL"),
            ([text("type", "=", "a"), text("name", "contains", "\0")], [1, "value"], "NUL"),
            ([condition("arrayOptions", "labels", "any of", ["a", "\0"])], [0, "value"], "NUL"),
            ([text("name", "ends with", "a\\")], [0, "value"], "backslash"),
            ([config("contains", "\\\\\\")], [0, "value"], "backslash"),
            ([text("name", "contains", "%" * 501)], [0, "value"], "at most 500"),
            ([text("name", "=", "a")] * 101, [], "At most 100"),
        ],
    )
    def test_an_issue_says_where(self, api: Api, given: Any, path: list[Any], words: str) -> None:
        answer = api.client.get(V2, params={"filter": json.dumps(given)}, headers=api.headers)
        assert answer.status_code == 400
        assert answer.json()["message"] == "Invalid request data"
        assert [issue["path"] for issue in answer.json()["error"]] == [path]
        assert words in answer.json()["error"][0]["message"]

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ("[", "Invalid JSON in filter parameter"),
            (
                json.dumps([text("prompt", "=", "x")]),
                "Invalid filter column: prompt. Expected one of id, name, type, version, createdAt, updatedAt, "
                "labels, tags, config",
            ),
            (
                json.dumps([text("version", "=", "x")]),
                "Invalid filter type 'string' for column version of type number. Expected one of number",
            ),
            (
                json.dumps([condition("arrayOptions", "name", "any of", ["x"])]),
                "Invalid filter type 'arrayOptions' for column name of type string. "
                "Expected one of string, stringOptions",
            ),
        ],
    )
    def test_a_message_says_what(self, api: Api, given: str, words: str) -> None:
        answer = api.client.get(V2, params={"filter": given}, headers=api.headers)
        assert (answer.status_code, answer.json()["message"]) == (400, words)

    def test_what_is_just_allowed(self, api: Api) -> None:
        many = [str(number) for number in range(2_000)]
        assert find(api, condition("stringOptions", "name", "any of", [*many, CHAT])) == {CHAT: [1]}
        assert find(api, *[text("name", "contains", "%c" * 250)] * 40) == {}
        assert find(api, config("contains", "_ü" * 250)) == {}
        assert find(api, text("name", "ends with", r"search\\")) == {}

    def test_its_operators_are_no_part_of_other_filters(self, api: Api) -> None:
        for given in (text("name", "is not empty"), config("is set") | {"column": "metadata"}):
            answer = api.client.get(
                "/api/public/traces", params={"filter": json.dumps([given])}, headers=api.headers
            )
            assert answer.status_code == 400
            assert answer.json()["error"][0]["path"] == [0, "operator"]

    def test_anonymous(self, client: TestClient) -> None:
        assert client.get(V2, params={"filter": "["}).status_code == 401
