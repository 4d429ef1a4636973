"""The hottest call of production: one prompt by version or label, answered from memory.

What is remembered is the JSON of the answer, or the refusal, under (name, version or label, resolve). Any
write of the project outdates it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy.orm import Session

from spyglass.api.answers import FastJSON
from spyglass.api.state import AppState
from spyglass.core.errors import Conflict, Invalid, NotFound, SpyglassError
from spyglass.features.prompts.choice import Arm, place_of_fetch, place_of_subject, start_of
from spyglass.features.prompts.composition import Resolver, source_of
from spyglass.features.prompts.rendering import render_prompt
from spyglass.stores.meta.prompts import PRODUCTION, find_labelled, find_version, read_labels
from spyglass.stores.meta.tables import Prompt, PromptVersion

_OVERHEAD_BYTES = 1000  # of an entry, beside its texts


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a fetch names: a version, or a label."""

    name: str
    version: int | None
    label: str | None
    resolve: bool = True


@dataclass(frozen=True, slots=True)
class Ready:
    """All that a fetch may answer: one body for each version of a split label, else one; or a refusal."""

    wanted: Wanted
    arms: tuple[Arm, ...] = ()
    bodies: tuple[bytes, ...] = ()
    refusal: tuple[type[SpyglassError], str] | None = None
    salt: str = ""
    start: int = 0
    fetches: Iterator[int] = field(default_factory=count)

    @property
    def size_bytes(self) -> int:
        texts = 4 * len(self.wanted.name + (self.wanted.label or "") + self.salt)
        return _OVERHEAD_BYTES + texts + sum(map(len, self.bodies))


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    split: str | None  # how the version was chosen, when it was


def wanted_of(name: str, version: int | None, label: str | None, resolve: bool = True) -> Wanted:
    """Raises `Invalid` when both a version and a label are named; without either it is production."""
    if version is not None and label is not None:
        raise Invalid("Name either a version or a label of the prompt, not both")
    return Wanted(name, version, (label or PRODUCTION) if version is None else None, resolve)


def known_answer(state: AppState, project_id: str, wanted: Wanted, subject: bytes | None) -> Answer | None:
    """The answer when it is in memory. Raises `NotFound` or `Conflict`; never waits."""
    ready: Ready | None = state.prompt_answers.known(project_id, wanted)
    return None if ready is None else _choose(ready, subject)


def read_answer(state: AppState, project_id: str, wanted: Wanted, subject: bytes | None) -> Answer:
    """The answer, with I/O where needed. Raises `NotFound` or `Conflict` (a reference does not resolve)."""

    def load(session: Session, former: Ready | None) -> Ready:
        return _load(session, project_id, wanted, former)

    return _choose(state.prompt_answers.get(project_id, wanted, load), subject)


def not_found(name: str, version: int | None, label: str | None) -> NotFound:
    which = f" with version {version}" if version is not None else f" with label '{label}'" if label else ""
    return NotFound(f"Prompt not found: '{name}'{which}")


def _choose(ready: Ready, subject: bytes | None) -> Answer:
    if ready.refusal is not None:
        error, message = ready.refusal
        raise error(message)
    if len(ready.arms) == 1:
        return Answer(ready.bodies[0], None)
    if subject:
        place = place_of_subject(ready.arms, ready.salt, subject)
    else:
        place = place_of_fetch(ready.arms, ready.start, next(ready.fetches))
    arm = ready.arms[place]
    total = sum(each.weight for each in ready.arms)
    label = ready.wanted.label
    return Answer(ready.bodies[place], f"label={label}; version={arm.version}; weight={arm.weight}/{total}")


def _load(session: Session, project_id: str, wanted: Wanted, former: Ready | None) -> Ready:
    try:
        found = _find(session, project_id, wanted)
        bodies = tuple(_render(session, row, wanted.resolve) for row, _ in found)
    except (NotFound, Conflict) as error:
        return Ready(wanted, refusal=(type(error), error.message))
    arms = tuple(Arm(row.version, weight) for row, weight in found)
    if len(arms) == 1:
        return Ready(wanted, arms, bodies)
    place = (project_id, wanted.name, wanted.label or "")
    # The sequence of a split goes on when some other prompt of the project was written.
    fetches = former.fetches if former is not None and former.arms == arms else count()
    return Ready(wanted, arms, bodies, salt="\0".join(place), start=start_of(arms, *place), fetches=fetches)


def _find(session: Session, project_id: str, wanted: Wanted) -> list[tuple[PromptVersion, int]]:
    if wanted.version is not None:
        row = find_version(session, project_id, wanted.name, wanted.version)
        found = [(row, 1)] if row is not None else []
    else:
        found = find_labelled(session, project_id, wanted.name, wanted.label or "")
    if not found:
        raise not_found(wanted.name, wanted.version, wanted.label)
    return found


def _render(session: Session, row: PromptVersion, resolve: bool) -> bytes:
    prompt = session.get_one(Prompt, (row.project_id, row.name))
    labels = read_labels(session, row.project_id, row.name).get(row.version, [])
    resolved = Resolver(session, row.project_id, Conflict).resolve(source_of(row)) if resolve else None
    return bytes(FastJSON(render_prompt(prompt, row, labels, resolved)).body)
