"""The own account of whoever is signed in: name, preferences, password, sessions."""
