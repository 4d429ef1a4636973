"""Score configs at the door: a score that breaks the rules of the config that it names is refused while its
sender listens (contract 4.3; Langfuse drops it later and says nothing).

The log keeps, beside a body, what the configs said of the scores that were accepted. Decoding the body again
asks that and not the configs of today, so it gives the same records, and what was refused stays refused.
"""

from collections.abc import Callable, Mapping

import msgspec
from sqlalchemy.orm import Session

from spyglass.core.records import Decoded, FindRule, Kind, ScoreRule
from spyglass.stores.meta import Meta, ProjectCache, scoped
from spyglass.stores.meta.tables import ScoreConfig
from spyglass.stores.meta.tables.revisions import SCORE_CONFIGS

HEADER = "score_rules"  # in the log: JSON, id of a config -> its rule

_NAMED_LABELS = 20
_decode_rules = msgspec.json.Decoder(dict[str, ScoreRule]).decode

Rules = Mapping[str, ScoreRule]


class RuleBroken(ValueError):
    """A score does not keep to its config: `field: what is wrong`, without the value itself."""


class MustWait(Exception):
    """A config was asked for on a thread that must not wait for the metadata store."""


class RuleFinder:
    """The rules of one project for one request, which sees them all as of one moment.

    `load` may wait for the metadata store and raises `Unavailable` when it is away.
    """

    def __init__(self, load: Callable[[], Rules], *, may_wait: bool) -> None:
        self._load = load
        self._may_wait = may_wait
        self._rules: Rules | None = None

    def __call__(self, config_id: str) -> ScoreRule | None:
        if self._rules is None:
            if not self._may_wait:
                raise MustWait
            self._rules = self._load()
        return self._rules.get(config_id)

    def remember(self, decoded: Decoded) -> str:
        """What `recall` needs to decode the same body again; empty when no config was asked for. Of each
        rule that was kept, with the labels that were used."""
        if self._rules is None:
            return ""
        used: dict[str, set[str]] = {}
        for patch in decoded.patches:
            if patch.kind is Kind.SCORE and patch.explicit.get("config_id"):
                labels = used.setdefault(patch.explicit["config_id"], set())
                labels.add(patch.explicit["string_value"] or "")
        kept = {id_: _with_labels(self._rules[id_], labels) for id_, labels in used.items()}
        return msgspec.json.encode(kept).decode()


def recall(text: str) -> FindRule | None:
    """The rules that `remember` kept; None when no config was asked for then."""
    return _decode_rules(text).get if text else None


def open_rules(meta: Meta) -> ProjectCache[Rules]:
    """The rules of all configs of a project, archived ones too."""
    return ProjectCache(meta, SCORE_CONFIGS, _load)


def _load(session: Session, project_id: str) -> Rules:
    return {
        row.id: ScoreRule(
            row.name,
            row.data_type,
            row.min_value,
            row.max_value,
            {each["label"]: float(each["value"]) for each in row.categories or ()},
            row.is_archived,
        )
        for row in session.scalars(scoped(ScoreConfig, project_id))
    }


def _with_labels(rule: ScoreRule, labels: set[str]) -> ScoreRule:
    categories = {label: number for label, number in rule.categories.items() if label in labels}
    return msgspec.structs.replace(rule, categories=categories)


# --- the rules themselves; each raises `RuleBroken`


def find_rule(config_id: str, find: FindRule) -> ScoreRule:
    """The rule of a config that scores may name."""
    rule = find(config_id)
    if rule is None:
        raise RuleBroken("configId: the project has no score config with this id")
    if rule.archived:
        raise RuleBroken(f"configId: the score config {rule.name!r} is archived")
    return rule


def check_type(rule: ScoreRule, data_type: str) -> None:
    if data_type != rule.data_type:
        raise RuleBroken(f"dataType: must be {rule.data_type} or absent, as {_named(rule)} says")


def check_value(rule: ScoreRule, value: float | str) -> float:
    """The number to store; `value` has the form that the type asks for already."""
    if isinstance(value, str):
        return _number_of(rule, value)
    low, high = rule.min_value, rule.max_value
    if (low is not None and value < low) or (high is not None and value > high):
        limits = [f"at least {low:.15g}"] if low is not None else []
        limits += [f"at most {high:.15g}"] if high is not None else []
        raise RuleBroken(f"value: must be {' and '.join(limits)}, as {_named(rule)} says")
    return float(value)


def _number_of(rule: ScoreRule, label: str) -> float:
    if rule.data_type != "CATEGORICAL":
        return 0.0
    if label not in rule.categories:
        names = [repr(name) for name in list(rule.categories)[:_NAMED_LABELS]]
        more = len(rule.categories) - len(names)
        named = ", ".join(names) + (f" or {more} more" if more else "")
        raise RuleBroken(f"value: must be one of {named}, as {_named(rule)} says")
    return rule.categories[label]


def _named(rule: ScoreRule) -> str:
    return f"the score config {rule.name!r}"
