"""API keys as values: what is made, stored and shown."""

import re

import pytest

from spyglass.core.keys import display_secret, hash_secret, new_key_pair, secret_matches


def test_a_pair_is_recognisable_and_random() -> None:
    pairs = [new_key_pair() for _ in range(100)]
    assert all(re.fullmatch(r"pk-lf-[\w-]{43}", public) for public, _ in pairs)
    assert all(re.fullmatch(r"sk-lf-[\w-]{43}", secret) for _, secret in pairs)
    assert len({part for pair in pairs for part in pair}) == 200


def test_a_hash_is_the_known_hmac_and_needs_the_pepper() -> None:
    # RFC 4231, test case 2
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hash_secret(b"Jefe", "what do ya want for nothing?") == expected
    assert secret_matches(b"Jefe", "what do ya want for nothing?", expected)
    assert not secret_matches(b"Jefe", "what do ya want for nothing", expected)
    assert not secret_matches(b"jefe", "what do ya want for nothing?", expected)


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("sk-lf-0123456789abcdef", "sk-lf-...cdef"),
        ("sk-lf-1", "sk-lf-..."),
        ("x" * 20 + "1234", "...1234"),
        ("short", "..."),
    ],
)
def test_what_is_shown_is_too_little_to_use(secret: str, shown: str) -> None:
    assert display_secret(secret) == shown
