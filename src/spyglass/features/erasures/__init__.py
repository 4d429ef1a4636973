"""Erasing a project, an organization or the data of a user, and the proof that it is done."""
