"""The web UI: its page and its files, as they were built into the package."""
