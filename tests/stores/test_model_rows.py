"""Own models on both databases: two who write the same id at the same moment."""

import threading
from types import SimpleNamespace
from typing import Any

from spyglass.api.callers import Caller
from spyglass.core.permissions import PROJECT_KEY
from spyglass.features.models.schemas import ModelIn
from spyglass.features.models.service import replace_model
from spyglass.ingest.catalogue import Catalogue
from spyglass.stores.meta import Meta, scoped
from spyglass.stores.meta.tables import ModelDefinition, Organization, Project

BODY = ModelIn.model_validate({"modelName": "house", "matchPattern": "house", "inputPrice": 2})
TIER = {
    "id": "t",
    "name": "Standard",
    "isDefault": True,
    "priority": 0,
    "conditions": [],
    "prices": {"input": "1"},
}


def test_one_that_was_made_meanwhile_is_replaced(meta: Meta) -> None:
    with meta.begin() as session:
        session.add(Organization(id="org", name="org"))
        session.flush()
        session.add(Project(id="p", organization_id="org", name="p"))
    state: Any = SimpleNamespace(stores=SimpleNamespace(meta=meta), catalogue=Catalogue())
    found: list[Any] = []
    caller = Caller("p", "org", PROJECT_KEY, "pk", "key")
    other = threading.Thread(target=lambda: found.append(replace_model(state, caller, "mine", BODY)))
    with meta.begin() as session:
        first = ModelDefinition(
            project_id="p", id="mine", model_name="house", match_pattern="x", tiers=[TIER]
        )
        session.add(first)
        session.flush()
        other.start()
        other.join(0.3)  # it waits for this transaction
        assert found == []
    other.join()
    assert [each["inputPrice"] for each in found] == [2.0]
    with meta.read() as session:
        [row] = session.scalars(scoped(ModelDefinition, "p"))
        assert row.match_pattern == "house"
