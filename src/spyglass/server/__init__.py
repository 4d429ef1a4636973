"""The composition root. `wiring.py` opens the stores and wires the parts, and has the lists of routers and of jobs;
`serving.py` is `spyglass serve`; `replaying.py` is `spyglass replay`.
"""

from spyglass.server.replaying import replay
from spyglass.server.serving import serve
from spyglass.server.wiring import JOBS, ROUTERS, Parts, assemble, decode_entry, open_stores

__all__ = ["JOBS", "ROUTERS", "Parts", "assemble", "decode_entry", "open_stores", "replay", "serve"]
