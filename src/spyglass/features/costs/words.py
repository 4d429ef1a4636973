"""How amounts and conditions read."""

from decimal import Decimal

from spyglass.core.cost import AttributeCondition, Condition

_WORDS = {
    "gt": "more than",
    "gte": "at least",
    "lt": "less than",
    "lte": "at most",
    "eq": "exactly",
    "neq": "other than",
}


def decimal_text(amount: Decimal | None) -> str | None:
    """All digits and no more."""
    if amount is None:
        return None
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def condition_words(condition: Condition) -> str:
    if isinstance(condition, AttributeCondition):
        where = "model parameter" if condition.source == "model_parameters" else "metadata"
        return f"{where} {condition.key!r} is one of {', '.join(condition.values)}"
    units = f"{condition.value:,.0f}" if float(condition.value).is_integer() else str(condition.value)
    return f"units of the kinds that match {condition.pattern!r} are {_WORDS[condition.operator]} {units}"
