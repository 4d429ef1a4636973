"""What the demo sends, before it is put into requests: spans, the trace they belong to, and scores."""

from dataclasses import dataclass, field
from typing import Any

from spyglass.core.clock import iso_ms
from spyglass.core.ids import derived_id


@dataclass
class Span:
    """One observation. Instants are microseconds; `exception` is (type, message) of what was raised in it."""

    id: str
    parent_id: str
    name: str
    type: str
    start_us: int
    end_us: int
    input: Any = None
    output: Any = None
    level: str = ""
    status_message: str = ""
    exception: tuple[str, str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    model: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    usage: dict[str, int] = field(default_factory=dict)
    completion_start_us: int | None = None
    prompt: tuple[str, int] | None = None


@dataclass
class Score:
    """A verdict on a trace, one of its spans or a session; `body` as `POST /api/public/scores` takes it."""

    body: dict[str, Any]


@dataclass(frozen=True)
class Service:
    """A program that sends traces. `is_genai`: it is instrumented with OpenTelemetry's GenAI conventions
    instead of a Langfuse SDK."""

    name: str
    language: str = "python"
    is_genai: bool = False


@dataclass
class Trace:
    """One request of a user, or one run of a job."""

    id: str
    name: str
    service: Service
    environment: str
    release: str
    version: str
    user_id: str = ""
    session_id: str = ""
    tags: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    prompt_version: int = 1
    spans: list[Span] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)

    @property
    def start_us(self) -> int:
        return self.spans[0].start_us

    @property
    def end_us(self) -> int:
        return max(span.end_us for span in self.spans)

    def add_score(self, name: str, value: float | str, data_type: str, after_s: int = 1, **more: Any) -> None:
        """A verdict given `after_s` seconds after the end. `more`: `observationId`, `comment`, or `sessionId` -
        then the score is the session's alone."""
        target = {} if "sessionId" in more else {"traceId": self.id}
        body = {
            "id": derived_id("score", self.id, name),
            "name": name,
            "value": value,
            "dataType": data_type,
            "environment": self.environment,
            "timestamp": iso_ms(self.end_us + after_s * 1_000_000),
            **target,
            **more,
        }
        self.scores.append(Score(body))
