"""Sessions: list and get."""
