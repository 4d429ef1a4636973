"""LangChain with the callback handler of Python `langfuse` 3 and newer."""

import json

from langchain_app import SESSION_ID, run_twice
from langfuse import get_client
from langfuse.langchain import CallbackHandler

trace = {
    "langfuse_session_id": SESSION_ID,
    "langfuse_user_id": "user-langchain",
    "langfuse_tags": ["langchain"],
}
run_twice(CallbackHandler(), {"tier": "gold", **trace})
get_client().flush()
print(json.dumps({"session": SESSION_ID}))
