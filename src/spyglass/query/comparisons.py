"""One condition of a filter tree as SQL over the row that holds the value: 0 or 1, never null (`query/trees.py`)."""

import re
from typing import Any

from spyglass.core.filter_tree import NUMBERS, Leaf
from spyglass.query.fields import Field
from spyglass.query.views import instant
from spyglass.stores.analytics.sql import Sql, all_of, double, join, sql, value

_COMPARE = {"eq": "=", "is": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_FALSE = Sql(("0",))
# What is searched by whole words; the same columns of traces have a text index, on `lower(...)`.
PROSE = ("input", "output")
# Runs of what the tokenizer of the text index takes for one word.
_TOKEN = re.compile(r"[0-9A-Za-z\x80-\U0010ffff]+")
_LIKE = re.compile(r"[\\%_]")


def any_of(conditions: list[Sql]) -> Sql:
    joined = join(" OR ", (sql("({})", each) for each in conditions))
    return sql("({})", joined) if joined else _FALSE


def on_row(leaf: Leaf, field: Field) -> Sql:
    """A condition on the expression of a field, made 0 where it is null."""
    if field.type == "text":
        return _on_text(leaf, field)
    expression = Sql((f"({field.expression})",))
    if field.type == "map":
        return _on_map(leaf, expression)
    if leaf.op == "exists":
        return _exists(field.type, expression)
    if field.type == "array":
        return compare_array(expression, leaf.op, leaf.value)
    if field.type == "datetime":
        return _compare_instant(expression, leaf.op, leaf.value)
    if field.type == "boolean":
        return sql("ifNull({} = {}, 0)", expression, value("Bool", leaf.value))
    if field.type in NUMBERS:
        return compare_number(expression, leaf.op, leaf.value)
    return compare_text(expression, leaf.op, leaf.value)


def _exists(type_: str, expression: Sql) -> Sql:
    if type_ == "array":
        return sql("notEmpty({})", expression)
    if type_ in ("string", "option"):
        return sql("{} != ''", expression)
    return sql("isNotNull({})", expression)


def _on_map(leaf: Leaf, expression: Sql) -> Sql:
    if not leaf.key:
        return sql("notEmpty({})", expression)
    key = value("String", leaf.key)
    there = sql("mapContains({}, {})", expression, key)
    if leaf.op == "exists":
        return there
    entry = sql("{}[{}]", expression, key)
    if leaf.op in ("eq", "gt", "gte", "lt", "lte", "between"):
        return all_of([there, compare_number(sql("toFloat64OrNull({})", entry), leaf.op, leaf.value)])
    return all_of([there, compare_text(entry, leaf.op, leaf.value)])


def compare_number(expression: Sql, op: str, given: Any) -> Sql:
    if op == "between":
        low, high = given
        return sql("ifNull({} >= {} AND {} <= {}, 0)", expression, double(low), expression, double(high))
    if op == "in":
        return any_of([compare_number(expression, "eq", each) for each in given])
    if op == "exists":
        return sql("isNotNull({})", expression)
    return sql(f"ifNull({{}} {_COMPARE[op]} {{}}, 0)", expression, double(given))


def _compare_instant(expression: Sql, op: str, given: Any) -> Sql:
    if op == "between":
        low, high = map(instant, given)
        return sql("ifNull({} >= {} AND {} <= {}, 0)", expression, low, expression, high)
    return sql(f"ifNull({{}} {_COMPARE[op]} {{}}, 0)", expression, instant(given))


def compare_text(expression: Sql, op: str, given: Any) -> Sql:
    match op:
        case "is":
            return sql("{} = {}", expression, value("String", given))
        case "in":
            return sql("{} IN {}", expression, value("Array(String)", list(given)))
        case "contains":
            return sql("positionCaseInsensitiveUTF8({}, {}) > 0", expression, value("String", given))
        case _:
            return sql("{} ILIKE {}", expression, value("String", _pattern(op, given)))


def _pattern(op: str, given: str) -> str:
    escaped = _LIKE.sub(lambda found: "\\" + found[0], given)
    if op == "matches":
        return escaped.replace("*", "%")
    return f"{escaped}%" if op == "starts" else f"%{escaped}"


def compare_array(expression: Sql, op: str, given: Any) -> Sql:
    match op:
        case "is":
            return sql("has({}, {})", expression, value("String", given))
        case "in":
            return sql("hasAny({}, {})", expression, value("Array(String)", list(given)))
        case "all":
            return sql("hasAll({}, {})", expression, value("Array(String)", list(given)))
        case _:
            return sql("arrayExists(each -> {}, {})", compare_text(Sql(("each",)), op, given), expression)


def _on_text(leaf: Leaf, field: Field) -> Sql:
    if leaf.op == "exists":
        return any_of([Sql((f"({part}) != ''",)) for part in field.parts])
    return any_of([compare_part(part, leaf.op, leaf.value) for part in field.parts])


def compare_part(part: str, op: str, given: str, *, indexed: bool = False) -> Sql:
    """One of the columns of a full text. Words are whole ones in what people and models wrote, and may stand within a
    name or an id."""
    if op != "words":
        return compare_text(Sql((f"({part})",)), op, given)
    if part in PROSE:
        return match_words(Sql((part,)), given, fold_case=True, indexed=indexed)
    return compare_text(Sql((f"({part})",)), "contains", given)


def match_words(expression: Sql, text: str, *, fold_case: bool, indexed: bool) -> Sql:
    """The literal text, on whole words. With a text index on the expression (on `lower` of it where case is folded)
    the words go first, and a single one is all there is to ask; without one the literal test does, since it is several
    times faster than cutting every text into words. Words with other alphabets are left to the literal test, because
    the index folds only ASCII."""
    words = words_of(text, fold_case=fold_case)
    if fold_case:
        literal = sql("positionCaseInsensitiveUTF8({}, {}) > 0", expression, value("String", text))
        expression = sql("lower({})", expression)
    else:
        literal = sql("position({}, {}) > 0", expression, value("String", text))
    if not words:
        return literal
    tokens = sql("hasAllTokens({}, {})", expression, value("Array(String)", words))
    if not indexed:
        return all_of([literal, tokens])
    return tokens if is_word(text) else all_of([tokens, literal])


def is_word(text: str) -> bool:
    """Whether this is nothing but one word that a text index knows."""
    return text.isascii() and _TOKEN.fullmatch(text) is not None


def words_of(text: str, *, fold_case: bool = True) -> list[str]:
    """Those that a text index knows: only ASCII, which it folds."""
    found = {word for word in _TOKEN.findall(text) if word.isascii()}
    return sorted({word.lower() for word in found} if fold_case else found)


def whole_words(text: str) -> list[str]:
    """Those between others, as the index has them: the first and the last may be parts of longer ones."""
    found = {match[0] for match in _TOKEN.finditer(text) if match.start() > 0 and match.end() < len(text)}
    return sorted(word.lower() for word in found if word.isascii())
