"""Python `langfuse` 5.x: gzip over OTLP, scores as an array, and no input or output of the trace itself."""

import asyncio

from langfuse import propagate_attributes
from recorder import SCENARIO as S
from recorder import SESSION_ID, read_clock_ms
from spans import handle, langfuse, observe, recorder, send_agent

trace = S["trace"]


@observe(name="root of the trace", capture_input=False, capture_output=False)
def send_trace():
    recorder.note_trace(started_ms)
    langfuse.set_current_trace_as_public()
    langfuse.update_current_span(input=trace["input"], output=trace["output"])
    recorder.note_observation("root", langfuse.get_current_observation_id())
    with propagate_attributes(
        trace_name=trace["name"],
        user_id=trace["user"],
        session_id=SESSION_ID,
        version=trace["version"],
        metadata=trace["metadata"],
        tags=trace["tags"],
    ):
        return send_agent()


@observe(name="entry")
async def send_decorated():
    with propagate_attributes(user_id="user-decorated", session_id=SESSION_ID, tags=["decorated"]):
        return await handle("¿Qué tal? 🙂", lang="es")


started_ms = read_clock_ms()
trace_id = send_trace()
decorated = asyncio.run(send_decorated())
langfuse.flush()
recorder.print_report(trace=trace_id, decorated=decorated["trace"])
