"""SCIM 2.0: an identity provider keeps the members of an organization."""
