"""Bodies and answers of the projects endpoints."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from spyglass.api.schemas import DateTime, In, Out, StrictIn
from spyglass.api.texts import Line, Metadata, Name
from spyglass.core.clock import now_us, parse_iso
from spyglass.core.keys import PUBLIC_PREFIX, SECRET_PREFIX

MIN_RETENTION_DAYS = 3
_MAX_DAYS = 36_500
# In Basic authorization the first colon ends the public half.
_PUBLIC = re.compile(re.escape(PUBLIC_PREFIX) + r"[!-9;-~]{1,250}")
_SECRET = re.compile(re.escape(SECRET_PREFIX) + r"[!-~]{1,250}")


def _none_is_zero(value: Any) -> Any:
    return 0 if value is None else value


# 0: for ever.
Days = Annotated[
    int,
    BeforeValidator(_none_is_zero),
    Field(ge=0, le=_MAX_DAYS),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0, "maximum": _MAX_DAYS}, {"type": "null"}]}),
]


RetentionDays = Annotated[int, Field(ge=MIN_RETENTION_DAYS, le=_MAX_DAYS)]


class ProjectIn(In):
    """A project to create or to change."""

    name: Name
    metadata: Metadata | None = None
    retention: Days = Field(0, description="Days after which its data is deleted: 0 (never) or 3 and more")
    body_retention_days: Days = Field(
        0,
        description="Days after which inputs, outputs, metadata and media are deleted while the rest stays: "
        "0 (with the rest) or 1 and more",
    )

    @field_validator("retention")
    @classmethod
    def _check_retention(cls, days: int) -> int:
        if 0 < days < MIN_RETENTION_DAYS:
            raise ValueError(f"must be 0 or at least {MIN_RETENTION_DAYS} days")
        return days


class ApiKeyIn(StrictIn):
    """A key to make. Both halves may be brought along, or neither."""

    note: Line | None = None
    public_key: str | None = None
    secret_key: str | None = None
    expires_at: str | None = Field(default=None, description="When it stops working; without it, never")

    @model_validator(mode="after")
    def _check_pair(self) -> "ApiKeyIn":
        if (self.public_key is None) != (self.secret_key is None):
            raise ValueError("publicKey and secretKey must be given both, or neither")
        for text, form, start in (
            (self.public_key, _PUBLIC, PUBLIC_PREFIX),
            (self.secret_key, _SECRET, SECRET_PREFIX),
        ):
            if text is not None and not form.fullmatch(text):
                raise ValueError(f"A {_name(start)} key is {start} and 1 to 250 printable ASCII characters")
        return self

    @field_validator("expires_at")
    @classmethod
    def _check_end(cls, text: str | None) -> str | None:
        if text is not None:
            moment = parse_iso(text)
            if moment is None:
                raise ValueError("Invalid ISO datetime")
            if moment <= now_us():
                raise ValueError("must be in the future")
        return text


def _name(start: str) -> str:
    return "public" if start == PUBLIC_PREFIX else "secret"


class OrganizationOut(Out):
    id: str
    name: str


class ProjectOut(Out):
    id: str
    name: str
    organization: OrganizationOut
    metadata: dict[str, Any]
    retention_days: int | None = Field(None, exclude_if=lambda days: not days)
    body_retention_days: int | None = Field(
        None, exclude_if=lambda days: not days, description="Of inputs, outputs, metadata and media"
    )


class ProjectsOut(Out):
    data: list[ProjectOut]


class DeletionOut(Out):
    success: bool


class NewProjectIn(StrictIn):
    name: Name
    retention_days: RetentionDays | None = None


class ProjectPatchIn(StrictIn):
    """What is left out stays; null is for ever."""

    name: Name | None = None
    retention_days: RetentionDays | None = None
    body_retention_days: Annotated[int, Field(ge=1, le=_MAX_DAYS)] | None = None


class RetentionPreviewIn(StrictIn):
    retention_days: RetentionDays


class RetentionPreviewOut(Out):
    traces: int
    observations: int
    scores: int


class ProjectSettingsOut(Out):
    id: str
    name: str
    organization_id: str
    retention_days: int | None
    body_retention_days: int | None
    created_at: DateTime


class KeyPairOut(Out):
    public_key: str
    secret_key: str


class NewProjectOut(Out):
    id: str
    name: str
    key: KeyPairOut


class KeyIn(StrictIn):
    note: Line | None = None


class KeyOut(Out):
    id: str
    public_key: str
    secret_key_masked: str
    note: str | None
    created_at: DateTime
    last_used_at: DateTime | None
    expires_at: DateTime | None
    created_by: str | None = Field(description="The name of the person who made it")


class NewKeyOut(KeyOut):
    secret_key: str = Field(description="Only in this answer")


class KeysOut(Out):
    data: list[KeyOut]
