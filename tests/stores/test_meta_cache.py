"""Values that are kept per project until a revision says that they changed."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from spyglass.core.errors import Invalid
from spyglass.stores.meta import Config, Meta, ProjectCache, database, open_meta
from spyglass.stores.meta.tables.revisions import MODELS, PROMPTS, raise_revision


class Counted:
    def __init__(self, meta: Meta) -> None:
        self.loads: list[str] = []
        self.cache = ProjectCache(meta, PROMPTS, self._load)

    def _load(self, _session: Session, project_id: str) -> int:
        self.loads.append(project_id)
        return len(self.loads)


@pytest.fixture
def meta(tmp_path: Path) -> Meta:
    return open_meta(Config(), tmp_path, lambda _: None)


def test_a_committed_change_of_this_process_shows_at_once_and_only_for_its_project(meta: Meta) -> None:
    counted = Counted(meta)
    assert [counted.cache.get("a"), counted.cache.get("a"), counted.cache.get("b")] == [1, 1, 2]
    with meta.begin() as session:
        raise_revision(session, PROMPTS, "a")
        raise_revision(session, MODELS, "b")
        assert counted.cache.get("a") == 1  # not committed
    assert [counted.cache.get("a"), counted.cache.get("b")] == [3, 2]


def test_a_change_that_is_rolled_back_changes_nothing(meta: Meta) -> None:
    counted = Counted(meta)
    counted.cache.get("a")
    with pytest.raises(Invalid), meta.begin() as session:
        raise_revision(session, PROMPTS, "a")
        raise Invalid("no")
    assert counted.cache.get("a") == 1


def test_a_change_of_another_process_shows_at_the_next_check(
    meta: Meta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_s = 1000.0
    monkeypatch.setattr(database, "monotonic_s", lambda: clock_s)
    counted = Counted(meta)
    counted.cache.get("a")
    other = open_meta(Config(), tmp_path, lambda _: None)
    with other.begin() as session:
        raise_revision(session, PROMPTS, "b")
    assert counted.cache.get("a") == 1
    clock_s += 1.0
    assert counted.cache.get("a") == 2
    # One of ours right after one of theirs: both are noticed, whichever is seen first.
    with other.begin() as session:
        raise_revision(session, PROMPTS, "a")
    with meta.begin() as session:
        raise_revision(session, PROMPTS, "b")
    assert counted.cache.get("a") == 3
    clock_s += 1.0
    assert counted.cache.get("a") == 3


def test_no_more_projects_are_kept_than_there_is_room_for(meta: Meta) -> None:
    counted = Counted(meta)
    cache = ProjectCache(meta, PROMPTS, counted._load, capacity=2)
    for name in ("a", "b", "c", "a"):
        cache.get(name)
    assert counted.loads == ["a", "b", "c", "a"]
