"""Parameters of the stream."""

from urllib.parse import unquote

from pydantic import Field, field_validator

from spyglass.api.params import CommaList, Params
from spyglass.api.schemas import Text
from spyglass.ingest.live import TOPICS, WITH_ID

MOST_TOPICS = 50
_MOST_CHARACTERS = 1000


class LiveParams(Params):
    project: Text = Field(description="Whose news")
    topics: CommaList = Field(
        description="Comma list of `traces`, `trace:<id>`, `session:<id>`, `ingest`, `ingest_error`, `jobs`; a "
        "comma or a percent sign within an id is percent-encoded, before the query is"
    )

    @field_validator("topics")
    @classmethod
    def _known(cls, topics: list[str]) -> list[str]:
        if not topics or len(topics) > MOST_TOPICS:
            raise ValueError(f"expected 1 to {MOST_TOPICS} topics")
        topics = [unquote(topic) for topic in topics]
        for topic in topics:
            kind, colon, id_ = topic.partition(":")
            if (
                kind not in TOPICS
                or bool(colon and id_) != (kind in WITH_ID)
                or len(topic) > _MOST_CHARACTERS
            ):
                raise ValueError(f"unknown topic {topic[:50]!r}; allowed: {', '.join(sorted(TOPICS))}")
        return topics
