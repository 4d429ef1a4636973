"""Scores: the three read generations, and delete."""
