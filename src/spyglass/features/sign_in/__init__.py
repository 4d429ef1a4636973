"""Signing in: with a password, with an identity provider; the first user, sign-up, links for a new password."""
