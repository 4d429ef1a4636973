"""Scores against the configs that they name (contract 4.3), and decoding the same body again from the log."""

import json
from typing import Any

import msgspec
import pytest

from spyglass.core.errors import Invalid, Unavailable
from spyglass.core.records import Arrival, Decoded, FindRule, Patch, ScoreRule
from spyglass.ingest.dialects import entities, langfuse
from spyglass.ingest.score_rules import MustWait, RuleFinder, recall

T0 = 1767225600_000_000  # 2026-01-01T00:00:00Z
RULES = {
    "num": ScoreRule("quality", "NUMERIC", 0, 5),
    "low": ScoreRule("floor", "NUMERIC", min_value=-0.5),
    "high": ScoreRule("roof", "NUMERIC", max_value=1234567.25),
    "free": ScoreRule("free", "NUMERIC"),
    "cat": ScoreRule("tone", "CATEGORICAL", categories={"good": 1.0, "bad": -2.5}),
    "many": ScoreRule("many", "CATEGORICAL", categories={f"c{n}": float(n) for n in range(25)}),
    "bool": ScoreRule("ok", "BOOLEAN", categories={"True": 1.0, "False": 0.0}),
    "text": ScoreRule("note", "TEXT"),
    "old": ScoreRule("old", "NUMERIC", archived=True),
}


def finder(rules: dict[str, ScoreRule] = RULES) -> RuleFinder:
    return RuleFinder(lambda: rules, may_wait=True)


def decode(find: FindRule | None, *bodies: dict[str, Any]) -> Decoded:
    batch = [
        {
            "id": f"e{place}",
            "timestamp": "2026-01-01T00:00:00Z",
            "type": "score-create",
            "body": {"id": f"s{place}", "name": "sent", "traceId": "t", **body},
        }
        for place, body in enumerate(bodies)
    ]
    arrival = Arrival(project_id="p", received_us=T0, find_rule=find)
    return langfuse.decode(json.dumps({"batch": batch}).encode(), arrival=arrival)


def patch_of(**body: Any) -> Patch:
    decoded = decode(finder(), body)
    assert not decoded.rejections, decoded.rejections
    return decoded.patches[0]


VALID = [
    ({"configId": "num", "value": 0}, ("quality", "NUMERIC", 0.0, None)),
    ({"configId": "num", "value": 5, "dataType": "NUMERIC"}, ("quality", "NUMERIC", 5.0, None)),
    ({"configId": "low", "value": -0.5}, ("floor", "NUMERIC", -0.5, None)),
    ({"configId": "high", "value": 1234567.25}, ("roof", "NUMERIC", 1234567.25, None)),
    ({"configId": "free", "value": -1e9}, ("free", "NUMERIC", -1e9, None)),
    ({"configId": "cat", "value": "bad"}, ("tone", "CATEGORICAL", -2.5, "bad")),
    ({"configId": "cat", "value": "good", "dataType": "CATEGORICAL"}, ("tone", "CATEGORICAL", 1.0, "good")),
    ({"configId": "bool", "value": 1}, ("ok", "BOOLEAN", 1.0, "True")),
    ({"configId": "bool", "value": 0.0, "dataType": "BOOLEAN"}, ("ok", "BOOLEAN", 0.0, "False")),
    ({"configId": "text", "value": "a" * 500}, ("note", "TEXT", 0.0, "a" * 500)),
    ({"configId": "num", "value": 1, "source": "ANNOTATION"}, ("quality", "NUMERIC", 1.0, None)),
    ({"configId": None, "value": "x"}, ("sent", "CATEGORICAL", 0.0, "x")),
    ({"configId": "", "value": 99}, ("sent", "NUMERIC", 99.0, None)),
]


@pytest.mark.parametrize(("body", "expected"), VALID)
def test_what_is_stored(body: dict[str, Any], expected: tuple[Any, ...]) -> None:
    said = patch_of(**body).explicit
    assert (said["name"], said["data_type"], said["value"], said["string_value"]) == expected


