"""Read a trace back with the client's own generated API, `api.trace.get` (3.x and 4.x)."""

import json
import sys

from langfuse import get_client

trace = get_client().api.trace.get(sys.argv[1])
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
