"""Read a trace back with the client's own `fetch_trace` (2.x)."""

import json
import sys

from langfuse import Langfuse

trace = Langfuse().fetch_trace(sys.argv[1]).data
print(
    json.dumps(
        {
            "name": trace.name,
            "user": trace.user_id,
            "tags": trace.tags,
            "cost": trace.total_cost,
            "observations": {
                o.id: [o.name, str(o.type), o.parent_observation_id] for o in trace.observations
            },
            "scores": {score.id: score.value for score in trace.scores},
        }
    )
)
