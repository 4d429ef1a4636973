"""Where the server listens and under which address people reach it, where its data is, how it logs and ends."""

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path

from spyglass.core.errors import Misconfigured
from spyglass.core.options import option

LOOPBACK_NAMES = ("localhost", "ip6-localhost")
DATA_DIR = Path("data")
_ROOT_PATH = re.compile(r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*")
_OWN_PATHS = ("api", "v1", "assets")


@dataclass(frozen=True)
class Config:
    """The process: where it listens, where its data is, how it logs and ends."""

    host: str = option("127.0.0.1", "Address to listen on; `0.0.0.0` for all, then use TLS in front")
    port: int = option(3000, "TCP port to listen on; 0 takes a free one", low=0, high=65535)
    grpc_port: int = option(
        0, "TCP port for OTLP over gRPC, usually 4317; 0 switches it off", low=0, high=65535
    )
    data_dir: Path = field(
        default=DATA_DIR, metadata={"help": "Folder of everything that Spyglass keeps on disk"}
    )
    public_url: str = option("", "Address under which browsers reach this server, with protocol")
    root_path: str = option(
        "", "Path under which everything is served, as in `/spyglass`; a proxy may pass it on or take it away"
    )
    shutdown_timeout_s: int = option(
        30, "After SIGTERM: seconds for requests and the ingest log to finish", low=1, high=3600
    )
    drain_s: float = option(
        1.0, "After SIGTERM: seconds in which it says `not ready` and still accepts", low=0, high=60
    )
    log_level: str = option(
        "info",
        "Least important log line to write",
        choices=("trace", "debug", "info", "warn", "error", "fatal"),
    )
    log_format: str = option("text", "Form of log lines", choices=("text", "json"))
    trusted_proxies: str = option(
        "127.0.0.1",
        "Addresses or networks of proxies in front, separated by commas, whose `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are believed; `none` believes nobody, `*` everybody",
    )

    @property
    def url(self) -> str:
        """The address to tell people: the public one, else this machine's."""
        return self.public_url.rstrip("/") or self.local_url + self.prefix

    @property
    def prefix(self) -> str:
        """`root_path` with a slash in front and none behind; empty at the top. Raises `Misconfigured`."""
        path = self.root_path.strip("/")
        if path and (not _ROOT_PATH.fullmatch(path) or path.partition("/")[0] in _OWN_PATHS):
            raise Misconfigured(
                f"server.root_path: {self.root_path!r} cannot be a prefix; allowed are letters, digits and . _ ~ - in "
                f"parts between slashes, and not {', '.join(_OWN_PATHS)} as the first"
            )
        return "/" + path if path else ""

    @property
    def local_url(self) -> str:
        """The address on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host in LOOPBACK_NAMES:
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False
