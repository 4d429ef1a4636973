"""A report to think about: modules and functions that grew beyond the budget. Never fails a build."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE_LINES = 400
FUNCTION_LINES = 60


def long_functions(tree: ast.Module) -> Iterator[tuple[str, int, int]]:
    """(name, first line, lines) of each function over the budget."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield node.name, node.lineno, lines


def main() -> int:
    total = 0
    for file in sorted((ROOT / "src").rglob("*.py")):
        text = file.read_text()
        lines = text.count("\n")
        total += lines
        name = file.relative_to(ROOT)
        if "migrations/versions" in name.as_posix():
            continue
        if lines > MODULE_LINES:
            print(f"{name}: {lines} lines (budget {MODULE_LINES})")
        for function, line, length in long_functions(ast.parse(text)):
            print(f"{name}:{line}: {function} has {length} lines (budget {FUNCTION_LINES})")
    print(f"{total:,} lines of Python under src/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
