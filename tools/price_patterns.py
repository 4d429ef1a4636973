"""How the ids of each provider are spelled: match clauses of the seed made into one expression a model.

The expressions work alike in Python's `re` and in RE2: no look-around, no back-references.
"""

import re
from typing import Any, NamedTuple

REGIONS = "us(-gov)?|eu|ap(ac)?|jp|au|ca|sa|in|uk"

# What may follow an id that the seed gives as a beginning: snapshots, versions, aliases.
_TAIL = r"([-@]([0-9]{2,8}|latest|default|preview|exp|v[0-9]+(:[0-9]+)?))*"
# LiteLLM puts a route or a region of AWS in front; an inference profile may be named by its ARN.
_BEDROCK = (
    r"(bedrock(_converse)?[/:]([a-z0-9_-]+/){0,2})?"
    r"(arn:aws[a-z-]*:bedrock:[^/]*:(inference-profile|foundation-model)/)?"
)
_BEDROCK_TAIL = r"(-[0-9]{8})?(-v[0-9]+)?(:[0-9]+)?(:[0-9]+k)?"
_VERTEX = r"(projects/[^/]+/locations/[^/]+/)?publishers/"
_AZURE = r"azure[/:]|azure_ai/|azure_openai[/:]"


class Provider(NamedTuple):
    """How ids of one provider arrive. `prefix` is optional in front of the id, unless the id is a name that
    other hosts use as well: `bare` says which ids may stand alone (all, when None)."""

    id: str
    prefix: str
    spelling: str = "generic"
    bare: str | None = None
    skip: str | None = None
    case: str = "(?i)"


NOT_BARE = r"$^"

# In the order of preference: the first that matches a name has it.
PROVIDERS = (
    Provider(
        "anthropic",
        rf"anthropic[/:]|vertex_ai/|google-vertex:|{_AZURE}|{_VERTEX}anthropic/models/",
        "anthropic",
    ),
    Provider("azure", _AZURE, "openai", bare=NOT_BARE),
    Provider(
        "openai",
        rf"openai[/:]|openai-(chat|responses):|text-completion-openai/|{_AZURE}",
        "openai",
        # Open weights: whoever runs them sets the price.
        skip=r"^gpt-oss|moderation",
    ),
    Provider(
        "google",
        r"gemini/|google/|google[-_]genai[/:]|google-gla:|google-vertex:|google[-_]vertexai[/:]"
        rf"|vertex_ai(_beta)?/|models/|{_VERTEX}google/models/",
        "gemini",
        skip=r"^claude|^gemma",  # Claude costs the same there as at Anthropic; Gemma has open weights
    ),
    Provider("aws", "", "generic"),
    Provider(
        "mistral",
        r"mistral[/:]",
        # Names of open weights stand for the vendor's API only with its prefix.
        bare=r"^(?!mixtral|mistral-nemo$|mistral-7b$|zai-)(?!.*(instruct|-[0-9]+b-(v|2)))",
        skip=":free$",
    ),
    Provider("cohere", r"cohere(_chat)?[/:]|azure_ai/"),
    Provider(
        "deepseek",
        r"deepseek[/:]",
        bare=r"^deepseek-(chat|reasoner|flash|v[0-9.]+-(flash|pro))$",
    ),
    Provider("x-ai", r"xai[/:]|x-ai/|azure_ai/"),
    Provider("perplexity", r"perplexity[/:]", bare=r"^(sonar|pplx|r1-1776)"),
    Provider("voyageai", r"voyage(ai)?[/:]"),
    Provider("moonshotai", r"moonshot[/:]|moonshotai:"),
    Provider("minimax", r"minimax[/:]"),
    Provider("zai", r"zai[/:]|z-ai/"),
    Provider("meta", r"meta(_llama)?[/:]"),
    Provider("groq", r"groq[/:]", bare=r"versatile$|instant$|specdec$|-preview$|-(8192|32768|4096)$"),
    Provider("fireworks", r"fireworks(_ai|-ai)?[/:]", bare=r"^accounts/fireworks/"),
    Provider("together", r"together(_ai|-ai)?[/:]", bare=NOT_BARE),
    Provider("cerebras", r"cerebras[/:]", bare=NOT_BARE),
    Provider("novita", r"novita[/:]", bare=NOT_BARE),
    Provider("baseten", r"baseten[/:]", bare=NOT_BARE),
    Provider("ovhcloud", r"ovhcloud[/:]", bare=NOT_BARE),
    Provider("cloudflare", r"cloudflare/", bare="^@cf/"),
    Provider("databricks", r"databricks/", bare="^databricks-"),
    Provider(
        "openrouter",
        r"openrouter[/:]",
        # Lower case is OpenRouter's own spelling; these vendors use the very same one for open weights.
        bare=r"^~?(?!openai/gpt-oss|google/gemma|microsoft/|ibm-granite/|allenai/|nvidia/|tencent/)",
        skip=r":free$|^[^/]+$",
        case="",
    ),
)


