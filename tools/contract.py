"""Compares what our `openapi.json` promises with what the published API promises, operation by operation.

Only facts are kept of the published document: `make contract FILE=openapi.yml` reduces it to names, types and
statuses in tests/contract/published.json. tests/contract/differences.toml lists each intended difference with
its reason, and docs/reference/compatibility.md is made of the three.

A client that was generated for the published document must work with ours. So: every parameter and field that
it may send is accepted, nothing more is demanded; every field that it reads is there and of the promised type.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "contract"
METHODS = ("get", "post", "put", "patch", "delete")
_DEEPEST = 12

Document = dict[str, Any]
# A field: {"types": [...], "required": bool, "values": [...] or absent}. No types: anything.
Field = dict[str, Any]
Fields = dict[str, Field]


@dataclass(frozen=True, order=True)
class Difference:
    """`place` is `parameter limit`, `request tags[]`, `response data[].id`, `status` or empty for all of it."""

    operation: str
    place: str
    what: str


# --- a document -> facts


def facts_of(document: Document) -> dict[str, Any]:
    """`GET /api/public/x/{}` -> its parameters, request fields, success status and response fields."""
    found = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                name = f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path)}"
                found[name] = _operation(document, item[method])
    return dict(sorted(found.items()))


def _operation(document: Document, operation: Document) -> dict[str, Any]:
    parameters = {
        each["name"]: _leaf(document, each["schema"]) | {"required": bool(each.get("required"))}
        for each in operation.get("parameters", [])
        if each["in"] == "query"
    }
    successes = sorted(status for status in operation["responses"] if status.startswith("2"))
    response: Fields = {}
    for status in successes[:1]:
        response = _fields(document, _json_schema(operation["responses"][status]))
    request = _fields(document, _json_schema(operation.get("requestBody", {})))
    return {"parameters": parameters, "request": request, "statuses": successes, "response": response}


def _json_schema(holder: Document) -> Document:
    content = holder.get("content", {})
    schema: Document = content.get("application/json", content.get("application/scim+json", {})).get(
        "schema", {}
    )
    return schema


def _fields(document: Document, schema: Document) -> Fields:
    """Every field of a schema under its path: `data[].id`, `metadata{}.x`."""
    found: Fields = {}
    _walk(document, schema, "", True, found, 0)
    return found


def _walk(document: Document, schema: Document, path: str, required: bool, found: Fields, depth: int) -> None:
    leaf = _leaf(document, schema)
    if path:
        found[path] = leaf | {"required": required}
    if depth > _DEEPEST:
        return
    for name, (inner, needed) in sorted(_properties(document, schema).items()):
        where = f"{path}.{name}" if path else name
        _walk(document, inner, where, needed, found, depth + 1)
    for inner in _alternatives(document, schema):
        if inner.get("type") == "array" and inner.get("items"):
            _walk(document, inner["items"], f"{path}[]", True, found, depth + 1)
        extra = inner.get("additionalProperties")
        if isinstance(extra, dict) and extra:
            _walk(document, extra, f"{path}{{}}", True, found, depth + 1)


def _properties(document: Document, schema: Document) -> dict[str, tuple[Document, bool]]:
    """Name -> (schema, required); of several alternatives, required means in each that is an object."""
    objects = [each for each in _alternatives(document, schema) if "properties" in each]
    found: dict[str, tuple[Document, bool]] = {}
    for name in {name for each in objects for name in each["properties"]}:
        having = [each for each in objects if name in each["properties"]]
        schemas = [each["properties"][name] for each in having]
        needed = len(having) == len(objects) and all(name in each.get("required", ()) for each in having)
        found[name] = (schemas[0] if len(schemas) == 1 else {"anyOf": schemas}, needed)
    return found


def _alternatives(document: Document, schema: Document) -> list[Document]:
    """The plain schemas that a schema stands for: references followed, `allOf` merged, `oneOf` spread."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _with_null(_alternatives(document, document["components"]["schemas"][name]), schema)
    for word in ("oneOf", "anyOf"):
        if word in schema:
            spread = [found for each in schema[word] for found in _alternatives(document, each)]
            rest = {key: value for key, value in schema.items() if key not in (word, "title", "description")}
            merged = [_merge(each, rest) for each in spread] if "properties" in rest else spread
            return _with_null(merged, schema)
    if "allOf" in schema:
        results: list[Document] = [{key: value for key, value in schema.items() if key != "allOf"}]
        for each in schema["allOf"]:
            results = [_merge(one, other) for one in results for other in _alternatives(document, each)]
        return _with_null(results, schema)
    return _with_null([schema], schema)


