"""Experiments of Python `langfuse` 3, 4 and 5 over a dataset, over a former version of it, and over local data."""

from dataset_scenario import MAJOR, NAME, RUN, make_dataset, print_report, read_dataset
from langfuse import Evaluation, get_client

langfuse = get_client()
CODES = {"Bern": "CH", "Paris": "Fr", "Rome": "IT"}


def task(*, item, **_):
    """Knows three cities; a generation tells how, and the others are an error."""
    city = (item["input"] if isinstance(item, dict) else item.input)["city"]
    with langfuse.start_as_current_observation(name="answer", as_type="generation", input=city) as generation:
        if city not in CODES:
            raise KeyError(city)
        generation.update(output=CODES[city])
    return CODES[city]


def exact(*, output, expected_output=None, **_):
    return Evaluation(name="exact", value=float(output == expected_output), comment="letter by letter")


async def looks(*, output, **_):
    """Two evaluations of other types."""
    return [
        Evaluation(name="case", value="upper" if output.isupper() else "mixed", data_type="CATEGORICAL"),
        Evaluation(name="short", value=len(output) < 3, data_type="BOOLEAN"),
    ]


def broken(**_):
    raise RuntimeError("an evaluator that fails")


def all_in_all(*, evaluations, **_):
    return Evaluation(name="all in all", value=float(len(evaluations)))


def average(*, item_results, **_):
    values = [each.value for result in item_results for each in result.evaluations if each.name == "exact"]
    return Evaluation(name="average", value=sum(values) / len(values), comment="of all")


def describe(result):
    """A result as the tests need it: its ids, and each item with its trace and what was evaluated."""
    items = []
    for each in result.item_results:
        item = each.item["input"]["city"] if isinstance(each.item, dict) else each.item.id
        names = sorted(evaluation.name for evaluation in each.evaluations)
        items.append([item, each.output, each.trace_id, names])
    return {
        "items": sorted(items),
        "run": result.run_name,
        "id": result.experiment_id if MAJOR == 5 else result.dataset_run_id,
        "url": result.experiment_url if MAJOR == 5 else result.dataset_run_url,
        "run_evaluations": [[each.name, each.value] for each in result.run_evaluations],
        "text": result.format(),
    }


def play_runs():
    """The runs as the SDK reads them; 5.x has no calls for them any more."""
    if MAJOR == 5:
        return None
    runs = langfuse.get_dataset_runs(dataset_name=NAME).data
    run = langfuse.get_dataset_run(dataset_name=NAME, run_name=f"{RUN} experiment")
    return {"names": sorted(each.name for each in runs), "items": len(run.dataset_run_items), "id": run.id}


def play_item_run(dataset):
    """`item.run` of 3.x: a span of one's own, linked to the item."""
    if MAJOR != 3:
        return None
    with dataset.items[0].run(run_name="item.run", run_metadata={"m": 3}, run_description="one") as span:
        span.update(output="by hand")
    return [dataset.items[0].id, span.trace_id]


with langfuse.start_as_current_observation(name="source", as_type="span") as source:
    pass
langfuse.flush()
report, before = make_dataset(langfuse, (source.trace_id, source.id))
dataset, items = read_dataset(langfuse)
former_dataset, former_items = read_dataset(langfuse, version=before)
whole = {
    "task": task,
    "evaluators": [exact, looks, broken],
    "composite_evaluator": all_in_all,
    "run_evaluators": [average],
    "metadata": {"model": "m1"},
}
experiment = dataset.run_experiment(
    name="Capitals", run_name=f"{RUN} experiment", description="all of them", max_concurrency=2, **whole
)
former = former_dataset.run_experiment(name="Then", run_name=f"{RUN} of then", task=task)
gone = dataset.run_experiment(name="Gone", run_name=f"{RUN} short lived", task=task, evaluators=[exact])
local = langfuse.run_experiment(
    name=f"{RUN} local",
    data=[{"input": {"city": "Rome"}, "expected_output": "IT", "metadata": {"local": True}}],
    task=task,
    evaluators=[exact],
    run_evaluators=[average],
)
item_run = play_item_run(dataset)
langfuse.flush()
print_report(
    **report,
    items=items,
    former_items=former_items,
    before=before.isoformat(),
    experiment=describe(experiment),
    former=describe(former),
    gone=describe(gone),
    local=describe(local),
    runs=play_runs(),
    item_run=item_run,
)
