"""Experiments and their items: what spans tell of them, and runs that were recorded by links."""