def _with_null(found: list[Document], schema: Document) -> list[Document]:
    return [*found, {"type": "null"}] if schema.get("nullable") else found


def _merge(one: Document, other: Document) -> Document:
    merged = {**other, **one}
    merged["properties"] = {**other.get("properties", {}), **one.get("properties", {})}
    merged["required"] = [*other.get("required", ()), *one.get("required", ())]
    return merged


def _leaf(document: Document, schema: Document) -> Field:
    types: set[str] = set()
    values: set[str] | None = set()
    for each in _alternatives(document, schema):
        kind = each.get("type") or ("object" if each.get("properties") else "")
        if not kind and "const" not in each and "enum" not in each:
            return {"types": []}
        types.add(kind or "string")
        allowed = each.get("enum") or ([each["const"]] if "const" in each else None)
        if allowed is not None and values is not None:
            values |= {str(value) for value in allowed}
        elif kind != "null":
            values = None
    field: Field = {"types": sorted(types)}
    if values:
        field["values"] = sorted(values)
    return field


# --- comparing


def compare(published: dict[str, Any], ours: dict[str, Any]) -> Iterator[Difference]:
    for name, theirs in published.items():
        if name not in ours:
            yield Difference(name, "", "missing")
            continue
        mine = ours[name]
        if not set(mine["statuses"]) & set(theirs["statuses"]):
            yield Difference(
                name, "status", f"{'/'.join(mine['statuses'])}, not {'/'.join(theirs['statuses'])}"
            )
        for place in ("parameters", "request"):
            yield from _compare_sent(name, place.removesuffix("s"), theirs[place], mine[place])
        yield from _compare_read(name, theirs["response"], mine["response"])


def _compare_sent(operation: str, word: str, theirs: Fields, mine: Fields) -> Iterator[Difference]:
    for path, field in theirs.items():
        if path not in mine:
            if not _under_anything(path, mine):
                yield Difference(operation, f"{word} {path}", "missing")
            continue
        narrower = _wider(field, mine[path], in_text=word == "parameter")
        if narrower:
            yield Difference(operation, f"{word} {path}", f"does not accept {narrower}")
        if mine[path]["required"] and not field["required"]:
            yield Difference(operation, f"{word} {path}", "required")
    for path, field in mine.items():
        if field["required"] and path not in theirs and "." not in path and "[]" not in path:
            yield Difference(operation, f"{word} {path}", "required, unknown to clients")


def _compare_read(operation: str, theirs: Fields, mine: Fields) -> Iterator[Difference]:
    for path, field in theirs.items():
        if path not in mine:
            if not _under_anything(path, mine):
                yield Difference(operation, f"response {path}", "missing")
            continue
        if field["required"] and not mine[path]["required"]:
            yield Difference(operation, f"response {path}", "may be absent")
        wider = _wider(mine[path], field, in_text=False)
        if wider:
            yield Difference(operation, f"response {path}", f"may be {wider}")


def _under_anything(path: str, fields: Fields) -> bool:
    """Whether a part of the path above is free JSON with us, which may hold anything."""
    parts = re.split(r"(?=\.|\[\]|{})", path)
    above = ("".join(parts[:count]) for count in range(1, len(parts)))
    return any(each in fields and not fields[each]["types"] for each in above)


