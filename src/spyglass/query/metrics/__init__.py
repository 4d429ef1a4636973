"""The metrics query language: questions about numbers, from words to SQL to answers."""
