"""Which priced model a name stands for: models declared free of charge, the operator's price list if there is one, and
the built-in one (`prices/catalogue.json`, made by `tools/prices.py`).

A name that nothing matches has no model: its cost is unknown, never 0.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import translate
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from spyglass.core.cost import Model, Tier
from spyglass.core.errors import Invalid, Misconfigured
from spyglass.core.options import option
from spyglass.ingest.price_list import MOST_BYTES, PriceList, decode_prices, parse_prices

log = logging.getLogger(__name__)

# Longer ones are no name of a built-in model (an ARN has up to about 150 characters).
_LONGEST_NAME = 300
_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Config:
    """Prices: of self-hosted models, and from where newer ones than the built-in list has are taken."""

    free_models: tuple[str, ...] = option(
        (),
        "Self-hosted models that cost nothing: names or globs (`my-llama*`), or regular expressions that begin "
        "with `^`; the case of letters does not matter",
    )
    remembered_names: int = option(4096, "Model names whose match is remembered", low=16)
    file: str = option(
        "", "A price list whose models come before the built-in ones; it is read again when it changes"
    )
    url: str = option(
        "",
        "`https://...` of a price list whose models come before the built-in ones; fetched at the start and then "
        "once a day; not together with `file`",
    )


class Origin(NamedTuple):
    """Where the price of a model comes from: `built-in`, `operator` or `free`; the day, and the words of the list."""

    kind: str
    as_of: str
    source: str


class Catalogue:
    """Thread-safe: a newer price list takes the place of the one before in one step."""

    def __init__(self, config: Config | None = None) -> None:
        """Raises ValueError when an expression of `free_models` cannot be compiled. A `file` that cannot be used is
        reported and left out."""
        self.config = config or Config()
        if self.config.file and self.config.url:
            raise Misconfigured("Set either catalogue.file or catalogue.url, not both")
        text = files("spyglass.ingest").joinpath("prices/catalogue.json").read_bytes()
        self._built_in = decode_prices(text, self.config.remembered_names)
        self._free = [_build_free(text) for text in self.config.free_models]
        self._lists: tuple[PriceList, ...] = (self._built_in,)
        self._file_state: tuple[int, int] | None = None
        self.fetched_s: float | None = None  # when the list of `url` was last fetched, by the monotonic clock
        self.edition = 0  # grows with every change, so that whoever remembers matches can forget them
        if self.config.file:
            self.read_file()

    @property
    def as_of(self) -> str:
        """The day whose prices the built-in list has."""
        return self._built_in.as_of

    @property
    def looks_at_metadata(self) -> bool:
        """Whether a price may depend on the metadata of an observation."""
        return any(prices.looks_at_metadata for prices in self._lists)

    def match(self, model: str) -> Model | None:
        """The model that the text `model` stands for: the free ones come first, then the operator's, then the
        built-in ones (contract 3.2; a project's own come before all: own_models.py)."""
        if not 0 < len(model) <= _LONGEST_NAME:
            return None
        for free in self._free:
            if re.search(free.pattern, model):
                return free
        return _first(self._lists, lambda prices: prices.match(model))

    def by_id(self, model_id: str) -> Model | None:
        """The model that an observation was priced by; None when it is no longer listed."""
        found = _first(self._lists, lambda prices: prices.by_id(model_id))
        return found or next((each for each in self._free if each.id == model_id), None)

    def origin_of(self, model_id: str) -> Origin | None:
        for prices in self._lists:
            if model_id in prices.ids:
                kind = "operator" if len(self._lists) > 1 and prices is self._lists[0] else "built-in"
                return Origin(kind, prices.as_of, prices.source)
        return Origin("free", "", "") if any(each.id == model_id for each in self._free) else None

    def names(self) -> list[tuple[str, str]]:
        """(name, id) of each model, without building them all."""
        free = [(each.name, each.id) for each in self._free]
        return [*free, *(pair for prices in self._lists for pair in prices.names())]

    def models(self) -> list[Model]:
        """All of them, in the order in which they are tried."""
        return [*self._free, *(model for prices in self._lists for model in prices.models())]

    def parse(self, data: bytes) -> PriceList:
        """A price list from outside, checked. Raises `Invalid`."""
        return parse_prices(data, self._built_in.spellings, self.config.remembered_names)

    def put_first(self, prices: PriceList) -> None:
        """Use these prices from now on; a built-in model with the id of one of theirs is replaced."""
        self._lists = (prices, self._built_in.without(prices.ids))
        self.edition += 1

    def read_file(self) -> bool:
        """Take the prices of `config.file` if it is new or has changed; True when they were taken. What cannot be
        used is reported, and the prices of before stay."""
        path = Path(self.config.file)
        try:
            found = path.stat()
            state = (found.st_mtime_ns, found.st_size)
            if state == self._file_state:
                return False
            with path.open("rb") as opened:
                prices = self.parse(opened.read(MOST_BYTES + 1))
        except OSError as error:
            log.error("the price list %s cannot be read: %s", path, error.strerror)
            return False
        except Invalid as error:
            log.error("the price list %s is not used: %s", path, error.message)
            return False
        self._file_state = state
        self.put_first(prices)
        log.info("prices of %d models are taken from %s, as of %s", len(prices.ids), path, prices.as_of)
        return True


def _first(lists: tuple[PriceList, ...], find: Callable[[PriceList], Model | None]) -> Model | None:
    for prices in lists:
        model = find(prices)
        if model is not None:
            return model
    return None


def _build_free(text: str) -> Model:
    pattern = f"(?i){text}" if text.startswith("^") else f"(?i)^{translate(text)}"
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"free_models: {text!r} is no regular expression: {error}") from error
    prices = {"input": _NOTHING, "output": _NOTHING, "total": _NOTHING}
    tier = Tier(id=f"free:{text}-0", name="Free", prices=prices, is_default=True)
    return Model(id=f"free:{text}", name=text, pattern=pattern, tiers=(tier,))
