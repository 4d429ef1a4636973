"""LangChain with the callback handler of Python `langfuse` 2."""

import json

from langchain_app import SESSION_ID, run_twice
from langfuse.callback import CallbackHandler

handler = CallbackHandler(session_id=SESSION_ID, user_id="user-langchain", tags=["langchain"], version="lc-1")
run_twice(handler, {"tier": "gold"})
handler.flush()
print(json.dumps({"session": SESSION_ID}))
