"""Blobs: whole or not there, private, durable, and no key that could be a path of someone else."""

import os
import signal
import stat
from pathlib import Path

import pytest

from spyglass.core.errors import Misconfigured, NotFound, Unavailable
from spyglass.core.references import project_prefix
from spyglass.stores.blobs import Blobs, Config
from spyglass.stores.files import write_durably

CONTENT = bytes(range(256)) * 5000


@pytest.fixture(params=["default", "file", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    url = {"default": "", "file": (tmp_path / "else where").as_uri(), "memory": "memory:///"}[request.param]
    return Blobs(Config(url=url), tmp_path / "data")


class TestContract:
    def test_what_was_put_is_got(self, blobs: Blobs) -> None:
        blobs.put("a/b", CONTENT)
        assert blobs.get("a/b") == CONTENT
        assert blobs.exists("a/b")

    def test_an_empty_blob_is_one(self, blobs: Blobs) -> None:
        blobs.put("a", b"")
        assert blobs.get("a") == b""
        assert blobs.get_range("a", 0, 10) == b""

    def test_put_again_replaces(self, blobs: Blobs) -> None:
        blobs.put("a", b"one")
        blobs.put("a", b"two")
        assert blobs.get("a") == b"two"

    @pytest.mark.parametrize(
        ("start", "length", "expected"),
        [(0, 3, b"012"), (7, 3, b"789"), (7, 100, b"789"), (10, 5, b""), (99, 1, b""), (3, 0, b"")],
    )
    def test_ranges_end_with_the_blob(self, blobs: Blobs, start: int, length: int, expected: bytes) -> None:
        blobs.put("digits", b"0123456789")
        assert blobs.get_range("digits", start, length) == expected

    def test_what_is_missing_is_not_found(self, blobs: Blobs) -> None:
        assert not blobs.exists("nothing")
        with pytest.raises(NotFound):
            blobs.get("nothing")
        with pytest.raises(NotFound):
            blobs.get_range("nothing", 0, 1)

    def test_a_delete_may_be_repeated(self, blobs: Blobs) -> None:
        blobs.put("a", b"x")
        blobs.delete("a")
        blobs.delete("a")
        assert not blobs.exists("a")

    def test_delete_prefix_takes_a_folder_and_not_its_namesakes(self, blobs: Blobs) -> None:
        for key in ("p/1", "p/q/2", "pp/3", "q/p/4"):
            blobs.put(key, b"x")
        assert blobs.delete_prefix("p") == 2
        assert blobs.delete_prefix("p") == 0
        assert [blobs.exists(key) for key in ("p/1", "p/q/2", "pp/3", "q/p/4")] == [False, False, True, True]

    @pytest.mark.parametrize(
        "key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".tmp-x", "A b", "a\0b"]
    )
    def test_a_key_that_we_would_not_make_is_refused(self, blobs: Blobs, key: str) -> None:
        for use in (blobs.get, blobs.exists, blobs.delete, blobs.delete_prefix, lambda k: blobs.put(k, b"")):
            with pytest.raises(ValueError, match="not a blob key"):
                use(key)

    def test_is_healthy(self, blobs: Blobs) -> None:
        assert blobs.healthy()


class TestKeys:
    def test_any_project_id_gives_a_valid_key(self, tmp_path: Path) -> None:
        blobs = Blobs(Config(), tmp_path)
        for project in ("../../etc", "a/b", "ü\0", "x" * 800):
            blobs.put(f"{project_prefix(project)}/x", b"x")
            assert blobs.delete_prefix(project_prefix(project)) == 1


class TestFolder:
    def test_files_and_folders_are_private_whatever_the_umask(self, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            Blobs(Config(), tmp_path).put("a/b", b"x")
        finally:
            os.umask(before)
        modes = [stat.S_IMODE((tmp_path / part).stat().st_mode) for part in ("blobs", "blobs/a", "blobs/a/b")]
        assert modes == [0o700, 0o700, 0o600]

    def test_leftovers_of_a_killed_write_are_removed_at_start(self, tmp_path: Path) -> None:
        Blobs(Config(), tmp_path).put("a/b", b"x")
        leftover = tmp_path / "blobs" / "a" / ".tmp-dead"
        leftover.write_bytes(b"half")
        blobs = Blobs(Config(), tmp_path)
        assert not leftover.exists()
        assert blobs.get("a/b") == b"x"

    @pytest.mark.parametrize("step", ["fsync", "replace"])
    def test_killed_before_the_rename_the_old_blob_is_whole(
        self, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blobs = Blobs(Config(), tmp_path)
        blobs.put("a", b"old")
        pid = os.fork()
        if not pid:
            monkeypatch.setattr(os, step, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            write_durably(tmp_path / "blobs" / "a", b"new")
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        assert Blobs(Config(), tmp_path).get("a") == b"old"
        assert [path.name for path in (tmp_path / "blobs").iterdir()] == ["a"]

    def test_a_failing_disk_is_unavailable_and_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blobs = Blobs(Config(), tmp_path)

        def fail(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(Unavailable):
            blobs.put("a", b"x")
        assert list((tmp_path / "blobs").iterdir()) == []


class TestConfig:
    def test_an_unknown_scheme_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(Misconfigured, match="schemes: file"):
            Blobs(Config(url="ftp://host/x"), tmp_path)

    def test_s3_parts_need_an_s3_url(self, tmp_path: Path) -> None:
        with pytest.raises(Misconfigured, match="endpoint"):
            Blobs(Config(endpoint="http://minio:9000"), tmp_path)

    def test_an_s3_compatible_server_that_is_down_is_unavailable(self, tmp_path: Path) -> None:
        config = Config(
            url="s3://bucket/x",
            endpoint="http://127.0.0.1:1",
            region="us-east-1",
            access_key_id="a",
            secret_access_key="canary",
        )
        assert "canary" not in repr(config)
        blobs = Blobs(config, tmp_path)
        with pytest.raises(Unavailable):
            blobs.get("a")
        assert not blobs.healthy()
