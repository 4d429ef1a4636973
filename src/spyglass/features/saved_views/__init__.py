"""Saved views of tables, and states behind short links."""
