"""The price catalogue: which model a name stands for, and what it costs (contract 3.2, 3.3)."""

import re
from decimal import Decimal

import pytest

from spyglass.core.cost import choose_tier, compute_cost
from spyglass.core.usage import with_total
from spyglass.ingest.catalogue import Catalogue, Config

D = Decimal
MILLION = 1_000_000


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue()


# name, id of its model, USD per million units of input and of output (None: not priced)
KNOWN = [
    # OpenAI
    ("gpt-4o", "openai-gpt-4o", "2.5", "10"),
    ("GPT-4o", "openai-gpt-4o", "2.5", "10"),
    ("openai/gpt-4o", "openai-gpt-4o", "2.5", "10"),
    ("openai:gpt-4o", "openai-gpt-4o", "2.5", "10"),
    ("gpt-4o-2024-08-06", "openai-gpt-4o", "2.5", "10"),
    ("gpt-4o-20240806", "openai-gpt-4o", "2.5", "10"),
    ("gpt-4o-2024-05-13", "openai-gpt-4o-2024-05-13", "5", "15"),
    ("gpt-4o-mini", "openai-gpt-4o-mini", "0.15", "0.6"),
    ("gpt-4o-mini-2024-07-18", "openai-gpt-4o-mini", "0.15", "0.6"),
    ("gpt-3.5-turbo", "openai-gpt-3.5-turbo", "0.5", "1.5"),
    ("gpt-4.1-2025-04-14", "openai-gpt-4.1", "2", "8"),
    ("gpt-5", "openai-gpt-5", "1.25", "10"),
    ("gpt-5-mini-2025-08-07", "openai-gpt-5-mini", "0.25", "2"),
    ("o3", "openai-o3", "2", "8"),
    ("o4-mini", "openai-o4-mini", "1.1", "4.4"),
    ("text-embedding-3-small", "openai-text-embedding-3-small", "0.02", None),
    ("text-embedding-ada-002", "openai-text-embedding-ada-002", "0.1", None),
    ("ft:gpt-4o-mini-2024-07-18:acme::8Xy", "openai-ft-gpt-4o-mini", "0.3", "1.2"),
    ("ft:gpt-3.5-turbo-0125:acme:name:1", "openai-ft-gpt-3.5-turbo", "3", "6"),
    # Azure: the vendor's prices
    ("azure/gpt-4o-mini", "openai-gpt-4o-mini", "0.15", "0.6"),
    ("azure/gpt-4o-2024-08-06", "openai-gpt-4o", "2.5", "10"),
    ("azure/gpt-35-turbo", "openai-gpt-3.5-turbo", "0.5", "1.5"),
    ("azure/o3-mini", "azure-o3-mini", "1.1", "4.4"),
    ("azure_ai/Phi-4", "azure-phi-4", "0.125", "0.5"),
    # Anthropic, also on Vertex
    ("claude-sonnet-4-20250514", "anthropic-claude-sonnet-4-0", "3", "15"),
    ("claude-sonnet-4@20250514", "anthropic-claude-sonnet-4-0", "3", "15"),
    ("vertex_ai/claude-sonnet-4@20250514", "anthropic-claude-sonnet-4-0", "3", "15"),
    ("claude-opus-4-20250514", "anthropic-claude-opus-4-0", "15", "75"),
    ("claude-opus-4-1-20250805", "anthropic-claude-opus-4-1", "15", "75"),
    ("claude-opus-4-5-20251101", "anthropic-claude-opus-4-5", "5", "25"),
    ("claude-haiku-4-5-20251001", "anthropic-claude-haiku-4-5", "1", "5"),
    ("claude-3-5-sonnet-20241022", "anthropic-claude-3-5-sonnet", "3", "15"),
    ("claude-3-5-sonnet-v2@20241022", "anthropic-claude-3-5-sonnet", "3", "15"),
    ("claude-3-7-sonnet-latest", "anthropic-claude-3-7-sonnet-latest", "3", "15"),
    ("anthropic/claude-3.7-sonnet", "anthropic-claude-3-7-sonnet-latest", "3", "15"),
    ("anthropic/claude-3-haiku-20240307", "anthropic-claude-3-haiku", "0.25", "1.25"),
    ("claude-2.1", "anthropic-claude-2", "8", "24"),
    ("claude-instant-1.2", "anthropic-claude-instant", "0.8", "2.4"),
    # Bedrock
    (
        "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
        "aws-regional.anthropic.claude-3-7-sonnet-20250219-v1-0",
        "3",
        "15",
    ),
    (
        "bedrock/us.anthropic.claude-3-7-sonnet-20250219-v1:0",
        "aws-regional.anthropic.claude-3-7-sonnet-20250219-v1-0",
        "3",
        "15",
    ),
    (
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-7-sonnet-20250219-v1:0",
        "aws-regional.anthropic.claude-3-7-sonnet-20250219-v1-0",
        "3",
        "15",
    ),
    (
        "apac.anthropic.claude-3-5-sonnet-20240620-v1:0",
        "aws-regional.anthropic.claude-3-5-sonnet-20240620-v1-0",
        "3",
        "15",
    ),
    (
        "anthropic.claude-3-haiku-20240307-v1:0",
        "aws-regional.anthropic.claude-3-haiku-20240307-v1-0",
        "0.25",
        "1.25",
    ),
    (
        "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "aws-regional.anthropic.claude-sonnet-4-5-20250929-v1-0",
        "3.3",
        "16.5",
    ),
    (
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "aws-global.anthropic.claude-sonnet-4-5-20250929-v1-0",
        "3",
        "15",
    ),
    (
        "us.anthropic.claude-opus-4-5-20251101-v1:0",
        "aws-regional.anthropic.claude-opus-4-5-v1-0",
        "5.5",
        "27.5",
    ),
    ("bedrock/us-east-1/anthropic.claude-v2", "aws-anthropic.claude-v2", "8", "24"),
    ("openai.gpt-oss-20b-1:0", "aws-openai.gpt-oss-20b-1-0", "0.07", "0.3"),
    ("bedrock/openai.gpt-oss-120b-1:0", "aws-openai.gpt-oss-120b-1-0", "0.15", "0.6"),
    ("amazon.nova-lite-v1:0", "aws-amazon.nova-lite-v1-0", "0.06", "0.24"),
    ("us.amazon.nova-pro-v1:0", "aws-amazon.nova-pro-v1-0", "0.8", "3.2"),
    ("us.meta.llama3-3-70b-instruct-v1:0", "aws-meta.llama3-3-70b-instruct-v1-0", "0.72", "0.72"),
    ("mistral.mistral-large-2402-v1:0", "aws-mistral.mistral-large-2402-v1-0", "4", "12"),
    ("amazon.titan-embed-text-v1", "aws-amazon.titan-embed-text-v1", "0.1", None),
    ("amazon.titan-embed-text-v2:0", "aws-amazon.titan-embed-text-v2-0", "0.02", None),
    ("cohere.command-r-plus-v1:0", "aws-cohere.command-r-plus", "3", "15"),
    # Gemini
    ("gemini-2.5-pro", "google-gemini-2.5-pro", "1.25", "10"),
    ("gemini-2.5-pro-preview-05-06", "google-gemini-2.5-pro", "1.25", "10"),
    ("models/gemini-2.5-flash", "google-gemini-2.5-flash", "0.3", "2.5"),
    ("vertex_ai/gemini-2.5-pro", "google-gemini-2.5-pro", "1.25", "10"),
    ("google-gla:gemini-2.5-flash", "google-gemini-2.5-flash", "0.3", "2.5"),
    (
        "projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro",
        "google-gemini-2.5-pro",
        "1.25",
        "10",
    ),
    ("gemini/gemini-1.5-pro-002", "google-gemini-1.5-pro", "1.25", "5"),
    ("gemini-1.5-flash-8b", "google-gemini-1.5-flash-8b", "0.0375", "0.15"),
    ("gemini-2.0-flash-001", "google-gemini-2.0-flash", "0.1", "0.4"),
    ("gemini-2.0-flash-lite-001", "google-gemini-2.0-flash-lite", "0.075", "0.3"),
    # gateways and other vendors
    ("openai/gpt-4o:free", "openrouter-free", "0", "0"),
    ("openrouter/anthropic/claude-3.7-sonnet", "openrouter-anthropic-claude-3.7-sonnet", "3", "15"),
    ("groq/llama-3.3-70b-versatile", "groq-llama-3.3-70b-versatile", "0.59", "0.79"),
    ("llama-3.1-8b-instant", "groq-llama-3.1-8b-instant", "0.05", "0.08"),
    (
        "together_ai/meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo",
        "together-meta-llama-meta-llama-3.1-8b-instruct-turbo",
        "0.18",
        "0.18",
    ),
    (
        "fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct",
        "fireworks-llama-v3p1-8b-instruct",
        "0.2",
        "0.2",
    ),
    ("fireworks_ai/llama-v3p1-8b-instruct", "fireworks-llama-v3p1-8b-instruct", "0.2", "0.2"),
    ("cerebras/llama3.1-8b", "cerebras-llama3.1-8b", "0.1", "0.1"),
    ("mistral/mistral-large-latest", "mistral-mistral-large", "2", "6"),
    ("mistral-small-latest", "mistral-mistral-small-latest", "0.15", "0.6"),
    ("command-r-plus", "cohere-command-r-plus", "2.5", "10"),
    ("xai/grok-4", "x-ai-grok-4-0709", "3", "15"),
    ("perplexity/sonar-pro", "perplexity-sonar-pro", "3", "15"),
    ("llama3:8b", "local-ollama-tag", "0", "0"),
    ("mixtral:8x7b", "local-ollama-tag", "0", "0"),
    ("deepseek-r1:7b", "local-ollama-tag", "0", "0"),
    ("qwen2.5:14b", "local-ollama-tag", "0", "0"),
    ("vllm/gpt-oss-120b", "local-server", "0", "0"),
    ("voyage-3-large", "voyageai-voyage-3-large", "0.18", None),
    ("@cf/meta/llama-3.1-8b-instruct", "cloudflare-cf-meta-llama-3.1-8b-instruct", "0.282", "0.827"),
]

