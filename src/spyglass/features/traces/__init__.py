"""Traces: list, get, delete."""
