"""Rows for measurements: traces of five spans, with prose, chat JSON and code like those of an LLM application.

The same seed gives the same rows. Words follow a Zipf distribution over the vocabulary of Python's own
documentation and library, code is cut from that library, and spans of one trace repeat each other's texts as
a real chain does, so that compression and text indexes meet what they meet in practice.
"""

import hashlib
import json
import random
import re
import sysconfig
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any

START_US = 1_760_000_000_000_000
DAYS = 30
SPAN_US = DAYS * 86_400_000_000
USERS = 200
SESSIONS = 20_000
PROJECT = "project-main"
MODELS = [f"{family}-{size}" for family in ("gpt-4o", "claude-sonnet", "gemini-pro") for size in "abcd"]
TAGS = [f"tag-{number}" for number in range(40)]

Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Corpus:
    """Pools of text to compose bodies from; a pool is far larger than what one compressed block sees."""

    questions: list[str]
    paragraphs: list[str]
    snippets: list[str]
    systems: list[str]


def build_corpus(seed: int = 1) -> Corpus:
    rng = random.Random(seed)
    library = Path(sysconfig.get_paths()["stdlib"])
    sources = [path.read_text(errors="replace") for path in sorted(library.glob("*.py"))]
    counts = Counter(re.findall(r"[A-Za-z]{2,14}", " ".join(sources)))
    vocabulary = [word for word, _ in counts.most_common(30_000)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))

    def sentence() -> str:
        words = rng.choices(vocabulary, cum_weights=weights, k=rng.randint(7, 19))
        return " ".join(words).capitalize() + "."

    def prose(sentences: int) -> str:
        return " ".join(sentence() for _ in range(sentences))

    code = "\n".join(sources)
    snippets = []
    for _ in range(6_000):
        at = rng.randrange(len(code) - 1100)
        snippets.append(code[at : at + rng.randint(300, 1100)])
    return Corpus(
        questions=[prose(rng.randint(1, 2)) for _ in range(8_000)],
        paragraphs=[prose(rng.randint(4, 9)) for _ in range(25_000)],
        snippets=snippets,
        systems=[prose(10) for _ in range(40)],
    )


def _chat(*messages: tuple[str, str]) -> str:
    return json.dumps([{"role": role, "content": content} for role, content in messages])


def _bodies(corpus: Corpus, rng: random.Random, number: int) -> list[tuple[str, str]]:
    """(input, output) of chain, retriever, generation, tool, generation."""
    question = f"{rng.choice(corpus.questions)} Order {number} of customer c{rng.randrange(5000)}?"
    documents = rng.choices(corpus.paragraphs, k=4)
    answer = rng.choice(corpus.paragraphs)
    code = rng.choice(corpus.snippets)
    system = rng.choice(corpus.systems)
    call = json.dumps({"name": "run_code", "arguments": {"order": number, "code": code}})
    return [
        (json.dumps({"question": question}), answer),
        (question, json.dumps([{"rank": i, "text": text} for i, text in enumerate(documents)])),
        (_chat(("system", system), ("user", question), ("user", documents[0] + documents[1])), call),
        (call, json.dumps({"stdout": rng.choice(corpus.snippets), "exit": rng.randrange(2)})),
        (
            _chat(("system", system), ("user", question), ("assistant", code), ("tool", documents[2])),
            answer,
        ),
    ]


_SHAPE = (
    ("CHAIN", "answer-question", 0, 2_600_000),
    ("RETRIEVER", "search-documents", 20_000, 130_000),
    ("GENERATION", "plan", 200_000, 900_000),
    ("TOOL", "run_code", 1_150_000, 300_000),
    ("GENERATION", "answer", 1_500_000, 1_000_000),
)


def trace_batches(traces: int, batch: int, seed: int = 2) -> Iterator[tuple[Columns, Columns]]:
    """(observations, traces) column by column, `batch` traces at a time, nearly in order of time."""
    corpus = build_corpus()
    rng = random.Random(seed)
    for first in range(0, traces, batch):
        observations: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        for number in range(first, min(first + batch, traces)):
            began = START_US + number * SPAN_US // traces + rng.randrange(30_000_000)
            spans, trace = _trace(corpus, rng, number, began)
            observations += spans
            rows.append(trace)
        yield to_columns(observations), to_columns(rows)


