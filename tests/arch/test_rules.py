"""The rules of tools/rules.py find what is planted, leave alone what is allowed; the source keeps them."""

import importlib.util
import sys
from pathlib import Path, PurePosixPath
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load_tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


rules = load_tool("rules")

PLANTED = [
    ("ingest/utils.py", "x = 1", "`utils` says nothing"),
    ("query/helpers/x.py", "x = 1", "`helpers` says nothing"),
    ("api/x.py", "datetime.now(UTC)", "only core/clock.py"),
    ("api/x.py", "datetime.datetime.utcnow()", "only core/clock.py"),
    ("api/x.py", "import time\ntime.time()", "only core/clock.py"),
    ("api/x.py", "uuid.uuid4()", "only core/ids.py"),
    ("api/x.py", "os.environ['A']", "only settings.py"),
    ("api/x.py", "os.getenv('A')", "only settings.py"),
    ("api/x.py", "from os import environ", "only settings.py"),
    ("features/a/routes.py", "raise HTTPException(404)", "core/errors.py"),
    ("features/a/routes.py", "raise fastapi.HTTPException(404)", "core/errors.py"),
    ("features/a/service.py", "session.commit()", "with meta.begin()"),
    ("stores/meta/tables/x.py", "a = relationship('B')", "the select that is meant"),
    ("stores/meta/tables/x.py", "a = orm.relationship('B')", "the select that is meant"),
    ("features/a/service.py", "select(Job)", "use scoped()"),
    ("features/a/service.py", "sa.select(Job.id, Other.x)", "use scoped()"),
    ("features/a/service.py", "delete(ApiKey)", "use scoped()"),
]
ALLOWED = [
    ("core/clock.py", "datetime.now(UTC); time.time_ns()"),
    ("core/ids.py", "uuid.uuid4()"),
    ("settings.py", "os.environ"),
    ("api/errors.py", "HTTPException"),
    ("stores/log/sqlite.py", "connection.commit()"),
    ("ingest/worker.py", "log.commit(last)"),
    ("features/a/service.py", "scoped(Job, project_id)\nselect(Project)"),
    ("stores/meta/scope.py", "select(Job)"),
    ("jobs/runner.py", "select(Job)"),
    ("api/x.py", "time.monotonic(); clock.now()"),
]


def find(path: str, body: str) -> list[str]:
    return [what for _, what in rules.check_source(PurePosixPath(path), f'"""What it is for."""\n{body}\n')]


@pytest.mark.parametrize(("path", "body", "words"), PLANTED)
def test_what_is_planted_is_found(path: str, body: str, words: str) -> None:
    found = find(path, body)
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(("path", "body"), ALLOWED)
def test_what_is_allowed_is_left_alone(path: str, body: str) -> None:
    assert find(path, body) == []


def test_a_module_says_what_it_is_for() -> None:
    assert rules.check_source(PurePosixPath("api/x.py"), "x = 1\n") != []
    assert rules.check_source(PurePosixPath("api/__init__.py"), "") == []


def test_every_table_with_a_project_is_known_to_the_scope_rule() -> None:
    from spyglass.stores.meta.tables import Table

    owned = {
        mapper.class_.__name__ for mapper in Table.registry.mappers if "project_id" in mapper.local_table.c
    }
    assert owned == rules.PROJECT_OWNED


def test_the_source_keeps_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = rules.main()
    assert (outcome, capsys.readouterr().out) == (0, "")
