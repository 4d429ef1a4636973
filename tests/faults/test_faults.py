"""Kill -9, death at system calls, failing fsync and SIGTERM, under load from two client kinds (F01, F02, F06, F12).

The short form runs in CI. The long one: `make faults ARGS="--rounds 100 --seconds 5 --points 0"`.
"""

import random
import time
from pathlib import Path

import pytest

from .campaign import expect_intact
from .clients import Client, Load
from .conftest import Effort
from .history import History
from .supervisor import KEYS, Injection, Supervisor, pick_delay_s, why_no_strace

pytestmark = [pytest.mark.faults, pytest.mark.faults_short]

SYNC, WRITE, RENAME = "fsync,fdatasync", "write,pwrite64", "/^rename"
# (calls, at which of them): the first points of each family; further ones follow in turns.
SHORT_POINTS = [
    (SYNC, 1),
    (SYNC, 2),
    (SYNC, 5),
    (WRITE, 1),
    (WRITE, 4),
    (WRITE, 40),
    (RENAME, 1),
    (RENAME, 3),
]
SCRIPT_UNITS = 4  # of each kind; about 50 events
CHECK_EVERY = 10


def test_kill_at_random_moments(server: Supervisor, effort: Effort, note: list[str]) -> None:
    history, rng = History(), random.Random(effort.seed)
    load = Load(history, server.port, KEYS, effort.seed)
    server.start()
    load.start()
    for round_ in range(1, effort.rounds + 1):
        time.sleep(0.3 + pick_delay_s(rng, effort.seconds))
        server.kill()
        server.start()  # the clients keep trying meanwhile
        if round_ % CHECK_EVERY == 0 and round_ < effort.rounds:
            load.stop()
            expect_intact(server, history, f"after kill {round_}, seed {effort.seed}")
            load = Load(history, server.port, KEYS, effort.seed + 1000 * round_)
            load.start()
    time.sleep(0.5)
    server.kill()
    load.stop(give_up=True)
    server.start()
    report = expect_intact(server, history, f"after {effort.rounds} kills, seed {effort.seed}")
    note.append(
        f"kill -9: {effort.rounds + 1} kills, {report.acknowledged} acknowledged events, 0 lost; requests without an "
        f"answer: {report.kept_unknown} kept, {report.lost_unknown} absent; slowest start "
        f"{max(server.ready_after_s):.1f} s; answers {history.answers}"
    )


def _points(count: int) -> list[tuple[str, int]]:
    """The short list, then every point of each family."""
    families = {SYNC: 1, WRITE: 1, RENAME: 1}
    points = list(SHORT_POINTS)
    while len(points) < count:
        for calls, at in families.items():
            while (calls, at) in points:
                at += 1
            points.append((calls, at))
            families[calls] = at
    return points[:count]


def test_death_at_system_calls(server: Supervisor, effort: Effort, note: list[str], tmp_path: Path) -> None:
    """Each time: a running server, fifty events, death at the Nth call of a family; then a start and a check."""
    reason = why_no_strace(tmp_path)
    if reason:
        pytest.skip(reason)
    history = History()
    reached: list[str] = []
    missed: dict[str, int] = {}
    for number, (calls, at) in enumerate(_points(effort.points or 600)):
        if missed.get(calls, 0) >= 3 and not effort.points:
            continue  # the work is done before the Nth call: this family is swept
        server.start()
        with server.injecting(Injection(calls, "signal=SIGKILL", str(at))):
            _send_script(server, history, effort.seed * 100_000 + number)
            died = server.wait_for_end(2.0) is not None
        if died:
            reached.append(f"{calls}:{at}")
        else:
            missed[calls] = missed.get(calls, 0) + 1
            server.kill()
        server.start()
        expect_intact(server, history, f"after death at call {at} of {calls}, seed {effort.seed}")
        server.kill()
    assert len(reached) >= min(4, effort.points or 4), (
        f"only {reached} were reached; the sweep proves too little"
    )
    note.append(
        f"death at system calls: {len(reached)} points reached, {sum(missed.values())} not: {' '.join(reached[:12])}"
    )


