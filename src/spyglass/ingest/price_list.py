"""A price list: the file that comes with the program, or one of the operator in the same form (docs/guide/costs.md).

`parse_prices` checks all that a look-up relies on, so that a list which was taken can be used without care. Matching
needs only the expressions of a few entries: those are compiled when a name first asks for them.
"""

import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import lru_cache

import msgspec

from spyglass.core.cost import Condition, Model, Tier, UsageCondition
from spyglass.core.errors import Invalid
from spyglass.core.ids import id_problem
from spyglass.core.patterns import Pattern, compile_pattern

MOST_BYTES = 16 << 20
_MOST_MODELS = 50_000
_LONGEST_PATTERN = 2000
_DEAREST = Decimal(10**9)  # USD per million units
_PER_UNIT = -6  # the file has USD per million units

_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_OF_OPENAI = re.compile(
    r"(^|[/.:])(ft:)?(gpt-|chatgpt-|o[1-9](-|$)|text-embedding-[3a]|text-davinci|davinci|babbage|codex-)"
)
_NOT_TEXT = re.compile(r"image|audio|tts|whisper|transcribe|realtime|sora|dall-e|moderation")

Spellings = dict[str, dict[str, list[str]]]


class _Tier(msgspec.Struct):
    name: str
    prices: dict[str, Decimal]
    conditions: tuple[Condition, ...] = ()


class _Entry(msgspec.Struct):
    """A model as the file has it: `prices` by quantity, which `spelling` maps to usage keys, and `needles`,
    of which a matching name contains one in lower case (none: every name is tried)."""

    id: str
    name: str
    pattern: str
    spelling: str
    tiers: list[_Tier]
    needles: list[str] = []


class _File(msgspec.Struct):
    as_of: str
    models: list[_Entry]
    source: str = ""
    spellings: Spellings = {}


class PriceList:
    """Entries in the order in which they are tried."""

    def __init__(
        self, as_of: str, source: str, spellings: Spellings, entries: Iterable[_Entry], remembered: int = 4096
    ) -> None:
        self.as_of = as_of  # the day whose prices these are
        self.source = source
        self._spellings = spellings
        self._entries = {entry.id: entry for entry in entries}
        self._built: dict[str, Model] = {}
        self._compiled: dict[str, Pattern] = {}
        self._remembered = remembered
        self.match = lru_cache(maxsize=remembered)(self._match)

    def without(self, ids: Collection[str]) -> "PriceList":
        """The same list with some entries left out."""
        kept = (entry for entry in self._entries.values() if entry.id not in ids)
        return PriceList(self.as_of, self.source, self._spellings, kept, self._remembered)

    @property
    def ids(self) -> Collection[str]:
        return self._entries.keys()

    @property
    def spellings(self) -> Spellings:
        return self._spellings

    @property
    def looks_at_metadata(self) -> bool:
        conditions = (
            each for entry in self._entries.values() for tier in entry.tiers for each in tier.conditions
        )
        return any(not isinstance(each, UsageCondition) and each.source == "metadata" for each in conditions)

    def names(self) -> list[tuple[str, str]]:
        """(name, id) of each model, without building them."""
        return [(entry.name, entry.id) for entry in self._entries.values()]

    def by_id(self, model_id: str) -> Model | None:
        entry = self._entries.get(model_id)
        return None if entry is None else self._build(entry)

    def models(self) -> list[Model]:
        return [self._build(entry) for entry in self._entries.values()]

    def _match(self, name: str) -> Model | None:
        lower = name.lower()
        for entry in self._entries.values():
            if entry.needles and not any([needle in lower for needle in entry.needles]):
                continue
            if self._compile(entry).is_in(name):
                return self._build(entry)
        return None

    def _compile(self, entry: _Entry) -> Pattern:
        pattern = self._compiled.get(entry.id)
        if pattern is None:
            pattern = compile_pattern(entry.pattern, longest=_LONGEST_PATTERN)
            self._compiled[entry.id] = pattern
        return pattern

    def _build(self, entry: _Entry) -> Model:
        """The model of an entry, with a price for every usage key that its quantities are reported under."""
        model = self._built.get(entry.id)
        if model is None:
            keys = self._spellings[entry.spelling]
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
            tokenizer_id = _tokenizer_of(entry.name.lower())
            model = Model(entry.id, entry.name, entry.pattern, tiers, tokenizer_id=tokenizer_id)
            self._built[entry.id] = model
        return model


def decode_prices(data: bytes, remembered: int = 4096) -> PriceList:
    """A list that was checked when it was made."""
    file = msgspec.json.decode(data, type=_File)
    return PriceList(file.as_of, file.source, file.spellings, file.models, remembered)


def parse_prices(data: bytes, spellings: Spellings, remembered: int = 4096) -> PriceList:
    """A list from outside. `spellings` are those of the program, which it may add to. Raises `Invalid` with what is
    wrong and where."""
    if len(data) > MOST_BYTES:
        raise Invalid(f"a price list has at most {MOST_BYTES} bytes, this one has {len(data)}")
    try:
        file = msgspec.json.decode(data, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"not a price list: {error}") from None
    if not _DAY.match(file.as_of):
        raise Invalid("`as_of` must be a day, as 2026-01-31")
    if not 0 < len(file.models) <= _MOST_MODELS:
        raise Invalid(f"`models` has {len(file.models)} entries; allowed are 1 to {_MOST_MODELS}")
    known = {**spellings, **file.spellings}
    seen: set[str] = set()
    for number, entry in enumerate(file.models):
        try:
            _check(entry, known, seen)
        except Invalid as error:
            raise Invalid(f"models[{number}] ({entry.id[:100]}): {error.message}") from None
        seen.add(entry.id)
    return PriceList(file.as_of, file.source[:200], known, file.models, remembered)


def _check(entry: _Entry, spellings: Spellings, seen: Collection[str]) -> None:
    problem = id_problem(entry.id)
    if problem:
        raise Invalid(f"the id {problem}")
    if entry.id in seen:
        raise Invalid("another entry has the same id")
    if not entry.name:
        raise Invalid("the name must not be empty")
    compile_pattern(entry.pattern, longest=_LONGEST_PATTERN)
    if any(needle != needle.lower() or not needle for needle in entry.needles):
        raise Invalid("needles are texts in lower case")
    if entry.spelling not in spellings:
        raise Invalid(f"`spelling` must be one of {', '.join(sorted(spellings))}")
    if not entry.tiers or entry.tiers[0].conditions or not all(tier.conditions for tier in entry.tiers[1:]):
        raise Invalid("the first tier has no conditions, and every other one has some")
    if len({tier.name for tier in entry.tiers}) < len(entry.tiers):
        raise Invalid("the names of tiers must differ")
    for tier in entry.tiers:
        _check_tier(tier, spellings[entry.spelling])


def _check_tier(tier: _Tier, quantities: Collection[str]) -> None:
    unknown = sorted(tier.prices.keys() - set(quantities))
    if unknown or not tier.prices:
        raise Invalid(f"tier {tier.name[:100]!r}: `prices` are of {', '.join(quantities)}")
    for quantity, price in tier.prices.items():
        if not (price.is_finite() and 0 <= price <= _DEAREST):
            raise Invalid(f"tier {tier.name[:100]!r}: the price of {quantity} must lie in 0 to {_DEAREST:,}")
    for condition in tier.conditions:
        if isinstance(condition, UsageCondition):
            compile_pattern(condition.pattern, fold_case=not condition.case_sensitive)


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
