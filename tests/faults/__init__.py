"""Kills servers and compares what is left with what the clients were told (`make faults`)."""
