"""The one JSON decoder of the product, and the two directions between values and their stored text.

Strict where a client can be wrong (`Invalid` names what and where), bounded in depth, never quadratic. What
parses here can be written and rendered later: no lone surrogate, no NaN and no infinity comes out of `loads`.
"""

import json
import math
import re
from itertools import accumulate
from typing import Any

import msgspec

from spyglass.core.errors import Invalid

MAX_DEPTH = 100
MAX_SAFE_INTEGER = 2**53 - 1  # what a JavaScript reader can hold exactly


class TooDeep(Invalid):
    """A document that is nested deeper than allowed."""

    def __init__(self, max_depth: int) -> None:
        super().__init__(f"JSON is nested deeper than {max_depth} levels")


_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode

_SURROGATES = re.compile(
    rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|[89a-fA-F][0-9a-fA-F]{2})"
)
_PAIR_LENGTH = 12
_REPLACEMENT = rb"\ufffd"
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(sorted(set(range(256)) - set(b"[]{}")))
_STEP = {**dict.fromkeys(b"[{", 1), **dict.fromkeys(b"]}", -1)}
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)
_MOST_TOKENS = 1_000_000  # that are looked at one by one
_REDUCTIONS = 8  # cheap passes before the exact count; ordinary documents are empty after them
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_LONG_INTEGER = b"0" * 16  # in a document whose digits are all zeros
_BLANK = " \t\r\n"
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_LONGEST_NUMBER = 400  # characters; a longer one stays text


