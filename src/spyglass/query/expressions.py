"""Expressions that several views share: literals over the columns of the analytics tables."""

_ERROR_CLASS = r"^([A-Za-z_][\\w.]*(?:Error|Exception|Timeout|Fault|Warning|Interrupt))\\b"
_ID_OR_NUMBER = r"0x[0-9a-fA-F]+|[0-9a-fA-F]{8}[0-9a-fA-F-]*|\\d+"
_HEAD = "substring(splitByChar('\\n', status_message)[1], 1, 160)"


def milliseconds(start: str, end: str) -> str:
    """Whole milliseconds between two instants at the precision that readers see; null when unknown or negative."""
    span = f"intDiv(toUnixTimestamp64Micro({end}), 1000) - intDiv(toUnixTimestamp64Micro({start}), 1000)"
    return f"if({end} >= {start}, {span}, NULL)"


def part_of(column: str, word: str) -> str:
    """The exact sum over the keys of a map that contain `word`; null when the map is empty: unknown is never 0."""
    chosen = (
        f"arrayFilter((v, k) -> position(lower(k), '{word}') > 0, mapValues({column}), mapKeys({column}))"
    )
    return f"if(empty({column}), NULL, arraySum({chosen}))"


def value_of(column: str, key: str) -> str:
    return f"if(mapContains({column}, '{key}'), {column}['{key}'], NULL)"


LATENCY_MS = milliseconds("start_time", "end_time")
STREAMING_MS = milliseconds("completion_start_time", "end_time")
FIRST_TOKEN_MS = milliseconds("start_time", "completion_start_time")
TRACE_LATENCY_MS = milliseconds("first_start", "last_end")
INPUT_TOKENS = part_of("usage", "input")
OUTPUT_TOKENS = part_of("usage", "output")
TOTAL_TOKENS = value_of("usage", "total")
INPUT_COST = part_of("cost", "input")
OUTPUT_COST = part_of("cost", "output")


def per_second(amount: str, milliseconds_: str) -> str:
    return f"({amount}) * 1000 / nullIf({milliseconds_}, 0)"


# Errors of one kind have one name: the class that the message begins with, else its first line without what
# differs from case to case.
ERROR_TYPE = (
    "if(level != 'ERROR', '', multiIf("
    f"match(status_message, '{_ERROR_CLASS}'), extract(status_message, '{_ERROR_CLASS}'), "
    f"status_message = '', 'unknown', replaceRegexpAll({_HEAD}, '{_ID_OR_NUMBER}', '#')))"
)


def month_of(time: str) -> str:
    return f"formatDateTime({time}, '%Y-%m', 'UTC')"


def day_of(time: str) -> str:
    return f"formatDateTime({time}, '%Y-%m-%d', 'UTC')"