UNKNOWN = [
    "",
    "my-model",
    "gpt",
    "gpt-99",
    "gpt-4oo",
    "xgpt-4o",
    "gpt-4o-my-deployment",
    "gpt-4o-2030-01-01",
    "azure/my-deployment",
    "claude",
    "anthropic.claude-9-ultra-v1:0",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
    "gemini",
    "text-embedding-3-tiny",
    # open weights: whoever runs them sets the price
    "gpt-oss-20b",
    "openai/gpt-oss-20b",
    "meta-llama/Llama-3.3-70B-Instruct",
    "mistral-7b-instruct",
    "phi-4",
    "google/gemma-3-27b-it",
    "gpt-4o" * 100,
]


@pytest.mark.parametrize(("name", "model_id", "input_price", "output_price"), KNOWN)
def test_known_names(
    catalogue: Catalogue, name: str, model_id: str, input_price: str, output_price: str | None
) -> None:
    model = catalogue.match(name)
    assert model is not None
    assert model.id == model_id
    prices = model.tiers[0].prices
    assert prices["input"] * MILLION == D(input_price)
    assert (prices["output"] * MILLION if "output" in prices else None) == (
        None if output_price is None else D(output_price)
    )


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_names_have_no_model(catalogue: Catalogue, name: str) -> None:
    assert catalogue.match(name) is None
    assert catalogue.match(name) is None  # a name not found is remembered


