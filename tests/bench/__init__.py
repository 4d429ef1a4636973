"""Measurements beside peers (`make bench`)."""
