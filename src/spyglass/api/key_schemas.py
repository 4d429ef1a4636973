"""API keys as answers show them: of projects, of organizations, and as the administrator sees them."""

from spyglass.api.schemas import DateTime, Out


class ApiKeyOut(Out):
    id: str
    created_at: DateTime
    expires_at: DateTime | None = None
    last_used_at: DateTime | None = None
    note: str | None = None
    public_key: str
    display_secret_key: str


class ApiKeyListOut(Out):
    api_keys: list[ApiKeyOut]


class NewApiKeyOut(Out):
    """The only answer that holds the secret."""

    id: str
    created_at: DateTime
    public_key: str
    secret_key: str
    display_secret_key: str
    note: str | None = None
    expires_at: DateTime | None = None
