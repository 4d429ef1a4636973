"""Observations: v1 pages and v2 cursors."""
