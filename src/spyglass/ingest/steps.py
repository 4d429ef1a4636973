"""What is added to an observation before it is written: tools, usage totals, model and cost, the prompt; and the
short texts that lists of traces show.

Every step changes the row in place, may run again on its own result, and never fails: what it cannot read
stays as it was.
"""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from spyglass.core.cost import UNKNOWN, Model, choose_tier, compute_cost, provided
from spyglass.core.errors import Invalid
from spyglass.core.jsontext import loads
from spyglass.core.records import ESTIMATED, Observation
from spyglass.core.usage import with_total
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.tool_calls import extract_tools

PREVIEW_CHARACTERS = 400
# A longer text is not parsed for its preview: its head is shown.
_LONGEST_CHAT = 100_000
# The types of observations that are one call of a model each.
_CALLS = frozenset({"GENERATION", "EMBEDDING"})
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def finish(row: Observation, lookups: Lookups) -> None:
    """Run all steps, in order."""
    for step in STEPS:
        step(row, lookups)


def take_tools(row: Observation, lookups: Lookups) -> None:
    """Tool definitions and calls; definitions in the metadata move into the input (contract 1.12)."""
    found = extract_tools(row.input, row.output, row.metadata)
    if found is not None:
        row.tool_definitions = found.definitions
        row.tool_calls = found.calls
        row.tool_call_names = found.call_names
        row.input = found.input
        row.metadata = found.metadata


def total_usage(row: Observation, lookups: Lookups) -> None:
    """The usage that was stated, with its total (contract 3.5)."""
    row.usage = with_total(row.provided_usage)
    row.usage_source = ""


def estimate_usage(row: Observation, lookups: Lookups) -> None:
    """Where neither usage nor cost was stated, the tokens of the texts, by the tokenizer of the model (contract 3.5).

    Only of calls: a span around them that names their model would count their tokens twice. A call that failed has
    none, as nobody knows what of it was billed.
    """
    tokenizer = lookups.tokenizer
    if tokenizer is None or row.usage or row.provided_cost or not row.model:
        return
    if row.type not in _CALLS or row.level == "ERROR":
        return
    model = lookups.match_model(row.project_id, row.model)
    if model is not None and model.tokenizer_id:
        row.usage = with_total(tokenizer.estimate(model, row.input, row.output))
        row.usage_source = ESTIMATED if row.usage else ""


def price(row: Observation, lookups: Lookups) -> None:
    """The model that the name stands for, and the cost: stated, computed or unknown (contract 3.2 to 3.6)."""
    model = lookups.match_model(row.project_id, row.model) if row.model else None
    row.model_id = model.id if model is not None else ""
    if row.provided_cost:
        cost = provided(row.provided_cost)
        tier = choose_tier(model, row.usage, read_parameters(row, model), row.metadata) if model else None
        tier_name = tier.name if tier is not None else ""
    elif model is not None and row.usage:
        cost = compute_cost(model, row.usage, read_parameters(row, model), row.metadata)
        tier_name = cost.tier_name
    else:
        cost, tier_name = UNKNOWN, ""
    row.cost, row.total_cost, row.pricing_tier = cost.details.copy(), cost.total, tier_name


def link_prompt(row: Observation, lookups: Lookups) -> None:
    """The version of the prompt that name and version stand for; empty when the project has none such."""
    row.prompt_id = ""
    if row.prompt_name and row.prompt_version is not None:
        row.prompt_id = lookups.prompt_id(row.project_id, row.prompt_name, row.prompt_version)


STEPS: tuple[Callable[[Observation, Lookups], None], ...] = (
    take_tools,
    total_usage,
    estimate_usage,
    price,
    link_prompt,
)


def preview(text: str, limit: int = PREVIEW_CHARACTERS) -> str:
    """At most `limit` characters of what a person would want to see of an input or output: of a chat the
    last thing said (the user's, unless the assistant spoke last), else the head of the text."""
    shown = text
    if text[:1] in ("{", "[") and len(text) <= _LONGEST_CHAT and '"role"' in text:
        shown = _find_said(text) or text
    return _cut(shown, limit)


def read_parameters(row: Observation, model: Model) -> Mapping[str, Any]:
    """The model parameters, when a tier of the model looks at one that is there."""
    text = row.model_parameters
    if not text or not any([key in text for key in model.attribute_keys]):
        return {}
    try:
        parameters = loads(text)
    except Invalid:
        return {}
    return parameters if isinstance(parameters, dict) else {}


def _find_said(text: str) -> str:
    try:
        value = loads(text)
    except Invalid:
        return ""
    if isinstance(value, dict):
        value = value.get("messages") or _list_choices(value) or [value]
    messages = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    if not messages or len(messages) != len(value):
        return ""
    if messages[-1].get("role") == "assistant":
        return _read_content(messages[-1])
    asked = next((each for each in reversed(messages) if each.get("role") == "user"), {})
    return _read_content(asked)


def _list_choices(completion: dict[str, Any]) -> list[Any]:
    choices = completion.get("choices")
    return (
        [each.get("message") for each in choices if isinstance(each, dict)]
        if isinstance(choices, list)
        else []
    )


def _read_content(message: dict[str, Any]) -> str:
    """What a message says, as text; parts that are no text are left out."""
    content = message.get("content") or message.get("parts")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    texts = [part.get("text") or part.get("content") for part in parts if isinstance(part, dict)]
    return "\n".join(each for each in texts if isinstance(each, str))


def _cut(text: str, limit: int) -> str:
    """The head of a text, which does not end inside what is drawn as one character."""
    if len(text) <= limit:
        return text
    end = limit
    while end and (_continues(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[: end or limit]


def _continues(character: str) -> bool:
    return character in _JOINERS or unicodedata.combining(character) != 0
