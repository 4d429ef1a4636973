"""Page arithmetic and cursors."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spyglass.core.clock import MAX_US
from spyglass.core.errors import Invalid
from spyglass.core.ids import MAX_ID_CHARACTERS
from spyglass.core.paging import decode_cursor, encode_cursor, offset_of, page_meta


@pytest.mark.parametrize(
    ("limit", "total", "pages"), [(50, 0, 0), (50, 1, 1), (50, 50, 1), (50, 51, 2), (1, 3, 3)]
)
def test_counts_pages(limit: int, total: int, pages: int) -> None:
    assert page_meta(2, limit, total) == {
        "page": 2,
        "limit": limit,
        "totalItems": total,
        "totalPages": pages,
    }


def test_the_first_page_starts_at_the_first_row() -> None:
    assert (offset_of(1, 50), offset_of(3, 50)) == (0, 100)


@given(st.integers(0, MAX_US), st.text(), st.text(min_size=1))
def test_a_cursor_comes_back_as_it_was(at_us: int, first: str, second: str) -> None:
    cursor = encode_cursor((at_us, first, second))
    assert decode_cursor(cursor, (int, str, str)) == (at_us, first, second)
    assert all(c.isalnum() or c in "-_" for c in cursor)


@pytest.mark.parametrize("character", ["\U0001f600", '"', "\\", "a"])
def test_a_cursor_with_the_longest_ids_is_taken_back(character: str) -> None:
    id_ = character * MAX_ID_CHARACTERS
    assert decode_cursor(encode_cursor((MAX_US, id_, id_)), (int, str, str)) == (MAX_US, id_, id_)


def raw(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "a",
        raw({"v": 1, "k": [1, "a" * 9000]}),
        raw([1, "a"]),
        raw({"v": 2, "k": [1, "a"]}),
        raw({"v": 1}),
        raw({"v": 1, "k": "ab"}),
        raw({"v": 1, "k": [1]}),
        raw({"v": 1, "k": [1, "a", "b"]}),
        raw({"v": 1, "k": ["1", "a"]}),
        raw({"v": 1, "k": [True, "a"]}),
        raw({"v": 1, "k": [1.5, "a"]}),
        raw({"v": 1, "k": [-1, "a"]}),
        raw({"v": 1, "k": [2**63, "a"]}),
        raw({"v": 1, "k": [1, None]}),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
    ],
)
def test_refuses_what_is_no_cursor_of_ours(cursor: str) -> None:
    with pytest.raises(Invalid, match=r"^Invalid cursor format$"):
        decode_cursor(cursor, (int, str))
