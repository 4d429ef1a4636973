"""One suite for both databases: what `stores/meta` promises, kept by SQLite and by PostgreSQL."""

import signal
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from migrating import die_at, die_before, exit_code_of, in_child, silent, start_child, start_up
from postgres_server import PostgresServer
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from spyglass.core.errors import Conflict, Invalid, Misconfigured, Unavailable
from spyglass.stores.meta import (
    Config,
    Meta,
    across_projects,
    connect_meta,
    delete_scoped,
    open_meta,
    scoped,
    update_scoped,
)
from spyglass.stores.meta.config import connection_url
from spyglass.stores.meta.migrate import migrate, schema_version
from spyglass.stores.meta.tables import ApiKey, Job, Organization, Project, Table, User


def add_project(meta: Meta, name: str) -> str:
    with meta.begin() as session:
        organization = Organization(name=name)
        session.add(organization)
        session.flush()
        project = Project(name=name, organization_id=organization.id)
        session.add(project)
        session.flush()
        return project.id


class TestTransaction:
    def test_is_committed_at_the_end_of_the_block(self, meta: Meta) -> None:
        with meta.begin() as session:
            session.add(User(email="a@example.com", name="A"))
        with meta.read() as session:
            assert session.scalars(select(User.email)).all() == ["a@example.com"]

    def test_an_unexpected_error_does_not_tell_the_values(self, meta: Meta) -> None:
        with pytest.raises(DBAPIError) as caught, meta.begin() as session:
            session.execute(text("SELECT no_such_function(:value)"), {"value": "canary"})
        assert "no_such_function" in str(caught.value)
        assert "canary" not in str(caught.value)

    def test_is_rolled_back_when_the_block_raises(self, meta: Meta) -> None:
        with pytest.raises(ZeroDivisionError), meta.begin() as session:
            session.add(User(email="a@example.com", name="A"))
            session.flush()
            _ = 1 / 0
        with meta.read() as session:
            assert session.scalar(select(func.count()).select_from(User)) == 0

    def test_a_second_row_of_the_same_key_is_a_conflict(self, meta: Meta) -> None:
        with meta.begin() as session:
            session.add(User(email="a@example.com", name="A"))
        with pytest.raises(Conflict), meta.begin() as session:
            session.add(User(email="a@example.com", name="B"))
        with meta.read() as session:
            assert session.scalars(select(User.name)).all() == ["A"]

    def test_a_reader_sees_one_state_of_the_store(self, meta: Meta) -> None:
        with meta.begin() as session:
            session.add(User(email="a@example.com", name="A"))
        count = select(func.count()).select_from(User)
        with meta.read() as reader:
            assert reader.scalar(count) == 1
            with meta.begin() as session:
                session.add(User(email="b@example.com", name="B"))
            assert reader.scalar(count) == 1
        with meta.read() as reader:
            assert reader.scalar(count) == 2

    def test_a_row_that_points_nowhere_is_a_conflict(self, meta: Meta) -> None:
        with pytest.raises(Conflict), meta.begin() as session:
            session.add(Project(name="orphan", organization_id="nobody"))

    def test_a_reader_cannot_write(self, meta: Meta) -> None:
        with pytest.raises(Unavailable), meta.read() as session:
            session.add(User(email="a@example.com", name="A"))
            session.flush()
        with meta.begin() as session:  # the same connection writes again afterwards
            session.add(User(email="b@example.com", name="B"))

    def test_writers_in_parallel_lose_nothing(self, meta: Meta) -> None:
        def write(number: int) -> None:
            for turn in range(10):
                with meta.begin() as session:
                    session.add(User(email=f"{number}-{turn}@example.com", name="x"))

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with meta.read() as session:
            assert session.scalar(select(func.count()).select_from(User)) == 40

    def test_a_reader_is_not_held_up_by_an_open_writer(self, meta: Meta) -> None:
        with meta.begin() as writer:
            writer.add(User(email="a@example.com", name="A"))
            writer.flush()
            with meta.read() as reader:
                assert reader.scalar(select(func.count()).select_from(User)) == 0


