"""Bodies, parameters and answers of prompts: what is a valid name, label, message, placeholder, config."""

import re
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, ConfigDict, Field, WrapValidator, field_validator

from spyglass.api.params import Instant, PageParams, Params
from spyglass.api.schemas import DateTime, In, Json, Out, PageMeta, StrictIn
from spyglass.stores.meta.prompts import LATEST, MAX_VERSION

RESERVED_NAMES = ("new", "metrics", "prompt-detail")
VARIABLE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")

_HTML = re.compile(r"<[^>]*>")
_LABEL = r"^[a-z0-9_\-.]+$"
_MAX_ARMS = 100
_CHAT_MESSAGE = "chatmessage"


def _check_name(name: str) -> str:
    if name.startswith("/") or name.endswith("/") or "//" in name:
        raise ValueError("a name has no slash at its start or end, and no two in a row")
    if "|" in name:
        raise ValueError("a name has no |")
    if _HTML.search(name):
        raise ValueError("a name has no HTML tags")
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        raise ValueError("a name has no control characters")
    if name in RESERVED_NAMES:
        raise ValueError(f"the names {', '.join(RESERVED_NAMES)} are reserved")
    return name


def _check_stored(value: Any) -> Any:
    """JSON that the store keeps and every answer can hold: PostgreSQL has no NUL, JSON no lone surrogates."""
    try:
        encoded = msgspec.json.encode(value)
    except (UnicodeEncodeError, OverflowError, msgspec.MsgspecError):
        raise ValueError("holds half of a surrogate pair, which is no character") from None
    if b"\\u0000" in encoded and _has_nul(value):
        raise ValueError("must not contain NUL characters")
    return value


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))


def _check_label_set(label: str) -> str:
    if label == LATEST:
        raise ValueError(f"the label {LATEST} is kept by the server: it is always on the newest version")
    return label


StoredJson = Annotated[Json, AfterValidator(_check_stored)]
StoredText = Annotated[str, AfterValidator(_check_stored)]
PromptName = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_check_name)]
Label = Annotated[str, Field(min_length=1, max_length=36, pattern=_LABEL)]
SetLabel = Annotated[Label, AfterValidator(_check_label_set)]
VersionNumber = Annotated[int, Field(ge=1, le=MAX_VERSION)]


# --- bodies


