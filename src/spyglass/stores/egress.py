"""The one way out: HTTP to addresses that users entered (language models, export targets, later webhooks).

A name is resolved once; when any of its addresses is not public the request is refused, else the connection goes
to the address that was checked, so a name that resolves differently a moment later gains nothing. Redirects are
not followed, proxies of the environment are not used. What the operator allows is per kind of destination.
"""

import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import httpcore
import httpx

from spyglass.core.addresses import (
    Address,
    Network,
    address_problem,
    host_problem,
    is_within,
    normal_host,
    read_address,
    read_networks,
)
from spyglass.core.errors import Invalid, Misconfigured, Unavailable
from spyglass.core.options import option
from spyglass.stores.deadline import DeadlineBackend

log = logging.getLogger(__name__)
# Its line for each request holds the whole URL, and a signed one is a secret.
logging.getLogger("httpx").setLevel(logging.WARNING)

_MOST_CHARACTERS = 2000
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Config:
    """Destinations inside the own network that users of Spyglass may enter; by default none. Addresses of the
    public internet are always allowed."""

    llm_hosts: tuple[str, ...] = option((), "Hosts allowed as base URL of an LLM connection")
    llm_ips: tuple[str, ...] = option((), "IP addresses allowed as base URL of an LLM connection")
    llm_ip_segments: tuple[str, ...] = option((), "Networks (CIDR) allowed for LLM connections")
    blob_storage_hosts: tuple[str, ...] = option((), "Hosts allowed as target of blob-storage exports")
    blob_storage_ips: tuple[str, ...] = option((), "IP addresses allowed as target of blob-storage exports")
    blob_storage_ip_segments: tuple[str, ...] = option(
        (), "Networks (CIDR) allowed as target of blob-storage exports"
    )


Resolve = Callable[[str, int], Sequence[str]]


def resolve_name(host: str, port: int) -> list[str]:
    """All addresses of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Decides about destinations of one kind. Raises `Invalid` for one that is not allowed; its message names
    neither the addresses of a name nor what answered there (S53)."""

    def __init__(
        self,
        hosts: Sequence[str] = (),
        ips: Sequence[str] = (),
        segments: Sequence[str] = (),
        resolve: Resolve = resolve_name,
    ) -> None:
        self._hosts = frozenset(normal_host(host.strip()) for host in hosts)
        try:
            self._networks: list[Network] = read_networks([*ips, *segments])
        except ValueError as error:
            raise Misconfigured(f"The list of allowed destinations: {error}") from error
        self._resolve = resolve

    def check_url(self, url: str) -> None:
        """Whether a URL may be kept as a destination. It is checked again whenever it is used."""
        self.find_addresses(read_url(url))

    def find_addresses(self, url: httpx.URL) -> list[Address]:
        """The addresses of a destination, each of them allowed."""
        check_form(url)
        host = host_of(url)
        allowed = host in self._hosts
        problem = None if allowed else host_problem(host)
        if problem:
            raise Invalid(f"The host {host[:100]!r} is not allowed: it {problem}")
        addresses = self._look_up(host, url.port or _PORTS[url.scheme])
        for address in addresses:
            if allowed or is_within(address, self._networks):
                continue
            if problem := address_problem(address):
                log.warning("destination %s refused: %s is %s", host, address, problem)
                raise Invalid(f"The host {host[:100]!r} is not allowed: it is not on the public internet")
        return addresses

    def _look_up(self, host: str, port: int) -> list[Address]:
        literal = read_address(host)
        if literal is not None:
            return [literal]
        try:
            texts = self._resolve(host, port)
            found = [ipaddress.ip_address(text.partition("%")[0]) for text in texts]
        except (OSError, ValueError, UnicodeError) as error:
            log.warning("destination %s refused: %s", host, error)
            found = []
        if not found:
            raise Invalid(f"The host {host[:100]!r} cannot be resolved")
        return found


@dataclass(frozen=True)
class Egress:
    """A guard for each kind of destination."""

    llm: Guard
    blob_storage: Guard


