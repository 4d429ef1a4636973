"""Filter conditions -> SQL conditions. One table of operators; what differs between columns is only where
their expression stands: on the row, on its trace, over its observations, or on its scores.
"""

from collections.abc import Sequence
from dataclasses import replace

from spyglass.core.filters import Condition, merge_conditions
from spyglass.query.columns import Filterable, FilterSet, Scope
from spyglass.query.comparisons import match_words
from spyglass.query.views import OBSERVATIONS, SCORES, TRACES, build_select, instant
from spyglass.stores.analytics.sql import Sql, Value, double, sql, value

# (condition type, operator) -> SQL over the expression and the bound value.
_TEXT = {
    "=": "{} = {}",
    "contains": "position({}, {}) > 0",
    "does not contain": "position({}, {}) = 0",
    "starts with": "startsWith({}, {})",
    "ends with": "endsWith({}, {})",
}
_COMPARE = {"=": "{} = {}", ">": "{} > {}", "<": "{} < {}", ">=": "{} >= {}", "<=": "{} <= {}"}
_OPTIONS = {"any of": "{} IN {}", "none of": "{} NOT IN {}"}
_ARRAY = {"any of": "hasAny({}, {})", "none of": "NOT hasAny({}, {})", "all of": "hasAll({}, {})"}
# The same for a single value, in half of the time.
_ARRAY_OF_ONE = {"any of": "has({}, {})", "none of": "NOT has({}, {})", "all of": "has({}, {})"}
_BOOLEAN = {"=": "({}) = {}", "<>": "({}) != {}"}
OPERATORS: dict[str, dict[str, str]] = {
    "string": _TEXT,
    "stringObject": _TEXT,
    "number": _COMPARE,
    "numberObject": _COMPARE,
    "datetime": _COMPARE,
    "stringOptions": _OPTIONS,
    "categoryOptions": _OPTIONS,
    "arrayOptions": _ARRAY,
    "boolean": _BOOLEAN,
    "booleanObject": _BOOLEAN,
}
# Scope -> (the table of the other record, its keys, the columns of a row that name it).
_ELSEWHERE = {
    Scope.TRACE: (TRACES, "id", "trace_id"),
    Scope.OBSERVATION: (OBSERVATIONS, "trace_id, id", "(trace_id, observation_id)"),
}
_NULL = {"is null": "{}", "is not null": "NOT ({})"}
_IS_NULL = {
    "string": "{} = ''",
    "stringOptions": "{} = ''",
    "arrayOptions": "empty({})",
    "stringObject": "empty({})",
    "metadata": "empty({})",
}


def compile_filter(
    filters: FilterSet, project_id: str, named: Sequence[Condition], advanced: Sequence[Condition] = ()
) -> list[Sql]:
    """SQL conditions on `filters.view`, to be joined with AND. An advanced condition replaces the named ones
    of the same physical column."""
    merged = merge_conditions(named, advanced, lambda condition: filters.by_id[condition.column].field)
    conditions: list[Sql] = []
    elsewhere: dict[Scope, list[Sql]] = {scope: [] for scope in _ELSEWHERE}
    for condition in merged:
        entry = filters.by_id[condition.column]
        match entry.scope:
            case Scope.ROW:
                conditions.append(_compile_on_row(entry, condition))
            case Scope.TRACE | Scope.OBSERVATION as scope:
                if entry.own or _suits_none(entry, condition):
                    conditions.append(_compile_alone(entry, condition, project_id))
                else:
                    elsewhere[scope].append(_compile_on_row(entry, condition))
            case Scope.SUMS:
                conditions.append(_compile_sums(entry, condition, project_id))
            case Scope.SCORE:
                conditions.append(_compile_scores(filters, condition, project_id))
    return conditions + [_semi_join(scope, project_id, found) for scope, found in elsewhere.items() if found]


def _semi_join(scope: Scope, project_id: str, where: Sequence[Sql], word: str = "IN") -> Sql:
    view, theirs, ours = _ELSEWHERE[scope]
    return sql(f"{ours} {word} ({{}})", build_select(view, project_id, theirs, where))


