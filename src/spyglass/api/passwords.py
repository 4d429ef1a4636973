"""Passwords in bodies: how long they may be, and what a new one has to be. A field of this type says `repr=False`."""

from typing import Annotated

from pydantic import AfterValidator, Field

from spyglass.core.errors import InvalidData

MIN_CHARACTERS = 8
_MAX_CHARACTERS = 256
_MESSAGE = f"must have {MIN_CHARACTERS} to {_MAX_CHARACTERS} characters"


def check_new(text: str) -> None:
    """For a password that may be a new one. Raises `InvalidData`."""
    try:
        _check_new(text)
    except ValueError as error:
        raise InvalidData([{"code": "custom", "path": ["password"], "message": str(error)}]) from None


def _check_new(text: str) -> str:
    if not MIN_CHARACTERS <= len(text) <= _MAX_CHARACTERS:
        raise ValueError(_MESSAGE)
    if len(set(text)) < 4:
        raise ValueError("must have at least four different characters")
    return _check_given(text)


def _check_given(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must be text") from None
    return text


# One that is tried: whatever was taken as a new one, and no endless text to hash.
Password = Annotated[str, Field(max_length=4 * _MAX_CHARACTERS), AfterValidator(_check_given)]
NewPassword = Annotated[str, AfterValidator(_check_new)]
