"""What a person chose about the looks of the web UI; kept with the account, so that it is the same in every browser."""

from typing import Annotated, Literal

from pydantic import Field

from spyglass.api.schemas import StrictIn

Locale = Annotated[str, Field(max_length=35, pattern=r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$")]


class Preferences(StrictIn):
    """What is absent is left to the UI, and where it says so to the browser."""

    theme: Literal["system", "light", "dark"] | None = None
    density: Literal["comfortable", "compact"] | None = None
    code_size: Literal["small", "medium", "large"] | None = None
    reduced_motion: bool | None = Field(None, description="Without animations, whatever the browser says")
    time_zone: Literal["local", "utc"] | None = None
    hour12: bool | None = Field(None, description="A clock of 12 hours")
    locale: Locale | None = Field(
        None, description="How numbers are written, as in `de-CH`; empty: as the browser"
    )
    first_day: Literal[0, 1, 6] | None = Field(
        None, description="Of the week: 0 Sunday, 1 Monday, 6 Saturday"
    )
    shortcuts: bool | None = Field(None, description="Keys such as j and k")
