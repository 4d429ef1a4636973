"""Every method of the generated client (3.x, 4.x, 5.x) once, against what it makes itself on the way.

An answer that the SDK's own models cannot read is an error of the server's: each is reported with its method.
"""

import base64
import datetime as dt
import hashlib
import json
import os
import time
import traceback
import urllib.request

from generated_api import GeneratedApi

RUN = os.environ["COMPAT_RUN"]
PROJECT = os.environ["COMPAT_PROJECT"]
NOW = dt.datetime.now(dt.UTC)
api = GeneratedApi()
organization = GeneratedApi(
    public_key=os.environ["COMPAT_ORGANIZATION_PUBLIC_KEY"],
    secret_key=os.environ["COMPAT_ORGANIZATION_SECRET_KEY"],
)
OBSERVATIONS = "observations_v_2.get_many" if api.has("observations_v_2.get_many") else "observations.get_many"
seen = {}


def call(name, /, **arguments):
    """The answer, or None where this SDK has no such method."""
    return api.call(name, **arguments) if api.has(name) else None


def send_trace(langfuse):
    """One trace with a generation, a session and a score, which the reads below show."""
    with langfuse.start_as_current_observation(name="sweep", as_type="span", input={"q": 1}) as span:
        generation = span.start_observation(
            name="generation", as_type="generation", model="gpt-4o", usage_details={"input": 3, "output": 4}
        )
        generation.end()
        propagate(langfuse, span)
    langfuse.create_score(name="sweep-score", value=0.5, trace_id=span.trace_id, score_id=f"{RUN}-sweep-score")
    langfuse.create_score(
        name="sweep-word", value="good", trace_id=span.trace_id, observation_id=span.id, data_type="CATEGORICAL"
    )
    langfuse.create_score(name="sweep-flag", value=1, session_id=f"{RUN}-sweep", data_type="BOOLEAN")
    langfuse.flush()
    return span.trace_id, generation.id


def propagate(langfuse, span):
    """Put a span of the trace into the session."""
    if hasattr(span, "update_trace"):
        span.update_trace(session_id=f"{RUN}-sweep", user_id="sweeper")
        return
    from langfuse import propagate_attributes

    with propagate_attributes(session_id=f"{RUN}-sweep", user_id="sweeper"):
        langfuse.start_observation(name="in the session").end()


