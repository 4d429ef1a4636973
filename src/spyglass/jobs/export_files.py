"""The files of exports: rows in, bytes out, in one of four formats. A file is collected in memory and ends when it
has reached its size, so that any amount of rows is exported in bounded memory.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import msgspec
from isal import igzip

from spyglass.query.export_columns import Column, Shown
from spyglass.stores import Stores

FILE_BYTES = 32 << 20
_MOST_SQUEEZED = 8  # a gzipped file holds at most so many times its size: it must not take too long either

_TYPES = {
    "JSON": "application/json",
    "JSONL": "application/x-ndjson",
    "CSV": "text/csv; charset=utf-8",
    "PARQUET": "application/vnd.apache.parquet",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_encode = msgspec.json.Encoder().encode


class Format(Protocol):
    """How rows become text. `finish` gives what the file ends with."""

    def begin(self, names: Sequence[str]) -> bytes: ...

    def row(self, values: Mapping[str, Any], first: bool) -> bytes: ...

    def finish(self) -> bytes: ...


class _JsonLines:
    def begin(self, names: Sequence[str]) -> bytes:
        return b""

    def row(self, values: Mapping[str, Any], first: bool) -> bytes:
        return _encode(values) + b"\n"

    def finish(self) -> bytes:
        return b""


class _Json:
    def begin(self, names: Sequence[str]) -> bytes:
        return b"["

    def row(self, values: Mapping[str, Any], first: bool) -> bytes:
        return (b"\n" if first else b",\n") + _encode(values)

    def finish(self) -> bytes:
        return b"\n]\n"


class _Csv:
    """RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front (S37)."""

    def begin(self, names: Sequence[str]) -> bytes:
        return _csv_line(names)

    def row(self, values: Mapping[str, Any], first: bool) -> bytes:
        return _csv_line([csv_cell(each) for each in values.values()])

    def finish(self) -> bytes:
        return b""


def csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return _encode(value).decode()


def _csv_line(cells: Sequence[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()


_FORMATS: dict[str, Callable[[], Format]] = {
    "JSON": _Json,
    "JSONL": _JsonLines,
    "CSV": _Csv,
    "PARQUET": _JsonLines,  # which the engine then turns into Parquet
}


@dataclass(frozen=True)
class FileKind:
    """A format, and whether files of it are gzipped (Parquet has a compression of its own)."""

    format: str
    compressed: bool

    @property
    def gzipped(self) -> bool:
        return self.compressed and self.format != "PARQUET"

    @property
    def ending(self) -> str:
        return self.format.lower() + (".gz" if self.gzipped else "")

    @property
    def content_type(self) -> str:
        return "application/gzip" if self.gzipped else _TYPES[self.format]


class ExportFile:
    """One file in the making."""

    def __init__(self, kind: FileKind, columns: Sequence[Column]) -> None:
        self.rows = 0
        self._kind = kind
        self._columns = [each for each in columns if each.in_parquet or kind.format != "PARQUET"]
        self._format = _FORMATS[kind.format]()
        self._buffer = io.BytesIO()
        # Without a time in its head, the same rows make the same bytes.
        self._out: Any = self._buffer
        if kind.gzipped:
            self._out = igzip.IGzipFile(fileobj=self._buffer, mode="wb", mtime=0)  # type: ignore[no-untyped-call]
        self._written = self._out.write(self._format.begin([column.name for column in self._columns]))

    def add(self, shown: Shown) -> None:
        values = {column.name: column.value(shown) for column in self._columns}
        self._written += self._out.write(self._format.row(values, self.rows == 0))
        self.rows += 1

    @property
    def full(self) -> bool:
        return self._buffer.tell() >= FILE_BYTES or self._written >= FILE_BYTES * _MOST_SQUEEZED

    def finish(self, stores: Stores) -> bytes:
        self._out.write(self._format.finish())
        if self._kind.gzipped:
            self._out.close()
        if self._kind.format == "PARQUET":
            return self._to_parquet(stores)
        return self._buffer.getvalue()

    def _to_parquet(self, stores: Stores) -> bytes:
        file: Path = stores.blobs.new_file()
        try:
            file.write_bytes(self._buffer.getbuffer())
            types = [(column.name, column.type) for column in self._columns]
            return stores.analytics.to_parquet(types, file)
        finally:
            file.unlink(missing_ok=True)
