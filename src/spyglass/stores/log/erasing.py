"""Takes what a project sent out of the ingest log file: kept requests and those that were set aside. Statements
of `stores/log/sqlite.py`, which owns the connections and the locks.
"""

import sqlite3

# As many as are removed under the lock at a time: appends go on in between.
CHUNK = 500

_WHERE = "project_id = ? AND seq <= ? AND received_us < ?"


def find_entries(reader: sqlite3.Connection, project_id: str, last: int, before_us: int) -> list[int]:
    """Numbers of requests that are applied already. They came in the order of their numbers, so where the first
    one is not old enough none needs to be looked at."""
    first = reader.execute("SELECT received_us FROM entries ORDER BY seq LIMIT 1").fetchone()
    if first is None or first[0] >= before_us:
        return []
    rows = reader.execute(
        f"SELECT seq FROM entries WHERE {_WHERE} AND seq <= (SELECT applied FROM position)",  # noqa: S608
        (project_id, last, before_us),
    )
    return [row[0] for row in rows]


def find_set_aside(reader: sqlite3.Connection, project_id: str, last: int, before_us: int) -> list[int]:
    rows = reader.execute(
        f"SELECT seq FROM quarantine WHERE {_WHERE}",  # noqa: S608
        (project_id, last, before_us),
    )
    return [row[0] for row in rows]


def remove_entries(db: sqlite3.Connection, seqs: list[int]) -> None:
    db.executemany("DELETE FROM entries WHERE seq = ?", [(seq,) for seq in seqs])


def remove_set_aside(db: sqlite3.Connection, seqs: list[int]) -> int:
    """Returns how many events were in them."""
    marks = ", ".join("?" * len(seqs))
    rows = db.execute(f"DELETE FROM quarantine WHERE seq IN ({marks}) RETURNING events", seqs)  # noqa: S608
    return sum(row[0] for row in rows.fetchall())
