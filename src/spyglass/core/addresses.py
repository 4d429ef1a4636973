"""Which addresses this server may be sent to by what users enter: public ones alone. Pure; `stores/egress.py`
resolves names and connects.

The networks are those of the IANA special-purpose registries, the tunnels that carry an IPv4 address inside an
IPv6 one, and the places where clouds hand out credentials (security requirement S51).
"""

import ipaddress
import re
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SPECIAL = {
    "this network": "0.0.0.0/8",
    "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7",
    "shared with a carrier": "100.64.0.0/10",
    "loopback": "127.0.0.0/8 ::1/128",
    "link-local": "169.254.0.0/16 fe80::/10 fec0::/10",
    "of a protocol": "192.0.0.0/24 192.31.196.0/24 192.52.193.0/24 192.175.48.0/24 100::/64 5f00::/16",
    "for documentation": "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
    "for benchmarks": "198.18.0.0/15",
    "a tunnel": "192.88.99.0/24 ::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/23 2002::/16",
    "multicast": "224.0.0.0/4 ff00::/8",
    "reserved": "240.0.0.0/4",
    "of the cloud itself": "168.63.129.16/32",
}
_NETWORKS: list[tuple[Network, str]] = [
    (ipaddress.ip_network(text), what) for what, texts in _SPECIAL.items() for text in texts.split()
]
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")  # nothing else is assigned for the internet

_INNER_NAMES = frozenset(
    {"localhost", "metadata", "metadata.google.internal", "metadata.goog", "metadata.azure.internal"}
    | {"metadata.tencentyun.com", "instance-data", "instance-data.ec2.internal", "kubernetes"}
)
_INNER_ENDINGS = (".localhost", ".localdomain", ".internal", ".local", ".svc", ".cluster.local")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)


def address_problem(address: Address) -> str | None:
    """Why nothing that a user enters may lead to this address, or None for one of the public internet."""
    for network, what in _NETWORKS:
        if address.version == network.version and address in network:
            return what
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_V6:
        return "reserved"
    return None


def normal_host(host: str) -> str:
    """Lower case, without brackets and the trailing dot of an absolute name."""
    text = host.lower()
    if text.startswith("[") and text.endswith("]"):
        return text[1:-1]
    return text.removesuffix(".")


def read_address(host: str) -> Address | None:
    """The address that a host is written as, None for a name. Only the one usual way of writing is read."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def host_problem(host: str) -> str | None:
    """Why a host (normal form) cannot be a destination whatever it resolves to, or None.

    An IPv4 address in another way of writing (`2130706433`, `0x7f.1`, `0177.0.0.1`) is refused: readers differ
    about which address it is.
    """
    if not host or len(host) > 253:
        return "is empty or too long"
    if read_address(host) is not None:
        return "has a zone" if "%" in host else None
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return "is an unusual way of writing an address"
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "is not a host name"
    if host in _INNER_NAMES or host.endswith(_INNER_ENDINGS):
        return "is a name within a network"
    return None


def read_networks(texts: Iterable[str]) -> list[Network]:
    """Networks and single addresses. Raises ValueError for a text that is neither."""
    return [ipaddress.ip_network(text, strict=False) for text in texts]


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def network_of(address: str) -> str:
    """The network that a client's address belongs to, as one subscriber or office has it: a /24 of IPv4, a /64 of IPv6.
    What is no address stands for itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 64), strict=False))
