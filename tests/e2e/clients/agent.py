"""An application with the Python SDK: two runs of an agent for ada, one for grace; one of its tools is slow.

Prints the ids as one line of JSON. What it costs, by the catalogue: gpt-4o 1.20 USD a run, gpt-4o-mini 0.18 USD.
"""

import json
import time

from langfuse import get_client, propagate_attributes

langfuse = get_client()
SLOW_S = 0.6


def run_agent(user: str) -> dict[str, str]:
    with (
        propagate_attributes(trace_name=f"plan a trip for {user}", user_id=user, session_id=f"trip-{user}"),
        langfuse.start_as_current_observation(
            as_type="agent", name="travel agent", input=f"{user} wants to travel"
        ),
    ):
        with langfuse.start_as_current_observation(
            as_type="generation",
            name="choose a tool",
            model="gpt-4o-mini",
            input=[{"role": "user", "content": "Plan"}],
        ) as call:
            call.update(output="search", usage_details={"input": 800_000, "output": 100_000})
        with langfuse.start_as_current_observation(
            as_type="tool", name="read preferences", input={"user": user}
        ):
            time.sleep(0.01)
        with langfuse.start_as_current_observation(
            as_type="tool", name="search flights", input={"to": "Lisbon"}
        ) as slow:
            time.sleep(SLOW_S)
            slow.update(output={"flights": 3})
        with langfuse.start_as_current_observation(
            as_type="generation", name="answer", model="gpt-4o"
        ) as call:
            call.update(output="Fly on Friday.", usage_details={"input": 400_000, "output": 20_000})
        return {"trace": langfuse.get_current_trace_id(), "slow": slow.id}


runs = [run_agent(user) for user in ("ada", "ada", "grace")]
langfuse.flush()
print(json.dumps(runs))
