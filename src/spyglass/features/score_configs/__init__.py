"""Score configs: the rules that scores of a name keep."""
