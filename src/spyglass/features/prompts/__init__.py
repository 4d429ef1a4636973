"""Prompts: versions, labels, composition, splits of traffic, protected labels."""
