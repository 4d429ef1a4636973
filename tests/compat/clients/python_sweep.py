"""Every method of the generated client (3.x, 4.x, 5.x) once, against what it makes itself on the way.

An answer that the SDK's own models cannot read is an error of the server's: each is reported with its method.
"""

import json
import traceback

import sweep_records as records
import sweep_settings as settings
from sweep_context import api, organization, seen


def play(part, *arguments):
    """One part; where it breaks off is reported, and the others go on."""
    try:
        return part(*arguments)
    except Exception:  # noqa: BLE001 - the report has it
        broken[part.__name__] = traceback.format_exc(limit=-2)
        return None


broken = {}
trace_id, generation_id = records.send_trace(api.langfuse)
user_id = play(settings.sweep_organization)
play(settings.sweep_projects)
play(settings.sweep_prompts)
config_id = play(records.sweep_configs)
records.wait_for_trace(trace_id)
play(records.sweep_datasets, trace_id, generation_id)
play(records.sweep_scores, trace_id)
play(records.sweep_queues, config_id, trace_id, user_id)
play(records.sweep_comments, trace_id, user_id)
play(settings.sweep_models)
play(settings.sweep_connections)
play(records.sweep_media, trace_id)
play(records.sweep_reads, trace_id, generation_id)
play(settings.sweep_goodbyes, user_id, trace_id)
called = {**api.calls, **organization.calls}
print(
    json.dumps(
        {
            "failures": {name: error for name, error in called.items() if error} | broken,
            "called": sorted(called),
            "methods": sorted(name for name, _ in api.list_methods()),
            "seen": seen,
            "generation": generation_id,
        },
        default=str,
    )
)
