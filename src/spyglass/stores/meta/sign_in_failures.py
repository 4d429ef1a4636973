"""Slows down who tries passwords: failures in a row are counted per account and network, per account from networks
that it is not known in, and per address of a client.

So somebody who tries passwords on a known address makes its owner wait neither in the owner's own network nor where
the owner is signed in already, and many networks together still gain little. An attempt counts as a failure when it
begins, and not at its end: many at once gain nothing. Accounts that do not exist are counted like others.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from spyglass.core.addresses import network_of
from spyglass.core.clock import now
from spyglass.stores.meta.people import lock_people
from spyglass.stores.meta.tables import SignInFailure, User, UserSession

_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """`free` failures cost nothing, then each doubles the wait, up to `most_s`."""

    free: int
    most_s: int

    def wait_s(self, count: int) -> int:
        """How long after the failure `count` (from 1) the next attempt has to wait."""
        return 0 if count < self.free else min(self.most_s, 1 << min(count - self.free + 1, 20))


ACCOUNT = Limit(free=5, most_s=300)  # from one network
ELSEWHERE = Limit(
    free=100, most_s=300
)  # from all networks together in which nobody is signed in to the account
# Many people may share the address of an office, so more of theirs is free and the wait is shorter.
ADDRESS = Limit(free=20, most_s=60)
MOST_ROWS = 100_000  # then the oldest go


@dataclass(frozen=True)
class Attempt:
    """Who tries: on which account (an e-mail address), and from where. Without an address it is somebody who is signed
    in and counts for themselves."""

    email: str
    address: str

    @property
    def account(self) -> str:
        return f"{_name('account', self.email)}:{_hash(network_of(self.address))}"


def begin_attempt(session: Session, attempt: Attempt) -> int:
    """Count an attempt and answer 0, or the seconds to wait when it comes too early (then it is not counted)."""
    lock_people(session)  # two first attempts at once would both make the row
    moment = now()
    session.execute(delete(SignInFailure).where(SignInFailure.failed_at < moment - _FORGOTTEN_AFTER))
    rows = {name: (_find(session, name), limit) for name, limit in _counters(session, attempt)}
    waits = [_seconds_left(row, moment) for row, _ in rows.values() if row is not None]
    if any(waits):
        return max(waits)
    if any(row is None for row, _ in rows.values()):
        _make_room(session)
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
    """The account starts afresh in this network. Elsewhere and for the address only this attempt is taken back, or
    else who has one account could try those of others without end."""
    session.execute(delete(SignInFailure).where(SignInFailure.name == attempt.account))
    if not attempt.address:
        return
    taken_back = update(SignInFailure).where(SignInFailure.count > 0)
    address, account = _name("address", attempt.address), _name("account", attempt.email)
    session.execute(
        taken_back.where(SignInFailure.name == address).values(
            count=SignInFailure.count - 1, blocked_until=None
        )
    )
    session.execute(taken_back.where(SignInFailure.name == account).values(count=SignInFailure.count - 1))


def forget_failures(session: Session, email: str) -> None:
    """The account starts afresh everywhere: its password is another one now."""
    name = _name("account", email)
    whole = or_(SignInFailure.name == name, SignInFailure.name.startswith(f"{name}:"))
    session.execute(delete(SignInFailure).where(whole))


def _counters(session: Session, attempt: Attempt) -> list[tuple[str, Limit]]:
    counters = [(attempt.account, ACCOUNT)]
    if not attempt.address:
        return counters
    counters.append((_name("address", attempt.address), ADDRESS))
    if not _is_known(session, attempt):
        counters.append((_name("account", attempt.email), ELSEWHERE))
    return counters


def _is_known(session: Session, attempt: Attempt) -> bool:
    """Whether somebody is signed in to the account from this network."""
    addresses = session.scalars(
        select(UserSession.address)
        .join(User, User.id == UserSession.user_id)
        .where(User.email == attempt.email)
        .distinct()
    )
    return network_of(attempt.address) in {network_of(each) for each in addresses}


def _make_room(session: Session) -> None:
    """Whoever makes up addresses fills neither the disk nor the memory."""
    if (session.scalar(select(func.count()).select_from(SignInFailure)) or 0) < MOST_ROWS:
        return
    oldest = select(SignInFailure.name).order_by(SignInFailure.failed_at).limit(max(10, MOST_ROWS // 100))
    session.execute(delete(SignInFailure).where(SignInFailure.name.in_(oldest.scalar_subquery())))


def _find(session: Session, name: str) -> SignInFailure | None:
    statement = select(SignInFailure).where(SignInFailure.name == name).with_for_update()
    return session.scalars(statement).one_or_none()


def _seconds_left(row: SignInFailure, moment: datetime) -> int:
    if row.blocked_until is None or row.blocked_until <= moment:
        return 0
    return int((row.blocked_until - moment).total_seconds()) + 1


def _name(kind: str, value: str) -> str:
    """Nobody can read from the table who failed to sign in."""
    return f"{kind}:{_hash(value)}"


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
