"""All settings in one tree, made of each component's own `Config`. The only reader of the environment.

`server.port` is `SPYGLASS_SERVER__PORT` in the environment and `port` under `[server]` in the TOML file.
Where Langfuse has a variable of the same meaning, its name works too. What wins: command line, `SPYGLASS_*`,
the other names, file, default. A value that does not fit, or a name that does not exist, ends the start with
a message.
"""

import difflib
import ipaddress
import os
import re
import tomllib
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from spyglass.api import limits as limits_
from spyglass.api import media_tokens as media_
from spyglass.api import server_options as server_
from spyglass.api import sign_in_options as sign_in_
from spyglass.api import telemetry_options as telemetry_
from spyglass.core.errors import Misconfigured
from spyglass.core.options import Option, read_option
from spyglass.features.projects import provision
from spyglass.ingest import accept as accept_
from spyglass.ingest import catalogue as catalogue_
from spyglass.ingest import cost_options as costs_
from spyglass.ingest import pipeline as pipeline_
from spyglass.jobs import retention as retention_
from spyglass.stores import analytics as analytics_
from spyglass.stores import blobs as blobs_
from spyglass.stores import egress as egress_
from spyglass.stores import meta as meta_
from spyglass.stores import redis_channel as redis_
from spyglass.stores import secrets as secrets_
from spyglass.stores.log import sqlite as log_

PREFIX = "SPYGLASS_"
CONFIG_VARIABLE = "SPYGLASS_CONFIG"


@dataclass(frozen=True)
class Settings:
    """The effective settings. A component gets its own part of it, never the whole."""

    server: server_.Config = field(default_factory=server_.Config)
    analytics: analytics_.Config = field(default_factory=analytics_.Config)
    meta: meta_.Config = field(default_factory=meta_.Config)
    blobs: blobs_.Config = field(default_factory=blobs_.Config)
    log: log_.Config = field(default_factory=log_.Config)
    redis: redis_.Config = field(default_factory=redis_.Config)
    accept: accept_.Config = field(default_factory=accept_.Config)
    ingest: pipeline_.Config = field(default_factory=pipeline_.Config)
    catalogue: catalogue_.Config = field(default_factory=catalogue_.Config)
    costs: costs_.Config = field(default_factory=costs_.Config)
    media: media_.Config = field(default_factory=media_.Config)
    limits: limits_.Config = field(default_factory=limits_.Config)
    egress: egress_.Config = field(default_factory=egress_.Config)
    retention: retention_.Config = field(default_factory=retention_.Config)
    telemetry: telemetry_.Config = field(default_factory=telemetry_.Config)
    secrets: secrets_.Config = field(default_factory=secrets_.Config)
    auth: sign_in_.Config = field(default_factory=sign_in_.Config)
    oidc: sign_in_.OidcConfig = field(default_factory=sign_in_.OidcConfig)
    init: provision.Config = field(default_factory=provision.Config)


@dataclass(frozen=True)
class Alias:
    """Another variable for a setting. `accepts` says whether a value has our meaning of it."""

    variable: str
    path: str
    accepts: Callable[[str], bool] = lambda value: True
    remark: str = ""