class TestValues:
    def test_instants_keep_their_microsecond_and_come_back_as_utc(self, meta: Meta) -> None:
        moment = datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=5, minutes=30)))
        with meta.begin() as session:
            session.add(User(id="u", email="a@example.com", name="A", disabled_at=moment))
        with meta.read() as session:
            read = session.get_one(User, "u").disabled_at
        assert read == datetime(2026, 1, 31, 18, 29, 59, 999_999, tzinfo=UTC)
        assert read is not None and read.utcoffset() == timedelta(0)

    def test_instants_compare_by_moment(self, meta: Meta) -> None:
        early = datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=3)))  # 22:00 UTC of the day before
        with meta.begin() as session:
            session.add(User(email="a@example.com", name="A", disabled_at=early))
        later = datetime(2026, 2, 28, 23, tzinfo=UTC)
        with meta.read() as session:
            assert session.scalars(select(User.name).where(User.disabled_at < later)).all() == ["A"]
            assert session.scalars(select(User.name).where(User.disabled_at > later)).all() == []

    def test_an_instant_without_a_zone_is_refused(self, meta: Meta) -> None:
        naive = datetime(2026, 1, 1)  # noqa: DTZ001
        with pytest.raises(Exception, match="without a zone"), meta.begin() as session:
            session.add(User(email="a@example.com", name="A", disabled_at=naive))
            session.flush()

    def test_json_comes_back_as_it_was(self, meta: Meta) -> None:
        value = {"a": [1, 2.5, None, "ü\u2028"], "b": {"c": True}, "": 2**53}
        with meta.begin() as session:
            session.add(Job(id="j", name="x", arguments=value))
        with meta.read() as session:
            job = session.get_one(Job, "j")
            assert job.arguments == value
            assert job.result is None
            assert (job.state, job.attempts) == ("waiting", 0)

    def test_a_project_name_is_free_again_after_its_deletion(self, meta: Meta) -> None:
        with meta.begin() as session:
            session.add(Organization(id="o", name="o"))
        deleted = datetime(2026, 1, 1, tzinfo=UTC)
        with meta.begin() as session:
            session.add(Project(organization_id="o", name="p", deleted_at=deleted))
        with meta.begin() as session:
            session.add(Project(organization_id="o", name="p"))
        with pytest.raises(Conflict), meta.begin() as session:
            session.add(Project(organization_id="o", name="p"))


class TestScope:
    @pytest.fixture
    def projects(self, meta: Meta) -> tuple[str, str]:
        mine, other = add_project(meta, "mine"), add_project(meta, "other")
        with meta.begin() as session:
            session.add_all([Job(id="1", name="x", project_id=mine), Job(id="2", name="x", project_id=other)])
            session.add(Job(id="3", name="x"))
        return mine, other

    def test_select_sees_one_project(self, meta: Meta, projects: tuple[str, str]) -> None:
        with meta.read() as session:
            assert [job.id for job in session.scalars(scoped(Job, projects[0]))] == ["1"]
            assert [job.id for job in session.scalars(scoped(Job, projects[0]).where(Job.id == "2"))] == []

    def test_update_and_delete_reach_one_project(self, meta: Meta, projects: tuple[str, str]) -> None:
        with meta.begin() as session:
            session.execute(update_scoped(Job, projects[0]).values(name="y"))
        with meta.begin() as session:
            session.execute(delete_scoped(Job, projects[1]))
        with meta.read() as session:
            rows = {job.id: job.name for job in session.scalars(across_projects(Job))}
        assert rows == {"1": "y", "3": "x"}


class TestMigration:
    def test_the_tables_are_what_the_classes_say(self, meta: Meta) -> None:
        with meta.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Table.metadata) == []

    def test_is_recorded_and_not_repeated(self, meta: Meta) -> None:
        lines: list[str] = []
        assert migrate(meta, lines.append) == schema_version(meta)
        assert lines == []

    def test_a_newer_schema_is_refused_and_left_alone(self, meta: Meta) -> None:
        newest = schema_version(meta)
        with meta.connect() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(Conflict, match=f"schema version 9999, this program knows {newest}"):
            migrate(meta, silent)
        assert schema_version(meta) == "9999"

    def test_killed_at_any_statement_the_next_start_completes(
        self, meta_config: Config, tmp_path: Path
    ) -> None:
        number = 1
        while in_child(die_at, meta_config, tmp_path, number) == -signal.SIGKILL:
            number += 1
        assert number > 15  # it was killed at each statement of the first revision
        meta = open_meta(meta_config, tmp_path, silent)
        with meta.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
        meta.close()

    def test_a_kill_leaves_nothing_half(self, meta_config: Config, tmp_path: Path) -> None:
        assert in_child(die_before, meta_config, tmp_path, "CREATE TABLE jobs") == -signal.SIGKILL
        meta = connect_meta(meta_config, tmp_path)
        with pytest.raises(Exception, match="organizations"), meta.read() as session:
            session.execute(text("SELECT * FROM organizations"))
        assert schema_version(meta) is None
        assert migrate(meta, silent) == schema_version(meta)
        meta.close()

    def test_of_many_that_start_together_all_end_well(self, meta_config: Config, tmp_path: Path) -> None:
        children = [start_child(start_up, meta_config, tmp_path) for _ in range(5)]
        assert [exit_code_of(child) for child in children] == [0] * 5


class TestSqlite:
    def test_every_connection_is_durable_and_checks_references(self, tmp_path: Path) -> None:
        meta = open_meta(Config(), tmp_path, silent)
        for _ in range(2):
            with meta.connect() as one, meta.read() as other:
                for connection in (one, other.connection()):
                    pragmas = [
                        connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                        for name in ("journal_mode", "synchronous", "foreign_keys")
                    ]
                    assert pragmas == ["wal", 2, 1]
        meta.close()

    def test_a_damaged_file_is_unavailable_not_a_crash(self, tmp_path: Path) -> None:
        (tmp_path / "meta.db").write_bytes(b"this is no database" * 500)
        with pytest.raises(Unavailable, match="damaged"):
            open_meta(Config(), tmp_path, silent)