def loads(data: bytes | str, *, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON document; raises `Invalid` for anything that is not one.

    A number outside the range of a double, or an integer of thousands of digits, becomes its text.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    value = _parse(raw)
    if exceeds_depth(raw, max_depth):
        raise TooDeep(max_depth)
    return value


def _parse(raw: bytes) -> Any:
    try:
        return _decode(raw)
    except RecursionError:
        raise TooDeep(MAX_DEPTH) from None
    except UnicodeDecodeError as error:
        raise Invalid(f"JSON is not valid UTF-8: {error.reason}") from None
    except msgspec.ValidationError:
        return _parse_huge_numbers(replace_lone_surrogates(raw))
    except (msgspec.DecodeError, ValueError) as error:
        mended = replace_lone_surrogates(raw)
        if mended is raw:
            raise Invalid(str(error)) from None
        return _parse(mended)


def _parse_huge_numbers(raw: bytes) -> Any:
    """For documents with a number that no double holds: rare, so the slower standard parser may do it."""
    try:
        return json.loads(
            raw.decode(), parse_float=_finite_or_text, parse_int=_integer_or_text, parse_constant=_refuse
        )
    except RecursionError:
        raise TooDeep(MAX_DEPTH) from None
    except ValueError as error:
        raise Invalid(f"JSON is malformed: {error}") from None


def _finite_or_text(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _integer_or_text(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not a JSON value")


def replace_lone_surrogates(raw: bytes) -> bytes:
    r"""The same document with each lone `\ud800`..`\udfff` escape replaced by U+FFFD.

    Returns `raw` itself when there is none. Linear: only surrogate escapes are looked at one by one.
    """
    if b"\\" not in raw or (b"\\ud" not in raw and b"\\uD" not in raw):
        return raw
    changed = False

    def mend(match: re.Match[bytes]) -> bytes:
        nonlocal changed
        found, start = match[0], match.start()
        before = start
        while before and raw[before - 1] == 0x5C:
            before -= 1
        is_escape = (start - before) % 2 == 0
        if len(found) == _PAIR_LENGTH:
            if is_escape:
                return found
            changed = True  # `\\ud800\udc00`: the first half is text, the second is alone
            return found[:6] + _REPLACEMENT
        if not is_escape:
            return found
        changed = True
        return _REPLACEMENT

    mended = _SURROGATES.sub(mend, raw)
    return mended if changed else raw


def exceeds_depth(raw: bytes, max_depth: int = MAX_DEPTH) -> bool:
    """Whether a well-formed document is nested deeper than `max_depth`.

    Two counts settle it for ordinary documents. Else innermost pairs are cut away a few times (brackets
    inside strings only make it more careful), and only what is still doubtful is counted exactly.
    """
    if raw.count(b"[") + raw.count(b"{") <= max_depth:
        return False
    if _bound_depth(raw.translate(None, _NOT_BRACKETS)) <= max_depth:
        return False
    brackets = _STRING.sub(b"", raw).translate(None, _NOT_BRACKETS)
    if _bound_depth(brackets) <= max_depth:
        return False
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > max_depth


def cut_deeper(raw: bytes, max_depth: int) -> bytes:
    """The document with all arrays and objects emptied that lie deeper than `max_depth`, so that it can be
    parsed: whoever reads a part still finds it too deep, and the other parts are as they were."""
    if raw.count(b'"') + raw.count(b"[") + raw.count(b"{") > _MOST_TOKENS:
        raise TooDeep(max_depth)
    pieces: list[bytes] = []
    depth, start = 0, 0
    for match in _TOKEN.finditer(raw):
        step = _STEP.get(raw[match.start()], 0)
        if step == 1 and depth == max_depth:
            pieces.append(raw[start : match.end()])
            start = len(raw)
        elif step == -1 and depth == max_depth + 1:
            start = match.start()
        depth += step
    return b"".join([*pieces, raw[start:]])


def _bound_depth(brackets: bytes) -> int:
    """An upper bound: each pass takes away at most two levels (`[{}]` vanishes in one)."""
    passes = 0
    while brackets and passes < _REDUCTIONS:
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
        passes += 1
    return 2 * passes + len(brackets)


def to_text(value: Any) -> str:
    """The stored form: text as it is, null as empty text, anything else as compact JSON text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        encoded = _encode(value)
    except (OverflowError, UnicodeEncodeError, msgspec.MsgspecError):
        return _to_text_slowly(value)
    if b"null" in encoded and _has_non_finite(value):
        return to_text(_name_non_finite(value))
    return encoded.decode()


def _to_text_slowly(value: Any) -> str:
    """Integers over 64 bits and lone surrogates, which the fast encoder refuses."""
    text = json.dumps(_name_non_finite(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _has_non_finite(value: Any) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, dict):
        return any(_has_non_finite(item) for item in value.values())
    return isinstance(value, list | tuple) and any(_has_non_finite(item) for item in value)


def _name_non_finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _name_non_finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_name_non_finite(item) for item in value]
    return value


def read_text(text: str) -> Any:
    """What a reader gets of a stored text: the parsed value when it is JSON, else the text itself.

    Integers beyond 2^53-1 come back as text, so that no reader rounds them.
    """
    if not text:
        return text
    first = text[0]
    if first in _BLANK:
        first = text.lstrip(_BLANK)[:1]
    if first not in '{["-0123456789tfn' or not first:
        return text
    if not _may_be_json(text, first):
        return text
    try:
        value = _decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return text
    raw = text.encode()
    if first in "{[" and exceeds_depth(raw, MAX_DEPTH):
        return text
    return _keep_long_integers(value) if _LONG_INTEGER in raw.translate(_DIGITS_TO_ZERO) else value


def _may_be_json(text: str, first: str) -> bool:
    """A look at the two ends, so that a long prose text is not parsed in vain."""
    stripped = text.rstrip(_BLANK)
    last = stripped[-1]
    match first:
        case "{":
            return last == "}"
        case "[":
            return last == "]"
        case '"':
            return last == '"'
        case "t" | "f" | "n":
            return stripped.lstrip(_BLANK) in _WORDS
        case _:
            return len(stripped) <= _LONGEST_NUMBER


def _keep_long_integers(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER else str(value)
    if isinstance(value, dict):
        return {key: _keep_long_integers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_keep_long_integers(item) for item in value]
    return value
