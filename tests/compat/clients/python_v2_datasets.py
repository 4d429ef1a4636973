"""Dataset runs of Python `langfuse` 2.x: `item.observe` around decorated functions, and `item.link` by hand."""

from dataset_scenario import NAME, make_dataset, print_report, read_dataset
from langfuse import Langfuse
from langfuse.decorators import langfuse_context, observe

langfuse = Langfuse()
source = langfuse.trace(name="source")
generation = source.generation(name="source generation")
langfuse.flush()
report, _ = make_dataset(langfuse, (source.id, generation.id))


@observe()
def answer(city):
    return city[:2]


def run_observed(items):
    """A run whose items are traces of a decorated function."""
    traces = {}
    for item in items:
        with item.observe(
            run_name="observed", run_description="by the decorator", run_metadata={"m": 1}
        ) as trace_id:
            answer(item.input["city"])
        langfuse.score(trace_id=trace_id, name="exact", value=float(item.expected_output == "CH"))
        traces[item.id] = trace_id
    langfuse_context.flush()
    return traces


def run_linked(items):
    """A run whose items are a generation, and a trace."""
    trace = langfuse.trace(name="by hand", input="q", output="a")
    generation = trace.generation(name="linked", input="Bern", output="CH", model="gpt-4o")
    generation.end()
    items[0].link(generation, "linked/by hand", run_metadata={"m": 2}, run_description="by hand")
    items[1].link(trace, "linked/by hand")
    items[1].link(trace, "linked/by hand")  # said twice, linked once
    return [[items[0].id, trace.id, generation.id], [items[1].id, trace.id, None]]


dataset, items = read_dataset(langfuse)
observed, linked = run_observed(dataset.items), run_linked(dataset.items)
langfuse.flush()
runs = langfuse.get_dataset_runs(NAME)
runs = {run.name: langfuse.get_dataset_run(NAME, run.name) for run in runs.data}
print_report(
    **report,
    items=items,
    observed=observed,
    linked=linked,
    runs={
        name: [run.id, run.description, run.metadata, run.dataset_id, run.dataset_name]
        for name, run in runs.items()
    },
    run_items={
        name: [[each.dataset_item_id, each.trace_id, each.observation_id] for each in run.dataset_run_items]
        for name, run in runs.items()
    },
)
