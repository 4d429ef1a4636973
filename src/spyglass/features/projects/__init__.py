"""Projects, their API keys, and what is made at first start."""