def priced(
    catalogue: Catalogue, name: str, usage: dict[str, int], **parameters: str
) -> tuple[Decimal | None, str]:
    cost = compute_cost(catalogue.match(name), with_total(usage), parameters, {})
    return cost.total, cost.tier_name


@pytest.mark.parametrize(
    ("name", "usage", "parameters", "usd_per_million", "tier"),
    [
        ("gpt-4o", {"input": 1}, {}, "2.5", "Standard"),
        ("gpt-4o", {"input_cached_tokens": 1}, {}, "1.25", "Standard"),
        ("gpt-4o", {"input": 1}, {"service_tier": "priority"}, "4.25", "Fast mode"),
        ("gpt-4o", {"output": 1}, {"service_tier": "fast"}, "17", "Fast mode"),
        ("gpt-4o", {"output": 1}, {"service_tier": "default"}, "10", "Standard"),
        ("gpt-4o-mini", {"input_cached_tokens": 1}, {}, "0.075", "Standard"),
        ("gpt-5", {"input": 1}, {}, "1.25", "Standard"),
        ("gpt-5", {"output_reasoning_tokens": 1}, {}, "10", "Standard"),
        ("gpt-5", {"input_cached_tokens": 1}, {}, "0.125", "Standard"),
        ("gpt-5", {"input": 1}, {"service_tier": "flex"}, "0.625", "Flex"),
        ("gpt-5", {"output_reasoning_tokens": 1}, {"service_tier": "flex"}, "5", "Flex"),
        ("gpt-5", {"input_cached_tokens": 1}, {"service_tier": "flex"}, "0.0625", "Flex"),
        ("claude-sonnet-4-20250514", {"input_tokens": 1}, {}, "3", "Standard"),
        ("claude-sonnet-4-20250514", {"output_tokens": 1}, {}, "15", "Standard"),
        ("claude-sonnet-4-20250514", {"input_cache_creation": 1}, {}, "3.75", "Standard"),
        ("claude-sonnet-4-20250514", {"cache_creation_input_tokens": 1}, {}, "3.75", "Standard"),
        ("claude-sonnet-4-20250514", {"input_cache_creation_5m": 1}, {}, "3.75", "Standard"),
        ("claude-sonnet-4-20250514", {"input_cache_creation_1h": 1}, {}, "6", "Standard"),
        ("claude-sonnet-4-20250514", {"cache_read_input_tokens": 1}, {}, "0.3", "Standard"),
        ("claude-sonnet-4-20250514", {"input_cached_tokens": 1}, {}, "0.3", "Standard"),
        ("claude-opus-4-8", {"output": 1}, {"speed": "fast"}, "50", "Fast mode"),
        ("gemini-2.5-pro", {"promptTokenCount": 1}, {}, "1.25", "Standard"),
        ("gemini-2.5-pro", {"thoughtsTokenCount": 1}, {}, "10", "Standard"),
        ("gemini-2.5-pro", {"candidates_token_count": 1}, {}, "10", "Standard"),
        ("gemini-2.5-pro", {"input": 200_000}, {}, "1.25", "Standard"),
        ("gemini-2.5-pro", {"input": 200_001}, {}, "2.5", "Large Context"),
        ("gemini-2.5-pro", {"input_cached_tokens": 200_001}, {}, "0.25", "Large Context"),
        ("text-embedding-3-small", {"total": 1}, {}, "0.02", "Standard"),
        ("text-embedding-3-small", {"input": 1}, {}, "0.02", "Standard"),
        ("gpt-realtime", {"output_audio_tokens": 1}, {}, "64", "Standard"),
        ("gpt-realtime", {"input_text_tokens": 1}, {}, "4", "Standard"),
        ("gpt-5.5", {"input": 272_001}, {}, "10", "Large Context (>272K)"),
        ("gpt-5.5", {"input": 272_001}, {"service_tier": "flex"}, "5", "Flex · Large context (>272K)"),
        ("gpt-5.5", {"input": 272_000}, {"service_tier": "flex"}, "2.5", "Flex"),
    ],
)
def test_prices_by_key_and_tier(
    catalogue: Catalogue,
    name: str,
    usage: dict[str, int],
    parameters: dict[str, str],
    usd_per_million: str,
    tier: str,
) -> None:
    (units,) = usage.values()
    total, name_of_tier = priced(catalogue, name, usage, **parameters)
    assert total is not None
    assert (total * MILLION / units, name_of_tier) == (D(usd_per_million), tier)


