"""What calls cost by the price pages of the providers. Each case names the page and the line that it was made from,
and writes the sum out: units x USD per million units. All kinds of tokens are counted once.

- OpenAI: https://openai.com/api/pricing and https://platform.openai.com/docs/pricing
- Anthropic: https://platform.claude.com/docs/en/about-claude/pricing
- Gemini: https://ai.google.dev/gemini-api/docs/pricing
- Bedrock: https://aws.amazon.com/bedrock/pricing
- Ollama and vLLM run on one's own hardware: nothing is charged for a call.
"""

from decimal import Decimal
from typing import Any

import pytest

from spyglass.core.cost import compute_cost
from spyglass.core.usage import normalise_usage_details, with_total
from spyglass.ingest.catalogue import Catalogue

MILLION = 1_000_000
Sum = list[tuple[int, str]]  # units, USD per million


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue()


def usd(parts: Sum) -> Decimal:
    return sum((units * Decimal(price) / MILLION for units, price in parts), Decimal(0))


def openai(prompt: int, completion: int, cached: int = 0, reasoning: int = 0) -> dict[str, int]:
    """Usage as the chat completions API answers it: details are parts of the counts beside them."""
    return normalise_usage_details(
        {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": cached},
            "completion_tokens_details": {"reasoning_tokens": reasoning},
        }
    )


OPENAI: list[tuple[str, dict[str, int], dict[str, Any], Sum, str]] = [
    ("gpt-4o-mini", openai(1000, 500), {}, [(1000, "0.15"), (500, "0.60")], "Standard"),
    # "Cached input" is half of "Input" for the 4o models
    (
        "gpt-4o-mini-2024-07-18",
        openai(3000, 20, cached=2048),
        {},
        [(952, "0.15"), (2048, "0.075"), (20, "0.60")],
        "Standard",
    ),
    ("gpt-4o", openai(2000, 300, cached=1024), {}, [(976, "2.50"), (1024, "1.25"), (300, "10")], "Standard"),
    # reasoning tokens are billed as output tokens
    (
        "gpt-5",
        openai(1200, 900, cached=1024, reasoning=640),
        {},
        [(176, "1.25"), (1024, "0.125"), (900, "10")],
        "Standard",
    ),
    ("o3", openai(500, 2000, reasoning=1500), {}, [(500, "2"), (2000, "8")], "Standard"),
    ("o4-mini", openai(500, 2000, reasoning=1500), {}, [(500, "1.10"), (2000, "4.40")], "Standard"),
    # flex and priority processing
    ("gpt-5", openai(1000, 100), {"service_tier": "flex"}, [(1000, "0.625"), (100, "5")], "Flex"),
    ("gpt-5", openai(1000, 100), {"service_tier": "priority"}, [(1000, "2.50"), (100, "20")], "Fast mode"),
    # audio tokens
    (
        "gpt-4o-audio-preview",
        {"input": 100, "input_audio_tokens": 400, "output": 50, "output_audio_tokens": 700},
        {},
        [(100, "2.50"), (400, "40"), (50, "10"), (700, "80")],
        "Standard",
    ),
    (
        "gpt-4o-mini-audio-preview",
        {"input_audio_tokens": 400, "output_audio_tokens": 700},
        {},
        [(400, "10"), (700, "20")],
        "Standard",
    ),
    ("text-embedding-3-small", {"input": 8191}, {}, [(8191, "0.02")], "Standard"),
    ("text-embedding-3-large", {"input": 8191}, {}, [(8191, "0.13")], "Standard"),
]

