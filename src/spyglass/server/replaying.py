"""`spyglass replay`: applies again what was set aside, or what was applied already."""

from collections.abc import Iterator

from spyglass.server.opening import Say, open_stores
from spyglass.server.wiring import Parts, assemble
from spyglass.settings import Settings
from spyglass.stores.directory_lock import DirectoryLock
from spyglass.stores.log import Entry, Log
from spyglass.stores.secrets import load_secrets

_REPLAY_BYTES = 16 << 20


def replay(settings: Settings, say: Say, *, seqs: list[int] | None = None, applied: bool = False) -> int:
    """Apply again what was set aside (all, or those of `seqs`), and with `applied` also the applied requests
    that `log.retention_hours` kept: a repaired decoder then writes their rows anew, under a later version.
    Returns how many are set aside still."""
    data_dir = settings.server.data_dir
    with DirectoryLock(data_dir):
        secrets = load_secrets(data_dir, settings.secrets, loopback=settings.server.loopback)
        parts = assemble(settings, data_dir, open_stores(settings, data_dir, say), secrets)
        log_ = parts.stores.log
        chosen = [(seq, entry) for seq, _, entry in log_.quarantined() if seqs is None or seq in seqs]
        for seq in sorted(set(seqs or ()) - {seq for seq, _ in chosen}):
            say(f"entry {seq} is not set aside")
        kept = range(1, log_.position()[0] + 1) if applied else range(0)
        parts.pipeline.start()
        for seq, entry in chosen:
            again = log_.append([entry])
            log_.release(seq)
            parts.pipeline.wake(again)
            say(f"entry {seq} ({entry.dialect}, {len(entry.body)} bytes) is applied again as {again}")
        for count, entry in enumerate(_retained(log_, kept), start=1):
            parts.pipeline.wake(log_.append([entry]))
            if count % 1000 == 0:
                say(f"{count} applied requests taken again")
        left = _drain(parts, settings)
    return left


def _retained(log_: Log, kept: range) -> Iterator[Entry]:
    """Entries of the log within `kept`, a piece at a time: the log grows while they are appended again."""
    after = kept.start - 1
    while after < kept.stop - 1:
        piece = [entry for entry in log_.read(after, _REPLAY_BYTES) if entry.seq < kept.stop]
        if not piece:
            return
        yield from piece
        after = piece[-1].seq


def _drain(parts: Parts, settings: Settings) -> int:
    """Apply everything, count what is set aside, close."""
    parts.pipeline.wait_applied(parts.stores.log.last_seq())
    left = len(parts.stores.log.quarantined())
    parts.stop(settings.server.shutdown_timeout_s)
    return left
