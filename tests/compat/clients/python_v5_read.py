"""Read a trace back with the client's own generated API; in 5.x: observations v2 and scores v3."""

import json
import sys

from langfuse import get_client

api = get_client().api
FIELDS = "core,basic,usage,trace_context"
observations = api.observations.get_many(trace_id=sys.argv[1], fields=FIELDS, limit=100).data
scores = api.scores.get_many(trace_id=sys.argv[1], limit=100).data
first = observations[0]
print(
    json.dumps(
        {
            "name": first.trace_name,
            "user": first.user_id,
            "tags": first.tags,
            "cost": sum(o.total_cost or 0 for o in observations),
            "observations": {o.id: [o.name, o.type, o.parent_observation_id] for o in observations},
            "scores": {score.id: score.value for score in scores},
        }
    )
)
