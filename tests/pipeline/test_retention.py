"""What is older than a project keeps it goes, on the real stores: exactly that, also when it is cut off half-way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from spyglass.core.clock import from_us, to_us
from spyglass.core.errors import Unavailable
from spyglass.core.ids import new_id
from spyglass.core.records import Decoded, Kind, Observation, Patch, Rank, Score, Trace
from spyglass.core.references import project_prefix
from spyglass.ingest.apply import Applier, Item
from spyglass.ingest.writer import write
from spyglass.jobs import retention
from spyglass.jobs.retention import Limits, cutoff_us, find_limits, remove_expired
from spyglass.jobs.retention_records import BODIES
from spyglass.stores import Stores
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import name, sql, value
from spyglass.stores.analytics.tables import OBSERVATIONS, ROWS, SCORES, TRACES, columns, select_list
from spyglass.stores.blobs import Blobs
from spyglass.stores.blobs import Config as BlobConfig
from spyglass.stores.log import Entry
from spyglass.stores.log.sqlite import Config as LogConfig
from spyglass.stores.log.sqlite import SqliteLog
from spyglass.stores.meta import Config as MetaConfig
from spyglass.stores.meta import open_meta
from spyglass.stores.meta.tables import Media, MediaLink, Organization, Project, Rejection

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
LIMIT = to_us(datetime(2026, 3, 3, tzinfo=UTC))  # seven days
FAR = to_us(datetime(2026, 1, 20, tzinfo=UTC))  # in another month
BIG = "x" * 20_000


@pytest.fixture
def stores(analytics: Analytics, tmp_path: Path) -> Iterator[Stores]:
    made = Stores(
        analytics=analytics,
        meta=open_meta(MetaConfig(), tmp_path, lambda _: None),
        blobs=Blobs(BlobConfig(), tmp_path),
        log=SqliteLog(tmp_path / "log.db", LogConfig(retention_hours=24 * 365)),
    )
    yield made
    made.meta.close()
    made.log.close()


@pytest.fixture
def applier(stores: Stores) -> Applier:
    return new_applier(stores)


def new_applier(stores: Stores) -> Applier:
    return Applier(stores.analytics, stores.blobs, lambda _: None, offload_bytes=10_000, memory_bytes=1 << 20)


def add_project(stores: Stores, **fields: Any) -> str:
    with stores.meta.begin() as session:
        organization = Organization(name="org")
        session.add(organization)
        session.flush()
        project = Project(organization_id=organization.id, name=new_id(), **fields)
        session.add(project)
        session.flush()
        return project.id


def span(project: str, id_: str, at: int, trace: str = "t", **fields: Any) -> Observation:
    return Observation(project_id=project, trace_id=trace, id=id_, start_time=at, **fields)


def apply(
    applier: Applier, seq: int, project: str, *spans: Observation, patches: tuple[Patch, ...] = ()
) -> None:
    applier.apply([Item(seq, project, LIMIT, "test", Decoded(list(spans), list(patches)), {})])


def rows(stores: Stores, table: str, project: str, final: str = "FINAL") -> dict[str, Any]:
    question = sql(
        f"SELECT {{}} FROM {{}} {final} WHERE project_id = {{}} ORDER BY id, version_seq",
        select_list(columns(table)),
        name(table),
        value("String", project),
    )
    found = stores.analytics.lookup(question)
    return {
        row.id: row for row in (ROWS[table](**dict(zip(columns(table), each, strict=True))) for each in found)
    }


def run(stores: Stores, rows: dict[str, int] = {}, bodies: dict[str, int] = {}) -> dict[str, dict[str, int]]:
    result, complete = remove_expired(stores, Limits(rows, bodies), lambda: False)
    assert complete
    return result


class TestLimits:
    def test_is_the_begin_of_a_day_in_utc(self) -> None:
        assert cutoff_us(NOW, 7) == LIMIT
        east = timedelta(hours=9)
        assert cutoff_us(NOW.astimezone(timezone(east)), 7) == LIMIT
        last = datetime(2026, 3, 10, 23, 59, 59, 999999, tzinfo=UTC)
        assert cutoff_us(last, 7) == LIMIT
        assert cutoff_us(last + timedelta(microseconds=1), 7) == LIMIT + 86_400_000_000

    @pytest.mark.parametrize("days", [40_000, 10**9])
    def test_of_ages_is_the_beginning(self, days: int) -> None:
        assert cutoff_us(NOW, days) == 0

    def test_are_those_of_the_projects_that_have_some(self, stores: Stores) -> None:
        both = add_project(stores, retention_days=7, body_retention_days=1)
        bodies = add_project(stores, retention_days=None, body_retention_days=7)
        add_project(stores, retention_days=0, body_retention_days=None)
        add_project(stores, retention_days=7, deleted_at=NOW)
        found = find_limits(stores, NOW)
        assert found.rows == {both: LIMIT}
        assert found.bodies == {both: cutoff_us(NOW, 1), bodies: LIMIT}


class TestRows:
    def test_older_ones_go_and_the_others_stay(self, stores: Stores) -> None:
        project, other = add_project(stores), add_project(stores)
        for each in (project, other):
            write(
                stores.analytics,
                TRACES,
                [
                    Trace(project_id=each, id="far", timestamp=FAR, version_seq=1),
                    Trace(project_id=each, id="old", timestamp=LIMIT - 1, version_seq=1),
                    Trace(project_id=each, id="kept", timestamp=LIMIT, version_seq=1),
                ],
            )
            write(stores.analytics, OBSERVATIONS, [span(each, "old", LIMIT - 1), span(each, "kept", LIMIT)])
            write(
                stores.analytics,
                SCORES,
                [
                    Score(project_id=each, id="old", timestamp=LIMIT - 1, version_seq=1),
                    Score(project_id=each, id="kept", timestamp=LIMIT, version_seq=1),
                ],
            )
        assert run(stores, {project: LIMIT}) == {project: {"traces": 2, "observations": 1, "scores": 1}}
        for table in (TRACES, OBSERVATIONS, SCORES):
            assert list(rows(stores, table, project, "")) == ["kept"]
            assert "old" in rows(stores, table, other)
        assert run(stores, {project: LIMIT}) == {}

    def test_projects_with_different_limits_are_done_in_one_run(self, stores: Stores) -> None:
        one, two = add_project(stores), add_project(stores)
        for each in (one, two):
            write(stores.analytics, OBSERVATIONS, [span(each, "a", LIMIT - 1), span(each, "b", LIMIT + 5)])
        run(stores, {one: LIMIT, two: LIMIT + 6})
        assert list(rows(stores, OBSERVATIONS, one)) == ["b"]
        assert list(rows(stores, OBSERVATIONS, two)) == []

    def test_what_was_deleted_does_not_show_up_again(self, stores: Stores, applier: Applier) -> None:
        project = add_project(stores)
        apply(applier, 1, project, span(project, "a", FAR), span(project, "b", FAR, trace="t2"))
        applier.apply([Item(2, project, LIMIT, "delete", Decoded(), {"traces": ["t"]})])
        assert list(rows(stores, OBSERVATIONS, project)) == ["b"]
        assert len(rows(stores, OBSERVATIONS, project, "")) == 2
        run(stores, {project: LIMIT})
        assert rows(stores, OBSERVATIONS, project, "") == {}

    def test_a_run_that_is_cut_off_is_finished_by_the_next(self, stores: Stores) -> None:
        project = add_project(stores)
        write(stores.analytics, TRACES, [Trace(project_id=project, id="t", timestamp=FAR, version_seq=1)])
        write(stores.analytics, OBSERVATIONS, [span(project, "a", FAR), span(project, "b", LIMIT - 1)])
        answers = iter([False, False, True])
        result, complete = remove_expired(stores, Limits({project: LIMIT}, {}), lambda: next(answers))
        assert (result, complete) == ({project: {"traces": 1, "observations": 1}}, False)
        assert list(rows(stores, OBSERVATIONS, project)) == ["b"]
        assert run(stores, {project: LIMIT}) == {project: {"observations": 1}}

    def test_blobs_of_rows_that_go_are_gone_before(
        self, stores: Stores, applier: Applier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = add_project(stores)
        apply(
            applier, 1, project, span(project, "old", FAR, input=BIG), span(project, "new", LIMIT, input=BIG)
        )
        assert len(stores.blobs.keys(project_prefix(project))) == 2

        def die(*_: Any) -> None:
            raise Unavailable("the engine died")

        with monkeypatch.context() as patch:
            patch.setattr(retention.records, "remove_old", die)
            with pytest.raises(Unavailable):
                run(stores, {project: LIMIT})
        assert len(stores.blobs.keys(project_prefix(project))) == 1
        assert set(rows(stores, OBSERVATIONS, project)) == {"new", "old"}
        run(stores, {project: LIMIT})
        assert list(rows(stores, OBSERVATIONS, project)) == ["new"]
        (key,) = stores.blobs.keys(project_prefix(project))
        assert key in rows(stores, OBSERVATIONS, project)["new"].input


class TestBodies:
    def test_texts_go_and_the_rest_of_the_row_stays(self, stores: Stores) -> None:
        project = add_project(stores)
        texts: dict[str, Any] = {
            "input": "in",
            "output": "out",
            "metadata": {"k": "v"},
            "status_message": "oops",
            "tool_definitions": {"f": "{}"},
            "tool_calls": ["{}"],
            "experiment": {"id": "e", "item_expected_output": "secret", "item_id": "i"},
        }
        kept: dict[str, Any] = {
            "name": "n",
            "model": "m",
            "user_id": "u",
            "end_time": FAR + 5,
            "tool_call_names": ["f"],
            "usage": {"input": 3},
            "total_cost": 1,
            "level": "ERROR",
            "version_seq": 7,
        }
        write(
            stores.analytics,
            OBSERVATIONS,
            [span(project, "old", FAR, **texts, **kept), span(project, "new", LIMIT, **texts, **kept)],
        )
        assert run(stores, bodies={project: LIMIT}) == {project: {"observations_texts": 1}}
        found = rows(stores, OBSERVATIONS, project)
        cleared = {**dict.fromkeys(("input", "output", "status_message"), ""), "metadata": {}}
        cleared |= {"tool_definitions": {}, "tool_calls": [], "experiment": {"id": "e", "item_id": "i"}}
        assert {name: getattr(found["old"], name) for name in texts} == cleared
        assert {name: getattr(found["old"], name) for name in kept} == kept
        assert {name: getattr(found["new"], name) for name in texts} == texts
        assert run(stores, bodies={project: LIMIT}) == {}

    def test_of_traces_with_their_previews_and_of_scores_the_metadata(self, stores: Stores) -> None:
        project = add_project(stores)
        texts = {name: "text" for name in ("input", "output", "input_preview", "output_preview")}
        write(
            stores.analytics,
            TRACES,
            [
                Trace(
                    project_id=project,
                    id="t",
                    timestamp=FAR,
                    name="n",
                    metadata={"a": "b"},
                    version_seq=1,
                    **texts,
                )
            ],
        )
        score = Score(
            project_id=project,
            id="s",
            timestamp=FAR,
            comment="c",
            value=0.5,
            metadata={"a": "b"},
            version_seq=1,
        )
        write(stores.analytics, SCORES, [score])
        run(stores, bodies={project: LIMIT})
        (trace,) = rows(stores, TRACES, project).values()
        assert [getattr(trace, name) for name in texts] == ["", "", "", ""]
        assert (trace.name, trace.metadata) == ("n", {})
        (found,) = rows(stores, SCORES, project).values()
        assert (found.comment, found.value, found.metadata) == ("c", 0.5, {})

    def test_every_column_that_may_hold_a_text_is_decided(self) -> None:
        """A new column of texts must be on one of the lists."""
        stays = {
            "name",
            "environment",
            "user_id",
            "session_id",
            "release",
            "version",
            "tags",
            "usage",
            "cost",
        }
        stays |= {"model", "model_parameters", "provided_usage", "provided_cost", "tool_call_names"}
        stays |= {"string_value", "long_string_value", "comment"}
        handled_apart = {"experiment", "merge_state"}
        for table, changes in BODIES.items():
            types = dict(
                zip(ROWS[table].__struct_fields__, ROWS[table].__annotations__.values(), strict=True)
            )
            texts = {name for name, type_ in types.items() if "str" in str(type_) and name not in changes}
            names = {
                "id",
                "type",
                "level",
                "source",
                "data_type",
                "pricing_tier",
                "usage_source",
                "service_name",
                "public_key",
            }
            rest = texts - stays - handled_apart - names
            assert {
                each for each in rest if not each.endswith(("_id", "_name", "_version", "_language"))
            } == set()

    @pytest.mark.parametrize("restart", [True, False])
    def test_a_late_update_of_an_old_record_works(
        self, stores: Stores, applier: Applier, restart: bool
    ) -> None:
        project = add_project(stores)

        def say(id_: str, seq: int, rank: Rank, **explicit: Any) -> None:
            implied = {"timestamp": FAR, "environment": "default"}
            patch = Patch(Kind.TRACE, id_, FAR + seq, rank, explicit, implied)
            apply(applier, seq, project, patches=(patch,))

        say("t", 1, Rank.CREATE, name="n", input=BIG, metadata={"a": BIG, "b": 1})
        say("t", 2, Rank.UPDATE, metadata={"b": 2})
        assert '"m":' in rows(stores, TRACES, project)["t"].merge_state
        if restart:
            applier = new_applier(stores)
        run(stores, bodies={project: LIMIT})
        assert '"m":' not in rows(stores, TRACES, project)["t"].merge_state
        assert stores.blobs.keys(project_prefix(project)) == []
        if not restart:  # what the applier holds in memory is written again: until the next run
            applier = new_applier(stores)
        say("t", 3, Rank.UPDATE, user_id="u", metadata={"c": 3})
        row = rows(stores, TRACES, project)["t"]
        assert (row.name, row.user_id, row.input, row.metadata) == ("n", "u", "", {"c": "3"})
        run(stores, bodies={project: LIMIT})
        row = rows(stores, TRACES, project)["t"]
        assert (row.name, row.user_id, row.metadata) == ("n", "u", {})

    def test_blobs_go_also_those_of_replaced_versions(self, stores: Stores, applier: Applier) -> None:
        project = add_project(stores)
        apply(applier, 1, project, span(project, "a", FAR, input=BIG))
        apply(applier, 2, project, span(project, "a", FAR, input=BIG + "!"))
        apply(applier, 3, project, span(project, "moved", FAR, input=BIG, trace="u"))
        apply(applier, 4, project, span(project, "moved", LIMIT, input=BIG, trace="u"))
        assert len(stores.blobs.keys(project_prefix(project))) == 4
        result = run(stores, bodies={project: LIMIT})
        assert result[project]["blobs"] == 2
        found = rows(stores, OBSERVATIONS, project)
        assert found["a"].input == ""
        assert found["moved"].input.endswith(BIG[:2000])
        kept = stores.blobs.keys(project_prefix(project))
        assert any(key in found["moved"].input for key in kept)


class TestBeside:
    def test_media_links_requests_and_rejections(self, stores: Stores) -> None:
        project = add_project(stores)
        with stores.meta.begin() as session:
            for id_, linked, of_dataset in (("old", -1, ""), ("used", 0, ""), ("dataset", -1, "item")):
                key = f"{project_prefix(project)}/media/{id_}"
                stores.blobs.put(key, b"x")
                session.add(
                    Media(
                        project_id=project,
                        id=id_,
                        sha256=id_,
                        content_type="image/png",
                        content_length=1,
                        blob_key=key,
                        created_at=from_us(LIMIT - 1),
                    )
                )
                session.add(
                    MediaLink(
                        project_id=project,
                        media_id=id_,
                        trace_id="t",
                        dataset_item_id=of_dataset,
                        field="input",
                        created_at=from_us(LIMIT + linked),
                    )
                )
            for moved in (-1, 0):
                refused = Rejection(
                    project_id=project,
                    kind="score",
                    record_id=str(moved),
                    status=400,
                    message="m",
                    public_key="",
                    sdk_name="",
                    sdk_version="",
                    created_at=from_us(LIMIT + moved),
                )
                session.add(refused)
        for at in (LIMIT - 1, LIMIT):
            seq = stores.log.append([Entry(project, "langfuse", at, {}, b"{}", 1)])
        stores.log.commit(seq)
        assert run(stores, bodies={project: LIMIT}) == {project: {"media": 1, "requests": 1}}
        assert run(stores, {project: LIMIT}) == {project: {"rejections": 1}}
        assert sorted(key.rsplit("/", 1)[1] for key in stores.blobs.keys(project_prefix(project))) == [
            "dataset",
            "used",
        ]
        assert stores.log.count_kept(project) == 1
