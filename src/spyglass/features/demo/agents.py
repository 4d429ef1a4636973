"""Scenarios with agents: a trip planner, an analyst with a database, a long audit, an export with a large
output. Agents call models that call tools; tools fail and are tried again.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from spyglass.features.demo.agent_texts import (
    AIRLINES,
    ANALYSES,
    DATA_SYSTEM,
    HOTELS,
    SCHEMA,
    SIGHTS,
    TRAVEL_SYSTEM,
    TRIPS,
    WEATHER,
)
from spyglass.features.demo.language_models import CLAUDE_BEDROCK, GPT_4O, GPT_4O_MINI, O4_MINI, LanguageModel
from spyglass.features.demo.mishaps import (
    SQL_ERROR,
    TOOL_CRASH,
    TOOL_UNREACHABLE,
    fail,
    fail_like_last,
    try_generation,
)
from spyglass.features.demo.spans import Service
from spyglass.features.demo.story import Message, Story, chat
from spyglass.features.demo.visits import Visit

TRAVEL = Service("trip-planner")
ANALYST = Service("data-analyst")
AUDITOR = Service("catalogue-audit", "nodejs")

_EXPORTED_ROWS = 9_000
_COUNTRIES = ("DE", "AT", "DK")


def call_tool(name: str, arguments: dict[str, Any]) -> Message:
    """What a model says when it wants a tool."""
    function = {"name": name, "arguments": msgspec.json.encode(arguments).decode()}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": f"call_{name}", "type": "function", "function": function}],
    }


def count_agent_turns(visit: Visit) -> int:
    return visit.rng("turns").choices([1, 2], [2, 1])[0]


def tell_trip(story: Story, visit: Visit, turn: int) -> None:
    """Plan, call several tools at once, look closer at some, write the plan."""
    trace, rng = story.trace, story.rng
    start, goal, days, budget, wishes = visit.rng("trip").choice(TRIPS)
    trace.name, trace.service, trace.tags = "plan-trip", TRAVEL, ["agent", "travel"]
    trace.metadata = {"budget_eur": budget, "days": days}
    asked = f"{days} days in {goal} from {start}, {budget} euros for everything, I like {wishes}."
    if turn:
        asked = f"Can you make {goal} cheaper? Keep the rest."
    messages = chat(TRAVEL_SYSTEM, asked)
    model = visit.rng("model").choice([GPT_4O, CLAUDE_BEDROCK])
    with story.span("trip-planner", "AGENT", input=asked) as root:
        route = {"from": start, "to": goal, "days": days}
        thought = call_tool("search_flights", route)
        if try_generation(story, "plan", model, messages, thought, seen=turn > 0) is None:
            fail_like_last(story, root)
            return
        messages.append(thought)
        messages.append({"role": "tool", "content": f"{_search(story, route)} results"})
        for day in range(1, days + 1):
            _plan_day(story, messages, goal, day)
        plan = _write_plan(rng.sample(SIGHTS, min(days, 6)), goal, budget)
        prompt = ("trip-plan", trace.prompt_version)
        if try_generation(story, "write-plan", model, messages, plan, seen=True, prompt=prompt) is None:
            fail_like_last(story, root)
            return
        root.output = plan
    if rng.random() < 0.35:
        trace.add_score("thumbs-up", int(rng.random() < 0.7), "BOOLEAN", after_s=45)


def _search(story: Story, route: dict[str, Any]) -> int:
    """Flights, hotels and weather at the same time. A tool that fails is called once more."""
    rng = story.rng
    tools: list[tuple[str, float, Any]] = [
        ("search_flights", 1400, [{"airline": rng.choice(AIRLINES), "eur": rng.randint(90, 340)}] * 2),
        ("search_hotels", 900, [{"hotel": name, "eur": rng.randint(55, 160)} for name in HOTELS[:3]]),
        ("weather", 160, {"forecast": rng.choice(WEATHER)}),
    ]
    with story.together() as branches:
        for name, took_ms, found in tools:
            with branches.branch():
                if rng.random() < 0.12:
                    first = story.step(name, "TOOL", took_ms, input=route, metadata={"attempt": 1})
                    fail(first, rng.choice([TOOL_CRASH, TOOL_UNREACHABLE]))
                story.step(name, "TOOL", took_ms, input=route, output=found)
    return sum(len(found) for _, _, found in tools)


def _plan_day(story: Story, messages: list[Message], goal: str, day: int) -> None:
    sights = story.rng.sample(SIGHTS, 2)
    with story.span(f"plan-day-{day}", "CHAIN", input={"day": day, "city": goal}, output=sights):
        call = call_tool("opening_hours", {"places": sights})
        story.generate("choose-sights", GPT_4O_MINI, messages, call, seen=day > 1)
        for sight in sights:
            story.step("opening_hours", "TOOL", 120, input={"place": sight}, output={"open": "10:00-18:00"})


def _write_plan(sights: list[str], goal: str, budget: int) -> str:
    lines = [f"Day {number}: {sight}" for number, sight in enumerate(sights, 1)]
    return f"{goal}, about {round(budget * 0.93)} euros:\n" + "\n".join(lines) + "\nOpen: seat reservations."


def tell_analysis(story: Story, visit: Visit, turn: int) -> None:
    """Look at the schema, write SQL, run it - correct it when the database refuses - and answer."""
    trace, rng = story.trace, story.rng
    question, wrong, right, rows, answer = visit.rng("analysis").sample(ANALYSES, 3)[turn]
    trace.name, trace.service, trace.tags = "ask-database", ANALYST, ["agent", "sql"]
    trace.metadata = {"database": "shop", "role": "readonly"}
    model = visit.rng("model").choice([O4_MINI, GPT_4O])
    messages = chat(DATA_SYSTEM, question)
    with story.span("data-analyst", "AGENT", input=question) as root:
        story.generate("think", model, messages, call_tool("list_tables", {}), seen=turn > 0)
        story.step("list_tables", "TOOL", 30, input={}, output=list(SCHEMA))
        with story.together() as branches:
            for table in rng.sample(list(SCHEMA), rng.randint(2, 4)):
                with branches.branch():
                    story.step(
                        "describe_table",
                        "TOOL",
                        25,
                        input={"table": table},
                        output={"columns": SCHEMA[table]},
                    )
        for query in filter(None, (wrong, right)):
            call = call_tool("run_sql", {"query": query})
            if try_generation(story, "write-sql", model, messages, call, seen=True) is None:
                fail_like_last(story, root)
                return
            run = story.step("run_sql", "TOOL", 480, input={"query": query})
            messages.append(call)
            if query is wrong:
                fail(run, SQL_ERROR)
                messages.append({"role": "tool", "content": run.status_message})
            else:
                run.output = {"rows": rows, "row_count": len(rows)}
                messages.append({"role": "tool", "content": msgspec.json.encode(rows).decode()})
        story.generate("answer", model, messages, answer, seen=True)
        root.output = answer
    if rng.random() < 0.4:
        trace.add_score("correct", rng.choices(["yes", "no"], [6, 1])[0], "CATEGORICAL", after_s=600)


def make_audit(rounds: int) -> Callable[[Story, Visit, int], None]:
    """The scenario of an agent that goes on for very long: each round is a step of four observations."""
    return lambda story, _visit, _turn: _tell_audit(story, rounds)


def _tell_audit(story: Story, rounds: int) -> None:
    trace = story.trace
    trace.name, trace.service, trace.tags = "catalogue-audit", AUDITOR, ["agent", "long"]
    trace.metadata = {"products": rounds}
    model: LanguageModel = GPT_4O_MINI
    with story.span("catalogue-audit", "AGENT", input={"products": rounds}) as root:
        story.step("load-catalogue", "SPAN", 340, output={"products": rounds})
        for number in range(1, rounds + 1):
            product = f"P-{number:04d}"
            with story.span("check-product", "CHAIN", input={"product": product}) as step:
                story.step(
                    "read_page", "TOOL", 90, input={"product": product}, output={"words": 180 + number % 70}
                )
                messages = chat(
                    "Find false claims in product texts.", f"Text of {product}: waterproof to 20 m."
                )
                verdict = "No test report supports 'waterproof to 20 m'." if number % 9 == 0 else "Fine."
                story.generate("check-claims", model, messages, verdict)
                saved = story.step(
                    "save_finding", "TOOL", 20, input={"product": product}, output={"ok": True}
                )
                if number % 40 == 0:
                    fail(saved, TOOL_UNREACHABLE)
                step.output = verdict
        root.output = {"checked": rounds, "findings": rounds // 9}


def tell_export(story: Story, _visit: Visit, _turn: int) -> None:
    """A tool that answers with half a megabyte: too large for a column, so it goes to the blob store."""
    trace = story.trace
    trace.name, trace.service, trace.tags = "export-orders", ANALYST, ["agent", "large-output"]
    lines = [
        f"HP-{10_000 + row},2026-0{1 + row % 9}-1{row % 10},{_COUNTRIES[row % 3]},{row * 37 % 90_000}"
        for row in range(_EXPORTED_ROWS)
    ]
    text = "order,placed_on,country,cents\n" + "\n".join(lines * 2)
    with story.span("export-orders", "AGENT", input="Export all orders as CSV.") as root:
        messages = chat(DATA_SYSTEM, "Export all orders as CSV.")
        story.generate("think", GPT_4O, messages, call_tool("export_csv", {"table": "orders"}))
        story.step("export_csv", "TOOL", 5200, input={"table": "orders"}, output=text)
        root.output = {"rows": 2 * _EXPORTED_ROWS, "characters": len(text)}
