"""What the acceptance server holds beside `spyglass demo`: the traces that break other viewers.

Sent through the public API, as any client would; all times end at `now`.
"""

import base64
import json
import struct
import urllib.request
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from .hostile import AWKWARD_IDS, SCRIPTS, XSS

Event = dict[str, Any]

GIANT = "giant-50000"
DEEP = "deep-1400"
LARGE = "large-20mb"
SKEWED = "skewed-orphans"
HOSTILE = "hostile-texts"
MEDIA = "image-and-audio"
AGENT = "agent-lisbon"
CHAT_SESSION = "session-with-a-gap"
LAST = "unpriced"  # what is sent last
_EVENTS_A_REQUEST = 2_000
_MINI = "gpt-4o-mini"


class Seeder:
    """Sends events of the batch API for one project."""

    def __init__(self, url: str, public_key: str, secret_key: str, now: datetime) -> None:
        self._url = url
        pair = base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()
        self._headers = {"authorization": f"Basic {pair}", "content-type": "application/json"}
        self.now = now

    def send_all(self, giant: int = 50_000, large_mb: int = 20) -> None:
        for events in (
            self.agent(),
            self.giant(giant),
            self.deep(),
            self.large(large_mb),
            self.skewed(),
            self.hostile(),
            self.awkward(),
            self.media(),
            self.conversation(),
            self.unpriced(),
        ):
            self.send(events)

    def send(self, events: Iterator[Event]) -> None:
        """In requests that stay below the size limit; raises where one event is refused."""
        batch: list[Event] = []
        for event in events:
            batch.append(event)
            if len(batch) == _EVENTS_A_REQUEST:
                self._post(batch)
                batch = []
        if batch:
            self._post(batch)

    def _post(self, batch: list[Event]) -> None:
        body = json.dumps({"batch": batch}).encode()
        request = urllib.request.Request(f"{self._url}/api/public/ingestion", body, self._headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            errors = json.load(answer)["errors"]
        if errors:
            raise RuntimeError(f"{len(errors)} events were refused; the first: {errors[0]}")

    def at(self, minutes_ago: float, ms: float = 0) -> str:
        moment = self.now - timedelta(minutes=minutes_ago) + timedelta(milliseconds=ms)
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def event(self, type_: str, at: str, **body: Any) -> Event:
        return {"id": f"{type_}-{body['id']}", "type": type_, "timestamp": at, "body": body}

    def trace(self, id_: str, at: str, **more: Any) -> Event:
        return self.event("trace-create", at, id=id_, timestamp=at, **more)

    def span(
        self, trace: str, id_: str, start: str, end: str | None, type_: str = "span", **more: Any
    ) -> Event:
        body = {"traceId": trace, "startTime": start, "endTime": end, **more}
        return self.event(f"{type_}-create", start, id=id_, **body)

    def agent(self) -> Iterator[Event]:
        """A planner with two helpers: a slow tool, one that failed and was tried again, a judge."""
        question = "Plan a weekend in Lisbon for two, under 600 euros."
        answer = "**Friday** 18:05 flight, hotel in Alfama for two nights, **Saturday** Belém. In all 574 €."
        tags = ["agent", "travel"]
        yield self.trace(
            AGENT,
            self.at(12),
            name="plan trip",
            userId="ada",
            tags=tags,
            input=question,
            output=answer,
            release="2026.11.4",
        )
        rows = [
            ("agent", "planner", "", 0, 9_400, {}),
            ("generation", "decide steps", "planner", 20, 1_300, {"model": "gpt-4o", "tokens": (812, 96, 512)}),
            ("agent", "flight finder", "planner", 1_340, 4_700, {}),
            ("tool", "search flights", "flight finder", 1_360, 4_100, {"output": {"flights": 12, "cheapest": 189}}),
            ("generation", "pick flight", "flight finder", 4_120, 4_690, {"model": _MINI, "tokens": (640, 41, 0)}),
            ("agent", "hotel finder", "planner", 4_720, 7_600, {}),
            ("retriever", "guide to Lisbon", "hotel finder", 4_730, 4_910, {"output": [{"id": "alfama"}]}),
            ("tool", "search hotels", "hotel finder", 4_920, 5_610, {"level": "ERROR", "statusMessage": "Timeout"}),
            ("tool", "search hotels again", "hotel finder", 5_650, 6_800, {"output": {"hotels": 7, "cheapest": 98}}),
            ("generation", "pick hotel", "hotel finder", 6_820, 7_590, {"model": _MINI, "tokens": (890, 52, 0)}),
            ("generation", "write plan", "planner", 7_620, 9_050, {"model": "gpt-4o", "tokens": (1_480, 210, 1_024)}),
            ("evaluator", "within budget", "planner", 9_060, 9_390, {"output": {"score": 1, "reason": "within"}}),
        ]  # fmt: skip
        for type_, name, parent, start, end, more in rows:
            more = dict(more)
            if tokens := more.pop("tokens", None):
                fresh, out, cached = tokens
                more |= {
                    "usageDetails": {"input": fresh - cached, "input_cached_tokens": cached, "output": out},
                    "input": [
                        {"role": "system", "content": "You plan trips."},
                        {"role": "user", "content": question},
                    ],
                    "output": {"role": "assistant", "content": answer},
                    "completionStartTime": self.at(12, start + 310),
                }
            if parent:
                more["parentObservationId"] = f"{AGENT}-{parent}"
            yield self.span(
                AGENT, f"{AGENT}-{name}", self.at(12, start), self.at(12, end), type_, name=name, **more
            )
        score = {"traceId": AGENT, "name": "helpful", "value": 0.9, "comment": "Kept the budget."}
        yield self.event("score-create", self.at(12), id=f"{AGENT}-score", **score)

    def giant(self, count: int) -> Iterator[Event]:
        """100 agents with tools and generations below each."""
        ago = 45.0
        yield self.trace(GIANT, self.at(ago), name="nightly batch", userId="batch", tags=["batch"])
        groups = 100
        for n in range(count):
            id_, group = f"giant-{n}", n % groups
            start = n * 3.0
            common: dict[str, Any] = {"parentObservationId": f"giant-{group}"} if n >= groups else {}
            if n < groups:
                yield self.span(
                    GIANT,
                    id_,
                    self.at(ago, start),
                    self.at(ago, count * 3.0),
                    "agent",
                    name=f"worker {group}",
                )
            elif n % 3 == 0:
                usage = {"input": 200 + n % 50, "output": 20 + n % 9}
                yield self.span(
                    GIANT, id_, self.at(ago, start), self.at(ago, start + 400 + n % 700), "generation",
                    name="classify", model="gpt-4o-mini", usageDetails=usage, input={"row": n}, output="ok", **common,
                )  # fmt: skip
            else:
                level = "ERROR" if n % 997 == 0 else "DEFAULT"
                message = "row could not be parsed" if level == "ERROR" else None
                yield self.span(
                    GIANT, id_, self.at(ago, start), self.at(ago, start + 20 + n % 90), "tool",
                    name=f"load {n % 7}", level=level, statusMessage=message, **common,
                )  # fmt: skip

    def deep(self) -> Iterator[Event]:
        yield self.trace(DEEP, self.at(50), name="recursive planner")
        for n in range(1_400):
            parent = {"parentObservationId": f"deep-{n - 1}"} if n else {}
            yield self.span(
                DEEP, f"deep-{n}", self.at(50, n), self.at(50, 6_000 - n), name=f"plan step {n}", **parent
            )

    def large(self, megabytes: int) -> Iterator[Event]:
        """One field of about so many MB; its integers are beyond what a double holds."""
        text = "lorem ipsum dolor sit amet " * 20
        rows = [{"id": n, "text": text, "big": 9007199254740993 + n} for n in range(1_750 * megabytes)]
        yield self.trace(LARGE, self.at(55), name="large payload")
        yield self.span(
            LARGE, "large-1", self.at(55), self.at(55, 10), name="export rows", output={"rows": rows}
        )

    def skewed(self) -> Iterator[Event]:
        yield self.trace(SKEWED, self.at(60), name="skewed clocks")
        yield self.span(SKEWED, "skew-root", self.at(60), self.at(60, 2_000), name="handle request")
        yield self.span(
            SKEWED,
            "skew-child",
            self.at(60, -1_500),
            self.at(60, 900),
            name="remote call",
            parentObservationId="skew-root",
        )
        yield self.span(
            SKEWED,
            "skew-late",
            self.at(60, 1_000),
            self.at(60, 9_000),
            name="background job",
            parentObservationId="skew-root",
        )
        yield self.span(
            SKEWED, "skew-open", self.at(60, 100), None, name="never ended", parentObservationId="skew-root"
        )
        yield self.span(SKEWED, "skew-zero", self.at(60, 100), self.at(60, 100), "event", name="mark")
        yield self.span(
            SKEWED,
            "skew-orphan",
            self.at(60, 500),
            self.at(60, 700),
            name="orphan",
            parentObservationId="was-never-sent",
        )

    def hostile(self) -> Iterator[Event]:
        text = "\n\n".join(XSS)
        yield self.trace(
            HOSTILE, self.at(65), name=XSS[2], userId=XSS[3], sessionId=XSS[11], tags=[XSS[0][:40], SCRIPTS[0]],
            input=text, output=XSS, metadata={XSS[2]: XSS[0], "scripts": SCRIPTS},
        )  # fmt: skip
        messages = [{"role": "user", "content": each} for each in (*XSS, *SCRIPTS)]
        yield self.span(
            HOSTILE, "hostile-1", self.at(65), self.at(65, 900), "generation", name=XSS[8], model=XSS[3],
            level="ERROR", statusMessage=XSS[2], input=messages, output={"role": "assistant", "content": text},
        )  # fmt: skip
        for n, each in enumerate(XSS[:6]):
            score = {
                "traceId": HOSTILE,
                "name": each[:30],
                "value": each,
                "dataType": "CATEGORICAL",
                "comment": each,
            }
            yield self.event("score-create", self.at(65), id=f"hostile-score-{n}", **score)

    def awkward(self) -> Iterator[Event]:
        for n, id_ in enumerate(AWKWARD_IDS):
            yield self.trace(id_, self.at(70 + n), name=f"awkward id {n}", sessionId=id_, userId=id_)
            yield self.span(id_, f"{id_}-span", self.at(70 + n), self.at(70 + n, 50), name="only span")

    def media(self) -> Iterator[Event]:
        image, sound = data_url("image/png", png(160, 90)), data_url("audio/wav", wav(0.4))
        content = [
            {"type": "text", "text": "What is in this picture, and what do you hear?"},
            {"type": "image_url", "image_url": {"url": image}},
            {"type": "input_audio", "input_audio": {"data": sound.split(",")[1], "format": "wav"}},
        ]
        answer = {"role": "assistant", "content": "A gradient, and a short tone of **440 Hz**."}
        yield self.trace(
            MEDIA,
            self.at(30),
            name="look and listen",
            sessionId="session-with-media",
            userId="ada",
            public=True,
        )
        yield self.span(
            MEDIA, "media-1", self.at(30), self.at(30, 1_900), "generation", name="describe", model="gpt-4o",
            input=[{"role": "user", "content": content}], output=answer, usageDetails={"input": 1204, "output": 18},
        )  # fmt: skip

    def conversation(self) -> Iterator[Event]:
        """Four turns; the third comes 22 minutes after the second."""
        turns = [(40.0, "Hi, my parcel is late.", "I am sorry. What is the order number?")]
        turns += [(39.0, "It is 4711.", "Thank you, it left the depot **this morning**.")]
        turns += [(17.0, "Still nothing here!", "I have asked the carrier; a reply takes ten minutes.")]
        turns += [(16.0, "Fine.", "Anything else that I can do?")]
        history: list[dict[str, str]] = [{"role": "system", "content": "You help customers of a shop."}]
        for n, (ago, question, answer) in enumerate(turns):
            id_ = f"turn-{n}"
            history.append({"role": "user", "content": question})
            yield self.trace(
                id_,
                self.at(ago),
                name="support chat",
                sessionId=CHAT_SESSION,
                userId="grace",
                input=question,
                output=answer,
            )
            yield self.span(
                id_, f"{id_}-tool", self.at(ago, 50), self.at(ago, 300), "tool", name="find order",
                input={"order": 4711}, output={"state": "in transit"},
            )  # fmt: skip
            reply = {"role": "assistant", "content": answer}
            usage = {"input": 80 + 40 * n, "output": 24, "input_cached_tokens": 30 * n}
            yield self.span(
                id_, f"{id_}-llm", self.at(ago, 310), self.at(ago, 1_500 + 200 * n), "generation", name="answer",
                model="gpt-4o-mini", input=list(history), output=reply, usageDetails=usage,
                completionStartTime=self.at(ago, 600),
            )  # fmt: skip
            history.append(reply)
            feedback = {"traceId": id_, "name": "user-feedback", "value": n % 2, "dataType": "BOOLEAN"}
            yield self.event("score-create", self.at(ago), id=f"{id_}-score", **feedback)

    def unpriced(self) -> Iterator[Event]:
        yield self.trace(LAST, self.at(20), name="house model")
        yield self.span(
            LAST, "unpriced-1", self.at(20), self.at(20, 700), "generation", name="draft",
            model="acme-house-7b", usageDetails={"input": 900, "output": 120}, input="Draft a reply", output="Dear …",
        )  # fmt: skip


def png(width: int, height: int) -> bytes:
    """A gradient, so that a person sees whether it is shown."""
    rows = b"".join(
        b"\x00" + b"".join(bytes((x * 255 // width, y * 255 // height, 160)) for x in range(width))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def wav(seconds: float) -> bytes:
    """A tone, 8 kHz, 8 bit, mono."""
    samples = bytes(128 + (60 if (n * 440 // 4000) % 2 else -60) for n in range(int(8_000 * seconds)))
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8_000, 8_000, 1, 8)
    data = struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


def data_url(type_: str, data: bytes) -> str:
    return f"data:{type_};base64,{base64.b64encode(data).decode()}"
