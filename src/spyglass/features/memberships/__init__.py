"""Members of organizations and projects, and their roles."""
