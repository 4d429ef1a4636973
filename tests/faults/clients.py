"""Client threads that behave as SDKs do: they retry what may succeed later, most of them until it does, and
they keep sending while the server is killed and started again."""

import base64
import http.client
import json
import random
import threading
import time

from .history import History, Request, State
from .traffic import Traffic

RETRYABLE = {502, 503, 504}
TIMEOUT_S = 15


class Client(threading.Thread):
    """Sends units until `finish`; what was begun is finished unless `give_up` is set."""

    def __init__(
        self, source: str, seed: int, history: History, port: int, keys: tuple[str, str], *, pause_s: float
    ) -> None:
        super().__init__(name=f"{source}-{seed}", daemon=True)
        self._traffic = Traffic(source, seed)
        self._rng = random.Random(seed * 7919 + 1)
        self._history = history
        self._port = port
        self._pause_s = pause_s
        self._authorization = "Basic " + base64.b64encode(":".join(keys).encode()).decode()
        self._connection: http.client.HTTPConnection | None = None
        self.finish = threading.Event()
        self.give_up = threading.Event()

    def run(self) -> None:
        try:
            while not self.finish.is_set():
                self.send_unit()
        except Exception as error:  # noqa: BLE001 - a dead client must fail the campaign, not pass it silently
            self._history.blame(f"client {self.name} died: {error!r}")

    def send_unit(self, *, patient: bool | None = None) -> None:
        """The next unit of the traffic, each request in its turn."""
        unit = self._traffic.next_unit()
        self._history.add(unit)
        for index in unit.schedule:
            if self.give_up.is_set():
                return
            self._deliver(unit.requests[index], self._rng.random() < 0.8 if patient is None else patient)
            time.sleep(self._pause_s)

    def _deliver(self, request: Request, patient: bool) -> None:
        while True:
            if request.state is State.UNSENT:
                request.state = State.UNKNOWN
            answer = self._send_once(request)
            self._history.count(answer)
            if answer == "acknowledged":
                request.state = State.ACKNOWLEDGED
                return
            if not patient or self.give_up.is_set():
                return
            time.sleep(0.05 + 0.15 * self._rng.random())

    def _send_once(self, request: Request) -> str:
        """`acknowledged`, or what else came of it in a word."""
        request.sends += 1
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
            headers = {**request.headers, "Authorization": self._authorization}
            self._connection.request("POST", request.path, request.body, headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            return "refused" if isinstance(error, ConnectionRefusedError) else type(error).__name__
        if answer.getheader("Connection", "").lower() == "close":
            self._drop()
        return self._judge(request, answer.status, text)

    def _judge(self, request: Request, status: int, text: bytes) -> str:
        if status in RETRYABLE:
            return str(status)
        if status == 200 and not request.event_ids:
            return "acknowledged"
        if status == 207 and request.event_ids:
            results = json.loads(text)
            if request.event_ids == {one["id"] for one in results["successes"]} and not results["errors"]:
                return "acknowledged"
        self._history.blame(f"{request.path} answered {status} to a valid request: {text[:300]!r}")
        return f"{status}!"

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Load:
    """Two clients of each kind, on and off."""

    def __init__(
        self, history: History, port: int, keys: tuple[str, str], seed: int, *, pause_s: float = 0.004
    ) -> None:
        self.history = history
        self._clients = [
            Client(source, seed * 10 + n, history, port, keys, pause_s=pause_s)
            for n, source in enumerate(("batch", "batch", "otlp", "otlp"))
        ]

    def start(self) -> None:
        for client in self._clients:
            client.start()

    def stop(self, *, give_up: bool = False) -> None:
        """Let the clients finish what they began; with `give_up` they stop retrying at once."""
        for client in self._clients:
            client.finish.set()
            if give_up:
                client.give_up.set()
        for client in self._clients:
            client.join(60)
            if client.is_alive():
                client.give_up.set()
                client.join(30)
                self.history.blame(f"client {client.name} could not deliver within 60 s")
