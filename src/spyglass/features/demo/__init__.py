"""A realistic stream of traces for trying Spyglass out: made up here, sent through the public API like any
client's. Never touches a store."""
