"""Python `langfuse` 3.x: spans over OTLP, scores in batches, the trace filled by `update_current_trace`."""

import asyncio

from recorder import SCENARIO as S
from recorder import SESSION_ID, read_clock_ms
from spans import handle, langfuse, observe, recorder, send_agent

trace = S["trace"]


@observe(name="root of the trace")
def send_trace():
    recorder.note_trace(started_ms)
    langfuse.update_current_trace(
        name=trace["name"],
        user_id=trace["user"],
        session_id=SESSION_ID,
        version=trace["version"],
        metadata=trace["metadata"],
        tags=trace["tags"],
        input=trace["input"],
        public=True,
    )
    trace_id = send_agent()
    langfuse.update_current_trace(output=trace["output"])
    recorder.note_observation("root", langfuse.get_current_observation_id())
    return trace_id


@observe(name="entry")
async def send_decorated():
    langfuse.update_current_trace(user_id="user-decorated", session_id=SESSION_ID, tags=["decorated"])
    return await handle("¿Qué tal? 🙂", lang="es")


started_ms = read_clock_ms()
trace_id = send_trace()
decorated = asyncio.run(send_decorated())
langfuse.flush()
recorder.print_report(trace=trace_id, decorated=decorated["trace"])
