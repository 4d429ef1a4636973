"""API keys of projects and organizations as rows: made, listed, ended. Whatever changes them raises `API_KEYS`,
so that every process takes notice, and is in the audit log, without the secret.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from spyglass.core.clock import iso_ms, to_us
from spyglass.core.errors import Conflict, Misconfigured, NotFound
from spyglass.core.keys import display_secret, hash_secret, new_key_pair
from spyglass.stores.meta.audit import Actor, ActorType, record_change
from spyglass.stores.meta.tables import ApiKey, Fact, Project
from spyglass.stores.meta.tables.api_keys import Scope
from spyglass.stores.meta.tables.facts import PEPPER
from spyglass.stores.meta.tables.revisions import API_KEYS, raise_revision

AUDITED = "apiKey"


@dataclass(frozen=True, repr=False)
class KeyPair:
    """Both halves in the clear; only who makes a key holds them."""

    public: str
    secret: str


@dataclass(frozen=True)
class Owner:
    """What a key opens: a project, or without one the organization."""

    organization_id: str
    project_id: str | None = None


def owner_of(project: Project) -> Owner:
    return Owner(project.organization_id, project.id)


def new_pair() -> KeyPair:
    return KeyPair(*new_key_pair())


def add_key(
    session: Session,
    pepper: bytes,
    owner: Owner,
    pair: KeyPair,
    actor: Actor,
    *,
    note: str | None = None,
    expires_at: datetime | None = None,
) -> ApiKey:
    """Insert a key within the caller's transaction. Raises `Conflict` when its public half is taken."""
    check_pepper(session, pepper)
    if session.scalar(select(ApiKey.id).where(ApiKey.public_key == pair.public)) is not None:
        raise Conflict(f"The public key {pair.public} exists already")
    key = ApiKey(
        public_key=pair.public,
        secret_hash=hash_secret(pepper, pair.secret),
        display_secret_key=display_secret(pair.secret),
        scope=(Scope.PROJECT if owner.project_id else Scope.ORGANIZATION).value,
        organization_id=owner.organization_id,
        project_id=owner.project_id,
        note=note,
        created_by=actor.id if actor.type is ActorType.USER else None,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    raise_revision(session, API_KEYS)
    record_change(session, _at(owner, actor), "create", (AUDITED, key.id), after=_audited(key))
    return key


def keys_of(session: Session, owner: Owner) -> list[ApiKey]:
    """The keys of a project, or those of the organization itself; oldest first."""
    statement = select(ApiKey).where(
        ApiKey.organization_id == owner.organization_id, ApiKey.project_id == owner.project_id
    )
    return list(session.scalars(statement.order_by(ApiKey.created_at, ApiKey.id)))


def find_key(session: Session, owner: Owner, key_id: str) -> ApiKey:
    """Raises `NotFound` also for the key of another."""
    key = session.get(ApiKey, key_id)
    if key is None or (key.organization_id, key.project_id) != (owner.organization_id, owner.project_id):
        raise NotFound("API key not found")
    return key


def end_key(session: Session, key: ApiKey, actor: Actor) -> None:
    """Remove a key; servers refuse it within seconds."""
    session.execute(delete(ApiKey).where(ApiKey.id == key.id))
    raise_revision(session, API_KEYS)
    owner = Owner(key.organization_id, key.project_id)
    record_change(session, _at(owner, actor), "delete", (AUDITED, key.id), before=_audited(key))


def render_key(key: ApiKey) -> dict[str, Any]:
    """A key as lists show it."""
    return {
        "id": key.id,
        "createdAt": iso_ms(to_us(key.created_at)),
        "expiresAt": iso_ms(to_us(key.expires_at)) if key.expires_at else None,
        "lastUsedAt": iso_ms(to_us(key.last_used_at)) if key.last_used_at else None,
        "note": key.note,
        "publicKey": key.public_key,
        "displaySecretKey": key.display_secret_key,
    }


def render_new_key(key: ApiKey, pair: KeyPair) -> dict[str, Any]:
    """A key at its creation, the only time that its secret is shown."""
    return {
        "id": key.id,
        "createdAt": iso_ms(to_us(key.created_at)),
        "expiresAt": iso_ms(to_us(key.expires_at)) if key.expires_at else None,
        "publicKey": pair.public,
        "secretKey": pair.secret,
        "displaySecretKey": key.display_secret_key,
        "note": key.note,
    }


def check_pepper(session: Session, pepper: bytes) -> None:
    """Refuse another pepper than the one of the existing keys: none of them would work, and nobody would
    see why. Raises `Misconfigured`; once all keys are revoked, a new pepper is taken.
    """
    fingerprint = hash_secret(pepper, "fingerprint of the pepper")[:16]
    known = session.get(Fact, PEPPER)
    if known is None:
        session.add(Fact(name=PEPPER, value=fingerprint))
    elif known.value != fingerprint:
        if session.scalar(select(func.count()).select_from(ApiKey)):
            raise Misconfigured(
                "The pepper (SALT, SPYGLASS_SECRETS__PEPPER or secrets.json in the data directory) is not the one "
                "of the existing API keys, so none of them would work. Set that one again, also for commands "
                "beside a running server, or revoke all keys (`spyglass keys list`, `spyglass keys revoke`)."
            )
        known.value = fingerprint
    session.flush()


def _at(owner: Owner, actor: Actor) -> Actor:
    return replace(actor, organization_id=owner.organization_id, project_id=owner.project_id)


def _audited(key: ApiKey) -> dict[str, Any]:
    return {
        "publicKey": key.public_key,
        "displaySecretKey": key.display_secret_key,
        "scope": key.scope,
        "note": key.note,
        "expiresAt": iso_ms(to_us(key.expires_at)) if key.expires_at else None,
    }
