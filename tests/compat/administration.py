"""What an operator does with the instance's own key, for clients that need a key of the organization."""

import json
import urllib.request

from .live_server import Target


def make_organization_keys(target: Target) -> dict[str, str]:
    """A new pair of keys of the organization, as environment variables of a client program."""
    address = f"{target.url}/api/admin/organizations/{target.organization_id}/apiKeys"
    headers = {"Authorization": f"Bearer {target.admin_key}", "Content-Type": "application/json"}
    request = urllib.request.Request(address, data=b'{"note": "compat"}', headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        made = json.load(answer)
    return {
        "COMPAT_ORGANIZATION_PUBLIC_KEY": made["publicKey"],
        "COMPAT_ORGANIZATION_SECRET_KEY": made["secretKey"],
    }
