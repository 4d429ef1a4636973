"""The administrator of this server: organizations, their keys, keys of projects, background jobs."""