def _wider(one: Field, other: Field, *, in_text: bool) -> str:
    """What `one` allows and `other` does not, in words."""
    if in_text:  # in a query everything is text, and a list takes one value too
        extra = {"array"} & (set(one["types"]) - set(other["types"]))
    elif not other["types"]:
        extra = set()
    elif not one["types"]:
        return "anything"
    else:
        number = {"integer"} if "number" in other["types"] else set()
        extra = set(one["types"]) - set(other["types"]) - number
    allowed = other.get("values")
    if allowed is not None:
        if "values" not in one:
            return "any text" if "string" in one["types"] else ", ".join(sorted(extra))
        extra |= set(one["values"]) - set(allowed)
    return ", ".join(sorted(extra))


# --- intended differences


@dataclass(frozen=True)
class Intended:
    """A rule of differences.toml: shell patterns for operation, place and what; and why."""

    operations: tuple[str, ...]
    place: str
    what: str
    reason: str

    def covers(self, found: Difference) -> bool:
        return (
            any(_matches(found.operation, each) for each in self.operations)
            and _matches(found.place, self.place)
            and _matches(found.what, self.what)
        )


def _matches(text: str, pattern: str) -> bool:
    """A shell pattern, in which brackets stand for themselves."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def read_intended() -> list[Intended]:
    content = tomllib.loads((FOLDER / "differences.toml").read_text())
    return [
        Intended(tuple(each["operations"]), each.get("place", "*"), each.get("what", "*"), each["reason"])
        for each in content["difference"]
    ]


def read_published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "published.json").read_text())
    return found


# --- the page


def compatibility_page(ours: dict[str, Any]) -> str:
    published, intended = read_published(), read_intended()
    found = list(compare(published, ours))
    lines = [
        "# Compatibility",
        "",
        "<!-- Written by tools/reference.py (make docs); do not edit. -->",
        "",
        "Every operation of the published Langfuse API (server 4.16.0), and where ours differs on purpose. A test",
        "compares the two documents field by field; a difference that is not listed here fails the build.",
        "",
        f"{len(published)} operations; {sum(name in ours for name in published)} answered.",
        "",
        "## Intended differences",
        "",
    ]
    for rule in intended:
        lines += [f"- {rule.reason}", "", *_covered_lines(rule, found), ""]
    lines += ["## Operations", "", "| Operation | |", "|---|---|"]
    different = {each.operation for each in found if each.place}
    for name in published:
        state = "later" if name not in ours else "with differences, above" if name in different else "same"
        lines.append(f"| `{name}` | {state} |")
    lines += [
        "",
        "## Beyond it",
        "",
        "Operations that only Spyglass has, and older ones that the document leaves out:",
        "",
    ]
    lines += [f"- `{name}`" for name in ours if name not in published]
    return "\n".join(lines) + "\n"


def _covered_lines(rule: Intended, found: list[Difference]) -> Iterator[str]:
    """One line for each kind of difference, with the operations that have it; not what lies below it."""
    covered = sorted({(each.place, each.what, each.operation) for each in found if rule.covers(each)})
    top = [
        each
        for each in covered
        if (each[0].rsplit(".", 1)[0], each[1], each[2]) not in covered or "." not in each[0]
    ]
    for place, what in sorted({each[:2] for each in top}):
        operations = [f"`{each[2]}`" for each in top if each[:2] == (place, what)]
        yield f"  - {f'{place} {what}'.strip()}: {', '.join(operations)}"


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: contract.py <the published openapi.yml>", file=sys.stderr)
        return 2
    import yaml  # only whoever has the published document needs it

    facts = facts_of(yaml.safe_load(Path(sys.argv[1]).read_text()))
    (FOLDER / "published.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
    print(f"{len(facts)} operations")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
