"""Costs explained: the ledger of one observation, repricing of history, what-if, names without a price."""
