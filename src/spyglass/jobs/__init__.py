"""Background work that survives a crash: `registry.py` names it, `runner.py` does it."""
