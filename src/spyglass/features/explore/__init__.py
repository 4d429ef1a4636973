"""Looking around in a project: lists under filter trees, counts, facets, completions, exports, bulk actions."""
