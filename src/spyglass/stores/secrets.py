"""The server's own secrets: pepper of API keys, encryption key, session secret.

Made once and kept in `<data-dir>/secrets.json` (mode 0600); what the operator sets wins over the file. There
is no default anywhere: a value that is known from examples, or too short, is refused unless only this machine
can reach the server.
"""

import json
import logging
import secrets
from dataclasses import dataclass
from pathlib import Path

from spyglass.core.errors import Misconfigured
from spyglass.core.options import option
from spyglass.stores.files import make_private_folder, write_durably

log = logging.getLogger(__name__)

FILE_NAME = "secrets.json"
_MIN_CHARACTERS = 16
# From compose files, charts and tutorials of this field; compared in lower case.
_EXAMPLES = frozenset(
    {"salt", "mysalt", "your-salt", "secret", "mysecret", "your-secret", "supersecret", "nextauth_secret"}
    | {"changeme", "change-me", "password", "test", "default", "example", "langfuse", "spyglass"}
)


@dataclass(frozen=True)
class Config:
    """Secrets that the operator brings along; without them they are made on first start."""

    pepper: str | None = option(
        None, "Keys the hashes of API secrets; changing it ends all keys", secret=True
    )
    encryption_key: str | None = option(
        None, "64 hexadecimal characters (256 bit): encrypts stored credentials", secret=True
    )
    former_encryption_keys: str | None = option(
        None,
        "Earlier encryption keys, separated by commas: what they encrypted can still be read, and is encrypted "
        "anew by `spyglass keys reseal`",
        secret=True,
    )
    session_secret: str | None = option(
        None, "Signs sign-in sessions; changing it signs all out", secret=True
    )
    admin_api_key: str | None = option(
        None, "Opens the administration API (`/api/admin/*`); without it that API is off", secret=True
    )


@dataclass(frozen=True, repr=False)
class Secrets:
    pepper: bytes
    encryption_key: bytes
    session_secret: bytes
    former_encryption_keys: tuple[bytes, ...] = ()


def load_secrets(data_dir: Path, config: Config, *, loopback: bool) -> Secrets:
    """Read the secrets and make those that are missing. `loopback`: only this machine reaches the server.

    Raises `Misconfigured` for a weak value that is set and for a file that cannot be read: making new ones
    in its place would silently end every key.
    """
    stored = _read(data_dir / FILE_NAME)
    complete = dict(stored)
    values: dict[str, str] = {}
    for name in ("pepper", "encryption_key", "session_secret"):
        given: str | None = getattr(config, name)
        if given is not None:
            _check(name, given, loopback)
            values[name] = given
        else:
            values[name] = complete.setdefault(name, secrets.token_hex(32))
    if complete != stored:
        make_private_folder(data_dir)
        write_durably(data_dir / FILE_NAME, json.dumps(complete, indent=1).encode())
    if config.admin_api_key is not None:
        _check("admin_api_key", config.admin_api_key, loopback)
    former = [key.strip() for key in (config.former_encryption_keys or "").split(",") if key.strip()]
    return Secrets(
        values["pepper"].encode(),
        _encryption_key(values["encryption_key"]),
        values["session_secret"].encode(),
        tuple(_encryption_key(key) for key in former),
    )


def _read(path: Path) -> dict[str, str]:
    try:
        text = path.read_text()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}") from error
    try:
        stored = json.loads(text)
    except ValueError:
        stored = None
    if not isinstance(stored, dict) or not all(isinstance(value, str) and value for value in stored.values()):
        raise Misconfigured(f"{path} is damaged. Restore it from a backup: the API keys depend on it.")
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
        log.warning("%s was readable by others; its mode is now 0600", path)
    return stored


def _check(name: str, value: str, loopback: bool) -> None:
    problem = _problem(value)
    if problem is None:
        return
    advice = f"The secret `{name}` {problem}. Make one with `openssl rand -hex 32`, or leave it unset."
    if not value or not loopback:
        raise Misconfigured(advice)
    log.warning("%s It is accepted only because the server listens on this machine alone.", advice)


def _problem(value: str) -> str | None:
    """Why a value is too weak to keep anything secret, None when nothing speaks against it."""
    if not value:
        return "is empty"
    if value.lower() in _EXAMPLES:
        return "is a well-known example value"
    if len(set(value)) < 4:
        return "is one character repeated" if len(set(value)) == 1 else "has almost no variation"
    if len(value) < _MIN_CHARACTERS:
        return f"is shorter than {_MIN_CHARACTERS} characters"
    return None


def _encryption_key(value: str) -> bytes:
    try:
        key = bytes.fromhex(value)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Misconfigured("The secret `encryption_key` must be 64 hexadecimal characters")
    return key
