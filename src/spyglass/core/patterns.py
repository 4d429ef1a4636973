"""Regular expressions that users write. RE2 runs them in time linear in the text and in bounded memory, whatever
they are; Python's own engine must never see one (`(a+)+$` would hold it for ever).
"""

from typing import Any

import re2

from spyglass.core.errors import Invalid

MAX_CHARACTERS = 500
_MEMORY_BYTES = 1 << 20


class Pattern:
    """A compiled expression; equal texts may share one. Thread-safe."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    def is_in(self, text: str) -> bool:
        """Whether some part of `text` matches."""
        try:
            return self._compiled.search(text.encode()) is not None
        except UnicodeEncodeError:
            return False  # half a surrogate pair is no text


def compile_pattern(text: str, *, fold_case: bool = False, longest: int = MAX_CHARACTERS) -> Pattern:
    """Raises `Invalid` with what is wrong: empty, too long, malformed, or beyond RE2 (no look-around, no
    back-references). `(?i)` at the start means the same as in PostgreSQL."""
    if not text:
        raise Invalid("a regular expression must not be empty")
    if len(text) > longest:
        raise Invalid(f"a regular expression has at most {longest} characters, this one has {len(text)}")
    options = re2.Options()
    options.case_sensitive = not fold_case
    options.max_mem = _MEMORY_BYTES
    options.log_errors = False
    try:
        return Pattern(re2.compile(text, options))
    except re2.error as error:
        raise Invalid(f"not a regular expression that RE2 accepts: {_say(error)}") from None
    except UnicodeEncodeError:
        raise Invalid("a regular expression must not hold half a surrogate pair") from None


def _say(error: Exception) -> str:
    what = error.args[0] if error.args else ""
    text = what.decode("utf-8", "replace") if isinstance(what, bytes) else str(what)
    if text.startswith("invalid perl operator"):
        return f"{text} (look-around and possessive forms are not supported)"
    if text.startswith("invalid escape sequence"):
        return f"{text} (back-references and PostgreSQL's own escapes are not supported)"
    return text
