"""Nobody learns of, or touches, what belongs to another project or organization.

Generated from the routes: each route with an id in its path, each list parameter that takes an id and each id
within a body is asked with the ids of a world that is not the caller's, and with random ids. The two answers
must be the same, hold nothing of that world, and change nothing in it.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.routing import APIRoute
from isolation_world import CANARY, World
from people import add_person, signed_in
from starlette.testclient import TestClient

from spyglass.api.app import create_app
from spyglass.api.callers import Of, Requires
from spyglass.core.ids import new_id
from spyglass.server.wiring import ROUTERS, Parts

ROUTES = {
    (method, route.path_format): route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods
}
DOCUMENT = create_app(None, ROUTERS).openapi()
KIND = {
    key: inner.call.of
    for key, route in ROUTES.items()
    for inner in route.dependant.dependencies
    if isinstance(inner.call, Requires)
}
WITH_ID = sorted(key for key in KIND if "{" in key[1] and KIND[key] is not Of.INSTANCE)

# The parameters of these paths are named like others, but mean other things.
MEANS = {
    ("/api/public/dataset-items/", "id"): "dataset_item_id",
    ("/api/public/dataset-items/", "item_id"): "dataset_item_id",
    ("/api/public/integrations/blob-storage/", "integration_id"): "project_id",
    ("/api/public/llm-connections/", "id"): "connection_id",
    ("/api/public/spyglass/users/", "user_id"): "user",
    ("/api/ui/account/sessions/", "id"): "user_session_id",
}
# Query parameters -> the id of the world.
ASKED = {
    "traceId": "trace_id",
    "sessionId": "session_id",
    "userId": "user",
    "observationId": "observation_id",
    "parentObservationId": "observation_id",
    "scoreIds": "score_id",
    "id": "score_id",
    "configId": "config_id",
    "queueId": "queue_id",
    "datasetRunId": "run_id",
    "experimentId": "run_id",
    "objectId": "trace_id",
    "authorUserId": "user_id",
    "sourceTraceId": "trace_id",
    "datasetId": "dataset_id",
    "datasetName": "dataset_name",
    "runName": "run_name",
    "name": "name",
    "resourceId": "queue_id",
    "actorId": "api_key_id",
}
# What a list needs beside the parameter at hand.
ALONGSIDE = {
    "objectId": {"objectType": "TRACE"},
    "observationId": {"traceId": "trace_id"},
    "runName": {"datasetId": "dataset_id"},
    "datasetId": {"runName": "run_name"},
}
START = {"fromStartTime": "2026-01-01T00:00:00Z"}

# A valid body for each route that has both an id in its path and a body.
BODIES: dict[str, Any] = {
    "update_score_config": {"description": "changed"},
    "create_annotation_queue_item": {"objectId": "x", "objectType": "TRACE"},
    "update_annotation_queue_item": {"status": "COMPLETED"},
    "create_annotation_queue_assignment": {"userId": "{user_id}"},
    "delete_annotation_queue_assignment": {"userId": "{user_id}"},
    "update_media": {"uploadedAt": "2026-01-01T00:00:00Z", "uploadHttpStatus": 500},
    "update_prompt_version": {"newLabels": ["stolen"]},
    "set_prompt_label": {"versions": [{"version": 1, "weight": 1}]},
    "set_protected_labels": {"labels": []},
    "upsert_model": {"modelName": "{unique}", "matchPattern": "^stolen$", "inputPrice": 1},
    "update_project": {"name": "stolen project"},
    "create_project_api_key": {"note": "stolen"},
    "update_project_membership": {"userId": "{user_id}", "role": "OWNER"},
    "delete_project_membership": {"userId": "{user_id}"},
    "edit_trace_view": {"bookmarked": True},
    "query_rows": {},
    "count_matching": {},
    "get_histogram": {},
    "get_facets": {"fields": ["env"]},
    "complete_values": {"field": "name"},
    "export_rows": {},
    "change_traces": {"action": "delete", "ids": ["{trace_id}"]},
    "preview_bulk_job": {},
    "create_bulk_job": {"action": "delete", "asOf": "2100-01-01T00:00:00Z", "count": 1},
    "create_saved_view": {"table": "traces", "name": "stolen", "state": {}},
    "update_saved_view": {"name": "stolen"},
    "set_default_view": {"on": True},
    "create_snapshot": {"state": "stolen"},
    "rename_organization": {"name": "stolen organization"},
    "create_project_with_key": {"name": "stolen {unique}"},
    "test_llm_connection": {},
    "create_invitation": {"email": "thief@example.com", "role": "OWNER"},
    "set_member_role": {"role": "NONE"},
    "set_member_project_role": {"role": "NONE"},
    "update_project_settings": {"name": "stolen project"},
    "preview_retention": {"retentionDays": 3},
    "create_key": {"note": "stolen"},
    "replace_scim_user": {"userName": "stolen@example.com", "roles": ["OWNER"]},
    "patch_scim_user": {"Operations": [{"op": "replace", "path": "active", "value": False}]},
}
# Ids within bodies of routes without one in the path. `{x}` is the world's id, then a random one.
NESTED: list[tuple[str, str, Of, Any]] = [
    ("DELETE", "/api/public/traces", Of.PROJECT, {"traceIds": ["{trace_id}"]}),
    ("POST", "/api/public/scores", Of.PROJECT, {"traceId": "t", "name": "n", "value": 1, "configId": "{config_id}"}),
    (
        "POST",
        "/api/public/comments",
        Of.PROJECT,
        {"projectId": "{project_id}", "objectType": "TRACE", "objectId": "{trace_id}", "content": "hello"},
    ),
    (
        "POST",
        "/api/public/comments",
        Of.PROJECT,
        {"projectId": "p", "objectType": "PROMPT", "objectId": "{name}", "content": "hello"},
    ),
    ("POST", "/api/public/annotation-queues", Of.PROJECT, {"name": "q", "scoreConfigIds": ["{config_id}"]}),
    ("POST", "/api/public/dataset-items", Of.PROJECT, {"datasetName": "{dataset_name}", "input": 1}),
    (
        "POST",
        "/api/public/dataset-run-items",
        Of.PROJECT,
        {"runName": "r", "datasetItemId": "{dataset_item_id}", "traceId": "t"},
    ),
    (
        "POST",
        "/api/public/v2/prompts",
        Of.PROJECT,
        {"name": "thief", "prompt": "@@@langfusePrompt:name={name}|label=production@@@"},
    ),
    ("DELETE", "/api/public/organizations/memberships", Of.ORGANIZATION, {"userId": "{user_id}"}),
    (
        "PUT",
        "/api/public/integrations/blob-storage",
        Of.ORGANIZATION,
        {
            "projectId": "{project_id}", "type": "S3", "bucketName": "b", "region": "eu-west-1", "enabled": False,
            "exportFrequency": "daily", "forcePathStyle": False, "fileType": "JSONL", "exportMode": "FULL_HISTORY",
        },
    ),
]  # fmt: skip


class Strangers:
    """A world, and credentials that do not belong to it."""

    def __init__(self, client: TestClient, make_organization: Callable[[], Any], parts: Parts) -> None:
        owner, other = make_organization(), make_organization()
        self.client = client
        self.world = World(client, owner.project.basic, owner.basic)
        self.world.build(owner.project.id, owner.id)
        beside = {"name": f"beside {new_id()[:8]}", "retention": 0}
        made = client.post("/api/public/projects", json=beside, headers=owner.basic).json()
        path = f"/api/public/projects/{made['id']}/apiKeys"
        pair = client.post(path, json={}, headers=owner.basic).json()
        neighbour = type(owner.project)(made["id"], pair["publicKey"], pair["secretKey"])
        self.of_project = {
            "another organization": other.project.basic,
            "another project of the organization": neighbour.basic,
        }
        self.of_organization = {"another organization": other.basic}
        self._add_people(parts, owner, other, neighbour)
        self.unsuited = {
            "nobody": {},
            "a public key": owner.project.bearer,
            "a made-up key": type(owner.project)("", "pk-lf-none", "sk-lf-none").basic,
        }
        self.owner_project, self.owner_organization = owner.project.basic, owner.basic

    def _add_people(self, parts: Parts, owner: Any, other: Any, neighbour: Any) -> None:
        """Browsers of people who are signed in, and have every right elsewhere."""
        insider = signed_in(parts, add_person(parts, owner.id, "OWNER"))
        self.world.ids["user_session_id"] = insider.get("/api/ui/account/sessions").json()["data"][0]["id"]
        outsider = signed_in(parts, add_person(parts, other.id, "OWNER")).as_headers
        beside = signed_in(parts, add_person(parts, owner.id, "NONE", {neighbour.id: "OWNER"})).as_headers
        self.outsider = outsider
        self.of_project["a person of another organization"] = {
            **outsider,
            "x-spyglass-project": other.project.id,
        }
        self.of_project["a person of another project"] = {**beside, "x-spyglass-project": neighbour.id}
        self.of_organization["a person of another organization"] = {
            **outsider,
            "x-spyglass-organization": other.id,
            "x-spyglass-project": other.project.id,
        }
        self.person = outsider

    def fitting(self, kind: Of) -> dict[str, dict[str, str]]:
        if kind is Of.PERSON:
            return {"another person": self.person}
        return self.of_organization if kind is Of.ORGANIZATION else self.of_project

    def of_wrong_kind(self, kind: Of) -> dict[str, str]:
        return self.owner_project if kind is Of.ORGANIZATION else self.owner_organization


@pytest.fixture(scope="module")
def strangers(client: TestClient, make_organization: Callable[[], Any], parts: Parts) -> Strangers:
    return Strangers(client, make_organization, parts)


def ids_of(world: World, path: str, *, real: bool) -> dict[str, str]:
    found = {}
    for name in re.findall(r"{(\w+)}", path):
        key = next(
            (key for (start, each), key in MEANS.items() if path.startswith(start) and each == name), name
        )
        # A version stays a number; a name that nobody has is as long as the real one.
        found[name] = world.ids[key] if real else world.ids[key] if key in ("version", "label") else new_id()
    return found


def fill(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(r"{(\w+)}", lambda match: ids.get(match[1], match[0]), value)
    if isinstance(value, dict):
        return {key: fill(each, ids) for key, each in value.items()}
    return [fill(each, ids) for each in value] if isinstance(value, list) else value


def plain(text: str, ids: dict[str, str]) -> str:
    """An answer without the ids that were asked for, and without what is new in every answer."""
    known = [each for name, each in ids.items() if name not in ("version", "label")]
    for found in sorted(known, key=len, reverse=True):
        text = text.replace(found, "<id>")
    return re.sub(r"[0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z", "<new>", text)


def ask(
    strangers: Strangers, method: str, path: str, headers: dict[str, str], ids: dict[str, str], **more: Any
) -> Any:
    response = strangers.client.request(method, path.format(**ids), headers=headers, **more)
    asked = plain(response.text, ids)
    assert CANARY not in asked, f"{method} {path} shows a stranger what is not theirs: {asked[:300]}"
    return response.status_code, asked


@pytest.mark.parametrize(("method", "path"), WITH_ID)
def test_the_id_of_another_is_as_unknown_as_a_random_one(
    strangers: Strangers, method: str, path: str
) -> None:
    world, kind = strangers.world, KIND[method, path]
    before = world.fingerprint() if method != "GET" else ""
    body = BODIES.get(ROUTES[method, path].name)
    real, random = ids_of(world, path, real=True), ids_of(world, path, real=False)
    for who, headers in strangers.fitting(kind).items():
        answers = []
        for ids in (real, random):
            more = {"json": fill(body, world.ids | {"unique": new_id()})} if body is not None else {}
            answers.append(ask(strangers, method, path, headers, ids, **more))
        assert answers[0] == answers[1], who
        # Deletions of records answer alike whether there was one; nothing else may succeed.
        assert answers[0][0] in (403, 404) or path in SAME_ANYWAY or (method, path) in CREATE, (
            who,
            answers[0],
        )
    if kind is not Of.ANY:
        status, _ = ask(strangers, method, path, strangers.of_wrong_kind(kind), random)
        assert status == 403
    for who, headers in strangers.unsuited.items():
        assert ask(strangers, method, path, headers, real)[0] in (401, 403), who
    if before:
        assert world.fingerprint() == before


# Here the caller chooses the id, so one of another project is as free as any: each gets a row of its own.
CREATE = {("PUT", "/api/public/models/{model_id}")}
SAME_ANYWAY = {
    "/api/public/traces/{trace_id}",
    "/api/public/scores/{score_id}",
    "/api/public/spyglass/users/{user_id}",
}


def test_every_write_with_an_id_has_a_body_here() -> None:
    needed = {
        ROUTES[key].name for key in WITH_ID if "requestBody" in DOCUMENT["paths"][key[1]][key[0].lower()]
    }
    assert needed <= set(BODIES)


LISTS = sorted(
    (path, parameter["name"])
    for (method, path), kind in KIND.items()
    if method == "GET" and "{" not in path and kind in (Of.PROJECT, Of.ANY)
    for parameter in DOCUMENT["paths"][path]["get"].get("parameters", [])
    if parameter["name"] in ASKED
)


@pytest.mark.parametrize(
    ("path", "parameter"), LISTS, ids=[f"{path}?{parameter}" for path, parameter in LISTS]
)
def test_a_list_finds_nothing_of_another(strangers: Strangers, path: str, parameter: str) -> None:
    ids = strangers.world.ids
    more = {name: ids.get(key, key) for name, key in ALONGSIDE.get(parameter, {}).items()}
    if "experiment" in path:
        more |= START
    for headers in strangers.of_project.values():
        answers = []
        for value in (ids[ASKED[parameter]], new_id()):
            asked = {**more, parameter: value}
            answers.append(ask(strangers, "GET", path, headers, {"asked": value}, params=asked))
        assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("method", "path", "kind", "body"),
    NESTED,
    ids=[f"{method} {path} {index}" for index, (method, path, *_) in enumerate(NESTED)],
)
def test_an_id_of_another_within_a_body_is_unknown(
    strangers: Strangers, method: str, path: str, kind: Of, body: Any
) -> None:
    world = strangers.world
    before = world.fingerprint()
    unknown = {name: new_id() for name in world.ids}
    for headers in strangers.fitting(kind).values():
        answers = []
        for ids in (world.ids, unknown):
            answers.append(ask(strangers, method, path, headers, ids, json=fill(body, ids)))
        assert answers[0] == answers[1]
    assert world.fingerprint() == before


IN_A_PLACE = sorted(key for key, kind in KIND.items() if kind not in (Of.INSTANCE, Of.PERSON))


@pytest.mark.parametrize(
    ("method", "path"), IN_A_PLACE, ids=[f"{method} {path}" for method, path in IN_A_PLACE]
)
def test_a_session_opens_no_place_of_others(strangers: Strangers, method: str, path: str) -> None:
    """Whatever the route: a person who names a project and an organization of others is told that there is none."""
    world = strangers.world
    found = {name: world.ids.get(name, "x") for name in re.findall(r"{(\w+)(?::path)?}", path)}
    before = world.fingerprint() if method != "GET" else ""
    answers = []
    for project_id, organization_id in (
        (world.ids["project_id"], world.ids["organization_id"]),
        (new_id(), new_id()),
    ):
        place = {"x-spyglass-project": project_id, "x-spyglass-organization": organization_id}
        ids = {**found, "project_id": project_id, "organization_id": organization_id}
        ids = {name: each for name, each in ids.items() if name in found}
        answers.append(ask(strangers, method, path, {**strangers.outsider, **place}, ids))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    if before:
        assert world.fingerprint() == before


ADMINISTRATION = sorted(key for key, kind in KIND.items() if kind is Of.INSTANCE)


@pytest.mark.parametrize(
    ("method", "path"), ADMINISTRATION, ids=[f"{method} {path}" for method, path in ADMINISTRATION]
)
def test_no_key_of_a_project_or_an_organization_administers_the_server(
    strangers: Strangers, method: str, path: str
) -> None:
    ids = {name: strangers.world.ids.get(name, "x") for name in re.findall(r"{(\w+)}", path)}
    for headers in (strangers.owner_project, strangers.owner_organization):
        assert ask(strangers, method, path, headers, ids)[0] == 401