def open_egress(config: Config) -> Egress:
    return Egress(
        Guard(config.llm_hosts, config.llm_ips, config.llm_ip_segments),
        Guard(config.blob_storage_hosts, config.blob_storage_ips, config.blob_storage_ip_segments),
    )


def read_url(text: str) -> httpx.URL:
    """A URL as the client itself reads it, so that what is checked is what is asked. Raises `Invalid`."""
    if len(text) > _MOST_CHARACTERS:
        raise Invalid(f"A URL may have at most {_MOST_CHARACTERS} characters")
    if not text.isprintable() or any(character in text for character in "\\ "):
        raise Invalid("A URL must not contain blanks, backslashes or control characters")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise Invalid("Not a URL") from error
    check_form(url)
    return url


def host_of(url: httpx.URL) -> str:
    """As it goes to the resolver: international names in their ASCII form."""
    return normal_host(url.raw_host.decode("ascii"))


def check_form(url: httpx.URL) -> None:
    """http(s), a host, and no credentials in it."""
    if url.scheme not in _PORTS:
        raise Invalid("A URL must begin with https:// or http://")
    if not url.raw_host:
        raise Invalid("A URL must name a host")
    if url.userinfo:
        raise Invalid("A URL must not contain credentials")
    if url.port is not None and not 1 <= url.port <= 65535:
        raise Invalid("The port of a URL must be from 1 to 65535")


@cache
def trusted_authorities() -> ssl.SSLContext:
    """Read once: it takes a while. Of the environment only SSL_CERT_FILE and SSL_CERT_DIR count, with which the
    operator says whom to trust."""
    return httpx.create_ssl_context()


class GuardedTransport(httpx.BaseTransport):
    """Connects to a checked address under the name that was asked for: certificate and `Host` are the name's."""

    def __init__(self, guard: Guard, whole_s: float) -> None:
        self._guard = guard
        self._inner = httpx.HTTPTransport(verify=trusted_authorities())
        # A connection is never kept: two names may have one address, and the second must not use the
        # connection on which only the first has shown its certificate. So each has its own time, too; httpx
        # itself has no way to ask for that.
        self._inner._pool = httpcore.ConnectionPool(
            ssl_context=trusted_authorities(),
            max_connections=20,
            max_keepalive_connections=0,
            network_backend=DeadlineBackend(whole_s),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        addresses = self._guard.find_addresses(request.url)
        name = host_of(request.url)
        failure: httpx.ConnectError | httpx.ConnectTimeout | None = None
        for address in addresses[:4]:
            request_there = httpx.Request(
                request.method,
                request.url.copy_with(host=str(address)),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": name},
            )
            try:
                return self._inner.handle_request(request_there)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        assert failure is not None
        raise failure

    def close(self) -> None:
        self._inner.close()


def open_client(guard: Guard, *, timeout_s: float = 30.0, whole_s: float = 600.0) -> httpx.Client:
    """A client for destinations that users entered. Its calls raise `Invalid` where the guard refuses. `timeout_s`:
    of each step; `whole_s`: of a request from connecting to the last byte of its answer."""
    return httpx.Client(
        transport=GuardedTransport(guard, whole_s),
        timeout=httpx.Timeout(timeout_s, connect=10.0),
        follow_redirects=False,
        trust_env=False,
    )


@contextmanager
def network_errors(what: str) -> Iterator[None]:
    """What goes wrong on the way becomes `Unavailable`, with the details in the log only. `what`: "the bucket"."""
    try:
        yield
    except httpx.TimeoutException as error:
        log.warning("%s: %s", what, type(error).__name__)
        raise Unavailable(f"{what[0].upper()}{what[1:]} did not answer in time") from error
    except httpx.HTTPError as error:
        log.warning("%s: %s: %s", what, type(error).__name__, str(error)[:300])
        raise Unavailable(f"{what[0].upper()}{what[1:]} cannot be reached") from error