def _is_address(value: str) -> bool:
    """Containers have their own name in HOSTNAME, which is nothing to listen on."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return value in server_.LOOPBACK_NAMES
    return True


def _is_postgresql(value: str) -> bool:
    return value.startswith(("postgresql://", "postgres://"))


ALIASES = [
    Alias("SPYGLASS_HOST", "server.host"),
    Alias("SPYGLASS_PORT", "server.port"),
    Alias("SPYGLASS_DATA_DIR", "server.data_dir"),
    Alias("SPYGLASS_OTLP_GRPC_PORT", "server.grpc_port"),
    Alias("PORT", "server.port"),
    Alias("HOSTNAME", "server.host", _is_address, "only when it is an address"),
    Alias("NEXTAUTH_URL", "server.public_url"),
    Alias("NEXT_PUBLIC_BASE_PATH", "server.root_path"),
    Alias("LANGFUSE_LOG_LEVEL", "server.log_level"),
    Alias("LANGFUSE_LOG_FORMAT", "server.log_format"),
    Alias("DATABASE_URL", "meta.url", _is_postgresql, "only when it begins with `postgresql://`"),
    Alias("CLICKHOUSE_URL", "analytics.url"),
    Alias("CLICKHOUSE_USER", "analytics.user"),
    Alias("CLICKHOUSE_PASSWORD", "analytics.password"),
    # Langfuse's own tables have the same names as ours, so its default database stays its own.
    Alias("CLICKHOUSE_DB", "analytics.database", lambda value: value != "default", "unless it is `default`"),
    Alias("REDIS_CONNECTION_STRING", "redis.url"),
    Alias("REDIS_HOST", "redis.host"),
    Alias("REDIS_PORT", "redis.port"),
    Alias("REDIS_USERNAME", "redis.user"),
    Alias("REDIS_AUTH", "redis.password"),
    Alias("REDIS_TLS_ENABLED", "redis.tls"),
    Alias("REDIS_TLS_CA_PATH", "redis.tls_ca"),
    Alias("REDIS_TLS_CERT_PATH", "redis.tls_cert"),
    Alias("REDIS_TLS_KEY_PATH", "redis.tls_key"),
    Alias("REDIS_KEY_PREFIX", "redis.prefix"),
    Alias("SALT", "secrets.pepper"),
    Alias("ENCRYPTION_KEY", "secrets.encryption_key"),
    Alias("NEXTAUTH_SECRET", "secrets.session_secret"),
    Alias("ADMIN_API_KEY", "secrets.admin_api_key"),
    Alias("AUTH_DISABLE_SIGNUP", "auth.disable_sign_up"),
    Alias("AUTH_DISABLE_USERNAME_PASSWORD", "auth.disable_password"),
    Alias("AUTH_SESSION_MAX_AGE", "auth.session_idle_minutes"),
    Alias("LANGFUSE_ALLOWED_ORGANIZATION_CREATORS", "auth.organization_creators"),
    *(Alias(f"AUTH_{part.name.upper()}", f"oidc.{part.name}") for part in fields(sign_in_.OidcConfig)),
    Alias("LANGFUSE_LLM_CONNECTION_WHITELISTED_HOST", "egress.llm_hosts"),
    Alias("LANGFUSE_LLM_CONNECTION_WHITELISTED_IPS", "egress.llm_ips"),
    Alias("LANGFUSE_LLM_CONNECTION_WHITELISTED_IP_SEGMENTS", "egress.llm_ip_segments"),
    Alias("LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_HOST", "egress.blob_storage_hosts"),
    Alias("LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_IPS", "egress.blob_storage_ips"),
    Alias("LANGFUSE_BLOB_STORAGE_ENDPOINT_WHITELISTED_IP_SEGMENTS", "egress.blob_storage_ip_segments"),
    Alias("LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH", "media.max_content_length"),
    Alias("LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS", "media.download_url_expiry_s"),
    # The other spellings of the same, as Langfuse's Helm chart sets them.
    Alias("LANGFUSE_S3_MEDIA_UPLOAD_MAX_CONTENT_LENGTH", "media.max_content_length"),
    Alias("LANGFUSE_S3_MEDIA_UPLOAD_DOWNLOAD_URL_EXPIRY_SECONDS", "media.download_url_expiry_s"),
    *(Alias(f"LANGFUSE_INIT_{part.name.upper()}", f"init.{part.name}") for part in fields(provision.Config)),
]

# Kubernetes sets these for each Service in a namespace; one that is named `spyglass` must not stop the start.
_SERVICE_LINK = re.compile(r"SPYGLASS_(\w+_)?(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)\Z")
_URL_PASSWORD = re.compile(r"(://[^/@:\s]*:)[^/\s]*(@)")
_SERVICE_LINK_VALUE = re.compile(r"(tcp|udp|sctp)://")


@dataclass(frozen=True)
class Setting:
    """One setting as the reference page and `spyglass doctor` show it."""

    path: str
    variable: str
    aliases: tuple[Alias, ...]
    type: str
    allowed: str
    default: Any
    help: str
    secret: bool
    hint: Any = field(repr=False)
    facts: Option = field(repr=False)


@dataclass(frozen=True)
class Loaded:
    settings: Settings
    origins: dict[str, str]  # path -> where its value came from; those with their default are not in it


def describe() -> list[Setting]:
    """Every setting, in the order of the tree."""
    found = []
    for part in fields(Settings):
        config = typing.get_type_hints(Settings)[part.name]
        hints = typing.get_type_hints(config)
        found += [
            _describe_one(f"{part.name}.{leaf.name}", leaf, hints[leaf.name]) for leaf in fields(config)
        ]
    return found


def read_value(settings: Settings, setting: Setting, *, masked: bool = True) -> str:
    """A value as text; a secret that is set, and a password within a URL, show as `***`."""
    section, name = setting.path.split(".")
    value = getattr(getattr(settings, section), name)
    if setting.secret and masked and value not in (None, ""):
        return "***"
    text = "" if value is None else str(value)
    return mask_password(text) if masked else text


def mask_password(text: str) -> str:
    """The text with `***` for a password within an URL."""
    return _URL_PASSWORD.sub(r"\1***\2", text)


def load_settings(
    overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Loaded:
    """Read all sources and validate. `overrides`: path -> value, from the command line; None is not given."""
    environ = os.environ if environ is None else environ
    known = {setting.path: setting for setting in describe()}
    given: dict[str, tuple[Any, str]] = {}
    problems = _unknown_variables(environ, known)
    _take_environment(environ, known, given)
    for path, value in (overrides or {}).items():
        if value is not None:
            given[path] = (value, "command line")
    for path, value in _read_file(environ, given, known, problems).items():
        given.setdefault(path, value)
    values = {path: _convert(known[path], value, origin, problems) for path, (value, origin) in given.items()}
    if problems:
        raise Misconfigured("\n".join(problems))
    return Loaded(_build(values), {path: origin for path, (_, origin) in given.items()})


def _describe_one(path: str, leaf: "Field[Any]", hint: Any) -> Setting:
    facts = read_option(leaf.metadata)
    type_text, allowed = _type_words(hint, facts)
    return Setting(
        path,
        PREFIX + path.upper().replace(".", "__"),
        tuple(alias for alias in ALIASES if alias.path == path),
        type_text,
        allowed,
        leaf.default if leaf.default is not MISSING else None,
        facts.help,
        facts.secret,
        hint,
        facts,
    )


def _type_words(hint: Any, facts: Option) -> tuple[str, str]:
    """(name of the type, what is allowed in words)."""
    if isinstance(hint, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not types.NoneType)
    if facts.choices:
        return "choice", "one of " + ", ".join(facts.choices)
    if hint is bool:
        return "boolean", "true or false"
    if hint in (int, float):
        name = "whole number" if hint is int else "number"
        low = f" from {facts.low:,}" if facts.low is not None else ""
        high = f" up to {facts.high:,}" if facts.high is not None else ""
        return name, f"a {name}{low}{high}"
    if typing.get_origin(hint) in (tuple, list, frozenset):
        return "list", "texts separated by commas"
    return ("path", "a path") if hint is Path else ("text", "a text")


def _unknown_variables(environ: Mapping[str, str], known: Mapping[str, Setting]) -> list[str]:
    names = {setting.variable for setting in known.values()} | {alias.variable for alias in ALIASES}
    names.add(CONFIG_VARIABLE)
    problems = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in names or _SERVICE_LINK.match(name):
            continue
        if _SERVICE_LINK_VALUE.match(environ[name]):
            continue
        problems.append(f"{name} is not a setting.{_closest(name, names)}")
    return problems


def _closest(name: str, names: typing.Iterable[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f" Did you mean {close[0]}?" if close else " See docs/reference/settings.md."


def _take_environment(
    environ: Mapping[str, str], known: Mapping[str, Setting], given: dict[str, tuple[Any, str]]
) -> None:
    """Own names first, then the others in the order of `ALIASES`. An empty variable is one that is not set,
    except for a secret: there, emptiness is a mistake that must be told.
    """
    own = [Alias(setting.variable, setting.path) for setting in known.values()]
    for alias in [*own, *ALIASES]:
        value = environ.get(alias.variable)
        if value is None or alias.path in given or not alias.accepts(value):
            continue
        if value == "" and not alias.path.startswith("secrets."):
            continue
        if alias.variable.startswith(PREFIX) and _SERVICE_LINK_VALUE.match(value):
            continue
        given[alias.path] = (value, alias.variable)


def _read_file(
    environ: Mapping[str, str],
    given: Mapping[str, tuple[Any, str]],
    known: Mapping[str, Setting],
    problems: list[str],
) -> dict[str, tuple[Any, str]]:
    named = environ.get(CONFIG_VARIABLE)
    data_dir = Path(given["server.data_dir"][0]) if "server.data_dir" in given else server_.DATA_DIR
    file = Path(named) if named else data_dir / "spyglass.toml"
    try:
        tree = tomllib.loads(file.read_text())
    except (FileNotFoundError, NotADirectoryError):
        if named:
            problems.append(f"{CONFIG_VARIABLE}: there is no file {named}")
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{file} cannot be read as TOML: {error}")
        return {}
    values = {}
    for section, content in tree.items():
        entries = content.items() if isinstance(content, dict) else [("", content)]
        for name, value in entries:
            path = f"{section}.{name}".rstrip(".")
            if path in known:
                values[path] = (value, str(file))
            else:
                problems.append(f"{file}: {path} is not a setting.{_closest(path, known)}")
    return values


def _convert(setting: Setting, value: Any, origin: str, problems: list[str]) -> Any:
    if setting.type == "list" and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if setting.type == "choice" and isinstance(value, str):
        value = value.lower()
    try:
        converted = TypeAdapter(setting.hint).validate_python(value)
    except ValidationError:
        converted = None
    if converted is None or not _is_allowed(setting.facts, converted):
        shown = "***" if setting.secret else mask_password(repr(value))
        name = origin if origin.isupper() else f"{origin}: {setting.path}"
        problems.append(f"{name} is {shown}, but must be {setting.allowed}. {setting.help}.")
    return converted


def _is_allowed(facts: Option, value: Any) -> bool:
    if facts.choices and value not in facts.choices:
        return False
    if facts.low is not None and value < facts.low:
        return False
    return facts.high is None or value <= facts.high


def _build(values: Mapping[str, Any]) -> Settings:
    hints = typing.get_type_hints(Settings)
    parts: dict[str, Any] = {}
    for part in fields(Settings):
        config: Callable[..., Any] = hints[part.name]
        mine = {
            path.split(".")[1]: value for path, value in values.items() if path.split(".")[0] == part.name
        }
        parts[part.name] = config(**mine)
    return Settings(**parts)
