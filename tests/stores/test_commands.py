"""The command line as an operator uses it: exit codes, messages, and work beside a running server."""

import io
import logging
import os
import re
import resource
import signal
import stat
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest
from sqlalchemy import select

from spyglass.cli import main
from spyglass.features.projects import provision, service
from spyglass.stores.directory_lock import DirectoryLock, announce
from spyglass.stores.log import Entry
from spyglass.stores.log.sqlite import Config as LogConfig
from spyglass.stores.log.sqlite import SqliteLog
from spyglass.stores.meta import Config, open_meta
from spyglass.stores.meta.migrate import newest_version
from spyglass.stores.meta.sign_in import Client, Lifetimes, hash_token, open_session
from spyglass.stores.meta.tables import PasswordReset, User, UserSession
from spyglass.stores.secrets import Config as SecretsConfig
from spyglass.stores.secrets import load_secrets

FOREIGN = (
    "SPYGLASS_",
    "LANGFUSE_",
    "CLICKHOUSE_",
    "DATABASE_URL",
    "PORT",
    "HOSTNAME",
    "SALT",
    "NEXTAUTH_",
    "ENCRYPTION_",
)


@dataclass
class Outcome:
    returncode: int
    stdout: str
    stderr: str


def build_environment(extra: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)} | extra


