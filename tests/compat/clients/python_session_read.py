"""A session as the SDK's own client reads it (2.x, 3.x, 4.x)."""

import json
import sys

from langfuse import Langfuse

langfuse = Langfuse()
api = getattr(langfuse, "api", None) or langfuse.client
session = api.sessions.get(sys.argv[1])
listed = api.sessions.list(limit=100).data
print(
    json.dumps(
        {
            "environment": session.environment,
            "traces": [[each.name, each.input] for each in session.traces],
            "listed": [each.id for each in listed].count(session.id),
        }
    )
)
