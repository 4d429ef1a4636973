"""Sealed credentials: bound to their place and their key."""

import pytest

from spyglass.core.errors import Misconfigured
from spyglass.stores.vault import Vault

ONE, TWO = b"1" * 32, b"2" * 32
PLACE = ("llm_connections", "row", "secret_key")


def test_a_sealed_text_opens_at_its_place_only() -> None:
    vault = Vault([ONE])
    sealed = vault.seal("sk-Ünïcode", *PLACE)
    assert "sk-" not in sealed
    assert vault.open(sealed, *PLACE) == "sk-Ünïcode"
    for place in (
        ("llm_connections", "other", "secret_key"),
        ("llm_connections", "row", "extra_headers"),
        (),
    ):
        with pytest.raises(Misconfigured, match="damaged"):
            vault.open(sealed, *place)


def test_equal_texts_are_sealed_differently() -> None:
    vault = Vault([ONE])
    assert len({vault.seal("same", *PLACE) for _ in range(1000)}) == 1000


def test_a_changed_byte_is_noticed() -> None:
    vault = Vault([ONE])
    sealed = vault.seal("secret", *PLACE)
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    for text in (changed, sealed[:-8], "v1:x", "", "v2" + sealed[2:]):
        with pytest.raises(Misconfigured):
            vault.open(text, *PLACE)


def test_keys_are_replaced_while_the_former_still_opens() -> None:
    sealed = Vault([ONE]).seal("secret", *PLACE)
    both = Vault([TWO, ONE])
    assert both.open(sealed, *PLACE) == "secret"
    assert not both.is_current(sealed)
    assert both.is_current(both.seal("secret", *PLACE))
    with pytest.raises(Misconfigured, match="another encryption key"):
        Vault([TWO]).open(sealed, *PLACE)
