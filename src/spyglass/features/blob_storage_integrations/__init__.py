"""Scheduled exports to a team's own bucket: their settings and how far they are. `jobs/exports.py` does them."""
