"""The server's own secrets: made once, private, and never an example value on an open address."""

import json
import stat
from pathlib import Path

import pytest

from spyglass.core.errors import Misconfigured
from spyglass.stores.secrets import Config, load_secrets

STRONG = "0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0"


def test_they_are_made_once_and_differ_per_installation(tmp_path: Path) -> None:
    first = load_secrets(tmp_path / "a", Config(), loopback=False)
    again = load_secrets(tmp_path / "a", Config(), loopback=False)
    other = load_secrets(tmp_path / "b", Config(), loopback=False)
    assert first == again
    assert len({first.pepper, first.encryption_key, first.session_secret, other.pepper}) == 4
    assert len(first.encryption_key) == 32
    assert first.pepper.decode() not in repr(first)


def test_the_file_and_its_folder_are_private(tmp_path: Path) -> None:
    load_secrets(tmp_path / "a", Config(), loopback=True)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a", tmp_path / "a" / "secrets.json")]
    assert modes == [0o700, 0o600]


def test_a_file_open_to_others_is_closed(tmp_path: Path) -> None:
    load_secrets(tmp_path, Config(), loopback=True)
    (tmp_path / "secrets.json").chmod(0o644)
    load_secrets(tmp_path, Config(), loopback=True)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_what_the_operator_sets_wins_and_is_not_written_down(tmp_path: Path) -> None:
    made = load_secrets(tmp_path, Config(), loopback=False)
    given = load_secrets(tmp_path, Config(pepper=STRONG), loopback=False)
    assert given.pepper == STRONG.encode()
    assert given.session_secret == made.session_secret
    assert STRONG not in (tmp_path / "secrets.json").read_text()
    assert load_secrets(tmp_path, Config(), loopback=False) == made


def test_only_what_is_missing_is_made(tmp_path: Path) -> None:
    load_secrets(tmp_path, Config(pepper=STRONG, encryption_key=STRONG), loopback=False)
    assert list(json.loads((tmp_path / "secrets.json").read_text())) == ["session_secret"]


@pytest.mark.parametrize("name", ["pepper", "encryption_key", "session_secret"])
@pytest.mark.parametrize(
    "value", ["mysalt", "mysecret", "salt", "SECRET", "0" * 64, "short-but-odd", "abababab" * 8]
)
def test_a_weak_value_is_refused_where_others_reach_the_server(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=f"`{name}`.*openssl rand") as caught:
        load_secrets(tmp_path, Config(**{name: value}), loopback=False)
    assert value not in caught.value.message.replace("openssl rand -hex 32", "")


@pytest.mark.parametrize("value", ["mysalt", "short-but-odd"])
def test_on_this_machine_alone_a_weak_value_is_only_warned_about(
    tmp_path: Path, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert load_secrets(tmp_path, Config(pepper=value), loopback=True).pepper == value.encode()
    assert "`pepper`" in caplog.text
    assert "openssl rand" in caplog.text


def test_an_empty_value_is_refused_everywhere(tmp_path: Path) -> None:
    for loopback in (True, False):
        with pytest.raises(Misconfigured, match="is empty"):
            load_secrets(tmp_path, Config(session_secret=""), loopback=loopback)


@pytest.mark.parametrize("value", ["not hexadecimal at all, but long", "0123456789abcdef" * 3])
def test_the_encryption_key_has_256_bits(tmp_path: Path, value: str) -> None:
    with pytest.raises(Misconfigured, match="64 hexadecimal"):
        load_secrets(tmp_path, Config(encryption_key=value), loopback=True)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pepper": 5}', '{"pepper": ""}'])
def test_a_damaged_file_is_never_replaced(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)
    with pytest.raises(Misconfigured, match="damaged"):
        load_secrets(tmp_path, Config(), loopback=True)
    assert (tmp_path / "secrets.json").read_text() == content
