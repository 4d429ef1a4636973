"""The acceptance of the web UI in a real browser: `python -m tests.accept`."""
