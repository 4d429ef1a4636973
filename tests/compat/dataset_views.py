"""What the Python dataset programs made, as their reports have it, and the server's views of their runs."""

import urllib.parse
from typing import Any

from .reading import Json, PublicApi

LONG_AGO = "2020-01-01T00:00:00Z"
# What the evaluators of the experiments say of an item.
EVALUATIONS = {
    "bern": {"exact": 1.0, "case": "upper", "short": True, "all in all": 3.0},
    "paris": {"exact": 0.0, "case": "mixed", "short": True, "all in all": 3.0},
}


def item_id(name: str, key: str) -> str:
    return f"{name}-item-{key}"


def item(name: str, key: str, metadata: Any = None, status: str = "ACTIVE") -> list[Any]:
    """An item as the programs describe it."""
    cities = {"bern": "Bern", "paris": "Paris", "nowhere": "Nowhere", "old": "Byzantium"}
    country = {"bern": "CH", "paris": "FR", "nowhere": None, "old": "TR"}[key]
    return [item_id(name, key), {"city": cities[key]}, country, metadata, status, f"{name}/capital cities"]


def path_of(name: str, *more: str) -> str:
    parts = [f"{name}/capital cities", *more]
    return "/datasets/" + "/".join(urllib.parse.quote(part, safe="") for part in parts)


def find_run(api: PublicApi, name: str, run_name: str) -> Json:
    return api.get(path_of(name) + "/runs/" + urllib.parse.quote(run_name, safe=""))


def find_experiments(api: PublicApi, run_name: str) -> list[Json]:
    page = api.get("/experiments", fromStartTime=LONG_AGO, name=run_name, fields="core,metadata,scores")
    return page["data"]


def find_items(api: PublicApi, run_name: str) -> list[Json]:
    fields = "core,dataset,io,metadata,itemMetadata,experimentMetadata,scores"
    query = {"fromStartTime": LONG_AGO, "experimentName": run_name, "fields": fields}
    return api.get("/experiment-items", **query)["data"]
