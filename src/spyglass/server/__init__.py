"""The composition root. `opening.py` opens the stores, `wiring.py` wires the parts and has the lists of routers and of
jobs; `serving.py` is `spyglass serve`; `replaying.py` is `spyglass replay`.
"""