@pytest.mark.postgres
class TestPostgresql:
    def test_a_database_shared_with_other_programs_is_left_alone(
        self, postgres_server: PostgresServer, tmp_path: Path
    ) -> None:
        meta = open_meta(Config(url=postgres_server.url), tmp_path, silent)
        with meta.connect() as connection:
            schemas = connection.execute(
                text("SELECT table_schema FROM information_schema.tables WHERE table_name = 'projects'")
            ).scalars()
            assert "public" not in schemas
        meta.close()

    def test_down_is_unavailable_and_it_recovers_by_itself(
        self, postgres_server: PostgresServer, tmp_path: Path
    ) -> None:
        meta = open_meta(Config(url=postgres_server.url, schema="outage"), tmp_path, silent)
        assert meta.healthy()
        postgres_server.stop()
        try:
            assert not meta.healthy()
            with pytest.raises(Unavailable), meta.begin() as session:
                session.add(User(email="a@example.com", name="A"))
        finally:
            postgres_server.start()
        assert meta.healthy()
        meta.close()

    def test_a_read_only_primary_is_unavailable(
        self, postgres_server: PostgresServer, tmp_path: Path
    ) -> None:
        meta = open_meta(Config(url=postgres_server.url, schema="failover"), tmp_path, silent)
        with pytest.raises(Unavailable), meta.begin() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            session.add(User(email="a@example.com", name="A"))
        meta.close()

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            # Characters that do not compress: an index takes 2.7 kB of a row.
            ("".join(chr(0x10000 + place * 977) for place in range(1000)), "too long"),
            ("a\0b", "cannot be stored"),
        ],
    )
    def test_a_value_that_it_cannot_keep_is_the_callers_mistake(
        self, postgres_server: PostgresServer, tmp_path: Path, name: str, message: str
    ) -> None:
        meta = open_meta(Config(url=postgres_server.url, schema="values"), tmp_path, silent)
        with pytest.raises(Invalid, match=message), meta.begin() as session:
            session.add(User(email=name, name="A"))
        meta.close()

    def test_the_log_does_not_tell_a_value_that_it_refused(
        self, postgres_server: PostgresServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        meta = open_meta(Config(url=postgres_server.url, schema="values"), tmp_path, silent)
        with pytest.raises(Invalid, match="cannot be stored"), meta.begin() as session:
            session.add(Job(name="purge", arguments={"deletes": ["canary", "a\0b"]}))
        meta.close()
        assert "metadata store refused a value (22P05)" in caplog.text
        assert "canary" not in caplog.text

    def test_a_user_who_may_not_create_a_schema_is_told_what_to_do(
        self, postgres_server: PostgresServer, tmp_path: Path
    ) -> None:
        owner = connect_meta(Config(url=postgres_server.url), tmp_path)
        with owner.connect() as connection:
            connection.exec_driver_sql("CREATE ROLE guest LOGIN")
        guest = Config(url=postgres_server.url.replace("spyglass@", "guest@"), schema="guests")
        with pytest.raises(Misconfigured, match="CREATE SCHEMA guests AUTHORIZATION guest"):
            open_meta(guest, tmp_path, silent)
        with owner.connect() as connection:
            connection.exec_driver_sql("CREATE SCHEMA guests AUTHORIZATION guest")
        owner.close()
        open_meta(guest, tmp_path, silent).close()

    def test_nobody_answers_at_that_address(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable):
            open_meta(Config(url="postgresql://a:canary@127.0.0.1:1/b"), tmp_path, silent)


class TestUrl:
    def test_parameters_of_other_drivers_are_left_out(self, tmp_path: Path) -> None:
        given = (
            "postgres://u:p%40ss@db:6432/name?schema=public&connection_limit=5&sslmode=require&pgbouncer=true"
        )
        url = connection_url(Config(url=given), tmp_path)
        rendered = url.render_as_string(hide_password=False)
        assert rendered == "postgresql+psycopg://u:p%40ss@db:6432/name?sslmode=require"

    @pytest.mark.parametrize("url", ["mysql://u@h/d", "nonsense", "sqlite:///x.db"])
    def test_other_databases_are_refused(self, url: str, tmp_path: Path) -> None:
        with pytest.raises(Misconfigured):
            connection_url(Config(url=url), tmp_path)

    def test_a_schema_is_a_plain_name(self, tmp_path: Path) -> None:
        with pytest.raises(Misconfigured, match="lower-case"):
            Meta(Config(schema='x"; DROP SCHEMA public; --'), tmp_path / "meta.db")


def test_a_table_owned_by_projects_has_an_index_on_the_project() -> None:
    for table in (ApiKey.__table__, Job.__table__):
        assert any(index.columns.keys()[0] == "project_id" for index in table.indexes), table.name  # type: ignore[attr-defined]