def _send_script(server: Supervisor, history: History, seed: int) -> None:
    """A few units of each kind; nobody retries, so the requests around the death stay without an answer."""
    for source in ("batch", "otlp"):
        client = Client(source, seed, history, server.port, KEYS, pause_s=0)
        for _ in range(SCRIPT_UNITS):
            if server.exit_code() is not None:
                return
            client.send_unit(patient=False)


def test_death_during_the_first_start(server: Supervisor, effort: Effort, note: list[str]) -> None:
    """Kill while an empty directory is set up; the next start must get through."""
    rng = random.Random(effort.seed)
    for round_ in range(effort.rounds):
        server.spawn()
        time.sleep(0.2 + 2.5 * (round_ + rng.random()) / effort.rounds)
        server.kill()
    server.start()
    history = History()
    client = Client("batch", effort.seed, history, server.port, KEYS, pause_s=0)
    client.send_unit(patient=True)
    expect_intact(server, history, f"after {effort.rounds} kills during start")
    note.append(
        f"kill during the first start: {effort.rounds} times, then ready after {server.ready_after_s[-1]:.1f} s"
    )


def test_failing_fsync_acknowledges_nothing(
    server: Supervisor, effort: Effort, note: list[str], tmp_path: Path
) -> None:
    """After an fsync error the kernel may have dropped the page: no success may follow (F06)."""
    reason = why_no_strace(tmp_path)
    if reason:
        pytest.skip(reason)
    history = History()
    server.start()
    client = Client("otlp", effort.seed, history, server.port, KEYS, pause_s=0)
    client.send_unit(patient=True)
    before = history.answers.get("acknowledged", 0)
    with server.injecting(Injection(SYNC, "error=EIO", "1+")):
        for _ in range(6):
            client.send_unit(patient=False)
    after_error = Client("batch", effort.seed + 1, history, server.port, KEYS, pause_s=0)
    for _ in range(6):  # fsync works again, and must not be trusted
        after_error.send_unit(patient=False)
    assert history.answers.get("acknowledged", 0) == before, (
        f"acknowledged after a failed fsync: {history.answers}"
    )
    ended = server.wait_for_end(10)
    assert ended is None or ended != 0, "the process ended as if all were well"
    server.kill()
    server.start()
    expect_intact(server, history, "after fsync errors")
    note.append(
        f"failing fsync: no acknowledgement, process {'refuses all' if ended is None else f'ended with {ended}'}"
    )


@pytest.mark.parametrize("at", [1, 2])
def test_failing_rename_loses_nothing(server: Supervisor, effort: Effort, tmp_path: Path, at: int) -> None:
    """The table engine fails in the last step of an insert; the retry must bring the rows all the same."""
    reason = why_no_strace(tmp_path)
    if reason:
        pytest.skip(reason)
    history = History()
    server.start()
    with server.injecting(Injection(RENAME, "error=EIO", str(at))):
        _send_script(server, history, effort.seed + at)
        time.sleep(2.0)
    expect_intact(server, history, f"after rename {at} of each thread failed once")


def test_sigterm_under_load(server: Supervisor, effort: Effort, note: list[str]) -> None:
    """Exit code 0 within 30 s; clients see success or what they may retry; nothing acknowledged is lost (F12)."""
    history, took = History(), []
    rounds = 1 if effort.rounds <= 3 else 5
    for round_ in range(rounds):
        server.start()
        load = Load(history, server.port, KEYS, effort.seed + 77 + round_)
        load.start()
        time.sleep(1.0 + 0.2 * round_)
        code, seconds = server.stop()
        load.stop(give_up=True)
        took.append(seconds)
        assert code == 0, f"exit code {code} after SIGTERM:\n{server.read_log()}"
        assert not history.violations, history.violations[:5]
    server.start()
    expect_intact(server, history, f"after {rounds} SIGTERMs under load")
    note.append(f"SIGTERM under load: {rounds} rounds, slowest {max(took):.1f} s; answers {history.answers}")
