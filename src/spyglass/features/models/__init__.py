"""Models: what names match and what they cost, of the built-in catalogue and of a project's own."""
