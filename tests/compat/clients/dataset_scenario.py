"""A dataset with items, one of them changed and one archived, in the words of Python `langfuse` 2 to 5."""

import datetime as dt
import json
import os
import time

RUN = os.environ["COMPAT_RUN"]
MAJOR = int(RUN[-1])
NAME = f"{RUN}/capital cities"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def item_id(key):
    return f"{RUN}-item-{key}"


def describe(item):
    """An item as the SDK shows it."""
    status = str(getattr(item.status, "value", item.status))
    return [item.id, item.input, item.expected_output, item.metadata, status, item.dataset_name]


def make_dataset(langfuse, source):
    """Create and change; `source` is (trace id, observation id). Gives what the server answered."""
    schema = {} if MAJOR == 2 else {"input_schema": SCHEMA}  # 2.x knows none
    description, metadata = "Which country is it? 🌍", {"owner": "compat", "sources": ["atlas", None]}
    created = langfuse.create_dataset(name=NAME, description=description, metadata=metadata, **schema)
    add(langfuse, "bern", "Bern", "CH", metadata={"difficulty": 1})
    add(langfuse, "paris", "Paris", "FR", source_trace_id=source[0], source_observation_id=source[1])
    add(langfuse, "nowhere", "Nowhere", None)
    add(langfuse, "old", "Byzantium", "TR")
    time.sleep(0.02)
    before = dt.datetime.now(dt.UTC)
    time.sleep(0.02)
    changed = add(langfuse, "paris", "Paris", "FR", metadata={"changed": True})
    archived = add(
        langfuse, "old", "Byzantium", "TR", status="ARCHIVED"
    )  # what is not named, the SDKs send as null
    return {
        "created": [created.id, created.name, created.description, created.metadata, created.project_id],
        "changed": [*describe(changed), changed.source_trace_id, changed.source_observation_id],
        "archived": describe(archived),
        "refused": schema and refusal(langfuse.create_dataset_item, dataset_name=NAME, input={"town": 1}),
    }, before


def add(langfuse, key, city, country, **more):
    return langfuse.create_dataset_item(
        dataset_name=NAME, id=item_id(key), input={"city": city}, expected_output=country, **more
    )


def read_dataset(langfuse, **options):
    """The dataset's items, page by page, sorted."""
    dataset = langfuse.get_dataset(NAME, fetch_items_page_size=2, **options)
    return dataset, sorted((describe(each) for each in dataset.items), key=str)


def refusal(call, **arguments):
    """The status of a call that must fail."""
    try:
        return ["no error", repr(call(**arguments))]
    except Exception as error:  # noqa: BLE001 - it is what is asked for
        return getattr(error, "status_code", repr(error))


def print_report(**report):
    print(json.dumps(report, default=str))