@pytest.mark.parametrize(
    ("name", "usage"),
    [
        ("gpt-4o", {"input_tokens": 5, "output_tokens": 5}),
        ("gpt-4o", {"output_reasoning_tokens": 5}),
        ("claude-sonnet-4-20250514", {"input_cache_write": 5}),
        ("gpt-5", {"accepted_prediction_tokens": 5, "rejected_prediction_tokens": 5}),
        ("gpt-5", {"reasoning_tokens": 5}),
    ],
)
def test_keys_that_are_not_priced(catalogue: Catalogue, name: str, usage: dict[str, int]) -> None:
    assert priced(catalogue, name, usage) == (None, "Standard")


def test_the_example_of_the_issue(catalogue: Catalogue) -> None:
    total, _ = priced(catalogue, "openai.gpt-oss-20b-1:0", {"input": 63, "output": 1514})
    assert total is not None
    assert round(total, 6) == D("0.000459")


def test_a_free_variant_costs_zero(catalogue: Catalogue) -> None:
    assert priced(catalogue, "openai/gpt-4o:free", {"input": 63, "output": 1514}) == (0, "Standard")


def test_models_that_are_declared_free() -> None:
    free = Catalogue(Config(free_models=("llama-3-1-8b-int8-neuron", "ollama/*", "^gpt-4o$")))
    usage = {"input": 63, "output": 1514}
    assert priced(free, "llama-3-1-8b-int8-neuron", usage) == (0, "Free")
    assert priced(free, "Ollama/llama3:8b", usage) == (0, "Free")
    assert priced(free, "ollama/llama3:8b", {"anything": 3}) == (0, "Free")
    assert priced(free, "gpt-4o", usage) == (0, "Free")
    assert priced(free, "gpt-4o-mini", usage)[1] == "Standard"
    assert free.match("my-llama-3-1-8b-int8-neuron") is None
    assert free.match("ollama") is None
    model = free.match("ollama/x")
    assert model is not None
    assert free.by_id(model.id) is model


