"""The ingest log keeps what it acknowledged, in order, through crashes and full disks."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from spyglass.core.errors import Unavailable
from spyglass.stores.log import Entry
from spyglass.stores.log.sqlite import Config, SqliteLog


def entry(text: str, events: int = 1) -> Entry:
    return Entry("p1", "langfuse-batch", 7, {"a": "ü"}, text.encode(), events)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def test_append_numbers_and_reads_back_in_order(path: Path) -> None:
    log = SqliteLog(path, Config())
    assert log.append([entry("one"), entry("two")]) == 1
    assert log.append([entry("three")]) == 3
    read = list(log.read(0, 1 << 20))
    assert [(e.seq, e.body) for e in read] == [(1, b"one"), (2, b"two"), (3, b"three")]
    assert read[0].headers == {"a": "ü"}
    assert [e.seq for e in log.read(1, 1)] == [2]  # at least one entry, then the limit holds
    assert log.size_bytes() == 11


def test_commit_removes_and_numbers_go_on_after_reopening(path: Path) -> None:
    log = SqliteLog(path, Config())
    log.append([entry("one", 3), entry("two", 2)])
    log.begin(2)
    log.commit(2)
    assert log.size_bytes() == 0
    log.close()
    again = SqliteLog(path, Config())
    assert again.position() == (2, 2)
    assert list(again.read(0, 1000)) == []
    assert again.append([entry("three")]) == 3
    assert again.counters() == {"acknowledged": 6, "applied": 5, "pending": 1, "quarantined": 0}


def test_retention_keeps_applied_entries_for_replay(path: Path) -> None:
    log = SqliteLog(path, Config(retention_hours=24))
    log.append([Entry("p1", "d", 2**60, {}, b"new", 1), Entry("p1", "d", 7, {}, b"old", 1)])
    log.commit(2)
    assert [e.body for e in log.read(0, 1000)] == [b"new"]
    assert log.size_bytes() == 0


def test_begun_batch_counts_strikes_until_it_is_committed(path: Path) -> None:
    log = SqliteLog(path, Config())
    log.append([entry("one"), entry("two")])
    log.begin(2)
    log.begin(2)
    assert (log.position(), log.strikes()) == ((0, 2), 2)
    log.begin(1)
    assert log.strikes() == 1
    log.commit(1)
    assert (log.position(), log.strikes()) == ((1, 1), 0)


def test_quarantine_keeps_bytes_and_reason(path: Path) -> None:
    log = SqliteLog(path, Config())
    log.append([entry("bad", 4)])
    (bad,) = log.read(0, 1000)
    log.quarantine(1, "why", bad)
    assert list(log.read(0, 1000)) == []
    ((seq, reason, kept),) = log.quarantined()
    assert (seq, reason, kept.body) == (1, "why", b"bad")
    counts = log.counters()
    assert counts["acknowledged"] == 4 == counts["quarantined"]
    log.close()
    again = SqliteLog(path, Config())
    assert again.append([entry("next")]) == 2  # the number of a quarantined entry is not given again
    again.release(1)
    assert again.quarantined() == []
    assert again.counters()["released"] == 4


def test_append_survives_kill_at_once(path: Path) -> None:
    program = (
        "import sys, os\n"
        "from pathlib import Path\n"
        "from spyglass.stores.log import Entry\n"
        "from spyglass.stores.log.sqlite import Config, SqliteLog\n"
        "log = SqliteLog(Path(sys.argv[1]), Config())\n"
        "n = 0\n"
        "while True:\n"
        "    n += 1\n"
        "    log.append([Entry('p', 'd', 1, {}, str(n).encode(), 1)])\n"
        "    os.write(1, f'{n}\\n'.encode())\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    acknowledged = [int(child.stdout.readline()) for _ in range(200)]
    os.kill(child.pid, signal.SIGKILL)
    acknowledged += [int(line) for line in child.stdout.read().split()]
    child.wait()
    kept = [int(e.body) for e in SqliteLog(path, Config()).read(0, 1 << 30)]
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) - len(acknowledged) <= 1
    assert kept == list(range(1, len(kept) + 1))


def test_a_failed_commit_refuses_everything_afterwards(path: Path) -> None:
    log = SqliteLog(path, Config())
    log.append([entry("one")])
    log._db.execute("DROP TABLE entries")  # any failure of the engine
    with pytest.raises(Unavailable, match="log failed"):
        log.append([entry("two")])
    with pytest.raises(Unavailable, match="restart"):
        log.add({"x": 1})
    assert log.broken


def test_a_full_disk_refuses_and_recovers(path: Path) -> None:
    log = SqliteLog(path, Config())
    log.append([entry("one")])
    pages = log._db.execute("PRAGMA page_count").fetchone()[0]
    log._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(Unavailable, match="disk is full"):
        log.append([entry("x" * 100_000)])
    assert not log.broken
    log._db.execute("PRAGMA max_page_count = 1000000")
    assert log.append([entry("y" * 100_000)]) == 2
    assert [e.seq for e in log.read(0, 1 << 30)] == [1, 2]


def test_torn_tail_of_the_wal_is_dropped(path: Path) -> None:
    log = SqliteLog(path, Config())
    for n in range(50):
        log.append([entry(f"{n:04d}" * 300)])
    main, wal = path.read_bytes(), Path(f"{path}-wal").read_bytes()
    for cut in range(len(wal) - 9000, len(wal), 1777):
        copy = path.with_name(f"copy-{cut}.db")
        copy.write_bytes(main)
        Path(f"{copy}-wal").write_bytes(wal[:cut] + b"\0" * 100)
        torn = SqliteLog(copy, Config())
        bodies = [e.body for e in torn.read(0, 1 << 30)]
        assert 40 < len(bodies) <= 50
        assert bodies == [(f"{n:04d}" * 300).encode() for n in range(len(bodies))]
        torn.close()
        with closing(sqlite3.connect(copy)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_room_of_a_backlog_goes_back_to_the_disk(path: Path) -> None:
    log = SqliteLog(path, Config())
    for _ in range(20):
        log.append([entry("x" * (4 << 20))])
    log._checkpoint()
    grown = path.stat().st_size
    for seq in range(1, 21):
        log.commit(seq)
    steps = 0
    while log.tidy():
        steps += 1
    assert grown > 60 << 20
    assert path.stat().st_size < 16 << 20
    assert steps > 1
    assert Path(f"{path}-wal").stat().st_size == 0
    assert log.append([entry("z")]) == 21
