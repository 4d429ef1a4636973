"""What other prices would make of stored observations: the answers of the engine against the prices that ingest
applies, on random usage, models, tiers and attributes."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest

from spyglass.core.cost import AttributeCondition, Model, Tier, UsageCondition, choose_tier, compute_cost, fit
from spyglass.core.errors import Invalid
from spyglass.core.ids import new_id
from spyglass.core.records import Observation
from spyglass.core.usage import with_total
from spyglass.ingest.writer import write
from spyglass.query import costs
from spyglass.query.price_sql import Priced
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import Sql, sql, value
from spyglass.stores.analytics.tables import OBSERVATIONS

D = Decimal
START = 1_767_225_600_000_000


def tier(name: str, *conditions: Any, priority: int = 0, **prices: str) -> Tier:
    amounts = {key: D(price) for key, price in prices.items()}
    return Tier(f"{name}-id", name, amounts, not conditions, priority, conditions)


def over(limit: float, pattern: str = "(input|cache)", operator: Any = "gt", **more: Any) -> UsageCondition:
    return UsageCondition(pattern, operator, limit, **more)


MODELS = {
    "flat": Model("flat", "flat", "^flat", (tier("Standard", input="0.00000015", output="0.0000006"),)),
    "total": Model("total", "total", "^total", (tier("Standard", total="0.00000002", input="0.5"),)),
    "tiered": Model(
        "tiered",
        "tiered",
        "^tiered",
        (
            tier("Standard", input="0.000003", output="0.000015", input_cached_tokens="0.0000003"),
            tier("Large", over(50), priority=20, input="0.000006", output="0.0000225"),
            tier(
                "Fast",
                AttributeCondition("model_parameters", "service_tier", ("fast", "5", "true")),
                over(10, "INPUT", "gte"),
                priority=10,
                input="0.1",
            ),
            tier("Marked", AttributeCondition("metadata", "plan", ("gold", "")), priority=15, output="0.01"),
            tier("Exact", over(7, "OUTPUT", "eq", case_sensitive=True), priority=5, output="1"),
            tier("Broken", over(0, "(", "gte"), priority=1, input="9"),
        ),
    ),
    "nothing": Model("nothing", "nothing", "^nothing", (tier("Standard", seconds="1"),)),
}
NAMES = [*MODELS, "unknown"]
KEYS = ["input", "output", "input_cached_tokens", "OUTPUT_x", "reasoning"]


class History:
    def __init__(self, analytics: Analytics) -> None:
        self.analytics = analytics
        self.project = new_id()
        self.rows: list[Observation] = []

    def add(self, **fields: Any) -> Observation:
        number = len(self.rows)
        usage = with_total(fields.pop("usage", {"input": 10}))
        row = Observation(
            project_id=self.project,
            trace_id=fields.pop("trace_id", "t"),
            id=fields.pop("id", f"o{number}"),
            start_time=fields.pop("start_time", START + number),
            usage=usage,
            version_seq=1,
            **fields,
        )
        self.rows.append(row)
        return row

    def write(self) -> None:
        write(self.analytics, OBSERVATIONS, self.rows)

    def compare(self, priced: list[Priced], keep: bool = True, *where: Sql) -> dict[str, costs.Sum]:
        return costs.compare(self.analytics, self.project, where, priced, keep_provided=keep)


@pytest.fixture
def history(analytics: Analytics) -> History:
    return History(analytics)


def parameters_of(row: Observation) -> dict[str, Any]:
    try:
        found = json.loads(row.model_parameters or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def expect(rows: list[Observation], find: Any, keep: bool) -> dict[str, tuple[Any, ...]]:
    """name -> (observations, changed, provided, unpriced, unpriced then, old, new), one row at a time."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        if not row.usage:
            continue
        entry = found.setdefault(row.model, [0, 0, 0, 0, 0, D(0), D(0)])
        model = find(row.model)
        parameters, old = parameters_of(row), row.total_cost
        cost = compute_cost(model, row.usage, parameters, row.metadata)
        stays = (keep and bool(row.provided_cost)) or cost.total is None
        new = old if stays else cost.total
        label = (row.model_id, row.pricing_tier)
        if not stays:
            assert model is not None
            assert choose_tier(model, row.usage, parameters, row.metadata) is not None
            entry[1] += new != old or label != (model.id, cost.tier_name)
        entry[0] += 1
        entry[2] += bool(row.provided_cost)
        entry[3] += old is None
        entry[4] += new is None
        entry[5] += old or 0
        entry[6] += new or 0
    return {name: tuple(entry) for name, entry in found.items()}


def shown(sums: dict[str, costs.Sum]) -> dict[str, tuple[Any, ...]]:
    return {
        name: (s.observations, s.changed, s.provided, s.unpriced, s.unpriced_then, s.old, s.new)
        for name, s in sums.items()
    }


