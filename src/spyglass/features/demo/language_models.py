"""The language models of the demo: how fast they are, what they report of their tokens, their parameters."""

from dataclasses import dataclass
from typing import Any

import msgspec

_CHARACTERS_PER_TOKEN = 4.1


@dataclass(frozen=True)
class LanguageModel:
    """`first_token_ms` and `tokens_per_s` are typical values. `reasons`: it thinks before it answers and
    reports those tokens apart. `caches`: it reports how much of a repeated beginning came from its cache."""

    name: str
    first_token_ms: int
    tokens_per_s: int
    parameters: dict[str, Any]
    caches: bool = False
    reasons: bool = False


GPT_4O_MINI = LanguageModel("gpt-4o-mini", 420, 92, {"temperature": 0.3, "max_tokens": 600}, caches=True)
GPT_4O = LanguageModel("gpt-4o", 610, 74, {"temperature": 0, "max_tokens": 1200}, caches=True)
O4_MINI = LanguageModel("o4-mini", 2400, 110, {"reasoning_effort": "medium"}, caches=True, reasons=True)
CLAUDE_BEDROCK = LanguageModel(
    "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
    870,
    61,
    {"temperature": 0.2, "max_tokens": 2048},
    caches=True,
)
GPT_OSS = LanguageModel(
    "openai.gpt-oss-20b-1:0", 350, 140, {"temperature": 0.6, "reasoning_effort": "low"}, reasons=True
)
GEMINI_FLASH = LanguageModel("gemini-2.0-flash", 380, 160, {"temperature": 0.4, "topP": 0.95})
LLAMA_NEURON = LanguageModel("llama-3-1-8b-int8-neuron", 190, 48, {"temperature": 0.7, "max_tokens": 512})
LLAMA_LOCAL = LanguageModel("llama3.2:3b", 240, 33, {"temperature": 0.8, "num_ctx": 8192})
EMBEDDER = LanguageModel("text-embedding-3-small", 60, 0, {"dimensions": 1536})


def count_tokens(value: Any) -> int:
    """About what a tokenizer would count."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return max(1, round(len(text) / _CHARACTERS_PER_TOKEN))