def start(*arguments: object, **environ: str) -> Outcome:
    """In a process of its own: for what opens the engine."""
    command = [sys.executable, "-m", "spyglass", *map(str, arguments)]
    done = subprocess.run(
        command, env=build_environment(environ), capture_output=True, text=True, timeout=120
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def run(*arguments: object, **environ: str) -> Outcome:
    """In this process, which is quicker; leaves logging, umask and the limit of core files as they were."""
    root = logging.getLogger()
    handlers, level, umask = root.handlers[:], root.level, os.umask(0o022)
    limits = resource.getrlimit(resource.RLIMIT_CORE)
    out, err = io.StringIO(), io.StringIO()
    try:
        with (
            patch.dict(os.environ, build_environment(environ), clear=True),
            patch.object(sys, "argv", ["spyglass", *map(str, arguments)]),
            redirect_stdout(out),
            redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            main()
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        os.umask(umask)
        resource.setrlimit(resource.RLIMIT_CORE, limits)
    code = ended.value.code
    assert isinstance(code, int)
    return Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A directory as the first start leaves it, without an engine."""
    folder = tmp_path / "data"
    before = os.umask(0o077)
    secrets = load_secrets(folder, SecretsConfig(), loopback=True)
    meta = open_meta(Config(), folder, lambda line: None)
    provision.provision(meta, secrets.pepper, provision.Config())
    meta.close()
    os.umask(before)
    return folder


class TestExitCodes:
    def test_wrong_usage_is_2(self) -> None:
        for arguments in (["nonsense"], ["serve", "--port", "x"], ["keys", "revoke"]):
            outcome = run(*arguments)
            assert (outcome.returncode, outcome.stdout) == (2, "")
            assert "Usage: spyglass" in outcome.stderr

    def test_help_and_version_are_0(self) -> None:
        assert start("--help").returncode == 0
        assert re.fullmatch(r"spyglass, version \d+\.\d+\.\d+\n", run("--version").stdout)

    def test_a_wrong_setting_is_78(self, tmp_path: Path) -> None:
        outcome = start("serve", "--data-dir", tmp_path, SPYGLASS_SERVER__PROT="1")
        assert outcome.returncode == 78
        assert "Did you mean SPYGLASS_SERVER__PORT?" in outcome.stderr
        assert list(tmp_path.iterdir()) == []

    def test_the_example_values_of_langfuses_compose_file_are_78(self, tmp_path: Path) -> None:
        examples = {"SALT": "mysalt", "NEXTAUTH_SECRET": "mysecret", "ENCRYPTION_KEY": "0" * 64}
        outcome = start("serve", "--host", "0.0.0.0", "--port", 0, "--data-dir", tmp_path, **examples)
        assert outcome.returncode == 78
        assert "openssl rand" in outcome.stderr
        assert "Other machines reach 0.0.0.0 over plain http" in outcome.stderr
        assert "Traceback" not in outcome.stderr

    def test_a_directory_in_use_is_78_and_names_the_process(self, data_dir: Path) -> None:
        with DirectoryLock(data_dir):
            for command in ("serve", "migrate", "replay"):
                outcome = start(command, "--data-dir", data_dir)
                assert outcome.returncode == 78
                assert f"in use by the process {os.getpid()}" in outcome.stderr
                assert str(data_dir) in outcome.stderr

    def test_a_newer_schema_is_78_and_names_both(self, data_dir: Path) -> None:
        meta = open_meta(Config(), data_dir, lambda line: None)
        with meta.connect() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        meta.close()
        outcome = run("keys", "list", "--data-dir", data_dir)
        assert outcome.returncode == 78
        assert "schema version 9999, this program knows 0" in outcome.stderr

    @pytest.mark.parametrize("command", [("keys", "list"), ("replay",)])
    def test_no_data_is_1(self, tmp_path: Path, command: tuple[str, ...]) -> None:
        outcome = run(*command, "--data-dir", tmp_path / "nothing")
        assert outcome.returncode == 1
        assert "There is no Spyglass data in" in outcome.stderr
        assert not (tmp_path / "nothing").exists()


def test_replay_tells_what_it_did_with_each_entry(data_dir: Path) -> None:
    log = SqliteLog(data_dir / "log.db", LogConfig())
    entry = Entry("p", "unknown", 1, {}, b"\xff" * 10, 1)
    seq = log.append([entry])
    log.quarantine(seq, "cannot be decoded", entry)
    log.close()
    outcome = start("replay", "--data-dir", data_dir, seq, 99)
    assert outcome.returncode == 1
    assert "entry 99 is not set aside" in outcome.stdout
    assert f"entry {seq} (unknown, 10 bytes) is applied again as {seq + 1}" in outcome.stdout
    assert outcome.stdout.endswith("1 set aside\n")


class TestKeys:
    def test_create_list_revoke_beside_a_running_server(self, data_dir: Path) -> None:
        with DirectoryLock(data_dir):
            created = run("keys", "create", "--data-dir", data_dir, "--note", "for CI", "--expires-days", 3)
            assert created.returncode == 0, created.stderr
            match = re.search(r"public key +(pk-lf-\S+)\nsecret key +(sk-lf-\S+)\n", created.stdout)
            assert match is not None
            listed = run("keys", "list", "--data-dir", data_dir).stdout
            assert match[1] in listed
            assert match[2] not in listed
            assert "for CI" in listed
            assert "expires 20" in listed
            revoked = run("keys", "revoke", "--data-dir", data_dir, match[1])
            assert (revoked.returncode, revoked.stdout) == (0, f"revoked {match[1]}\n")
            assert match[1] not in run("keys", "list", "--data-dir", data_dir).stdout
        again = run("keys", "revoke", "--data-dir", data_dir, match[1])
        assert (again.returncode, again.stderr) == (1, f"spyglass: There is no key {match[1]}\n")

    def test_a_key_that_could_not_work_is_not_made(self, data_dir: Path) -> None:
        outcome = run("keys", "create", "--data-dir", data_dir, SALT="another-pepper-of-26-chars")
        assert outcome.returncode == 78
        assert "not the one of the existing API keys" in outcome.stderr

    def test_with_several_projects_one_must_be_named(self, data_dir: Path) -> None:
        meta = open_meta(Config(), data_dir, lambda line: None)
        pepper = load_secrets(data_dir, SecretsConfig(), loopback=True).pepper
        provision.provision(
            meta, pepper, provision.Config(org_id="o", project_id="second", project_name="Second")
        )
        assert service.list_keys(meta, "second") == []
        outcome = run("keys", "create", "--data-dir", data_dir)
        assert outcome.returncode == 1
        assert "second (Second)" in outcome.stderr
        assert run("keys", "create", "--data-dir", data_dir, "--project", "Second").returncode == 0
        assert run("keys", "create", "--data-dir", data_dir, "--project", "second").returncode == 0
        assert run("keys", "create", "--data-dir", data_dir, "--project", "third").returncode == 1
        assert len(service.list_keys(meta, "second")) == 2
        meta.close()


class TestDoctor:
    def test_before_the_first_start_it_creates_nothing(self, tmp_path: Path) -> None:
        outcome = run(
            "doctor", "--data-dir", tmp_path / "data", PORT="4000", DATABASE_URL="postgresql://u:canary@h/d"
        )
        assert outcome.returncode == 0, outcome.stderr
        assert "server.port = 4000  [PORT]" in outcome.stdout
        assert "meta.url = ***  [DATABASE_URL]" in outcome.stdout
        assert "canary" not in outcome.stdout + outcome.stderr
        assert "no data yet" in outcome.stdout
        assert not (tmp_path / "data").exists()

    def test_with_the_server_stopped_it_looks_into_the_stores(self, data_dir: Path) -> None:
        assert start("migrate", "--data-dir", data_dir).returncode == 0
        outcome = start("doctor", "--data-dir", data_dir)
        assert outcome.returncode == 0, outcome.stdout
        newest = f"schema {newest_version()} of {newest_version()}"
        for words in ("metadata: SQLite", newest, "quarantine: 0", "detached parts: 0", "GiB free"):
            assert words in outcome.stdout
        assert "analytics: ClickHouse" in outcome.stdout
        assert "BAD" not in outcome.stdout
        open_to_others = [
            path for path in data_dir.rglob("*.db*") if stat.S_IMODE(path.stat().st_mode) & 0o077
        ]
        assert open_to_others == []

    def test_requests_that_were_set_aside_are_counted(self, data_dir: Path) -> None:
        log = SqliteLog(data_dir / "log.db", LogConfig())
        entry = Entry("p", "otlp", 1, {}, b"\xff" * 10, 1)
        seq = log.append([entry])
        log.quarantine(seq, "cannot be decoded", entry)
        log.close()
        outcome = run("doctor", "--data-dir", data_dir)
        assert outcome.returncode == 1
        assert "BAD  quarantine: 1 requests (see `spyglass replay`)" in outcome.stdout
        assert f"{seq}: otlp, 10 bytes: cannot be decoded" in outcome.stdout
        assert "analytics: none yet" in outcome.stdout
        sums = "ok   events: 1 acknowledged, 0 visible + 0 pending + 1 quarantined + 0 released + 0 deleted"
        assert sums in outcome.stdout

    def test_an_event_without_a_place_is_reported(self, data_dir: Path) -> None:
        log = SqliteLog(data_dir / "log.db", LogConfig())
        log.add({"received": 1234, "acknowledged": 3, "applied": 2, "refused_unavailable": 1})
        log.close()
        outcome = run("doctor", "--data-dir", data_dir)
        assert outcome.returncode == 1
        assert "BAD  events: 1,234 received, 3 acknowledged + 1 refused" in outcome.stdout
        assert "BAD  events: 3 acknowledged, 2 visible + 0 pending" in outcome.stdout

    def test_a_data_directory_that_is_a_file_is_78(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        outcome = run("serve", "--data-dir", tmp_path / "file")
        assert outcome.returncode == 78
        assert f"The data directory {tmp_path / 'file'} cannot be used: Not a directory" in outcome.stderr

    def test_beside_a_server_that_does_not_answer_it_says_so(self, data_dir: Path) -> None:
        with DirectoryLock(data_dir):
            announce(data_dir, "http://127.0.0.1:1")
            outcome = run("doctor", "--data-dir", data_dir)
        assert outcome.returncode == 1
        assert f"a server runs on this data directory (process {os.getpid()})" in outcome.stdout
        assert "BAD  http://127.0.0.1:1/api/public/ready: ConnectError" in outcome.stdout

    def test_files_that_others_can_read_are_reported(self, data_dir: Path) -> None:
        (data_dir / "secrets.json").chmod(0o644)
        outcome = run("doctor", "--data-dir", data_dir)
        assert outcome.returncode == 1
        assert "BAD  " in outcome.stdout
        assert "secrets.json has mode 0644" in outcome.stdout


class TestUsers:
    @pytest.fixture
    def data_dir(self, data_dir: Path) -> Path:
        """With an owner."""
        meta = open_meta(Config(), data_dir, lambda line: None)
        who = provision.Config(
            org_id="acme", user_email="ada@example.com", user_name="Ada", user_password="Correct4horse!"
        )
        provision.provision(meta, load_secrets(data_dir, SecretsConfig(), loopback=True).pepper, who)
        meta.close()
        return data_dir

    def test_the_operator_lists_and_makes_a_link_for_a_new_password(self, data_dir: Path) -> None:
        listed = run("users", "list", "--data-dir", data_dir)
        assert listed.returncode == 0
        assert re.fullmatch(r"ada@example\.com  Ada  password  created \S+\n", listed.stdout)
        made = run("users", "reset-link", "Ada@example.com", "--data-dir", data_dir)
        assert re.fullmatch(r"http://127\.0\.0\.1:3000/auth/reset-password\?token=[\w-]{43}\n", made.stdout)
        meta = open_meta(Config(), data_dir, lambda line: None)
        with meta.read() as session:
            row = session.scalars(select(PasswordReset)).one()
        meta.close()
        assert row.token_hash == hash_token(made.stdout.strip().partition("token=")[2])

    def test_a_disabled_one_is_signed_out_until_enabled_again(self, data_dir: Path) -> None:
        meta = open_meta(Config(), data_dir, lambda line: None)
        with meta.begin() as session:
            user = session.scalars(select(User)).one()
            open_session(session, user.id, Client("", ""), Lifetimes(timedelta(days=1), timedelta(days=1)))
        assert run("users", "disable", user.email, "--data-dir", data_dir).returncode == 0
        with meta.read() as session:
            assert session.scalars(select(UserSession)).all() == []
        assert "  disabled 20" in run("users", "list", "--data-dir", data_dir).stdout
        assert run("users", "enable", user.email, "--data-dir", data_dir).returncode == 0
        assert "disabled" not in run("users", "list", "--data-dir", data_dir).stdout
        meta.close()

    def test_one_that_does_not_exist_is_1(self, data_dir: Path) -> None:
        for command in ("reset-link", "disable", "enable"):
            outcome = run("users", command, "nobody@example.com", "--data-dir", data_dir)
            assert outcome.returncode == 1 and "no user nobody@example.com" in outcome.stderr


class TestServe:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_first_start_doctor_beside_it_and_a_clean_end(self, tmp_path: Path, number: int) -> None:
        data_dir = tmp_path / "data"
        command = [sys.executable, "-m", "spyglass", "serve", "--port", "0", "--data-dir", str(data_dir)]
        with subprocess.Popen(
            command, env=build_environment({}), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as server:
            assert server.stdout is not None
            shown = ""
            while "LANGFUSE_SECRET_KEY" not in shown:
                line = server.stdout.readline()
                assert line, shown
                shown += line
            match = re.search(r"public key +(pk-lf-\S+)\n +secret key +(sk-lf-\S+)", shown)
            assert match is not None
            doctor = run("doctor", "--data-dir", data_dir)
            assert doctor.returncode == 0, doctor.stdout
            assert f"process {server.pid}" in doctor.stdout
            assert "/api/public/ready: 200" in doctor.stdout
            assert match[2] not in doctor.stdout
            url = re.search(r"(http://127\.0\.0\.1:\d+)/api/public/ready", doctor.stdout)
            assert url is not None
            mine = httpx.get(f"{url[1]}/api/public/projects", auth=(match[1], match[2]), trust_env=False)
            assert mine.json()["data"][0]["name"] == "My project"
            server.send_signal(number)
            rest = server.stdout.read()
            assert server.wait(timeout=60) == 0, shown + rest
            assert "Traceback" not in shown + rest