class Spelling(NamedTuple):
    """One id of a model as the seed writes it, and the expression for it and its snapshots."""

    literal: str
    expression: str


def build_pattern(provider: Provider, spellings: list[Spelling]) -> str:
    """The expression for a model with these spellings: alone, or behind the prefix of its provider."""
    alone: list[str] = []
    prefixed: list[str] = []
    for literal, expression in spellings:
        standing = provider.bare is None or re.search(provider.bare, literal)
        (alone if standing else prefixed).append(expression)
    parts = []
    if alone:
        parts.append(f"({provider.prefix})?({'|'.join(alone)})")
    if prefixed:
        parts.append(f"({provider.prefix})({'|'.join(prefixed)})")
    return f"{provider.case}^({'|'.join(parts)})$"


def list_spellings(provider: Provider, model: Any) -> list[Spelling]:
    """The ids of a model of the seed, those of another kind (`skip`) left out."""
    found = [each for each in _read_clause(model.match) if not re.search(provider.skip or "$^", each.literal)]
    if provider.id == "fireworks":  # LiteLLM also takes the last part alone, behind its own prefix
        long = "accounts/fireworks/models/"
        found += [
            Spelling(one.literal.removeprefix(long), one.expression.removeprefix(long))
            for one in found
            if one.literal.startswith(long)
        ]
    return found


def find_needles(literals: list[str]) -> list[str]:
    """Lower-case texts of which every match contains at least one: a cheap test before the expression."""
    found = []
    for literal in literals:
        plain = re.split(r"[\\\[(]", literal)[0]
        plain = re.sub(r"[-@]20[0-9]{2}-?[0-9]{2}-?[0-9]{2}$", "", plain)
        found.append(plain.rstrip("-@").lower())
    return [one for one in dict.fromkeys(found) if not any(o != one and o in one for o in found)]


def bedrock_stem(model_id: str) -> str:
    """A Bedrock id without its region and its version."""
    stem = re.sub(r"^(global|regional)\.", "", model_id)
    return re.sub(r"(-v[0-9]+)?(:[0-9]+)?$", "", stem)


def build_bedrock_pattern(model_id: str, versioned: frozenset[str]) -> str:
    """`versioned` are the stems that several models share: only their version tells them apart."""
    stem = bedrock_stem(model_id)
    if stem in versioned:
        stem = re.sub(r"^(global|regional)\.|(:[0-9]+)$", "", model_id)
    if model_id.startswith("global."):
        region = r"global\."
    elif model_id.startswith("regional."):
        region = rf"(({REGIONS})\.)?"
    else:
        region = rf"((global|{REGIONS})\.)?"
    return f"(?i)^{_BEDROCK}{region}({_escape(stem)}){_BEDROCK_TAIL}$"


def _read_clause(clause: Any) -> list[Spelling]:
    kind = type(clause).__name__
    if kind == "ClauseOr":
        return [spelling for part in clause.or_ for spelling in _read_clause(part)]
    if kind == "ClauseAnd":  # the other half only excludes spellings that `_TAIL` does not allow anyway
        return _read_clause(clause.and_[0])
    if kind == "ClauseRegex":
        body = clause.regex.removeprefix("^").removesuffix("$").replace(r"\d", "[0-9]")
        # One without an end stands for a family of snapshots.
        body += "" if clause.regex.endswith("$") else "[0-9-]*"
        return [] if "(?" in body else [Spelling(body, body)]
    if kind == "ClauseEquals":
        return [Spelling(clause.equals, _escape(clause.equals))]
    if kind == "ClauseEndsWith":
        return [Spelling(clause.ends_with, _escape(clause.ends_with))]
    literal = clause.starts_with if kind == "ClauseStartsWith" else clause.contains
    return [Spelling(literal, _open_ended(literal))]


def _open_ended(literal: str) -> str:
    spelled = _escape(literal)
    if literal.startswith("ft:"):
        return spelled.removesuffix("-") + "(-[0-9-]+)?(:.*)?"
    if literal == "claude-2":
        return spelled + r"(\.[0-9])?"
    if literal[-1] in "-@":
        return spelled + "[0-9-]+"
    if re.search(r"-(20[0-9]{2}|0)$", literal):
        return spelled + "[0-9]*"
    return spelled + _TAIL


def _escape(literal: str) -> str:
    """The id itself; a snapshot's date may be written with or without dashes, or after an `@`."""
    spelled = re.sub(r"([.+*?^$()\[\]{}|\\])", r"\\\1", literal)
    spelled = re.sub(r"-(20[0-9]{2})-([0-9]{2})-([0-9]{2})$", r"[-@]\1-?\2-?\3", spelled)
    return re.sub(r"-(20[0-9]{6})$", r"[-@]\1", spelled)
