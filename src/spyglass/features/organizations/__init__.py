"""Organizations as their own keys see them: projects and API keys."""