SONNET_4 = "claude-sonnet-4-20250514"
ANTHROPIC: list[tuple[str, dict[str, int], dict[str, Any], Sum, str]] = [
    (SONNET_4, {"input": 1000, "output": 500}, {}, [(1000, "3"), (500, "15")], "Standard"),
    # base input, 5m cache writes, 1h cache writes, cache hits, output: as the SDK reports them, none within another
    (
        SONNET_4,
        {
            "input_tokens": 50,
            "input_cache_creation_5m": 2000,
            "input_cache_creation_1h": 3000,
            "cache_read_input_tokens": 100_000,
            "output_tokens": 400,
        },
        {},
        [(50, "3"), (2000, "3.75"), (3000, "6"), (100_000, "0.30"), (400, "15")],
        "Standard",
    ),
    (
        "claude-opus-4-1-20250805",
        {"input_tokens": 10, "cache_creation_input_tokens": 5000, "output_tokens": 20},
        {},
        [(10, "15"), (5000, "18.75"), (20, "75")],
        "Standard",
    ),
    (
        "claude-haiku-4-5-20251001",
        {"input": 10, "input_cache_creation_1h": 500, "input_cached_tokens": 900, "output": 20},
        {},
        [(10, "1"), (500, "2"), (900, "0.10"), (20, "5")],
        "Standard",
    ),
    # long context: over 200K input tokens, cache reads and writes included, all of the call costs more
    (SONNET_4, {"input": 200_000, "output": 10}, {}, [(200_000, "3"), (10, "15")], "Standard"),
    (
        SONNET_4,
        {"input": 200_001, "output": 10},
        {},
        [(200_001, "6"), (10, "22.50")],
        "Large Context (>200K)",
    ),
    (
        "claude-sonnet-4-5",
        {"input": 1000, "cache_read_input_tokens": 199_001, "output": 10},
        {},
        [(1000, "6"), (199_001, "0.60"), (10, "22.50")],
        "Large Context (>200K)",
    ),
]

GEMINI: list[tuple[str, dict[str, int], dict[str, Any], Sum, str]] = [
    ("gemini-2.5-flash", {"input": 1000, "output": 500}, {}, [(1000, "0.30"), (500, "2.50")], "Standard"),
    # output price "including thinking tokens"; context caching price
    (
        "gemini-2.5-pro",
        {"input": 4000, "input_cached_tokens": 16_000, "output": 300, "output_reasoning_tokens": 1200},
        {},
        [(4000, "1.25"), (16_000, "0.125"), (300, "10"), (1200, "10")],
        "Standard",
    ),
    # prompts > 200k tokens
    ("gemini-2.5-pro", {"input": 200_000, "output": 10}, {}, [(200_000, "1.25"), (10, "10")], "Standard"),
    (
        "gemini-2.5-pro",
        {"input": 150_000, "input_cached_tokens": 50_001, "output": 10},
        {},
        [(150_000, "2.50"), (50_001, "0.25"), (10, "15")],
        "Large Context",
    ),
    ("gemini-2.5-flash", {"input_audio_tokens": 1000}, {}, [(1000, "1.00")], "Standard"),
]

BEDROCK: list[tuple[str, dict[str, int], dict[str, Any], Sum, str]] = [
    # the figure of the issue: $0.000459
    (
        "openai.gpt-oss-20b-1:0",
        {"input": 63, "output": 1514},
        {},
        [(63, "0.07"), (1514, "0.30")],
        "Standard",
    ),
    (
        "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
        {"input": 1200, "output": 300},
        {},
        [(1200, "3"), (300, "15")],
        "Standard",
    ),
    (
        "eu.anthropic.claude-3-7-sonnet-20250219-v1:0",
        {"input": 100, "input_cached_tokens": 4000, "input_cache_creation": 2000, "output": 300},
        {},
        [(100, "3"), (4000, "0.30"), (2000, "3.75"), (300, "15")],
        "Standard",
    ),
    (
        "us.amazon.nova-pro-v1:0",
        {"input": 100, "input_cache_read": 900, "output": 50},
        {},
        [(100, "0.80"), (900, "0.20"), (50, "3.20")],
        "Standard",
    ),
    ("amazon.titan-embed-text-v2:0", {"input": 1000}, {}, [(1000, "0.02")], "Standard"),
]

LOCAL: list[tuple[str, dict[str, int], dict[str, Any], Sum, str]] = [
    ("ollama/llama3.1:8b", {"input": 63, "output": 1514}, {}, [], "Standard"),
    ("llama3.2:latest", {"input": 63, "output": 1514}, {}, [], "Standard"),
    ("hosted_vllm/meta-llama/Llama-3.1-8B-Instruct", {"total": 100}, {}, [], "Standard"),
]


