"""The versions of a prompt compared: latency, cost, tokens, errors and scores."""