def wait_for(read):
    """Call until it gives something, for a few seconds."""
    deadline = time.monotonic() + 10
    while not (found := read()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def sweep_prompts():
    name = f"{RUN}/swept prompt"
    text = {"name": name, "prompt": "Hi {{name}}", "type": "text", "labels": ["production"], "tags": ["sweep"]}
    first = api.call("prompts.create", **text, config={"temperature": 1}, commit_message="first")
    chat = [
        {"role": "system", "content": "Be {{mood}}", "type": "chatmessage"},
        {"name": "history", "type": "placeholder"},
    ]
    second = api.call("prompts.create", name=f"{RUN} swept chat", prompt=chat, type="chat")
    read = api.call("prompts.get", prompt_name=name, label="production")
    moved = api.call("prompt_version.update", name=name, version=1, new_labels=["staging"])
    listed = api.call("prompts.list", name=name, limit=5)
    api.call("prompts.list", tag="sweep", label="staging", from_updated_at=NOW - dt.timedelta(hours=1))
    api.call("prompts.delete", prompt_name=f"{RUN} swept chat")
    seen["prompts"] = [first.type, second.type, read.prompt, sorted(moved.labels), listed.data[0].versions]
    seen["missing prompt"] = api.refusal("prompts.get", prompt_name=f"{RUN} swept chat")
    seen["bad label"] = api.refusal("prompts.create", **text | {"labels": ["No Label"]})


def sweep_datasets(trace_id, generation_id):
    name = f"{RUN}/swept set"
    schema = {"type": "object", "required": ["q"]}
    made = api.call("datasets.create", name=name, description="d", metadata={"a": [1]}, input_schema=schema)
    api.call("datasets.get", dataset_name=name)
    api.call("datasets.list", limit=3)
    item = api.call(
        "dataset_items.create",
        dataset_name=name,
        id=f"{RUN}-swept-item",
        input={"q": 1},
        expected_output="a",
        metadata={"k": None},
        source_trace_id=trace_id,
        source_observation_id=generation_id,
        status="ACTIVE",
    )
    api.call("dataset_items.get", id=item.id)
    listed = api.call("dataset_items.list", dataset_name=name, version=dt.datetime.now(dt.UTC))
    seen["datasets"] = [made.input_schema, item.expected_output, item.source_observation_id, len(listed.data)]
    seen["schema"] = api.refusal("dataset_items.create", dataset_name=name, input={"p": 1})[:2]
    call(
        "dataset_run_items.create",
        run_name="r",
        dataset_item_id=item.id,
        trace_id=trace_id,
        metadata={"m": 1},
        run_description="described",
    )
    call("dataset_run_items.list", dataset_id=made.id, run_name="r")
    call("datasets.get_runs", dataset_name=name)
    run = call("datasets.get_run", dataset_name=name, run_name="r")
    seen["run"] = run and [run.description, [each.trace_id == trace_id for each in run.dataset_run_items]]
    sweep_experiments(made.id)
    call("datasets.delete_run", dataset_name=name, run_name="r")
    api.call("dataset_items.delete", id=item.id)


def sweep_experiments(dataset_id):
    period = {"from_start_time": NOW - dt.timedelta(days=1), "dataset_id": dataset_id, "limit": 10}
    call("experiments.list", **period, fields="core,metadata,scores")
    call("experiments.list_items", **period, fields="core,dataset,io,metadata,itemMetadata,scores")


def sweep_scores(trace_id):
    body = {"name": "made", "value": 2, "trace_id": trace_id, "data_type": "NUMERIC", "comment": "c"}
    if api.has("scores.get_by_id"):  # 4.x
        api.call("scores.create", **body, metadata={"a": 1})
        made = api.call("legacy.score_v1.create", **body, id=f"{RUN}-made")
        gone = "legacy.score_v1.delete"
    elif api.has("scores.create"):  # 5.x
        camel = {"name": "made", "value": 2, "traceId": trace_id, "dataType": "NUMERIC", "id": f"{RUN}-made"}
        made = api.call("scores.create", request=[camel, camel | {"id": f"{RUN}-made-2"}])
        gone = "scores.delete"
    else:
        made = api.call("score.create", **body, id=f"{RUN}-made")
        gone = "score.delete"
    seen["created score"] = made and (getattr(made, "id", None) or type(made).__name__)
    read_scores(trace_id)
    api.call(gone, score_id=f"{RUN}-made")


def read_scores(trace_id):
    for name in ("score_v_2.get", "scores.get_many", "scores_v3.get_many_v3"):
        if api.has(name):
            wait_for(lambda name=name: len(api.peek(name, trace_id=trace_id).data) > 2)
            page = api.call(name, trace_id=trace_id, limit=20)
            seen[name] = sorted({each.name: str(each.value) for each in page.data if each.name != "made"}.items())
    for name in ("score_v_2.get_by_id", "scores.get_by_id"):
        if api.has(name):
            wait_for(lambda name=name: api.peek(name, score_id=f"{RUN}-made"))
            found = api.call(name, score_id=f"{RUN}-made")
            seen["read score"] = [found.name, found.value, found.comment]


def sweep_configs():
    numeric = api.call(
        "score_configs.create", name=f"{RUN} swept n", data_type="NUMERIC", min_value=0, max_value=5, description="d"
    )
    categories = [{"label": "bad", "value": 0}, {"label": "good", "value": 1}]
    word = api.call("score_configs.create", name=f"{RUN} swept c", data_type="CATEGORICAL", categories=categories)
    api.call("score_configs.create", name=f"{RUN} swept b", data_type="BOOLEAN")
    api.call("score_configs.get", limit=100)
    api.call("score_configs.get_by_id", config_id=word.id)
    changed = api.call("score_configs.update", config_id=numeric.id, max_value=7, is_archived=True)
    seen["configs"] = [[each.label for each in word.categories], changed.max_value, changed.is_archived]
    return word.id


def sweep_queues(config_id, trace_id, user_id):
    queue = api.call(
        "annotation_queues.create_queue", name=f"{RUN} queue", score_config_ids=[config_id], description="d"
    ).id
    api.call("annotation_queues.list_queues", limit=10)
    api.call("annotation_queues.get_queue", queue_id=queue)
    item = api.call("annotation_queues.create_queue_item", queue_id=queue, object_id=trace_id, object_type="TRACE").id
    api.call("annotation_queues.list_queue_items", queue_id=queue, status="PENDING")
    api.call("annotation_queues.get_queue_item", queue_id=queue, item_id=item)
    done = api.call("annotation_queues.update_queue_item", queue_id=queue, item_id=item, status="COMPLETED")
    seen["queues"] = [str(getattr(done.status, "value", done.status)), done.completed_at is not None]
    api.call("annotation_queues.create_queue_assignment", queue_id=queue, user_id=user_id)
    api.call("annotation_queues.delete_queue_assignment", queue_id=queue, user_id=user_id)
    api.call("annotation_queues.delete_queue_item", queue_id=queue, item_id=item)


def sweep_comments(trace_id, user_id):
    body = {"project_id": PROJECT, "object_type": "TRACE", "object_id": trace_id, "content": "« fine »"}
    made = api.call("comments.create", **body, author_user_id=user_id)
    read = api.call("comments.get_by_id", comment_id=made.id)
    listed = api.call("comments.get", object_type="TRACE", object_id=trace_id)
    seen["comments"] = [read.content, read.author_user_id == user_id, [each.id == made.id for each in listed.data]]


def sweep_models():
    body = {"match_pattern": f"(?i)^{RUN}-own$", "unit": "TOKENS"}
    tiers = [
        {"name": "Standard", "isDefault": True, "priority": 0, "conditions": [], "prices": {"input": 1e-6}},
        {
            "name": "Long",
            "isDefault": False,
            "priority": 1,
            "conditions": [{"usageDetailPattern": "input", "operator": "gt", "value": 1000, "caseSensitive": False}],
            "prices": {"input": 2e-6},
        },
    ]
    flat = api.call("models.create", model_name=f"{RUN}-own", **body, input_price=0.5, output_price=1.5)
    tiered = api.call("models.create", model_name=f"{RUN}-tiers", **body, pricing_tiers=tiers)
    api.call("models.get", id=flat.id)
    listed = api.call("models.list", limit=100)
    changed = call("models.upsert", id=flat.id, model_name=f"{RUN}-own", **body, input_price=0.75)
    seen["models"] = [flat.input_price, [each.name for each in tiered.pricing_tiers], len(listed.data)]
    seen["changed model"] = changed and [changed.id == flat.id, changed.input_price, changed.output_price]
    for model in (flat, tiered):
        api.call("models.delete", id=model.id)


def sweep_connections():
    made = api.call(
        "llm_connections.upsert",
        provider=f"{RUN}-openai",
        adapter="openai",
        secret_key="sk-very-secret-1234",
        custom_models=["mine"],
        with_default_models=False,
        extra_headers={"X-Team": "a"},
    )
    listed = api.call("llm_connections.list", limit=100)
    seen["connections"] = [made.display_secret_key, made.custom_models, "sk-very-secret" in str(listed)]
    call("llm_connections.delete", id=made.id)


def sweep_media(trace_id):
    content = f"media of {RUN}".encode()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    body = {"trace_id": trace_id, "content_type": "text/plain", "content_length": len(content), "field": "input"}
    if api.has("observations_v_2.get_many"):  # 3.x calls it sha_256_hash
        place = api.call("media.get_upload_url", **body, sha_256_hash=digest)
    else:
        place = api.call("media.get_upload_url", **body, sha256hash=digest)
    headers = {"content-type": "text/plain", "x-amz-checksum-sha256": digest}
    with urllib.request.urlopen(
        urllib.request.Request(place.upload_url, data=content, method="PUT", headers=headers)
    ) as answer:
        status = answer.status
    done = {"uploaded_at": dt.datetime.now(dt.UTC), "upload_http_status": status, "upload_time_ms": 3}
    api.call("media.patch", media_id=place.media_id, **done)
    read = api.call("media.get", media_id=place.media_id)
    with urllib.request.urlopen(read.url) as answer:
        seen["media"] = [read.content_type, read.content_length == len(content), answer.read() == content]


def sweep_reads(trace_id, generation_id):
    call("health.health")
    api.call("projects.get")
    call("sessions.list", limit=5)
    call("sessions.get", session_id=f"{RUN}-sweep")
    call("trace.list", limit=5)
    call("trace.get", trace_id=trace_id)
    call("observations.get", observation_id=generation_id)
    call("legacy.observations_v1.get", observation_id=generation_id)
    for name in ("observations.get_many", "observations_v_2.get_many", "legacy.observations_v1.get_many"):
        call(name, trace_id=trace_id, limit=5)


def sweep_organization():
    """With a key of the organization: its projects, members, and users; gives the id of a second member."""
    organization.call("organizations.get_organization_api_keys")
    organization.call("organizations.get_organization_projects")
    organization.call("organizations.get_organization_memberships")
    for name in ("get_service_provider_config", "get_resource_types", "get_schemas"):
        organization.call(f"scim.{name}")
    user = organization.call(
        "scim.create_user",
        user_name=f"{RUN}@example.com",
        name={"formatted": f"Sweeper {RUN}"},
        emails=[{"primary": True, "value": f"{RUN}@example.com", "type": "work"}],
        active=True,
    )
    organization.call("scim.get_user", user_id=user.id)
    found = organization.call("scim.list_users", filter=f'userName eq "{RUN}@example.com"', count=10)
    seen["scim"] = [found.total_results, [each.user_name for each in found.resources]]
    role = organization.call("organizations.update_organization_membership", user_id=user.id, role="MEMBER")
    seen["role"] = [str(getattr(role.role, "value", role.role)), role.email]
    member = {"project_id": PROJECT, "user_id": user.id}
    organization.call("organizations.update_project_membership", **member, role="ADMIN")
    organization.call("organizations.get_project_memberships", project_id=PROJECT)
    return user.id


def sweep_projects():
    made = organization.call("projects.create", name=f"{RUN} swept", retention=0, metadata={"team": "a"})
    changed = organization.call("projects.update", project_id=made.id, name=f"{RUN} renamed", retention=7)
    key = organization.call("projects.create_api_key", project_id=made.id, note="swept")
    keys = organization.call("projects.get_api_keys", project_id=made.id)
    seen["projects"] = [made.metadata, changed.name, changed.retention_days, key.public_key[:6], len(keys.api_keys)]
    sweep_exports(made.id)
    organization.call("projects.delete_api_key", project_id=made.id, api_key_id=key.id)
    organization.call("projects.delete", project_id=made.id)


def sweep_exports(project_id):
    area = "blob_storage_integrations"
    made = organization.call(
        f"{area}.upsert_blob_storage_integration",
        project_id=project_id,
        type="S3",
        bucket_name="swept-bucket",
        region="eu-central-1",
        access_key_id="AKIAEXAMPLE",
        secret_access_key="a secret",
        prefix="exports/",
        export_frequency="daily",
        enabled=False,
        force_path_style=False,
        file_type="JSONL",
        export_mode="FROM_TODAY",
    )
    listed = organization.call(f"{area}.get_blob_storage_integrations")
    seen["exports"] = [made.bucket_name, made.id in [each.id for each in listed.data], "a secret" in str(listed)]
    if organization.has(f"{area}.get_blob_storage_integration_status"):
        organization.call(f"{area}.get_blob_storage_integration_status", id=made.id)
    organization.call(f"{area}.delete_blob_storage_integration", id=made.id)


def sweep_goodbyes(user_id, trace_id):
    organization.call("organizations.delete_project_membership", project_id=PROJECT, user_id=user_id)
    organization.call("organizations.delete_organization_membership", user_id=user_id)
    again = organization.call("scim.create_user", user_name=f"{RUN}@example.com", name={"formatted": "Again"})
    seen["same user"] = again and again.id == user_id
    organization.call("scim.delete_user", user_id=user_id)
    api.call("trace.delete", trace_id=trace_id)
    api.call("trace.delete_multiple", trace_ids=[trace_id])


def play(part, *arguments):
    """One part; where it breaks off is reported, and the others go on."""
    try:
        return part(*arguments)
    except Exception:  # noqa: BLE001 - the report has it
        broken[part.__name__] = traceback.format_exc(limit=-2)
        return None


broken = {}
trace_id, generation_id = send_trace(api.langfuse)
user_id = play(sweep_organization)
play(sweep_projects)
play(sweep_prompts)
config_id = play(sweep_configs)
wait_for(lambda: len(api.peek(OBSERVATIONS, trace_id=trace_id, limit=5).data) >= 2)
play(sweep_datasets, trace_id, generation_id)
play(sweep_scores, trace_id)
play(sweep_queues, config_id, trace_id, user_id)
play(sweep_comments, trace_id, user_id)
play(sweep_models)
play(sweep_connections)
play(sweep_media, trace_id)
play(sweep_reads, trace_id, generation_id)
play(sweep_goodbyes, user_id, trace_id)
called = {**api.calls, **organization.calls}
print(
    json.dumps(
        {
            "failures": {name: error for name, error in called.items() if error} | broken,
            "called": sorted(called),
            "methods": sorted(name for name, _ in api.list_methods()),
            "seen": seen,
        },
        default=str,
    )
)
