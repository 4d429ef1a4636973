"""Facts about the installation itself, one row each."""

from sqlalchemy.orm import Mapped, mapped_column

from spyglass.stores.meta.tables.columns import Table

PEPPER = "pepper"  # a fingerprint of the pepper with which the API keys were hashed
INSTALLATION = "installation"  # a random id, by which installations on one Redis are told apart
SETUP = "setup"  # a random number while nobody has an account: the set-up link follows from it


class Fact(Table):
    __tablename__ = "facts"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