def _compile_alone(entry: Filterable, condition: Condition, project_id: str) -> Sql:
    """A condition on another record that not all rows have."""
    theirs = _compile_on_row(entry, condition)
    if _suits_none(entry, condition):
        found = _semi_join(entry.scope, project_id, [sql("NOT ({})", theirs)], "NOT IN")
    else:
        found = _semi_join(entry.scope, project_id, [theirs])
    if not entry.own:
        return found
    ours = _compile_on_row(replace(entry, expression=entry.own), condition)
    return sql("if({} != '', {}, {})", Sql((entry.own,)), ours, found)


def _suits_none(entry: Filterable, condition: Condition) -> bool:
    """Whether a row without the other record meets the condition: its texts are empty there, as in a group."""
    wanted: str | tuple[str, ...] = condition.value
    match condition.operator:
        case "is null":
            return True
        case "does not contain":
            return wanted != ""
        case "none of":
            return entry.column.type == "arrayOptions" or "" not in wanted
        case "any of":
            return entry.column.type != "arrayOptions" and "" in wanted
        case "all of":
            return not wanted
        case _:
            return wanted == ""


def _compile_on_row(entry: Filterable, condition: Condition) -> Sql:
    expression = Sql((entry.expression,))
    is_map = entry.column.type in ("stringObject", "metadata")
    if condition.type == "null":
        if is_map and condition.key:
            missing = sql("NOT mapContains({}, {})", expression, value("String", condition.key))
        else:
            missing = sql(_IS_NULL.get(entry.column.type, "isNull({})"), expression)
        return sql(_NULL[condition.operator], missing)
    if is_map:
        expression = sql("{}[{}]", expression, value("String", condition.key))
        if condition.type == "numberObject":
            expression = sql("toFloat64OrNull({})", expression)
    if condition.operator == "matches":
        fold_case = entry.column.type == "body"
        return match_words(expression, str(condition.value), fold_case=fold_case, indexed=entry.indexed)
    operators = OPERATORS[condition.type]
    if entry.column.type == "arrayOptions":
        if isinstance(condition.value, tuple) and len(condition.value) == 1:
            return sql(_ARRAY_OF_ONE[condition.operator], expression, value("String", condition.value[0]))
        operators = _ARRAY
    return sql(operators[condition.operator], expression, _bind(condition))


def _bind(condition: Condition) -> Value | Sql:
    match condition.value:
        case bool():
            return value("Bool", condition.value)
        case int():
            return instant(condition.value)
        case float():
            return double(condition.value)
        case tuple():
            return value("Array(String)", list(condition.value))
        case _:
            return value("String", condition.value)


def _compile_sums(entry: Filterable, condition: Condition, project_id: str) -> Sql:
    missing = condition.operator == "is null"
    if missing:  # a trace without observations has no sum either: ask for those that have one
        condition = replace(condition, operator="is not null")
    having = _compile_on_row(entry, condition)
    grouped = build_select(
        OBSERVATIONS, project_id, "trace_id", tail=sql("GROUP BY trace_id HAVING {}", having)
    )
    return sql("id NOT IN ({})" if missing else "id IN ({})", grouped)


def _compile_scores(filters: FilterSet, condition: Condition, project_id: str) -> Sql:
    """Records that have such scores; those without any only for `none of`."""
    own, theirs = "id", "trace_id"
    where: list[Sql] = []
    if filters.view is OBSERVATIONS:
        own, theirs = "(trace_id, id)", "trace_id, observation_id"
        where.append(Sql(("observation_id != ''",)))
    if condition.key:
        where.append(sql("name = {}", value("String", condition.key)))
    tail = Sql(("",))
    word = "IN"
    if condition.type == "numberObject":
        average = sql(_COMPARE[condition.operator], Sql(("avg(value)",)), _bind(condition))
        where.append(Sql(("data_type IN ('NUMERIC', 'BOOLEAN')",)))
        tail = sql(f"GROUP BY {theirs} HAVING {{}}", average)
    elif condition.type == "booleanObject":
        where.append(Sql(("data_type = 'BOOLEAN'",)))
        where.append(sql(_BOOLEAN[condition.operator], Sql(("value = 1",)), _bind(condition)))
    else:
        where.append(Sql(("data_type = 'CATEGORICAL'",)))
        text = "string_value" if condition.key else "concat(name, ':', string_value)"
        where.append(sql(_OPTIONS["any of"], Sql((text,)), _bind(condition)))
        word = "IN" if condition.operator == "any of" else "NOT IN"
    return sql(f"{own} {word} ({{}})", build_select(SCORES, project_id, theirs, where, tail))
