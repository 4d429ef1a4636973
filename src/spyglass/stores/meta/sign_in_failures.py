"""Slows down who tries passwords: failures in a row are counted per account and per address of a client.

An attempt counts as a failure when it begins, and not at its end: many at once gain nothing. Accounts that do
not exist are counted like others.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from spyglass.core.clock import now
from spyglass.stores.meta.people import lock_people
from spyglass.stores.meta.tables import SignInFailure

_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """`free` failures cost nothing, then each doubles the wait, up to `most_s`."""

    free: int
    most_s: int

    def wait_s(self, count: int) -> int:
        """How long after the failure `count` (from 1) the next attempt has to wait."""
        return 0 if count < self.free else min(self.most_s, 1 << min(count - self.free + 1, 20))


# Many people may share the address of an office, so more of theirs is free and the wait is shorter.
ACCOUNT = Limit(free=5, most_s=300)
ADDRESS = Limit(free=20, most_s=60)


@dataclass(frozen=True)
class Attempt:
    """Who tries: names of counters, each with its limit."""

    account: str
    address: str


def attempt_on(email: str, address: str) -> Attempt:
    return Attempt(_name("account", email), _name("address", address) if address else "")


def begin_attempt(session: Session, attempt: Attempt) -> int:
    """Count an attempt and answer 0, or the seconds to wait when it comes too early (then it is not counted)."""
    lock_people(session)  # two first attempts at once would both make the row
    moment = now()
    session.execute(delete(SignInFailure).where(SignInFailure.failed_at < moment - _FORGOTTEN_AFTER))
    rows = {}
    for name, limit in _counters(attempt):
        rows[name] = _find(session, name), limit
    waits = [_seconds_left(row, moment) for row, _ in rows.values() if row is not None]
    if any(waits):
        return max(waits)
    for name, (row, limit) in rows.items():
        if row is None:
            row = SignInFailure(name=name, count=0, failed_at=moment)
            session.add(row)
        row.count += 1
        row.failed_at = moment
        wait_s = limit.wait_s(row.count)
        row.blocked_until = moment + timedelta(seconds=wait_s) if wait_s else None
    session.flush()
    return 0


def note_success(session: Session, attempt: Attempt) -> None:
    """The account starts afresh; of the address only this attempt is taken back, or else who has one account could
    try those of others without end."""
    session.execute(delete(SignInFailure).where(SignInFailure.name == attempt.account))
    if attempt.address:
        session.execute(
            update(SignInFailure)
            .where(SignInFailure.name == attempt.address, SignInFailure.count > 0)
            .values(count=SignInFailure.count - 1, blocked_until=None)
        )


def _counters(attempt: Attempt) -> list[tuple[str, Limit]]:
    counters = [(attempt.account, ACCOUNT)]
    return [*counters, (attempt.address, ADDRESS)] if attempt.address else counters


def _find(session: Session, name: str) -> SignInFailure | None:
    statement = select(SignInFailure).where(SignInFailure.name == name).with_for_update()
    return session.scalars(statement).one_or_none()


def _seconds_left(row: SignInFailure, moment: datetime) -> int:
    if row.blocked_until is None or row.blocked_until <= moment:
        return 0
    return int((row.blocked_until - moment).total_seconds()) + 1


def _name(kind: str, value: str) -> str:
    """Nobody can read from the table who failed to sign in."""
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}"
