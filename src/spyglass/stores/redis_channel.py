"""A Redis channel between the processes of one installation: what one says, all hear, itself too, at once or never.

Redis keeps nothing of it. When it is away the process goes on, tries again with longer and longer pauses, and tells its
listener when it is back: what was said meanwhile is lost.
"""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from spyglass.core.clock import monotonic_s
from spyglass.core.errors import Misconfigured
from spyglass.core.options import option

log = logging.getLogger(__name__)

_CONNECT_S = 2.0
_ANSWER_S = 5.0
_LOOK_S = 0.5
_PAUSE_S, _MOST_PAUSE_S = 0.5, 5.0
# Everybody says something every few seconds (ingest/relay.py) and hears it. Who hears nothing at all hangs on a
# connection that is dead although nobody said so.
SILENCE_S = 20.0


@dataclass(frozen=True)
class Config:
    """Redis, for several processes behind one address: live news of each reaches the pages of all. Without `url` and
    `host` each process tells only what it applied itself."""

    url: str = option(
        "", "Address, as in `redis://user:password@host:6379/0`; `rediss://` for TLS", secret=True
    )
    host: str = option("", "Host, where the address is given in parts")
    port: int = option(6379, "Port", low=1, high=65535)
    user: str = option("", "User name; empty: the default user")
    password: str = option("", "Password", secret=True)
    tls: bool = option(False, "Whether to connect by TLS")
    tls_ca: str = option("", "File with the certificates to trust; empty: those of the system")
    tls_cert: str = option("", "File with the certificate to show; needs its key too")
    tls_key: str = option("", "File with its key")
    prefix: str = option(
        "", "What the names of channels begin with; the same for all processes of an installation"
    )


class RedisChannel:
    """Thread-safe. `start` begins a thread that listens; `send` waits for Redis, so it is not for request threads."""

    def __init__(self, config: Config, name: str) -> None:
        """Raises `Misconfigured` for settings that no Redis can be reached with."""
        self._client = _connect(config)
        self._name = f"{config.prefix}{name}"
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._hears = False

    @property
    def hears(self) -> bool:
        """Whether what others say arrives here now."""
        return self._hears

    def start(
        self, heard: Callable[[bytes], None], joined: Callable[[], None], left: Callable[[], None]
    ) -> None:
        """`heard` gets each message; `joined` is called whenever listening begins anew, `left` whenever it ends. All
        are called from the thread of the channel."""
        self._thread = threading.Thread(
            target=self._listen, args=(heard, joined, left), name="redis", daemon=True
        )
        self._thread.start()

    def send(self, message: bytes) -> bool:
        """Whether Redis took it. Never raises."""
        try:
            self._client.publish(self._name, message)
        except (redis.RedisError, OSError) as error:
            log.debug("a message to Redis is lost: %s", error)
            return False
        return True

    def problem(self) -> str:
        """Why Redis does not answer now; empty when it does."""
        try:
            self._client.ping()
        except (redis.RedisError, OSError) as error:
            return f"{type(error).__name__}: {error}"
        return ""

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(_ANSWER_S)
        self._client.close()

    def _listen(
        self, heard: Callable[[bytes], None], joined: Callable[[], None], left: Callable[[], None]
    ) -> None:
        pause_s = _PAUSE_S
        while not self._stopped.is_set():
            try:
                self._listen_once(heard, joined)
            except (redis.RedisError, OSError) as error:
                if self._hears or pause_s == _PAUSE_S:
                    log.warning("Redis is away, live news of other processes are missed meanwhile: %s", error)
            if self._hears:
                self._hears, pause_s = False, _PAUSE_S
                left()
            self._stopped.wait(pause_s * random.uniform(0.5, 1.0))
            pause_s = min(2 * pause_s, _MOST_PAUSE_S)

    def _listen_once(self, heard: Callable[[bytes], None], joined: Callable[[], None]) -> None:
        """Until the connection breaks (raises) or the channel is stopped."""
        with self._client.pubsub() as listening:  # type: ignore[no-untyped-call]
            listening.subscribe(self._name)
            heard_s = monotonic_s()
            while not self._stopped.is_set():
                message: dict[str, Any] | None = listening.get_message(timeout=_LOOK_S)
                if message is None:
                    if monotonic_s() - heard_s > SILENCE_S:
                        raise redis.ConnectionError(f"nothing was heard for {SILENCE_S:.0f} s")
                    continue
                heard_s = monotonic_s()
                if message["type"] == "subscribe":
                    self._hears = True
                    log.info("live news of other processes come by Redis")
                    joined()
                elif message["type"] == "message":
                    heard(message["data"])


def open_channel(config: Config, name: str) -> RedisChannel | None:
    """None where no Redis is set. Nothing is connected yet."""
    return RedisChannel(config, name) if config.url or config.host else None


def _connect(config: Config) -> "redis.Redis":
    common: dict[str, Any] = {
        "socket_connect_timeout": _CONNECT_S,
        "socket_timeout": _ANSWER_S,
        "socket_keepalive": True,
    }
    for name in ("tls_ca", "tls_cert", "tls_key"):
        path = getattr(config, name)
        if path and not Path(path).is_file():
            raise Misconfigured(f"redis.{name}: there is no file {path}")
    files = {"ssl_ca_certs": config.tls_ca, "ssl_certfile": config.tls_cert, "ssl_keyfile": config.tls_key}
    tls = {name: path for name, path in files.items() if path}
    if config.url:
        secure = config.url.startswith("rediss://")
        try:
            return redis.Redis.from_url(config.url, **common, **(tls if secure else {}))
        except ValueError as error:
            raise Misconfigured(
                "redis.url must be `redis://`, `rediss://` or `unix://` with a host, and may have a user, a password, "
                "a port and the number of a database"
            ) from error
    if config.tls:
        common |= {"ssl": True, **tls}
    return redis.Redis(
        host=config.host,
        port=config.port,
        username=config.user or None,
        password=config.password or None,
        **common,
    )
