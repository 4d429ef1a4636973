"""The link with which the account of the owner is made, once, while there is nobody.

Here is only a random number. The token follows from it and the session secret of the server, so the same link can be
printed at each start, and who reads the database cannot make it. The number goes with the first account.
"""

import base64
import hashlib
import hmac

from sqlalchemy import delete
from sqlalchemy.orm import Session

from spyglass.core.ids import new_secret
from spyglass.core.signed import derive_key
from spyglass.stores.meta.tables import Fact
from spyglass.stores.meta.tables.facts import SETUP

_PURPOSE = "set-up link"


def setup_token(session: Session, secret: bytes) -> str:
    """The token of the link; begins one where there is none. Whoever calls this has made sure that there is nobody."""
    fact = session.get(Fact, SETUP)
    if fact is None:
        fact = Fact(name=SETUP, value=new_secret(""))
        session.add(fact)
        session.flush()
    return _token(secret, fact)


def opens_setup(session: Session, secret: bytes, token: str) -> bool:
    """Whether `token` is that of the link that stands."""
    fact = session.get(Fact, SETUP)
    return fact is not None and hmac.compare_digest(_token(secret, fact).encode(), token.encode())


def end_setup(session: Session) -> None:
    """The link opens nothing any more; one that is begun later is another."""
    session.execute(delete(Fact).where(Fact.name == SETUP))


def _token(secret: bytes, fact: Fact) -> str:
    mac = hmac.new(derive_key(secret, _PURPOSE), fact.value.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
