"""Which priced model a name stands for: the built-in price catalogue, and models declared free of charge.

It only reads `prices/catalogue.json` (made by `tools/prices.py`), once, at construction. A name that nothing
matches has no model: its cost is unknown, never 0.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import translate
from functools import lru_cache
from importlib.resources import files

import msgspec

from spyglass.core.cost import Condition, Model, Tier
from spyglass.core.options import option

# Longer ones are no name of a built-in model (an ARN has up to about 150 characters).
_LONGEST_NAME = 300
_PER_UNIT = -6  # the file has USD per million units
_NOTHING = Decimal(0)
_OF_OPENAI = re.compile(
    r"(^|[/.:])(ft:)?(gpt-|chatgpt-|o[1-9](-|$)|text-embedding-[3a]|text-davinci|davinci|babbage|codex-)"
)
_NOT_TEXT = re.compile(r"image|audio|tts|whisper|transcribe|realtime|sora|dall-e|moderation")


@dataclass(frozen=True)
class Config:
    """`free_models`: names of self-hosted models that cost nothing, as globs (`ollama/*`), or as regular
    expressions where they begin with `^`; the case of letters does not matter."""

    free_models: tuple[str, ...] = option(
        (),
        "Self-hosted models that cost nothing: names or globs (`ollama/*`), or regular expressions that begin "
        "with `^`",
    )
    remembered_names: int = option(4096, "Model names whose match is remembered", low=16)


class _Tier(msgspec.Struct):
    name: str
    prices: dict[str, Decimal]
    conditions: tuple[Condition, ...] = ()


class _Entry(msgspec.Struct):
    """A model as the file has it: `prices` by quantity, which `spelling` maps to usage keys, and `needles`,
    of which a matching name contains one in lower case."""

    id: str
    name: str
    pattern: str
    needles: list[str]
    spelling: str
    tiers: list[_Tier]


class _File(msgspec.Struct):
    source: str
    as_of: str
    spellings: dict[str, dict[str, list[str]]]
    models: list[_Entry]


class Catalogue:
    def __init__(self, config: Config | None = None) -> None:
        """Raises ValueError when an expression of `free_models` cannot be compiled."""
        config = config or Config()
        text = files("spyglass.ingest").joinpath("prices/catalogue.json").read_bytes()
        self._file = msgspec.json.decode(text, type=_File)
        self._free = [_build_free(text) for text in config.free_models]
        self._entries = {entry.id: entry for entry in self._file.models}
        self._built: dict[str, Model] = {}
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._find = lru_cache(maxsize=config.remembered_names)(self._search)

    @property
    def as_of(self) -> str:
        """The day whose prices these are."""
        return self._file.as_of

    def match(self, model: str) -> Model | None:
        """The model that the text `model` stands for: the free ones before the built-in ones (contract 3.2;
        a project's own come before: own_models.py). A name not found is remembered as well."""
        return self._find(model) if 0 < len(model) <= _LONGEST_NAME else None

    def by_id(self, model_id: str) -> Model | None:
        """The model that an observation was priced by; None when it is no longer listed."""
        free = next((each for each in self._free if each.id == model_id), None)
        entry = self._entries.get(model_id)
        return self._build(entry) if entry is not None else free

    def names(self) -> list[tuple[str, str]]:
        """(name, id) of each model, without building them all."""
        free = [(each.name, each.id) for each in self._free]
        return [*free, *((entry.name, entry.id) for entry in self._file.models)]

    def models(self) -> list[Model]:
        """All of them, in the order in which they are tried."""
        return [*self._free, *(self._build(entry) for entry in self._file.models)]

    def _search(self, name: str) -> Model | None:
        for free in self._free:
            if re.search(free.pattern, name):
                return free
        lower = name.lower()
        for entry in self._file.models:
            for needle in entry.needles:
                if needle in lower:
                    if self._compile(entry).search(name):
                        return self._build(entry)
                    break
        return None

    def _compile(self, entry: _Entry) -> re.Pattern[str]:
        """Only when a name first asks for it: compiling all of them takes a quarter of a second."""
        pattern = self._compiled.get(entry.id)
        if pattern is None:
            pattern = self._compiled[entry.id] = re.compile(entry.pattern)
        return pattern

    def _build(self, entry: _Entry) -> Model:
        """The model of an entry, with a price for every usage key that its quantities are reported under."""
        model = self._built.get(entry.id)
        if model is None:
            keys = self._file.spellings[entry.spelling]
            tiers = tuple(
                Tier(
                    id=f"{entry.id}-{number}",
                    name=tier.name,
                    prices=_spell(tier.prices, keys),
                    is_default=not tier.conditions,
                    priority=number,
                    conditions=tier.conditions,
                )
                for number, tier in enumerate(entry.tiers)
            )
            model = Model(
                id=entry.id,
                name=entry.name,
                pattern=entry.pattern,
                tiers=tiers,
                tokenizer_id=_tokenizer_of(entry.name.lower()),
            )
            self._built[entry.id] = model
        return model


def _spell(prices: dict[str, Decimal], keys: dict[str, list[str]]) -> dict[str, Decimal]:
    """Prices per unit by usage key. A quantity that stands later in `keys` is the more special one."""
    return {
        key: prices[quantity].scaleb(_PER_UNIT)
        for quantity in keys
        if quantity in prices
        for key in keys[quantity]
    }


def _tokenizer_of(name: str) -> str:
    """The vocabulary of a model by its name. What also sees or hears is not counted by its texts alone."""
    if _NOT_TEXT.search(name):
        return ""
    if "claude" in name:
        return "claude"
    return "openai" if _OF_OPENAI.search(name) else ""


def _build_free(text: str) -> Model:
    pattern = f"(?i){text}" if text.startswith("^") else f"(?i)^{translate(text)}"
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"free_models: {text!r} is no regular expression: {error}") from error
    prices = {"input": _NOTHING, "output": _NOTHING, "total": _NOTHING}
    tier = Tier(id=f"free:{text}-0", name="Free", prices=prices, is_default=True)
    return Model(id=f"free:{text}", name=text, pattern=pattern, tiers=(tier,))