def test_a_broken_free_expression_is_named() -> None:
    with pytest.raises(ValueError, match=r"free_models: '\^\(' is no regular expression"):
        Catalogue(Config(free_models=("^(",)))


def test_the_names_are_those_of_the_models(catalogue: Catalogue) -> None:
    assert catalogue.names() == [(model.name, model.id) for model in catalogue.models()]
    assert Catalogue(Config(free_models=("ollama/*",))).names()[0] == ("ollama/*", "free:ollama/*")


def test_the_remembered_names_are_bounded() -> None:
    small = Catalogue(Config(remembered_names=2))
    names = ["gpt-4o", "gpt-4o-mini", "gpt-5", "gpt-4o"]
    assert [model.name for name in names if (model := small.match(name))] == names


def test_every_model_is_well_formed(catalogue: Catalogue) -> None:
    models = catalogue.models()
    assert len(models) > 1000
    assert len({model.id for model in models}) == len(models)
    for model in models:
        default, *others = model.tiers
        assert (default.name, default.is_default, default.conditions) == ("Standard", True, ())
        assert all(not tier.is_default and tier.conditions and tier.prices for tier in others), model.id
        assert len({tier.name for tier in model.tiers}) == len(model.tiers), model.id
        assert all(tier.prices.keys() == default.prices.keys() for tier in others), model.id
        assert all(price >= 0 for tier in model.tiers for price in tier.prices.values()), model.id
        assert choose_tier(model, {"x": 1}, {}, {}) is default, model.id
        # what RE2 understands as well: no look-around, no back-reference
        assert not re.search(r"\(\?(?!i\))|\\[0-9]", model.pattern), model.id
        assert catalogue.by_id(model.id) is model


def test_an_unknown_id_has_no_model(catalogue: Catalogue) -> None:
    assert catalogue.by_id("nothing") is None


def test_every_pattern_can_be_searched_and_reached_by_its_needles(catalogue: Catalogue) -> None:
    """The needles are only a shortcut: no name of a vendor's model is lost by them."""
    for model in catalogue.models():
        expression = re.compile(model.pattern)
        if expression.search(model.name):
            assert catalogue.match(model.name) is not None, model.name