@pytest.mark.parametrize(
    ("name", "usage", "parameters", "parts", "tier"), [*OPENAI, *ANTHROPIC, *GEMINI, *BEDROCK, *LOCAL]
)
def test_a_call_costs_what_the_page_says(
    catalogue: Catalogue,
    name: str,
    usage: dict[str, int],
    parameters: dict[str, Any],
    parts: Sum,
    tier: str,
) -> None:
    cost = compute_cost(catalogue.match(name), with_total(usage), parameters, {})
    assert (cost.total, cost.tier_name) == (usd(parts), tier)
    assert sum(amount for key, amount in cost.details.items() if key != "total") == cost.total or not parts


# name -> the provider whose prices it has (the beginning of the model's id), None: nobody knows its price
IDS: dict[str, str | None] = {
    # Bedrock: on demand, cross-region, by ARN, as gateways spell them
    "anthropic.claude-3-haiku-20240307-v1:0": "aws-",
    "us.anthropic.claude-sonnet-4-20250514-v1:0": "aws-regional",
    "eu.anthropic.claude-3-5-sonnet-20240620-v1:0": "aws-regional",
    "apac.anthropic.claude-sonnet-4-20250514-v1:0": "aws-regional",
    "jp.anthropic.claude-sonnet-4-5-20250929-v1:0": "aws-regional",
    "au.anthropic.claude-sonnet-4-5-20250929-v1:0": "aws-regional",
    "us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0": "aws-regional",
    "global.anthropic.claude-haiku-4-5-20251001-v1:0": "aws-global",
    "us.amazon.nova-micro-v1:0": "aws-",
    "eu.amazon.nova-lite-v1:0": "aws-",
    "us.amazon.nova-premier-v1:0": "aws-",
    "us.meta.llama4-maverick-17b-instruct-v1:0": "aws-",
    "us.meta.llama3-2-90b-instruct-v1:0": "aws-",
    "us.deepseek.r1-v1:0": "aws-",
    "deepseek.v3-v1:0": "aws-",
    "us.mistral.pixtral-large-2502-v1:0": "aws-",
    "mistral.mistral-7b-instruct-v0:2": "aws-",
    "us.writer.palmyra-x5-v1:0": "aws-",
    "ai21.jamba-1-5-large-v1:0": "aws-",
    "qwen.qwen3-32b-v1:0": "aws-",
    "cohere.embed-multilingual-v3": "aws-",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0": "aws-",
    "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0": (
        "aws-"
    ),
    "bedrock/converse/us.anthropic.claude-3-7-sonnet-20250219-v1:0": "aws-",
    "bedrock/us-west-2/anthropic.claude-3-haiku-20240307-v1:0": "aws-",
    # Azure
    "azure/gpt-4.1": "openai-gpt-4.1",
    "azure/gpt-4o-2024-11-20": "openai-gpt-4o",
    "azure/gpt-5": "openai-gpt-5",
    "azure/text-embedding-3-large": "azure-",
    "gpt-35-turbo": "openai-gpt-3.5-turbo",
    "gpt-35-turbo-16k": "openai-gpt-3.5-turbo-16k",
    "azure_ai/DeepSeek-R1": "azure-deepseek-r1",
    "azure_ai/Llama-3.3-70B-Instruct": "azure-llama",
    "azure/my-deployment": None,
    # Vertex
    "vertex_ai/gemini-2.5-flash": "google-gemini-2.5-flash",
    "publishers/google/models/gemini-2.5-flash": "google-gemini-2.5-flash",
    "google-vertex:gemini-2.5-pro": "google-gemini-2.5-pro",
    "vertex_ai/claude-3-5-haiku@20241022": "anthropic-claude-3-5-haiku",
    "claude-haiku-4-5@20251001": "anthropic-claude-haiku-4-5",
    "projects/p/locations/global/publishers/anthropic/models/claude-sonnet-4-5@20250929": "anthropic-claude-sonnet",
    "vertex_ai/meta/llama-3.3-70b-instruct-maas": "vertex-llama",
    # OpenRouter
    "openrouter/openai/gpt-4o": "openrouter-openai-gpt-4o",
    "openrouter/anthropic/claude-sonnet-4": "openrouter-",
    "openrouter/google/gemini-2.5-flash": "openrouter-",
    "openrouter/meta-llama/llama-3.3-70b-instruct": "openrouter-",
    "openrouter/deepseek/deepseek-r1": "openrouter-",
    "openrouter/qwen/qwen3-235b-a22b": "openrouter-",
    "openrouter/x-ai/grok-4": "openrouter-x-ai",
    "openrouter/deepseek/deepseek-r1:free": "openrouter-free",
    "anthropic/claude-sonnet-4.5": "anthropic-claude-sonnet-4-5",
    # Groq
    "groq/llama-3.1-8b-instant": "groq-",
    "groq:llama-3.3-70b-versatile": "groq-",
    "groq/meta-llama/llama-4-scout-17b-16e-instruct": "groq-",
    "groq/openai/gpt-oss-20b": "groq-",
    "groq/qwen/qwen3-32b": "groq-",
    "groq/gemma2-9b-it": "groq-",
    # Together
    "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo": "together-",
    "together_ai/mistralai/Mixtral-8x7B-Instruct-v0.1": "together-",
    "together_ai/deepseek-ai/DeepSeek-V3": "together-deepseek-v3",
    "meta-llama/Llama-3.3-70B-Instruct-Turbo": None,  # DeepInfra has one of that name, too
    # Fireworks
    "fireworks_ai/accounts/fireworks/models/llama-v3p3-70b-instruct": "fireworks-",
    "accounts/fireworks/models/llama-v3p1-70b-instruct": "fireworks-",
    "accounts/fireworks/models/deepseek-v3": "fireworks-",
    "accounts/fireworks/models/qwen2p5-72b-instruct": "fireworks-",
    "fireworks_ai/accounts/fireworks/models/qwen3-235b-a22b": "fireworks-",
    # on one's own hardware
    "ollama/llama3": "local-ollama",
    "ollama/llama3.1:8b-instruct-q4_K_M": "local-ollama",
    "ollama_chat/qwen2.5:14b": "local-ollama",
    "ollama:llama3.2": "local-ollama",
    "ollama/codellama:code": "local-ollama",
    "mistral:7b-instruct-q4_0": "local-ollama-tag",
    "gemma3n:e4b": "local-ollama-tag",
    "mixtral:8x7b": "local-ollama-tag",
    "llama3.2:latest": "local-ollama-tag",
    "hosted_vllm/meta-llama/Llama-3.1-8B-Instruct": "local-server",
    "vllm/gpt-oss-120b": "local-server",
    "llama-3-1-8b-int8-neuron": "local-compiled",
    "mistral-7b-instruct.Q4_K_M.gguf": "local-compiled",
    "some-neuron": None,
    "lm_studio/qwen2.5-7b": "local-server",
    # Ollama's cloud is not free, and not every `latest` is local
    "gpt-oss:120b-cloud": None,
    "ollama/gpt-oss:120b-cloud": None,
    "ollama/kimi-k2:1t-cloud": None,
    "glm-4.6:cloud": None,
    "gpt-4o:latest": None,
    # other vendors
    "deepseek-chat": "deepseek-",
    "mistral-large-2411": "mistral-",
    "xai/grok-3": "x-ai-",
    "perplexity/sonar-reasoning-pro": "perplexity-",
    "command-a-03-2025": "cohere-",
    "moonshot/kimi-k2-0905-preview": "moonshotai-",
}


@pytest.mark.parametrize("name", IDS)
def test_names_as_they_are_met(catalogue: Catalogue, name: str) -> None:
    model, beginning = catalogue.match(name), IDS[name]
    if beginning is None:
        assert model is None
        return
    assert model is not None
    assert model.id.startswith(beginning)
    assert (model.tiers[0].prices["input"] == 0) == beginning.startswith(("local-", "openrouter-free"))
