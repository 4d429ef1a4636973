"""Rules of ARCHITECTURE.md that no other tool checks, on the syntax tree of each module under `src/`.

Prints `file:line: what` for each offence and ends with 1 when there is one.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "spyglass"

BANNED_NAMES = {"utils", "helpers", "common", "misc", "manager", "base", "types"}
CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
ID_CALLS = {"uuid.uuid1", "uuid.uuid4", "uuid.uuid7", "uuid1", "uuid4", "uuid7"}
# Rows of these belong to a project; see stores/meta/scope.py.
PROJECT_OWNED = {
    *("AnnotationQueue", "AnnotationQueueAssignment", "AnnotationQueueItem", "ApiKey", "AuditLog"),
    *("BlobStorageIntegration", "Comment", "Dataset", "DatasetItem", "DatasetRun", "DatasetRunItem"),
    *("Erasure", "Invitation", "Job"),
    *("LlmConnection", "Media", "MediaLink", "ModelDefinition", "ProjectMembership", "Prompt"),
    *("PromptDependency", "PromptLabel", "PromptVersion", "ProtectedLabel", "Rejection", "ScoreConfig"),
    *("SavedView", "DefaultView", "Snapshot"),
}
# Statements on them that are meant to look across projects, each with its reason.
ACROSS_PROJECTS = {
    "api/key_ring.py": "the key itself says which project it is of",
    "jobs/runner.py": "the worker takes the jobs of all projects",
    "features/projects/service.py": "public keys are unique over all projects; the operator revokes by key",
    "features/audit_logs/service.py": "the key of an organization reads the entries of all its projects",
    "features/projects/provision.py": "a provisioned key may have to move from another project",
}

Offence = tuple[int, str]


@dataclass(frozen=True)
class Module:
    path: PurePosixPath  # below src/spyglass
    tree: ast.Module

    def is_in(self, *places: str) -> bool:
        text = str(self.path)
        return any(text == place or text.startswith(place.rstrip("/") + "/") for place in places)

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Each call with the dotted name of what is called (empty when it has none)."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, dotted(node.func)


Rule = Callable[[Module], Iterator[Offence]]


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        start = dotted(node.value)
        return f"{start}.{node.attr}" if start else node.attr
    return ""


def check_file_name(module: Module) -> Iterator[Offence]:
    for part in (*module.path.parts[:-1], module.path.stem):
        if part in BANNED_NAMES:
            yield 1, f"`{part}` says nothing about what is in it"


def check_docstring(module: Module) -> Iterator[Offence]:
    if module.tree.body and ast.get_docstring(module.tree) is None:
        yield 1, "a module opens with what it is responsible for"


def check_clock(module: Module) -> Iterator[Offence]:
    if module.is_in("core/clock.py"):
        return
    for call, name in module.calls():
        if any(name == banned or name.endswith(f".{banned}") for banned in CLOCK_CALLS):
            yield call.lineno, f"{name}(): only core/clock.py reads the clock"


def check_ids(module: Module) -> Iterator[Offence]:
    if module.is_in("core/ids.py"):
        return
    for call, name in module.calls():
        if name in ID_CALLS:
            yield call.lineno, f"{name}(): only core/ids.py makes ids"


def check_environment(module: Module) -> Iterator[Offence]:
    if module.is_in("settings.py"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.getenv", "os.putenv"}:
            yield node.lineno, f"{dotted(node)}: only settings.py reads the environment"
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            for alias in node.names:
                if alias.name in {"environ", "getenv"}:
                    yield node.lineno, f"os.{alias.name}: only settings.py reads the environment"


def check_http_exception(module: Module) -> Iterator[Offence]:
    if module.is_in("api"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute) and dotted(node).endswith("HTTPException"):
            yield node.lineno, "HTTPException: raise an error of core/errors.py"


def check_commit(module: Module) -> Iterator[Offence]:
    """`log.commit(seq)` of the ingest log is another thing; it takes an argument."""
    if module.is_in("stores"):
        return
    for call, name in module.calls():
        if name.endswith(".commit") and not call.args:
            yield call.lineno, "commit(): a transaction is a `with meta.begin()` block"


def check_relationship(module: Module) -> Iterator[Offence]:
    for call, name in module.calls():
        if name.split(".")[-1] in {"relationship", "backref"}:
            yield call.lineno, "relationship(): write the select that is meant"


def check_scope(module: Module) -> Iterator[Offence]:
    if module.is_in("stores/meta", *ACROSS_PROJECTS):
        return
    for call, name in module.calls():
        if name.split(".")[-1] not in {"select", "update", "delete"} or not call.args:
            continue
        tables = {dotted(argument).split(".")[0] for argument in call.args} & PROJECT_OWNED
        for table in sorted(tables):
            yield call.lineno, f"{name}({table}): use scoped() so that the project cannot be forgotten"


RULES: list[Rule] = [
    check_file_name,
    check_docstring,
    check_clock,
    check_ids,
    check_environment,
    check_http_exception,
    check_commit,
    check_relationship,
    check_scope,
]


def check_source(path: PurePosixPath, text: str) -> list[Offence]:
    """Offences of one module, given by its path below `src/spyglass`."""
    module = Module(path, ast.parse(text))
    return sorted(offence for rule in RULES for offence in rule(module))


def main() -> int:
    count = 0
    for file in sorted(SOURCE.rglob("*.py")):
        path = PurePosixPath(file.relative_to(SOURCE).as_posix())
        if path.is_relative_to("stores/meta/migrations/versions"):
            continue
        for line, what in check_source(path, file.read_text()):
            print(f"{file.relative_to(ROOT)}:{line}: {what}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
