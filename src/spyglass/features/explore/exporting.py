"""A list as a file: CSV or JSON lines, page by page from behind a cursor, with whole texts. A spreadsheet must not take
a text for a formula.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec

from spyglass.api.state import AppState
from spyglass.core.clock import iso_ms, now_us
from spyglass.features.explore.asking import make_question, read_columns, read_sort
from spyglass.features.explore.schemas import EntityName, ExportIn
from spyglass.features.explore.service import read_page
from spyglass.jobs.export_files import csv_cell
from spyglass.query.bodies import resolve_text
from spyglass.query.tree_questions import Question
from spyglass.query.ui_lists import Sort
from spyglass.query.ui_rows import Wanted
from spyglass.stores.blobs import Blobs

MAX_ROWS = 100_000
_PAGE = 200
_LARGE_PAGE = 50  # with whole texts
_LARGE = frozenset({"input", "output", "metadata"})
_TOKENS = ("in", "out", "total", "cached")
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}

_encode = msgspec.json.Encoder(decimal_format="number").encode


def export_rows(
    state: AppState, project_id: str, name: EntityName, body: ExportIn
) -> tuple[str, Iterator[bytes]]:
    """(name of the file, its parts). The first page is read at once, so what is wrong with the question is answered
    as for a list."""
    question = make_question(state, project_id, name, body)
    wanted = Wanted(read_columns(question.entity, body.columns), whole=True)
    pages = _pages(state, question, read_sort(question.entity, body.sort), wanted)
    first = next(pages)
    columns = _columns(question, wanted.columns)
    rows = chain.from_iterable(chain([first], pages))
    parts = _csv(columns, rows) if body.format == "csv" else _json_lines(columns, rows)
    return f"{name}-{iso_ms(now_us())[:10]}.{body.format}", parts


def _columns(question: Question, asked: Sequence[str]) -> list[str]:
    """The id first, then in the order that was asked for; the parts of a session, a trace or a row that name it."""
    identity = ["id", question.entity.default_sort, *(["trace"] if len(question.entity.ids) > 1 else [])]
    return list(
        dict.fromkeys([*identity, *("tokens" if each.startswith("tokens") else each for each in asked)])
    )


def _pages(state: AppState, question: Question, sort: Sort, wanted: Wanted) -> Iterator[list[dict[str, Any]]]:
    limit = _LARGE_PAGE if _LARGE & set(wanted.columns) else _PAGE
    cursor: str | None = None
    left = MAX_ROWS
    while left > 0:
        rows, cursor = read_page(state, question, sort, wanted, cursor, min(limit, left))
        left -= len(rows)
        yield [_whole(row, question.project_id, state.stores.blobs) for row in rows]
        if cursor is None:
            return


def _whole(row: dict[str, Any], project_id: str, blobs: Blobs) -> dict[str, Any]:
    """With the texts that lie in the blob store."""
    for name in ("input", "output"):
        if isinstance(row.get(name), str):
            row[name] = resolve_text(row[name], project_id, blobs)
    if isinstance(row.get("metadata"), dict):
        row["metadata"] = {
            key: resolve_text(text, project_id, blobs) for key, text in row["metadata"].items()
        }
    return row


def _json_lines(columns: list[str], rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        yield _encode({name: row.get(name) for name in columns}) + b"\n"


def _csv(columns: list[str], rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """Token counts get a column each; lists and maps are JSON."""
    names = [name for each in columns for name in (_token_columns() if each == "tokens" else [each])]
    yield _line(names)
    for row in rows:
        tokens = row.get("tokens") or {}
        flat = {**row, **{f"tokens.{part}": tokens.get(part) for part in _TOKENS}}
        yield _line([csv_cell(flat.get(name)) for name in names])


def _token_columns() -> list[str]:
    return [f"tokens.{part}" for part in _TOKENS]


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()
