"""Invitations by link into an organization."""
