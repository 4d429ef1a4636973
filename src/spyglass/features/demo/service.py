"""Sends the demo's traces to a server, as any client would: a few requests at a time, again when the server asks
for patience, never past its public API.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event

import httpx
import msgspec

from spyglass.core.clock import monotonic_s
from spyglass.core.errors import Invalid, SpyglassError, Unauthorized, Unavailable
from spyglass.core.retry import delays_s
from spyglass.features.demo.wire import Request

PARALLEL_REQUESTS = 3
_PROGRESS_S = 0.9
_PATIENCE_S = 60.0
_LONGEST_WAIT_S = 10.0
_TIMEOUT_S = 30.0
_HEADERS = {"content-type": "application/json", "content-encoding": "gzip"}


@dataclass
class Sent:
    """What the server has acknowledged so far; `refused` are spans and scores that it did not take."""

    traces: int = 0
    observations: int = 0
    scores: int = 0
    refused: int = 0
    waits_for: str = ""  # why requests are being held back at the moment


class _Partial(msgspec.Struct, rename="camel", frozen=True):
    rejected_spans: int = 0


class _Answer(msgspec.Struct, rename="camel"):
    """The parts of an answer to spans, or to an array of scores, that name what was refused."""

    partial_success: _Partial = _Partial()
    rejected: int = 0


_read_answer = msgspec.json.Decoder(_Answer, strict=False).decode


class _Project(msgspec.Struct):
    id: str
    name: str


class _Projects(msgspec.Struct):
    data: list[_Project]


def open_client(url: str, public_key: str, secret_key: str) -> httpx.Client:
    """Raises `Invalid` for what is no address of a server."""
    parsed = _parse(url)
    limits = httpx.Limits(max_connections=PARALLEL_REQUESTS)
    auth = (public_key, secret_key)
    return httpx.Client(base_url=parsed, auth=auth, limits=limits, timeout=_TIMEOUT_S, trust_env=False)


def is_this_machine(url: str) -> bool:
    return _parse(url).host in ("127.0.0.1", "localhost", "::1")


def read_project_name(client: httpx.Client) -> str:
    """The project that the keys belong to. Raises `Unauthorized` for wrong keys, `Unavailable` when nobody
    answers, `SpyglassError` when it is no Spyglass that answers."""
    try:
        response = client.get("/api/public/projects")
    except httpx.TransportError as error:
        raise _unreachable(client, error) from error
    _raise_for(response)
    try:
        return msgspec.json.decode(response.content, type=_Projects).data[0].name
    except (msgspec.DecodeError, IndexError) as error:
        raise SpyglassError(f"What answers at {client.base_url} is no Spyglass") from error


def send(client: httpx.Client, requests: Iterable[Request], report: Callable[[Sent], None]) -> Sent:
    """Send all; `report` is called about once a second. The first request that fails for good ends it."""
    sent, stop = Sent(), Event()
    reported_s = monotonic_s()

    def wait_for(reason: str) -> None:
        sent.waits_for = reason

    def absorb(running: set[Future[Sent]]) -> set[Future[Sent]]:
        nonlocal reported_s
        done, left = wait(running, timeout=_PROGRESS_S / 4, return_when=FIRST_COMPLETED)
        for future in done:
            _add(sent, future.result())
        if monotonic_s() - reported_s >= _PROGRESS_S:
            report(sent)
            reported_s = monotonic_s()
        return left

    running: set[Future[Sent]] = set()
    with ThreadPoolExecutor(PARALLEL_REQUESTS) as pool:
        try:
            for request in requests:
                running.add(pool.submit(_post, client, request, stop, wait_for))
                while len(running) >= PARALLEL_REQUESTS:
                    running = absorb(running)
            while running:
                running = absorb(running)
        finally:
            stop.set()  # those that wait for a busy server give up
    return sent


def _add(sent: Sent, part: Sent) -> None:
    sent.traces += part.traces
    sent.observations += part.observations
    sent.scores += part.scores
    sent.refused += part.refused
    sent.waits_for = ""


def _post(client: httpx.Client, request: Request, stop: Event, wait_for: Callable[[str], None]) -> Sent:
    """One request until it is acknowledged; sending it again is harmless, as ids say what is the same."""
    began_s = monotonic_s()
    for delay_s in delays_s(ceiling_s=_LONGEST_WAIT_S):
        try:
            response = client.post(request.path, content=request.body, headers=_HEADERS)
        except httpx.TransportError as error:
            problem: SpyglassError = _unreachable(client, error)
        else:
            if response.status_code not in (429, 503):
                _raise_for(response)
                refused = _count_refused(response)
                return Sent(request.traces, request.observations, request.scores, refused)
            delay_s = max(delay_s, _retry_after_s(response))
            problem = Unavailable(f"The server asks to try again later: {_message(response)}")
        wait_for(problem.message)
        if monotonic_s() - began_s + delay_s > _PATIENCE_S or stop.wait(delay_s):
            raise problem
    raise AssertionError("delays never end")


def _retry_after_s(response: httpx.Response) -> float:
    stated = response.headers.get("retry-after", "")
    return min(float(stated), _LONGEST_WAIT_S) if stated.isdecimal() else 0


def _count_refused(response: httpx.Response) -> int:
    try:
        answer = _read_answer(response.content)
    except msgspec.DecodeError as error:
        raise SpyglassError(f"The answer cannot be read: {response.text[:200]}") from error
    return answer.partial_success.rejected_spans + answer.rejected


def _raise_for(response: httpx.Response) -> None:
    if response.status_code == 401:
        raise Unauthorized(f"The keys are not accepted: {_message(response)}")
    if not response.is_success:
        where = f"{response.request.method} {response.request.url}"
        raise SpyglassError(f"{where} answers {response.status_code}: {_message(response)}")


def _message(response: httpx.Response) -> str:
    try:
        found = response.json()
    except ValueError:
        return response.text[:200]
    message = found.get("message") or found.get("error") if isinstance(found, dict) else found
    return str(message)[:300]


def _unreachable(client: httpx.Client, error: httpx.TransportError) -> Unavailable:
    return Unavailable(
        f"Nobody answers at {client.base_url} ({error or type(error).__name__}). Does `spyglass serve` run there?"
    )


def _parse(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise Invalid(f"{url!r} is no address of a server, such as http://127.0.0.1:3000")
    return parsed
