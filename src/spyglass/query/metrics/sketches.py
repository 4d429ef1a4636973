"""Percentiles of very many values from counts per bin, where the bounds of each bin differ by a fixed ratio
(DDSketch): the middle of a bin is at most `ERROR` off any of its values, relatively. The embedded engine has no
t-digest; this needs sums of maps only, and its error does not depend on the data.
"""

import math
from collections.abc import Mapping, Sequence

from spyglass.stores.analytics.sql import Sql, sql

ERROR = 0.005
_RATIO = (1 + ERROR) / (1 - ERROR)
_LOG_RATIO = math.log(_RATIO)
# What counts as zero, and an offset that keeps the bins of numbers positive: those of negative ones are mirrored.
_LEAST = 1e-12
_OFFSET = 10_000


def sketch(column: str) -> str:
    """An aggregate: bin -> how many values it has."""
    size = f"ifNull(abs(toFloat64({column})), 0)"
    bin_ = f"toInt32(ceil(log(greatest({size}, {_LEAST})) / {_LOG_RATIO})) + {_OFFSET}"
    signed = f"if({size} < {_LEAST}, 0, if({column} > 0, 1, -1) * ({bin_}))"
    return f"sumMapIf(map(ifNull({signed}, 0), toUInt64(1)), isNotNull({column}))"


def unfold_sketches(levels: Mapping[str, float], names: Sequence[str], grouped: Sql) -> Sql:
    """The columns `names` of `grouped`, those of `levels` made from sketches into values. Each step stands in a
    SELECT of its own, so that none is written (and analysed) twice."""
    running = ", ".join(f"{_running(name)} AS {name}_running" for name in levels)
    bins = ", ".join(f"{_bin(name, level)} AS {name}_bin" for name, level in levels.items())
    columns = ", ".join(f"{_value(name)} AS {name}" if name in levels else name for name in names)
    return sql(
        "SELECT {} FROM (SELECT *, {} FROM (SELECT *, {} FROM ({})))",
        Sql((columns,)),
        Sql((bins,)),
        Sql((running,)),
        grouped,
    )


def _running(name: str) -> str:
    """The engine has no running sum of arrays, but sums over ranges of one."""
    counts = f"mapValues({name})"
    return f"arrayReduceInRanges('sum', arrayMap(i -> (1, i), arrayEnumerate({counts})), {counts})"


def _bin(name: str, level: float) -> str:
    rank = f"{level} * (toInt64({name}_running[-1]) - 1)"
    return f"mapKeys({name})[arrayFirstIndex(c -> c > {rank}, {name}_running)]"


def _value(name: str) -> str:
    middle = f"2 * exp((abs({name}_bin) - {_OFFSET}) * {_LOG_RATIO}) / ({_RATIO} + 1)"
    return f"if(empty({name}_running), nan, sign({name}_bin) * {middle})"
