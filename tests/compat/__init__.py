"""Live-server tests that drive real, unmodified clients (`make compat`)."""
