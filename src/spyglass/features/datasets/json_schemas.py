"""The JSON Schemas (2020-12) that the items of a dataset must keep: which schemas are accepted, what is wrong
with an item. References lead nowhere outside of the schema, and no schema can make work without end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from spyglass.core.errors import InvalidData
from spyglass.features.datasets.schema_cost import SchemaCost, UnresolvedError, count_patterns, measure

MAX_ERRORS_PER_FIELD = 3
_MOST_STEPS = 20_000_000
_MOST_COPIED = 20_000_000
_MOST_PLACES = 20_000  # of a schema
_MOST_PATTERNS = 300  # of a schema: each takes about a millisecond to read
_BACKTRACKS = 10_000  # of a pattern with look-around; others need none
_STEPS_OF_A_CHARACTER = 0.1
_STEPS_OF_A_CHARACTER_WITH_BACKTRACKS = 50.0
_LONGEST_MESSAGE = 300

Issue = dict[str, Any]
# JSON name of the field of an item -> JSON name of the schema of a dataset
FIELDS = {"input": "inputSchema", "expectedOutput": "expectedOutputSchema"}


@dataclass(frozen=True)
class Checker:
    """A schema that was accepted, and how much work it can make."""

    validator: jsonschema_rs.Draft202012Validator
    cost: SchemaCost

    def issues_of(self, value: Any, path: list[Any]) -> list[Issue]:
        """What is wrong with `value`, which stands at `path`; nothing when it keeps the schema."""
        try:
            steps = self.cost.of(value)
            if steps > _MOST_STEPS:
                return [_issue(path, "is too large or too deep to be checked against the schema")]
            if self.validator.is_valid(value):
                return []
            # There may be an error for each step, and each holds a copy of what is wrong, at most of all.
            _, places, characters = measure(value)
            few = steps * (places + characters) <= _MOST_COPIED
            return self._details(value, path) if few else self._first(value, path)
        except (ValueError, RecursionError, UnresolvedError):  # deeper than the validator goes
            return [_issue(path, "is nested too deep to be checked against the schema")]

    def _first(self, value: Any, path: list[Any]) -> list[Issue]:
        try:
            self.validator.validate(value)
        except jsonschema_rs.ValidationError as error:
            return [_issue([*path, *error.instance_path], error.message)]
        return []

    def _details(self, value: Any, path: list[Any]) -> list[Issue]:
        found = []
        for error in self.validator.iter_errors(value):
            found.append(_issue([*path, *error.instance_path], error.message))
            if len(found) == MAX_ERRORS_PER_FIELD:
                break
        return found


def compile_schema(schema: Any, field: str) -> Checker | None:
    """The checker of a schema (None: without one everything is allowed). Raises `InvalidData` with where it is
    wrong; `field` is the name of the schema in the request."""
    if schema is None:
        return None
    if not isinstance(schema, dict | bool):
        raise InvalidData([_issue([field], "Invalid JSON Schema: must be an object or a boolean")])
    if measure(schema)[1] > _MOST_PLACES:
        raise InvalidData([_issue([field], f"has more than {_MOST_PLACES} values")])
    if count_patterns(schema) > _MOST_PATTERNS:
        raise InvalidData([_issue([field], f"has more than {_MOST_PATTERNS} regular expressions")])
    try:
        validator, character_steps = _build(schema)
        cost = SchemaCost(schema, character_steps)
    except jsonschema_rs.ValidationError as error:
        raise InvalidData([_issue([field, *error.instance_path], _reason(error))]) from None
    except UnresolvedError as error:
        message = f"{error} is no reference within the schema that can be followed"
        raise InvalidData([_issue([field], message)]) from None
    except (ValueError, RecursionError):
        raise InvalidData([_issue([field], "is nested too deep")]) from None
    return Checker(validator, cost)


def _build(schema: Any) -> tuple[jsonschema_rs.Draft202012Validator, float]:
    """And the steps of a character: few, unless a pattern looks around or back."""
    try:
        options: Any = jsonschema_rs.RegexOptions()
        return _build_with(schema, options), _STEPS_OF_A_CHARACTER
    except jsonschema_rs.ValidationError:
        options = jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKS)
        return _build_with(schema, options), _STEPS_OF_A_CHARACTER_WITH_BACKTRACKS


def _build_with(schema: Any, options: Any) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema, retriever=_refuse, pattern_options=options)


def compile_stored(schemas: Mapping[str, Any]) -> dict[str, Checker]:
    """Field of an item -> checker, for the schemas by their names in the request."""
    found = {field: compile_schema(schemas.get(name), name) for field, name in FIELDS.items()}
    return {field: checker for field, checker in found.items() if checker is not None}


def check_item(checkers: Mapping[str, Checker], content: Mapping[str, Any], path: list[Any]) -> list[Issue]:
    """Issues of one item: `content` has the values by field."""
    return [
        issue
        for field, checker in checkers.items()
        for issue in checker.issues_of(content[field], [*path, field])
    ]


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is not fetched")


def _reason(error: jsonschema_rs.ValidationError) -> str:
    return f"Invalid JSON Schema: {error.message}"


def _issue(path: list[Any], message: str) -> Issue:
    text = message if len(message) <= _LONGEST_MESSAGE else message[:_LONGEST_MESSAGE] + "…"
    return {"code": "custom", "path": path, "message": text}
