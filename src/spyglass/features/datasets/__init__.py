"""Datasets, their items and schemas, runs over them."""