def to_columns(rows: list[dict[str, Any]]) -> Columns:
    return {name: [row[name] for row in rows] for name in rows[0]}


def trace_id_of(number: int) -> str:
    return hashlib.blake2b(b"trace %d" % number, digest_size=16).hexdigest()


def span_id_of(number: int, position: int) -> str:
    return hashlib.blake2b(b"span %d %d" % (number, position), digest_size=8).hexdigest()


def _trace(
    corpus: Corpus, rng: random.Random, number: int, began: int
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    trace_id = trace_id_of(number)
    session = rng.randrange(SESSIONS)
    shared = {
        "project_id": PROJECT,
        "environment": "production" if rng.random() < 0.9 else "staging",
        "user_id": f"user-{session % USERS}",
        "session_id": f"session-{session}",
        "release": f"v1.{number // 20_000}",
        "version": "1",
        "metadata": {
            "tenant": f"tenant-{rng.randrange(300)}",
            "region": f"eu-{rng.randrange(5)}",
            "request_id": f"{rng.getrandbits(64):016x}",
        },
        "created_at": began + 3_000_000,
        "updated_at": began + 3_000_000,
        "version_seq": number + 1,
        "is_deleted": 0,
    }
    bodies = _bodies(corpus, rng, number)
    spans = []
    for position, ((type_, name, offset, took), (input_, output)) in enumerate(
        zip(_SHAPE, bodies, strict=True)
    ):
        spans.append(
            {
                **shared,
                **_model_fields(rng, type_),
                "trace_id": trace_id,
                "id": span_id_of(number, position),
                "parent_id": span_id_of(number, 0) if position else "",
                "start_time": began + offset,
                "end_time": began + offset + int(took * rng.lognormvariate(0, 0.5)),
                "type": type_,
                "name": name,
                "level": "ERROR" if rng.random() < 0.02 else "DEFAULT",
                "is_app_root": position == 0,
                "input": input_,
                "output": output,
                "source": "otel",
                "service_name": "shop",
                "scope_name": "langfuse-sdk",
            }
        )
    costs = [span["total_cost"] for span in spans if span["total_cost"] is not None]
    trace = {
        **shared,
        "id": trace_id,
        "timestamp": began,
        "name": f"answer-question-{number % 7}",
        "tags": rng.sample(TAGS, 3),
        "input": bodies[0][0],
        "output": bodies[0][1],
        "input_preview": bodies[0][0][:300],
        "output_preview": bodies[0][1][:300],
        "observation_count": 5,
        "first_start": began,
        "last_end": max(span["end_time"] for span in spans),
        "error_count": sum(span["level"] == "ERROR" for span in spans),
        "usage": {"input": 3000, "output": number % 900},
        "total_cost": sum(costs),
        "merge_state": json.dumps({"name": [began, 1, number], "user_id": [began, 1, number]}),
    }
    return spans, trace


def _model_fields(rng: random.Random, type_: str) -> dict[str, Any]:
    if type_ != "GENERATION":
        return {
            "model": "",
            "model_id": "",
            "model_parameters": "",
            "usage": {},
            "cost": {},
            "total_cost": None,
        }
    model = MODELS[min(int(rng.expovariate(0.4)), len(MODELS) - 1)]
    tokens_in, tokens_out = rng.randrange(300, 4000), rng.randrange(20, 900)
    cost_in, cost_out = Decimal(tokens_in) / 400_000, Decimal(tokens_out) / 100_000
    return {
        "model": model,
        "model_id": f"builtin-{model}",
        "model_parameters": json.dumps({"temperature": 0.2, "max_tokens": 1024}),
        "usage": {"input": tokens_in, "output": tokens_out, "total": tokens_in + tokens_out},
        "cost": {"input": cost_in, "output": cost_out},
        "total_cost": cost_in + cost_out,
    }