class ChatMessageIn(In):
    """Fields beyond these are kept as they are."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[StoredText, StoredJson]

    role: StoredText
    content: StoredText
    type: str | None = None


class PlaceholderIn(In):
    name: str = Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]*$")
    type: Literal["placeholder"] | None = None


# Which model a value is for is chosen by hand: a discriminated union puts its tag into the path of each problem,
# and clients look there for their own fields.


def _read_item(value: Any, _: Any) -> ChatMessageIn | PlaceholderIn:
    if not isinstance(value, dict):
        return ChatMessageIn.model_validate(value)
    named = "name" in value and not {"role", "content"} & value.keys()
    is_placeholder = value.get("type") == "placeholder" or named
    return (PlaceholderIn if is_placeholder else ChatMessageIn).model_validate(value)


ChatItemIn = Annotated[ChatMessageIn | PlaceholderIn, WrapValidator(_read_item)]


class _NewPrompt(In):
    name: PromptName
    config: StoredJson | None = Field(None, description="Any JSON; {} by default")
    labels: list[Label] | None = Field(None, description="They move here from other versions")
    tags: list[StoredText] | None = Field(None, description="Replace those of all versions")
    commit_message: StoredText | None = Field(None, max_length=500)
    is_active: bool = Field(False, description="Of the first generation: the same as the label production")


class NewTextPrompt(_NewPrompt):
    type: Literal["text"] | None = None
    prompt: StoredText

    @property
    def content(self) -> Any:
        return self.prompt


class NewChatPrompt(_NewPrompt):
    type: Literal["chat"]
    prompt: list[ChatItemIn]

    @property
    def content(self) -> Any:
        return [_render_item(item) for item in self.prompt]

    @field_validator("prompt")
    @classmethod
    def _check_placeholders(cls, items: list[ChatItemIn]) -> list[ChatItemIn]:
        placeholders = {item.name for item in items if isinstance(item, PlaceholderIn)}
        contents = [item.content for item in items if isinstance(item, ChatMessageIn)]
        clash = placeholders & {name for content in contents for name in VARIABLE.findall(content)}
        if clash:
            raise ValueError(f"placeholders and variables need different names: {', '.join(sorted(clash))}")
        return items


def _render_item(item: ChatMessageIn | PlaceholderIn) -> dict[str, Any]:
    if isinstance(item, PlaceholderIn):
        return {"type": "placeholder", "name": item.name}
    message = item.model_dump(by_alias=True, exclude_unset=True)
    if item.type != _CHAT_MESSAGE:
        message.pop("type", None)  # clients fail when they read a type that they do not know
    return message


class _Kind(In):
    type: Literal["text", "chat"] | None = None


def _read_prompt(value: Any, _: Any) -> NewTextPrompt | NewChatPrompt:
    is_chat = _Kind.model_validate(value).type == "chat"
    return (NewChatPrompt if is_chat else NewTextPrompt).model_validate(value)


NewPrompt = Annotated[NewTextPrompt | NewChatPrompt, WrapValidator(_read_prompt)]


class NewLabels(In):
    new_labels: list[SetLabel] = Field(description="Added to the version, taken from other versions")


class ArmIn(StrictIn):
    version: VersionNumber
    weight: int = Field(1, ge=1, le=1_000_000, description="Relative to those of the other versions")


class SplitIn(StrictIn):
    versions: list[ArmIn] = Field(min_length=1, max_length=_MAX_ARMS)

    @field_validator("versions")
    @classmethod
    def _check_unique(cls, arms: list[ArmIn]) -> list[ArmIn]:
        if len({arm.version for arm in arms}) < len(arms):
            raise ValueError("each version stands in a split once")
        return arms


class ProtectedLabelsIn(StrictIn):
    labels: list[SetLabel] = Field(max_length=1000)


# --- parameters


class PromptParams(Params):
    version: VersionNumber | None = Field(None, description="Instead of a label")
    label: str | None = Field(None, description="Instead of a version; production by default")
    resolve: bool = Field(True, description="Whether references to other prompts are replaced by their texts")
    subject: str | None = Field(
        None,
        description="Whoever the prompt is for: gets the same version of a split label each time. The header "
        "x-spyglass-subject says the same",
    )


class FirstPromptParams(Params):
    name: str
    version: VersionNumber | None = None


class DeletionParams(Params):
    version: VersionNumber | None = Field(None, description="Only this version")
    label: StoredText | None = Field(None, description="Only versions with this label")


class PromptListParams(PageParams):
    limit: int = Field(10, ge=1, le=100, description="Items per page")
    name: StoredText | None = None
    label: StoredText | None = Field(None, description="Versions that have it")
    tag: StoredText | None = None
    version: VersionNumber | None = None
    from_updated_at: Instant | None = Field(None, description="Of versions, inclusive")
    to_updated_at: Instant | None = Field(None, description="Of versions, exclusive")
    filter: str | None = Field(
        None,
        description="A JSON array of conditions on versions, instead of the parameters above; [] for all",
    )


# --- answers


class ChatMessageOut(Out):
    role: str
    content: str
    type: Literal["chatmessage"] | None = None


class PlaceholderOut(Out):
    type: Literal["placeholder"]
    name: str


class _PromptOut(Out):
    id: str
    name: str
    version: int
    config: Any
    labels: list[str]
    tags: list[str]
    commit_message: str | None
    resolution_graph: dict[str, Any] | None
    project_id: str
    created_by: str
    created_at: DateTime
    updated_at: DateTime
    is_active: bool


class TextPromptOut(_PromptOut):
    type: Literal["text"]
    prompt: str


class ChatPromptOut(_PromptOut):
    type: Literal["chat"]
    prompt: list[ChatMessageOut | PlaceholderOut]


PromptOut = TextPromptOut | ChatPromptOut


class PromptMetaOut(Out):
    name: str
    type: Literal["text", "chat"]
    versions: list[int]
    labels: list[str]
    tags: list[str]
    last_updated_at: DateTime
    last_config: Any


class PromptPageOut(Out):
    data: list[PromptMetaOut]
    meta: PageMeta
    pagination: PageMeta


class ArmOut(Out):
    version: int
    weight: int


class SplitOut(Out):
    name: str
    label: str
    versions: list[ArmOut]


class ProtectedLabelsOut(Out):
    labels: list[str]