INVALID = [
    ({"configId": "none", "value": 1}, "configId: the project has no score config with this id"),
    ({"configId": "old", "value": 1}, "configId: the score config 'old' is archived"),
    (
        {"configId": "num", "value": "x", "dataType": "CATEGORICAL"},
        "dataType: must be NUMERIC or absent, as the score config 'quality' says",
    ),
    (
        {"configId": "bool", "value": 1, "dataType": "NUMERIC"},
        "dataType: must be BOOLEAN or absent, as the score config 'ok' says",
    ),
    (
        {"configId": "num", "value": 5.1},
        "value: must be at least 0 and at most 5, as the score config 'quality' says",
    ),
    (
        {"configId": "num", "value": -0.1},
        "value: must be at least 0 and at most 5, as the score config 'quality' says",
    ),
    ({"configId": "low", "value": -1}, "value: must be at least -0.5, as the score config 'floor' says"),
    (
        {"configId": "high", "value": 1234568},
        "value: must be at most 1234567.25, as the score config 'roof' says",
    ),
    (
        {"configId": "cat", "value": "Good"},
        "value: must be one of 'good', 'bad', as the score config 'tone' says",
    ),
    ({"configId": "num", "value": "5"}, "value: must be a number for NUMERIC"),
    ({"configId": "cat", "value": 1}, "value: must be a string for CATEGORICAL"),
    ({"configId": "bool", "value": 2}, "value: must be 0 or 1 for BOOLEAN"),
    ({"configId": "bool", "value": "True"}, "value: must be a number for BOOLEAN"),
    ({"configId": "text", "value": ""}, "value: must have 1 to 500 characters for TEXT"),
    ({"configId": "text", "value": "a" * 501}, "value: must have 1 to 500 characters for TEXT"),
]


@pytest.mark.parametrize(("body", "message"), INVALID)
def test_what_is_refused(body: dict[str, Any], message: str) -> None:
    decoded = decode(finder(), body, {"value": 1})
    (refused,) = decoded.rejections
    assert (refused.id, refused.status, refused.error) == ("e0", 400, message)
    assert (refused.kind, refused.record_id) == ("score", "s0")
    assert [patch.id for patch in decoded.patches] == ["s1"]
    assert decoded.accepted == ["e1"]


def test_not_every_category_is_told() -> None:
    (refused,) = decode(finder(), {"configId": "many", "value": "x"}).rejections
    assert "'c19' or 5 more, as" in refused.error
    assert "'c20'" not in refused.error


def test_one_record_is_refused_in_words() -> None:
    body = json.dumps({"name": "q", "traceId": "t", "value": 9, "configId": "num"}).encode()
    arrival = Arrival(project_id="p", received_us=T0, find_rule=finder())
    with pytest.raises(Invalid) as caught:
        entities.decode(body, {"entity": "scores", "new_id": "n"}, arrival)
    assert caught.value.message.startswith("value: must be at least 0 and at most 5")
    assert caught.value.name == "InvalidRequestError"


def test_without_a_door_the_configs_are_not_asked() -> None:
    (patch,) = decode(None, {"configId": "none", "value": 1}).patches
    assert (patch.explicit["name"], patch.implied["data_type"]) == ("sent", "NUMERIC")


class TestAgainFromTheLog:
    BODIES = (
        {"configId": "num", "value": 3},
        {"configId": "num", "value": 6},
        {"configId": "many", "value": "c7"},
        {"configId": "old", "value": 1},
        {"configId": "none", "value": 1},
        {"configId": "cat", "value": "other"},
        {"configId": "bool", "value": 1},
        {"value": 1},
    )

    def test_the_same_records(self) -> None:
        find = finder()
        first = decode(find, *self.BODIES)
        again = decode(recall(find.remember(first)), *self.BODIES)
        assert [patch.id for patch in first.patches] == ["s0", "s2", "s6", "s7"]
        assert again.patches == first.patches
        assert again.accepted == first.accepted
        assert [each.id for each in again.rejections] == [each.id for each in first.rejections]

    def test_only_what_was_used_is_kept(self) -> None:
        find = finder()
        kept = msgspec.json.decode(find.remember(decode(find, *self.BODIES)))
        assert set(kept) == {"num", "many", "bool"}
        assert kept["many"][4] == {"c7": 7.0}

    def test_nothing_is_kept_when_no_config_was_named(self) -> None:
        find = RuleFinder(lambda: pytest.fail("asked"), may_wait=True)
        assert find.remember(decode(find, {"value": 1})) == ""
        assert recall("") is None

    def test_refused_stays_refused_when_nothing_was_accepted(self) -> None:
        find = finder()
        kept = find.remember(decode(find, {"configId": "none", "value": 1}))
        assert kept == "{}"
        assert decode(recall(kept), {"configId": "none", "value": 1}).patches == []


class TestFinder:
    def test_the_store_is_asked_once_and_only_where_one_may_wait(self) -> None:
        loads: list[int] = []

        def load() -> dict[str, ScoreRule]:
            loads.append(1)
            return RULES

        with pytest.raises(MustWait):
            decode(RuleFinder(load, may_wait=False), {"configId": "num", "value": 1})
        assert loads == []
        decode(RuleFinder(load, may_wait=True), *[{"configId": "num", "value": 1}] * 3)
        assert loads == [1]

    def test_a_store_that_is_away_refuses_no_score(self) -> None:
        def load() -> dict[str, ScoreRule]:
            raise Unavailable("away")

        with pytest.raises(Unavailable):
            decode(RuleFinder(load, may_wait=True), {"configId": "num", "value": 1})
