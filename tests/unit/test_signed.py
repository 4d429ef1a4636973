"""Signed links: what they carry comes back, and nothing else opens."""

import base64
import json

import pytest

from spyglass.core import signed
from spyglass.core.signed import derive_key, read, sign

KEY = derive_key(b"secret", "upload")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed, "now_us", lambda: 1000)


def test_what_was_signed_is_read() -> None:
    text = sign(KEY, ["ü/\0", 7, None], 1001)
    assert read(KEY, text) == (1001, ["ü/\0", 7, None])
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@pytest.mark.parametrize("expires_us", [1000, 999, 0])
def test_it_ends(expires_us: int) -> None:
    assert read(KEY, sign(KEY, ["a"], expires_us)) is None


def test_each_secret_and_purpose_has_its_own_key() -> None:
    text = sign(KEY, ["a"], 2000)
    for key in (derive_key(b"secret", "download"), derive_key(b"other", "upload"), b"secret", b""):
        assert key != KEY
        assert read(key, text) is None


def test_every_changed_character_is_noticed() -> None:
    text = sign(KEY, ["a", 1], 2000)
    for place, letter in enumerate(text):
        other = "A" if letter != "A" else "B"
        assert read(KEY, text[:place] + other + text[place + 1 :]) is None
        assert read(KEY, text[:place] + text[place + 1 :]) is None


def test_another_spelling_of_the_same_bytes_is_refused() -> None:
    text = sign(KEY, ["a"], 2000)
    payload, mac = text.split(".")
    for spelling in (f"{payload}=.{mac}", f"{payload}.{mac}=", f"{payload}\n.{mac}", f" {text}", f"{text}."):
        assert read(KEY, spelling) is None


@pytest.mark.parametrize("text", ["", ".", "a", "a.b", "ü.ü", "\ud800.a", "=.=", "A" * 5000])
def test_nonsense_is_refused(text: str) -> None:
    assert read(KEY, text) is None


def test_a_payload_with_no_signature_is_refused() -> None:
    payload = base64.urlsafe_b64encode(json.dumps([2000, "a"]).encode()).decode().rstrip("=")
    assert read(KEY, f"{payload}.") is None