@pytest.mark.parametrize("seed", range(4))
def test_the_engine_prices_as_ingest_does(history: History, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(300):
        name = chance.choice(NAMES)
        usage = {
            key: chance.choice([0, 1, 7, 10, 49, 50, 51, 10**9])
            for key in chance.sample(KEYS, chance.randrange(4))
        }
        row = history.add(model=name, usage=usage)
        row.model_parameters = chance.choice(
            [
                *(
                    "",
                    "{",
                    "[]",
                    "5",
                    '{"service_tier":"fast"}',
                    '{"service_tier":5}',
                    '{"service_tier":5.0}',
                ),
                *(
                    '{"service_tier":true}',
                    '{"service_tier":null}',
                    '{"service_tier":["fast"]}',
                    '{"x":"fast"}',
                ),
            ]
        )
        row.metadata = chance.choice([{}, {"plan": "gold"}, {"plan": "silver"}, {"plan": ""}])
        if chance.random() < 0.2:
            row.provided_cost = {"total": 0.25}
            row.total_cost = D("0.25")
        elif name in MODELS and chance.random() < 0.7:
            cost = compute_cost(MODELS[name], row.usage, parameters_of(row), row.metadata)
            row.total_cost, row.model_id, row.pricing_tier = cost.total, name, cost.tier_name
            if chance.random() < 0.3 and cost.total is not None:
                row.total_cost = fit(cost.total * D("1.00001")) + D("0.000000000001")
            if chance.random() < 0.2:
                row.pricing_tier = "Else"
    history.write()
    priced = [Priced(model, (name,)) for name, model in MODELS.items()]
    rows = [row for row in history.rows if row.model in MODELS]
    assert shown(history.compare(priced)) == expect(rows, MODELS.get, True)
    everything = [Priced(MODELS["tiered"])]
    wanted = expect(history.rows, lambda name: MODELS["tiered"], False)
    assert shown(history.compare(everything, keep=False)) == wanted


def test_what_is_counted(history: History) -> None:
    history.add(model="flat", usage={"input": 1_000_000, "output": 2}, usage_source="estimated")
    history.add(model="flat", usage={"input": 1}, total_cost=D(3), provided_cost={"total": 3})
    history.add(model="flat", usage={})
    history.add(model="other", usage={"input": 5}, total_cost=D(1))
    history.write()
    found = history.compare([Priced(MODELS["flat"], ("flat",))])
    assert set(found) == {"flat"}
    flat = found["flat"]
    assert (flat.observations, flat.estimated, flat.provided, flat.unpriced) == (2, 1, 1, 1)
    assert flat.usage == {"input": 1_000_001, "output": 2, "total": 1_000_003}
    assert (flat.old, flat.new) == (D(3), D("3.1500012"))


def test_without_any_model_nothing_changes(history: History) -> None:
    history.add(model="other", usage={"input": 5}, total_cost=D(1))
    history.write()
    other = history.compare([])["other"]
    assert (other.observations, other.changed, other.old, other.new) == (1, 0, D(1), D(1))


def test_more_models_than_one_question_holds(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "_MOST_MODELS", 2)
    for name in MODELS:
        history.add(model=name, usage={"input": 10})
    history.write()
    found = history.compare([Priced(model, (name,)) for name, model in MODELS.items()])
    assert {name: s.new for name, s in found.items()} == {
        "flat": D("0.0000015"),
        "total": D("0.0000002"),
        "tiered": D("0.00003"),
        "nothing": D(0),
    }


def test_names_in_the_order_of_their_use(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b", "a", "b", "", "c"):
        history.add(model=name)
    history.add(model="d", usage={})
    history.write()
    assert costs.list_names(history.analytics, history.project, ()) == ["b", "a", "c"]
    where = [sql("id = {}", value("String", "o1"))]
    assert costs.list_names(history.analytics, history.project, where) == ["a"]
    monkeypatch.setattr(costs, "MOST_NAMES", 2)
    with pytest.raises(Invalid, match="narrow"):
        costs.list_names(history.analytics, history.project, ())


def test_missing_prices(history: History) -> None:
    def add(name: str, at: int, usage: dict[str, int], **fields: Any) -> None:
        history.add(model=name, start_time=START + at, usage=usage, **fields)

    add("unseen", 5, {"input": 4})
    add("unseen", 9, {})
    add("unseen", 7, {"output": 3})
    add("matched", 20, {"seconds": 3}, model_id="m")
    add("matched", 21, {}, model_id="m")  # a call without tokens is not the fault of the prices
    add("priced", 30, {"input": 1}, total_cost=D(1), model_id="p")
    add("stated", 31, {"input": 1}, provided_cost={"x": 1.0})
    add("", 32, {"input": 1})
    history.write()
    find = lambda from_, to, **page: costs.list_missing(  # noqa: E731
        history.analytics, history.project, START + from_, START + to, **{"offset": 0, "limit": 10, **page}
    )
    matched = costs.Missing("matched", 1, {"seconds": 3, "total": 3}, START + 20, START + 20)
    unseen = costs.Missing("unseen", 3, {"input": 4, "output": 3, "total": 7}, START + 5, START + 9)
    assert find(0, 100) == ([matched, unseen], 2)
    assert find(0, 100, limit=1) == ([matched], 2)
    assert find(0, 100, offset=1) == ([unseen], 2)
    assert find(0, 100, offset=5) == ([], 2)
    assert find(5, 9)[0] == [costs.Missing("unseen", 2, unseen.usage, START + 5, START + 7)]
    assert find(200, 300) == ([], 0)


def test_rows_of_a_repricing_come_in_order_and_once(history: History) -> None:
    for number in range(10):
        history.add(model="flat", trace_id=f"t{9 - number}", start_time=START + number // 3)
    history.add(model="flat", provided_cost={"total": 1.0})
    history.add(model="", id="nameless")
    history.add(model="flat", usage={}, id="empty")
    history.write()
    seen: list[tuple[int, str, str]] = []
    after = None
    while rows := costs.read_priceable(
        history.analytics, history.project, (), after=after, limit=4, with_metadata=True
    ):
        assert len(rows) <= 4
        seen += [(row.start_time, row.trace_id, row.id) for row in rows]
        after = seen[-1]
    wanted = sorted((row.start_time, row.trace_id, row.id) for row in history.rows[:10])
    assert seen == wanted
