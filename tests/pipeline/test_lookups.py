"""What ingest asks the metadata store: own models and prompts, also while that store is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from spyglass.core.errors import Unavailable
from spyglass.core.records import Observation
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.steps import finish
from spyglass.stores.meta import Config, Meta, cache, database, open_meta
from spyglass.stores.meta.tables import ModelDefinition, Organization, Project, Prompt, PromptVersion
from spyglass.stores.meta.tables.revisions import MODELS, PROMPTS, raise_revision

CATALOGUE = Catalogue()


@pytest.fixture
def meta(tmp_path: Path) -> Iterator[Meta]:
    made = open_meta(Config(), tmp_path, lambda _: None)
    with made.begin() as session:
        session.add(Organization(id="org", name="org"))
        session.flush()
        session.add_all([Project(id=id_, organization_id="org", name=id_) for id_ in ("p", "q")])
    yield made
    made.close()


def define(meta: Meta, name: str, pattern: str, project: str = "p", **fields: Any) -> None:
    tiers = [
        {
            "id": f"{name}-tier",
            "name": "Standard",
            "isDefault": True,
            "priority": 0,
            "conditions": [],
            "prices": {"input": "0.25"},
        }
    ]
    with meta.begin() as session:
        row = {"tiers": tiers, **fields}
        session.add(
            ModelDefinition(id=name, project_id=project, model_name=name, match_pattern=pattern, **row)
        )
        raise_revision(session, MODELS, project)


def add_version(meta: Meta, version: int, project: str = "p") -> None:
    with meta.begin() as session:
        if version == 1:
            session.add(Prompt(project_id=project, name="greet", type="text"))
            session.flush()
        id_ = f"{project}-{version}"
        session.add(
            PromptVersion(
                id=id_, project_id=project, name="greet", version=version, prompt="x", created_by="API"
            )
        )
        raise_revision(session, PROMPTS, project)


def model_id(lookups: Lookups, name: str, project: str = "p") -> str | None:
    found = lookups.match_model(project, name)
    return found.id if found is not None else None


class Outage:
    """Makes each read of the store fail, and counts them, while it is on."""

    def __init__(self, meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1000.0
        self.on = True
        self.attempts = 0
        read = meta.read
        monkeypatch.setattr(database, "monotonic_s", lambda: self.now_s)
        monkeypatch.setattr(cache, "monotonic_s", lambda: self.now_s)

        @contextmanager
        def failing() -> Iterator[Any]:
            if self.on:
                self.attempts += 1
                raise Unavailable("The metadata store is unavailable; try again")
            with read() as session:
                yield session

        monkeypatch.setattr(meta, "read", failing)


def test_own_models_come_before_the_catalogue_in_their_project_alone(meta: Meta) -> None:
    lookups = Lookups(meta, CATALOGUE)
    assert model_id(lookups, "gpt-4o") == "openai-gpt-4o"
    assert model_id(lookups, "mine") is None
    define(meta, "own", "^(gpt-4o|mine)$")
    assert [model_id(lookups, name) for name in ("gpt-4o", "mine", "gpt-5")] == ["own", "own", "openai-gpt-5"]
    assert [model_id(lookups, name, "q") for name in ("gpt-4o", "mine")] == ["openai-gpt-4o", None]
    models = lookups.models_of("p")
    assert [getattr(models.by_id(id_), "name", None) for id_ in ("own", "openai-gpt-5", "x")] == [
        "own",
        "gpt-5",
        None,
    ]
    assert lookups.models_of("q").by_id("own") is None


def test_a_pattern_means_what_it_means_in_postgresql(meta: Meta) -> None:
    define(meta, "folded", "(?i)^my-(large|small)$")
    define(meta, "inside", "needle")
    lookups = Lookups(meta, CATALOGUE)
    names = ["MY-Large", "my-large\n", "xneedlex", "NEEDLE"]
    assert [model_id(lookups, name) for name in names] == ["folded", None, "inside", None]


def test_names_that_are_remembered_do_not_grow_without_end(meta: Meta) -> None:
    define(meta, "own", "^x")
    lookups = Lookups(meta, CATALOGUE)
    for number in range(5000):
        assert model_id(lookups, f"x{number}") == "own"
    assert len(lookups.models_of("p")._found) < 5000


def test_a_row_that_cannot_be_read_prices_nothing_and_spoils_nothing(meta: Meta) -> None:
    define(meta, "broken", "^bad$", tiers=[{"id": "t"}])
    define(meta, "malformed", "(")
    define(meta, "good", "^good$")
    lookups = Lookups(meta, CATALOGUE)
    assert [model_id(lookups, name) for name in ("bad", "good")] == [None, "good"]


def test_a_row_is_priced_and_linked(meta: Meta) -> None:
    define(meta, "own", "^mine$")
    add_version(meta, 1)
    lookups = Lookups(meta, CATALOGUE)

    def finished(**fields: Any) -> tuple[str, str, Any]:
        row = Observation(
            project_id="p",
            trace_id="t",
            id="o",
            start_time=0,
            model="mine",
            provided_usage={"input": 2},
            **fields,
        )
        finish(row, lookups)
        return row.model_id, row.prompt_id, row.total_cost

    assert finished(prompt_name="greet", prompt_version=1) == ("own", "p-1", 0.5)
    assert finished(prompt_name="greet", prompt_version=2)[1] == ""
    assert finished(prompt_name="greet", prompt_id="stale")[1] == ""
    assert finished(prompt_version=1)[1] == ""
    add_version(meta, 2)
    assert finished(prompt_name="greet", prompt_version=2)[1] == "p-2"
    assert lookups.prompt_id("q", "greet", 1) == ""


def test_while_the_store_is_down_what_is_known_serves(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
    define(meta, "own", "^mine$")
    add_version(meta, 1)
    lookups = Lookups(meta, CATALOGUE)
    assert (model_id(lookups, "mine"), lookups.prompt_id("p", "greet", 1)) == ("own", "p-1")
    define(meta, "newer", "^newer$")  # committed, and then the store goes
    outage = Outage(meta, monkeypatch)
    outage.now_s += 1e6
    for _ in range(100):
        assert (model_id(lookups, "mine"), lookups.prompt_id("p", "greet", 1)) == ("own", "p-1")
        assert (model_id(lookups, "newer"), model_id(lookups, "gpt-4o")) == (None, "openai-gpt-4o")
    # One look for changes and one for the models: waiting for a store that is away would stop the worker.
    assert outage.attempts == 2
    outage.now_s += 5.0
    assert model_id(lookups, "newer") is None
    assert outage.attempts == 4
    outage.on = False
    outage.now_s += 5.0
    assert model_id(lookups, "newer") == "newer"


def test_where_nothing_is_known_it_is_as_if_nothing_were_defined(
    meta: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    define(meta, "own", "^(mine|gpt-4o)$")
    add_version(meta, 1)
    outage = Outage(meta, monkeypatch)
    lookups = Lookups(meta, CATALOGUE)
    for project in ("p", "q") * 50:
        assert model_id(lookups, "mine", project) is None
        assert model_id(lookups, "gpt-4o", project) == "openai-gpt-4o"
        assert lookups.prompt_id(project, "greet", 1) == ""
    assert outage.attempts == 3
    outage.on = False
    outage.now_s += 5.0
    assert (model_id(lookups, "gpt-4o"), lookups.prompt_id("p", "greet", 1)) == ("own", "p-1")
