"""Annotation queues: what people shall look at and score."""
