"""Writes docs/reference/metrics.md from the words of the metrics query language; `tools/reference.py` calls it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from spyglass.query.metrics.ask import EXACT_ROWS
from spyglass.query.metrics.buckets import MOST_BUCKETS
from spyglass.query.metrics.build import MOST_ROWS
from spyglass.query.metrics.catalogue import V1, V2
from spyglass.query.metrics.vocabulary import Aggregation, Dimension, Granularity, Measure

_HEAD = """\
`GET /api/public/metrics?query=<JSON>` (v1) and `GET /api/public/v2/metrics?query=<JSON>` (v2) answer questions
about numbers:

```json
{{"view": "observations", "metrics": [{{"measure": "totalCost", "aggregation": "sum"}}],
  "dimensions": [{{"field": "providedModelName"}}],
  "timeDimension": {{"granularity": "day"}}, "timeZone": "Europe/Berlin",
  "filters": [{{"column": "environment", "type": "string", "operator": "=", "value": "production"}}],
  "fromTimestamp": "2026-01-01T00:00:00Z", "toTimestamp": "2026-02-01T00:00:00Z"}}
```

- **Answer**: `data` has a row per group: each dimension under its name, each metric under
  `<aggregation>_<measure>`, `time_dimension` when asked (minutes and hours by their instant, days, weeks and months
  by their first date). `meta` says how exact it is and whether rows were left out.
- **Aggregations**: {aggregations}. A measure that is no number takes `count` and `uniq` only; `count` counts the
  rows that have a value.
- **Percentiles and `uniq`** are exact up to {exact:,} rows in the time range: interpolated between the two nearest
  values up to 8,192 values in a group, the nearest value beyond. On more rows percentiles are at most 0.5 % off the
  value and `uniq` is an estimate; `meta.percentiles` and `meta.distinctCounts` say which.
- **`histogram`**: `config.bins` (1 to 100, default 10) bins of equal width as `[lower, upper, height]`.
- **Time**: {granularities} or `auto`. Weeks begin on Monday. `timeZone` (an IANA name, default UTC) makes days the
  user's days, 23 or 25 hours long when clocks change. Buckets without data are there, with 0 for `count`, `uniq`
  and `sum` and null otherwise, unless `orderBy` is given. At most {buckets:,} buckets.
- **Order**: `orderBy` by a dimension, a metric or `time_dimension`; by default time, else the first metric
  descending. Nulls come last.
- **Limit**: `config.row_limit` up to 1,000; v2 takes 100 by default, v1 all rows up to {rows:,}, beyond which it
  answers 422.
- **Metadata**: the dimension `metadata.<key>`, or `{{"field": "metadata", "key": "<key>"}}`, groups by any metadata
  key.
- **Filters** are those of the lists, and every dimension and every measure of a row, in the unit below. A filter finds
  what a group shows: a score without a trace or observation has empty values of theirs, so it meets `is null` and
  `none of`, and `sessionId` of scores is their own, else that of their trace.
- **`traceFilter`**: a filter tree over traces, as the web UI's query language makes it, for example
  `{{"and": [{{"field": "cost", "op": "gt", "value": 2}}, {{"not": {{"field": "env", "op": "is", "value": "dev"}}}}]}}`.
  Of every view it leaves what belongs to traces that meet it. Not by comments.
- **`rowFilter`**: a filter tree over the rows of the view themselves, by the fields of their list in the web UI
  (traces, observations, scores): the numbers of exactly the rows that the list shows. Not by comments.
- **Dimensions with ●** have many values: in v2 they need `config.row_limit`, an `orderBy` that is descending on a
  metric, and no time dimension.
- A dimension whose text says "each" counts a row once for each of its items, and not at all when it has none.
- Unknown values are null and take no part in aggregations: unknown is never 0.
"""


def metrics_page(note: str) -> str:
    words = ", ".join(f"`{word.value}`" for word in Aggregation)
    steps = ", ".join(f"`{word.value}`" for word in Granularity)
    head = _HEAD.format(
        aggregations=words, granularities=steps, exact=EXACT_ROWS, rows=MOST_ROWS, buckets=MOST_BUCKETS
    )
    lines = ["# Metrics query language", "", note, "", head]
    for name in dict.fromkeys([*V1, *V2]):
        one, two = V1.get(name), V2.get(name)
        lines += [f"## View `{name}`" + ("" if two else " (v1 only)"), ""]
        lines += ["| Dimension | Type | In | Meaning |", "|---|---|---|---|"]
        lines += _rows(_dimension_row, one.dimensions if one else {}, two.dimensions if two else {})
        lines += ["", "| Measure | Type | Unit | In | Meaning |", "|---|---|---|---|---|"]
        lines += _rows(_measure_row, one.measures if one else {}, two.measures if two else {})
        lines.append("")
    return "\n".join(lines)


def _rows(row: Callable[[Any, str], str], one: Mapping[str, Any], two: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*one, *two]):
        versions = ", ".join(version for version, words in (("v1", one), ("v2", two)) if name in words)
        yield row((two if name in two else one)[name], versions)


def _dimension_row(word: Dimension, versions: str) -> str:
    mark = " ●" if word.wide else ""
    return f"| `{word.name}`{mark} | {word.type.value} | {versions} | {word.about} |"


def _measure_row(word: Measure, versions: str) -> str:
    return f"| `{word.name}` | {word.type.value} | {word.unit} | {versions} | {word.about} |"
