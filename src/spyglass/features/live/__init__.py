"""Live: what has just become readable, as a stream of server-sent events."""
