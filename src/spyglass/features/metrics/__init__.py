"""The metrics query language over HTTP, in two versions, and the daily metrics that came before it."""
