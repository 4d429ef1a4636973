"""Connections to providers of language models: where they are, and the sealed credentials for them."""
