"""Prometheus metrics of the server itself and of a project's LLM calls."""
