"""What the Python dataset programs made, as their reports have it, and the server's views of their runs."""

import urllib.parse
from typing import Any

from .live_server import Target
from .programs import run_program
from .reading import Json, PublicApi

EXPERIMENTING = ("python-v3", "python-v4", "python-v5")
PROGRAMS = {"python-v2": "python_v2_datasets.py"} | dict.fromkeys(EXPERIMENTING, "python_experiments.py")
LONG_AGO = "2020-01-01T00:00:00Z"
# What the evaluators of the experiments say of an item.
EVALUATIONS = {
    "bern": {"exact": 1.0, "case": "upper", "short": True, "all in all": 3.0},
    "paris": {"exact": 0.0, "case": "mixed", "short": True, "all in all": 3.0},
}


def play(name: str, target: Target, api: PublicApi) -> Json:
    """What a client's program reports, as soon as the server shows all that it sent."""
    report = run_program(name, PROGRAMS[name], target).report
    if name == "python-v2":
        for trace_id in report["observed"].values():
            api.wait_for_trace(trace_id, 0, 1)
        return report
    for key, count in {"experiment": 3, "former": 4, "gone": 3, "local": 1}.items():
        query = {"fromStartTime": LONG_AGO, "experimentName": report[key]["run"]}
        api.wait("/experiment-items", lambda page, count=count: len(page["data"]) >= count, **query)
        for _, _, trace_id, evaluations in report[key]["items"]:
            api.wait_for_trace(trace_id, 2, len(evaluations))
    return report


def item_id(name: str, key: str) -> str:
    return f"{name}-item-{key}"


def item(name: str, key: str, metadata: Any = None, status: str = "ACTIVE") -> list[Any]:
    """An item as the programs describe it."""
    cities = {"bern": "Bern", "paris": "Paris", "nowhere": "Nowhere", "old": "Byzantium"}
    country = {"bern": "CH", "paris": "FR", "nowhere": None, "old": "TR"}[key]
    return [item_id(name, key), {"city": cities[key]}, country, metadata, status, f"{name}/capital cities"]


def path_of(name: str, *run_name: str) -> str:
    """Where the runs of the client's dataset are, or one of them."""
    dataset, *run = (urllib.parse.quote(part, safe="") for part in (f"{name}/capital cities", *run_name))
    return "/".join(["/datasets", dataset, "runs", *run])


def find_run(api: PublicApi, name: str, run_name: str) -> Json:
    return api.get(path_of(name, run_name))


def find_experiments(api: PublicApi, run_name: str) -> list[Json]:
    page = api.get("/experiments", fromStartTime=LONG_AGO, name=run_name, fields="core,metadata,scores")
    return page["data"]


def find_items(api: PublicApi, run_name: str) -> list[Json]:
    fields = "core,dataset,io,metadata,itemMetadata,experimentMetadata,scores"
    query = {"fromStartTime": LONG_AGO, "experimentName": run_name, "fields": fields}
    return api.get("/experiment-items", **query)["data"]
