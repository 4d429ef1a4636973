"""Bodies, parameters and answers of SCIM. Providers differ in how they write the same, so reading is lenient:
texts for booleans, roles as texts or as objects with a `value`.
"""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from spyglass.api.params import Params
from spyglass.api.schemas import In, Out
from spyglass.api.texts import Line
from spyglass.core.permissions import Role
from spyglass.features.scim.descriptions import MAX_RESULTS

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_USER_NAME_IS = re.compile(r'\s*userName\s+eq\s+"([^"]*)"\s*', re.IGNORECASE)
_MAX_ADDRESS = 320
_MOST = 2**31 - 1


def _read_boolean(value: Any) -> Any:
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def _read_roles(values: Any) -> Any:
    values = values if isinstance(values, list) else [values]
    return [each.get("value") if isinstance(each, dict) else each for each in values]


Flag = Annotated[bool, BeforeValidator(_read_boolean)]
Roles = Annotated[list[Role], BeforeValidator(_read_roles)]


class UserListParams(Params):
    filter: Line | None = Field(None, description='Only `userName eq "..."`; anything else is ignored')
    start_index: int = Field(1, ge=-_MOST, le=_MOST, description="1-based")
    count: int = Field(MAX_RESULTS, ge=-_MOST, le=_MOST, description=f"At most {MAX_RESULTS}")

    @property
    def user_name(self) -> str | None:
        match = _USER_NAME_IS.fullmatch(self.filter or "")
        return match[1].strip().lower() if match else None


class NameIn(In):
    formatted: Line | None = None
    given_name: Line | None = None
    family_name: Line | None = None

    def whole(self) -> str:
        return self.formatted or " ".join(filter(None, (self.given_name, self.family_name)))


class EmailIn(In):
    primary: Flag | None = None
    value: str | None = None
    type: str | None = None


class UserIn(In):
    """A user to make a member of the organization."""

    user_name: Line = Field(max_length=_MAX_ADDRESS, description="The e-mail address")
    name: NameIn | None = None
    display_name: Line | None = None
    emails: list[EmailIn] | None = Field(default=None, description="Ignored: userName is the address")
    password: str | None = Field(default=None, repr=False, description="Ignored: it sets none")
    active: Flag | None = None
    roles: Roles | None = Field(default=None, description="The first one counts; without it, NONE")

    @field_validator("user_name")
    @classmethod
    def _check_user_name(cls, text: str) -> str:
        text = text.strip().lower()
        if not _ADDRESS.fullmatch(text):
            raise ValueError("must be an e-mail address")
        return text

    @property
    def called(self) -> str:
        return (self.name.whole() if self.name else "") or self.display_name or self.user_name


class UserChangeIn(In):
    """The whole resource as a provider has it; only `active` and `roles` may differ from what is known."""

    user_name: Line | None = None
    active: Flag | None = None
    roles: Roles | None = None


class OperationIn(In):
    op: str
    path: str | None = None
    value: Any = None


class PatchIn(In):
    operations: list[OperationIn] = Field(alias="Operations", max_length=100)


class ScimNameOut(Out):
    formatted: str | None = None


class ScimEmailOut(Out):
    primary: bool
    value: str
    type: str


class UserMetaOut(Out):
    resource_type: str
    created: str | None = None
    last_modified: str | None = None


class ScimUserOut(Out):
    schemas: list[str]
    id: str
    user_name: str
    name: ScimNameOut
    emails: list[ScimEmailOut]
    active: bool
    roles: list[Role]
    meta: UserMetaOut


class ScimUsersOut(Out):
    schemas: list[str]
    total_results: int
    start_index: int
    items_per_page: int
    resources: list[ScimUserOut] = Field(alias="Resources")


class ResourceMetaOut(Out):
    resource_type: str
    location: str


class FeatureOut(Out):
    supported: bool


class BulkOut(FeatureOut):
    max_operations: int
    max_payload_size: int


class FilterOut(FeatureOut):
    max_results: int


class AuthenticationSchemeOut(Out):
    name: str
    description: str
    spec_uri: str
    type: str
    primary: bool


class ProviderConfigOut(Out):
    schemas: list[str]
    documentation_uri: str
    patch: FeatureOut
    bulk: BulkOut
    filter: FilterOut
    change_password: FeatureOut
    sort: FeatureOut
    etag: FeatureOut
    authentication_schemes: list[AuthenticationSchemeOut]
    meta: ResourceMetaOut


class SchemaExtensionOut(Out):
    extension: str = Field(alias="schema")
    required: bool


class ResourceTypeOut(Out):
    schemas: list[str] | None = None
    id: str
    name: str
    endpoint: str
    description: str
    schema_: str = Field(alias="schema")
    schema_extensions: list[SchemaExtensionOut]
    meta: ResourceMetaOut


class ResourceTypesOut(Out):
    schemas: list[str]
    total_results: int
    resources: list[ResourceTypeOut] = Field(alias="Resources")


class SchemaOut(Out):
    id: str
    name: str
    description: str
    attributes: list[Any]
    meta: ResourceMetaOut


class SchemasOut(Out):
    schemas: list[str]
    total_results: int
    resources: list[SchemaOut] = Field(alias="Resources")
