"""Price lists of an operator: checked before they are used, first among the prices, never instead of all."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spyglass.cli import commands
from spyglass.core.errors import Invalid, Misconfigured
from spyglass.ingest.catalogue import Catalogue, Config, Origin
from spyglass.ingest.own_models import ProjectModels
from spyglass.stores.meta.tables import ModelDefinition


def entry(id_: str = "acme-1", **change: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "name": id_,
        "pattern": f"^{id_}$",
        "spelling": "openai",
        "tiers": [{"name": "Standard", "prices": {"input": "1", "output": "2"}}],
        **change,
    }


def price_list(*entries: Any, **change: Any) -> bytes:
    return json.dumps({"as_of": "2026-12-01", "source": "ours", "models": list(entries), **change}).encode()


def price_of(catalogue: Catalogue, name: str) -> str | None:
    model = catalogue.match(name)
    return None if model is None else str((model.tiers[0].prices["input"] * 1_000_000).normalize())


def tier(*conditions: Any, name: str = "Large", **prices: str) -> dict[str, Any]:
    return {"name": name, "prices": prices or {"input": "3", "output": "4"}, "conditions": list(conditions)}


OVER = {"kind": "usage", "pattern": "input", "operator": "gt", "value": 5}


@pytest.fixture(scope="module")
def built_in() -> Catalogue:
    return Catalogue()


def test_its_models_come_first_and_the_built_in_ones_after(built_in: Catalogue) -> None:
    catalogue = Catalogue()
    mine = entry("openai-gpt-4o", pattern="(?i)^gpt-4o$")
    catalogue.put_first(catalogue.parse(price_list(entry(), mine, entry("wide", pattern="^gpt-5"))))
    assert price_of(catalogue, "acme-1") == "1"
    assert price_of(catalogue, "gpt-4o") == "1"
    assert price_of(catalogue, "gpt-4o-2024-08-06") is None  # the built-in one of the same id is replaced
    assert price_of(catalogue, "gpt-5-mini") == "1"
    assert price_of(catalogue, "gpt-4o-mini") == "0.15"
    assert catalogue.origin_of("acme-1") == Origin("operator", "2026-12-01", "ours")
    assert catalogue.origin_of("openai-gpt-4o") == Origin("operator", "2026-12-01", "ours")
    assert catalogue.origin_of("openai-gpt-4o-mini") == built_in.origin_of("openai-gpt-4o-mini")
    assert catalogue.origin_of("nothing") is None
    ids = [id_ for _, id_ in catalogue.names()]
    assert ids[:3] == ["acme-1", "openai-gpt-4o", "wide"]
    assert len(set(ids)) == len(ids) == len(built_in.names()) + 2
    assert [model.id for model in catalogue.models()] == ids


def test_free_models_come_before_all() -> None:
    catalogue = Catalogue(Config(free_models=("acme-1",)))
    catalogue.put_first(catalogue.parse(price_list(entry())))
    assert price_of(catalogue, "acme-1") == "0"
    assert catalogue.origin_of("free:acme-1") == Origin("free", "", "")


def test_whoever_remembers_names_forgets_them() -> None:
    catalogue = Catalogue()
    row = ModelDefinition(project_id="p", id="own", model_name="own", match_pattern="^own$", tiers=[])
    models = ProjectModels(catalogue, [row])
    assert models.match("acme-1") is None
    catalogue.put_first(catalogue.parse(price_list(entry())))
    found = models.match("acme-1")
    assert found is not None
    assert found.id == "acme-1"


def test_words_of_its_own(built_in: Catalogue) -> None:
    spelled = entry(spelling="acme", tiers=[{"name": "Standard", "prices": {"frames": "5"}}])
    prices = built_in.parse(price_list(spelled, spellings={"acme": {"frames": ["video_frames"]}}))
    (model,) = prices.models()
    assert {key: str(price) for key, price in model.tiers[0].prices.items()} == {"video_frames": "0.000005"}


def test_conditions_are_kept(built_in: Catalogue) -> None:
    where = {"kind": "attribute", "source": "metadata", "key": "plan", "values": ["gold"]}
    tiers = [*entry()["tiers"], tier(OVER, where)]
    prices = built_in.parse(price_list(entry(tiers=tiers)))
    assert prices.looks_at_metadata
    assert not built_in.looks_at_metadata
    assert [each.name for each in prices.models()[0].tiers] == ["Standard", "Large"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a price list"),
        (b"[]", "not a price list"),
        (b"\xff", "not a price list"),
        (b"[" * 100_000, "not a price list"),
        (price_list(), "has 0 entries"),
        (price_list(entry(), as_of="soon"), "must be a day"),
        (price_list("x"), "not a price list"),
        (price_list(entry(id="")), r"models\[0\].*must not be empty"),
        (price_list(entry(), entry()), r"models\[1\].*another entry has the same id"),
        (price_list(entry(name="")), "the name must not be empty"),
        (price_list(entry(pattern="(")), "not a regular expression"),
        (price_list(entry(pattern="(?=x)")), "look-around"),
        (price_list(entry(needles=["ACME"])), "lower case"),
        (price_list(entry(spelling="klingon")), "`spelling` must be one of anthropic"),
        (price_list(entry(tiers=[])), "the first tier has no conditions"),
        (price_list(entry(tiers=[tier(OVER)])), "the first tier has no conditions"),
        (price_list(entry(tiers=[*entry()["tiers"], tier()])), "the first tier has no conditions"),
        (
            price_list(entry(tiers=[*entry()["tiers"], tier(OVER, name="Standard")])),
            "names of tiers must differ",
        ),
        (price_list(entry(tiers=[tier(input="-1")])), "must lie in 0 to"),
        (price_list(entry(tiers=[tier(input="NaN")])), "must lie in 0 to"),
        (price_list(entry(tiers=[tier(input="1e30")])), "must lie in 0 to"),
        (price_list(entry(tiers=[tier(input="x")])), "not a price list"),
        (price_list(entry(tiers=[tier(bananas="1")])), "`prices` are of input"),
        (
            price_list(entry(tiers=[*entry()["tiers"], tier({**OVER, "pattern": "("})])),
            "not a regular expression",
        ),
        (price_list(entry(tiers=[*entry()["tiers"], tier({**OVER, "operator": "in"})])), "not a price list"),
        (b" " * (16 << 20) + b"x", "has at most"),
    ],
)
def test_what_is_not_used(built_in: Catalogue, data: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        built_in.parse(data)


class TestFile:
    def test_it_is_read_at_the_start_and_again_when_it_changes(self, tmp_path: Path) -> None:
        file = tmp_path / "prices.json"
        file.write_bytes(price_list(entry()))
        catalogue = Catalogue(Config(file=str(file)))
        assert price_of(catalogue, "acme-1") == "1"
        assert not catalogue.read_file()
        file.write_bytes(price_list(entry("acme-22")))
        assert catalogue.read_file()
        assert [price_of(catalogue, name) for name in ("acme-1", "acme-22")] == [None, "1"]

    def test_one_that_cannot_be_used_leaves_the_prices_of_before(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        file = tmp_path / "prices.json"
        catalogue = Catalogue(Config(file=str(file)))
        assert price_of(catalogue, "gpt-4o-mini") == "0.15"
        assert "cannot be read: No such file" in caplog.text
        file.write_bytes(price_list(entry()))
        assert catalogue.read_file()
        file.write_text("broken")
        assert not catalogue.read_file()
        assert "is not used: not a price list" in caplog.text
        assert price_of(catalogue, "acme-1") == "1"
        file.write_bytes(price_list(entry("acme-22")))
        assert catalogue.read_file()

    def test_not_together_with_an_address(self) -> None:
        with pytest.raises(Misconfigured, match="either"):
            Catalogue(Config(file="x", url="https://prices.example"))


class TestCommand:
    def run(self, *arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(commands, ["prices", "check", *arguments])
        return result.exit_code, result.output

    def test_a_good_one(self, tmp_path: Path) -> None:
        file = tmp_path / "prices.json"
        file.write_bytes(price_list(entry(), entry("openai-gpt-4o")))
        words = f"{file}: prices of 2 models as of 2026-12-01; 1 take the place of built-in ones\n"
        assert self.run(os.fspath(file)) == (0, words)

    def test_a_bad_one(self, tmp_path: Path) -> None:
        file = tmp_path / "prices.json"
        file.write_bytes(price_list(entry(pattern="(")))
        code, words = self.run(os.fspath(file))
        assert (code, "models[0] (acme-1): not a regular expression" in words) == (1, True)

    def test_none(self, tmp_path: Path) -> None:
        assert self.run(os.fspath(tmp_path / "missing"))[0] == 2
