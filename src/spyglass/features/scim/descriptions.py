"""What a SCIM server says about itself (RFC 7643, sections 5 to 7): the same for everyone but for its address."""

from typing import Any

from spyglass.core.permissions import Role

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PREFIX = "/api/public/scim"
MAX_RESULTS = 100

_SCHEMAS = "urn:ietf:params:scim:schemas:core:2.0"


def provider_config(url: str) -> dict[str, Any]:
    """`url`: the address of this server, or empty: locations are then paths."""
    no = {"supported": False}
    return {
        "schemas": [f"{_SCHEMAS}:ServiceProviderConfig"],
        "documentationUri": "https://www.rfc-editor.org/rfc/rfc7644",
        # Replacing `active` or `roles` is answered, which is less than the standard means by this.
        "patch": no,
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MAX_RESULTS},
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [
            {
                "name": "HTTP Basic",
                "description": "Public and secret key of an organization as user name and password",
                "specUri": "https://www.rfc-editor.org/rfc/rfc7617",
                "type": "httpbasic",
                "primary": True,
            }
        ],
        "meta": _meta("ServiceProviderConfig", f"{url}{PREFIX}/ServiceProviderConfig"),
    }


def resource_types(url: str) -> dict[str, Any]:
    user = {
        "schemas": [f"{_SCHEMAS}:ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "description": "A member of the organization",
        "schema": USER,
        "schemaExtensions": [],
        "meta": _meta("ResourceType", f"{url}{PREFIX}/ResourceTypes/User"),
    }
    return _list([user])


def schemas(url: str) -> dict[str, Any]:
    user = {
        "id": USER,
        "name": "User",
        "description": "A member of the organization",
        "attributes": _USER_ATTRIBUTES,
        "meta": _meta("Schema", f"{url}{PREFIX}/Schemas/{USER}"),
    }
    return _list([user])


def _list(resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {"schemas": [LIST], "totalResults": len(resources), "Resources": resources}


def _meta(kind: str, location: str) -> dict[str, str]:
    return {"resourceType": kind, "location": location}


def _attribute(name: str, description: str, kind: str = "string", **other: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "multiValued": False,
        "description": description,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
        **other,
    }


_USER_ATTRIBUTES = [
    _attribute(
        "userName",
        "The e-mail address",
        required=True,
        uniqueness="server",
        mutability="immutable",
    ),
    _attribute(
        "name",
        "How the user is called",
        "complex",
        mutability="immutable",
        subAttributes=[_attribute("formatted", "The whole name", mutability="immutable")],
    ),
    _attribute("displayName", "Taken as the name when there is none", mutability="immutable"),
    _attribute(
        "emails",
        "The e-mail address once more",
        "complex",
        multiValued=True,
        mutability="readOnly",
        subAttributes=[
            _attribute("value", "The address", mutability="readOnly"),
            _attribute("type", "work", mutability="readOnly"),
            _attribute("primary", "true", "boolean", mutability="readOnly"),
        ],
    ),
    _attribute("active", "false takes the user out of the organization", "boolean"),
    _attribute(
        "roles",
        "The role in the organization; the first one counts",
        multiValued=True,
        canonicalValues=[role.value for role in Role],
    ),
]
