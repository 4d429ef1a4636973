"""Scenarios in which people talk with a model: the shop's support, and an assistant on self-hosted models."""

from spyglass.core.ids import derived_id
from spyglass.features.demo.language_models import (
    CLAUDE_BEDROCK,
    GPT_4O_MINI,
    GPT_OSS,
    LLAMA_LOCAL,
    LLAMA_NEURON,
    LanguageModel,
)
from spyglass.features.demo.mishaps import fail_like_last, try_generation
from spyglass.features.demo.spans import Service
from spyglass.features.demo.story import Story, chat
from spyglass.features.demo.texts import CONVERSATIONS, SMALL_TALK, SUPPORT_SYSTEM
from spyglass.features.demo.visits import Visit

SUPPORT = Service("support-bot")
ASSISTANT = Service("team-assistant", is_genai=True)

_MODELS = (GPT_4O_MINI, CLAUDE_BEDROCK, GPT_OSS)
_MODEL_WEIGHTS = (6, 3, 2)
_LOCAL_MODELS = (LLAMA_NEURON, LLAMA_LOCAL)


def count_support_turns(visit: Visit) -> int:
    return len(_conversation(visit)[1]) // 2


def tell_support_chat(story: Story, visit: Visit, turn: int) -> None:
    """One question of a customer; the messages before it come along, as a stateless API needs them."""
    trace, rng = story.trace, story.rng
    topics, said = _conversation(visit)
    model = visit.rng("model").choices(_MODELS, _MODEL_WEIGHTS)[0]
    trace.name, trace.service = "support-chat", SUPPORT
    trace.tags = ["support", *topics]
    trace.metadata = {"channel": visit.rng("channel").choice(["web", "app", "mail"]), "turn": turn + 1}
    question, answer = said[2 * turn], said[2 * turn + 1]
    messages = chat(SUPPORT_SYSTEM, *said[: 2 * turn + 1])
    with story.span("support-chat", input=question) as root:
        if "order" in question.lower() or _order_of(visit) in question:
            story.step(
                "look-up-order",
                "TOOL",
                85,
                input={"order": _order_of(visit)},
                output={"state": rng.choice(["shipped", "delivered", "packing"]), "items": rng.randint(1, 4)},
            )
        prompt = ("support-agent", trace.prompt_version)
        found = try_generation(story, "answer", model, messages, answer, seen=turn > 0, prompt=prompt)
        if found is None:
            fail_like_last(story, root)
            return
        root.output = answer
    _judge_chat(story, visit, is_last=2 * turn + 2 == len(said))


def _judge_chat(story: Story, visit: Visit, *, is_last: bool) -> None:
    rng, trace = story.rng, story.trace
    if rng.random() < 0.3:
        liked = rng.random() < 0.82
        comment = {} if liked else {"comment": rng.choice(["not what I asked", "too slow", "wrong order"])}
        trace.add_score("thumbs-up", int(liked), "BOOLEAN", after_s=20, **comment)
    if is_last:
        outcome = rng.choices(["resolved", "escalated", "unresolved"], [8, 2, 1])[0]
        trace.add_score("resolution", outcome, "CATEGORICAL", after_s=60)
        if rng.random() < 0.4:
            stars = rng.choices([1, 2, 3, 4, 5], [1, 1, 2, 6, 8])[0]
            trace.add_score("satisfaction", stars, "NUMERIC", after_s=90, sessionId=visit.session_id)


def _conversation(visit: Visit) -> tuple[list[str], list[str]]:
    """(topics, everything that is said); some customers have a second concern."""
    rng = visit.rng("conversation")
    chosen = rng.sample(CONVERSATIONS, rng.choices([1, 2], [3, 2])[0])
    said = [text.replace("{order}", _order_of(visit)) for _, texts in chosen for text in texts]
    return [topic for topic, _ in chosen], said


def _order_of(visit: Visit) -> str:
    return f"HP-{int(derived_id(visit.id, 'order')[:6], 16) % 90_000 + 10_000}"


def count_assistant_turns(visit: Visit) -> int:
    return visit.rng("turns").choices([1, 2, 3], [5, 3, 1])[0]


def tell_assistant(story: Story, visit: Visit, turn: int) -> None:
    """A colleague asks the model on the company's own machines; nobody pays per token."""
    trace = story.trace
    chosen = visit.rng("talk").sample(SMALL_TALK, 3)
    model: LanguageModel = visit.rng("model").choice(_LOCAL_MODELS)
    trace.name, trace.service = "assistant", ASSISTANT
    trace.tags = ["self-hosted"]
    trace.metadata = {"node": "inf2-xlarge-1" if model is LLAMA_NEURON else "workstation-3"}
    said = [text for pair in chosen[:turn] for text in pair]
    question, answer = chosen[turn]
    messages = chat("You are a helpful assistant.", *said, question)
    with story.span("assistant", "CHAIN", input=question) as root:
        if try_generation(story, f"chat {model.name}", model, messages, answer) is None:
            fail_like_last(story, root)
            return
        root.output = answer
