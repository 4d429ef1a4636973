"""The parts of the sweep that write and read records: traces, datasets, scores, queues, comments, media."""

import base64
import datetime as dt
import hashlib
import urllib.request

from sweep_context import PROJECT, RUN, api, call, seen, wait_for

NOW = dt.datetime.now(dt.UTC)
OBSERVATIONS = (
    "observations_v_2.get_many" if api.has("observations_v_2.get_many") else "observations.get_many"
)


def send_trace(langfuse):
    """One trace with a generation, a session and a score, which the reads below show."""
    with langfuse.start_as_current_observation(name="sweep", as_type="span", input={"q": 1}) as span:
        generation = span.start_observation(
            name="generation", as_type="generation", model="gpt-4o", usage_details={"input": 3, "output": 4}
        )
        generation.end()
        propagate(langfuse, span)
    langfuse.create_score(
        name="sweep-score", value=0.5, trace_id=span.trace_id, score_id=f"{RUN}-sweep-score"
    )
    langfuse.create_score(
        name="sweep-word",
        value="good",
        trace_id=span.trace_id,
        observation_id=span.id,
        data_type="CATEGORICAL",
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


def wait_for_trace(trace_id):
    """Return when the trace's observations can be read."""
    wait_for(lambda: len(api.peek(OBSERVATIONS, trace_id=trace_id, limit=5).data) >= 2)


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
            seen[name] = sorted(
                {each.name: str(each.value) for each in page.data if each.name != "made"}.items()
            )
    for name in ("score_v_2.get_by_id", "scores.get_by_id"):
        if api.has(name):
            wait_for(lambda name=name: api.peek(name, score_id=f"{RUN}-made"))
            found = api.call(name, score_id=f"{RUN}-made")
            seen["read score"] = [found.name, found.value, found.comment]


def sweep_configs():
    numeric = api.call(
        "score_configs.create",
        name=f"{RUN} swept n",
        data_type="NUMERIC",
        min_value=0,
        max_value=5,
        description="d",
    )
    categories = [{"label": "bad", "value": 0}, {"label": "good", "value": 1}]
    word = api.call(
        "score_configs.create", name=f"{RUN} swept c", data_type="CATEGORICAL", categories=categories
    )
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
    item = api.call(
        "annotation_queues.create_queue_item", queue_id=queue, object_id=trace_id, object_type="TRACE"
    ).id
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
    seen["comments"] = [
        read.content,
        read.author_user_id == user_id,
        [each.id == made.id for each in listed.data],
    ]


def sweep_media(trace_id):
    content = f"media of {RUN}".encode()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    body = {
        "trace_id": trace_id,
        "content_type": "text/plain",
        "content_length": len(content),
        "field": "input",
    }
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
