"""Scheduled exports, from rows in the tables to objects in a bucket on this machine, read back."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import update

from spyglass.core.clock import from_us, now, to_us
from spyglass.core.errors import Invalid
from spyglass.core.ids import new_id
from spyglass.core.records import Observation, Score, Trace
from spyglass.core.references import project_prefix
from spyglass.ingest.apply import ORDER_BITS
from spyglass.ingest.catalogue import Catalogue
from spyglass.ingest.lookups import Lookups
from spyglass.ingest.pipeline import Pipeline
from spyglass.ingest.writer import write
from spyglass.jobs import export_files
from spyglass.jobs import exports as exports_
from spyglass.jobs.export_planner import plan_exports
from spyglass.jobs.export_run import LAG, read_run, write_integration
from spyglass.jobs.exports import EXPORT, run_export
from spyglass.jobs.registry import JobContext
from spyglass.jobs.runner import JobRunner
from spyglass.stores import Stores
from spyglass.stores.analytics import Analytics
from spyglass.stores.analytics.sql import sql, value
from spyglass.stores.analytics.tables import OBSERVATIONS, SCORES, TRACES
from spyglass.stores.blobs import Blobs
from spyglass.stores.blobs import Config as BlobConfig
from spyglass.stores.buckets import Bucket
from spyglass.stores.egress import Config as EgressConfig
from spyglass.stores.egress import open_egress
from spyglass.stores.files import TEMPORARY_PREFIX
from spyglass.stores.log import Entry
from spyglass.stores.log.sqlite import Config as LogConfig
from spyglass.stores.log.sqlite import SqliteLog
from spyglass.stores.meta import Config, delete_scoped, open_meta, scoped, update_scoped
from spyglass.stores.meta.tables import BlobStorageIntegration, Job, Organization, Project
from spyglass.stores.meta.tables.jobs import JobState
from spyglass.stores.sealed import BUCKET_SECRET
from spyglass.stores.vault import Vault

NOON = 1_767_268_800_000_000  # 2026-01-01T12:00:00Z
SECOND = 1_000_000
DAY = 86_400 * SECOND


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="AK",
        aws_secret_access_key="SK",
        region_name="us-east-1",
    )
    server.stop()


class Bench:
    """A project with an integration and a bucket of its own. `insert` is what the worker does with one entry of
    the log; `export` is a whole run, without its lag."""

    def __init__(self, context: JobContext, s3: Any, **fields: Any) -> None:
        self.s3 = s3
        self.bucket = new_id()
        s3.create_bucket(Bucket=self.bucket)
        self.context, self.stores = context, context.stores
        meta, vault = context.stores.meta, context.vault
        with meta.begin() as session:
            organization = Organization(name="o")
            session.add(organization)
            session.flush()
            project = Project(organization_id=organization.id, name="p")
            session.add(project)
            session.flush()
            self.project = project.id
            values = {
                "type": "S3_COMPATIBLE",
                "bucket_name": self.bucket,
                "endpoint": s3.meta.endpoint_url,
                "region": "us-east-1",
                "access_key_id": "AK",
                "secret_access_key": vault.seal("canary-secret", *BUCKET_SECRET.place(project.id)),
                "prefix": "pre/",
                "force_path_style": True,
                "export_frequency": "hourly",
                "file_type": "JSONL",
                "compressed": False,
                "export_mode": "FULL_HISTORY",
                "export_source": "LEGACY_TRACES_OBSERVATIONS",
                **fields,
            }
            session.add(BlobStorageIntegration(project_id=project.id, **values))

    def insert(self, *rows: Trace | Observation | Score) -> int:
        """Write rows under the next place in the log; returns the version."""
        entry = Entry(self.project, "test", NOON, {}, b"{}", 1)
        seq = self.stores.log.append([entry])
        for index, row in enumerate(rows):
            row.version_seq = (seq << ORDER_BITS) + index
        for kind, table in ((Trace, TRACES), (Observation, OBSERVATIONS), (Score, SCORES)):
            write(self.stores.analytics, table, [row for row in rows if isinstance(row, kind)])
        self.stores.log.begin(seq)
        self.stores.log.commit(seq)
        return seq << ORDER_BITS

    def trace(self, id_: str, **fields: Any) -> Trace:
        return Trace(project_id=self.project, id=id_, **{"timestamp": NOON, **_stamps(), **fields})

    def span(self, id_: str, **fields: Any) -> Observation:
        start = {"trace_id": "t", "start_time": NOON, **_stamps()}
        return Observation(project_id=self.project, id=id_, **{**start, **fields})

    def score(self, id_: str, **fields: Any) -> Score:
        return Score(project_id=self.project, id=id_, **{"timestamp": NOON, **_stamps(), **fields})

    def blob(self, text: str) -> str:
        """A text that lies in the blob store; returns what the row holds."""
        key = f"{project_prefix(self.project)}/t/{new_id()}"
        self.stores.blobs.put(key, text.encode())
        return f"@@@spyglassBlob:key={key}|bytes={len(text.encode())}@@@{text[:10]}"

    def row(self) -> BlobStorageIntegration:
        with self.stores.meta.read() as session:
            return session.scalars(scoped(BlobStorageIntegration, self.project)).one()

    def change(self, **values: Any) -> None:
        with self.stores.meta.begin() as session:
            write_integration(session, self.project, **values)

    def jobs(self) -> list[Job]:
        with self.stores.meta.read() as session:
            return list(session.scalars(scoped(Job, self.project).order_by(Job.created_at, Job.unique_key)))

    def plan(self) -> dict[str, Any] | None:
        """Plan what is due; returns what the new job is to do."""
        before = {job.id for job in self.jobs()}
        planned = plan_exports(self.context, {})["planned"]
        made = [job for job in self.jobs() if job.id not in before]
        assert len(made) <= min(planned, 1)
        return dict(made[0].arguments) if made else None

    def export(self) -> dict[str, Any]:
        self.change(next_sync_at=now())
        arguments = self.plan()
        assert arguments is not None
        found: dict[str, Any] = run_export(self.context, arguments)
        return found

    def names(self) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return [item["Key"].removeprefix(f"pre/{self.project}/") for item in found]

    def read(self, key: str) -> bytes:
        data: bytes = self.s3.get_object(Bucket=self.bucket, Key=f"pre/{self.project}/{key}")["Body"].read()
        return data

    def lines(self, folder: str) -> list[dict[str, Any]]:
        """All rows of a folder, from all its files in order."""
        texts = [self.read(key) for key in self.names() if key.startswith(f"{folder}/")]
        return [json.loads(line) for text in texts for line in text.splitlines()]

    def close(self) -> None:
        """Leave nothing for the planner and the runner of the next test."""
        self.change(enabled=False)
        with self.stores.meta.begin() as session:
            session.execute(delete_scoped(Job, self.project))


def _stamps() -> dict[str, int]:
    return {"created_at": NOON + SECOND, "updated_at": NOON + 2 * SECOND}


@pytest.fixture(scope="module")
def context(analytics: Analytics, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobContext]:
    folder = tmp_path_factory.mktemp("exports")
    meta = open_meta(Config(), folder, lambda _: None)
    log = SqliteLog(folder / "log.db", LogConfig())
    stores = Stores(analytics=analytics, meta=meta, blobs=Blobs(BlobConfig(), folder), log=log)
    egress = open_egress(EgressConfig(blob_storage_ips=("127.0.0.1",)))
    lookups = Lookups(meta, Catalogue())
    yield JobContext(stores, cast(Pipeline, None), Vault([b"k" * 32]), egress, lookups)
    meta.close()
    log.close()


@pytest.fixture
def make(context: JobContext, s3: Any) -> Iterator[Any]:
    made: list[Bench] = []

    def build(**fields: Any) -> Bench:
        made.append(Bench(context, s3, **fields))
        return made[-1]

    yield build
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make: Any) -> Bench:
    found: Bench = make()
    return found


def fill(bench: Bench) -> dict[str, str]:
    """One of each, with all that can be in it. Returns the long texts."""
    long = {"input": json.dumps(["ü\n" * 5000]), "metadata": "m" * 20_000}
    bench.insert(
        bench.trace(
            "t",
            name="trace",
            user_id="user",
            session_id="session",
            tags=["a", "b"],
            release="r1",
            public=True,
            input=bench.blob(long["input"]),
            metadata={"k": "v", "n": "1"},
        ),
        bench.span("root", name="=cmd|' /C calc'!A0", end_time=NOON + 1_500_000, parent_id=""),
        bench.span(
            "generation",
            start_time=NOON + SECOND,
            end_time=NOON + 3 * SECOND,
            completion_start_time=NOON + SECOND + 250_000,
            parent_id="root",
            type="GENERATION",
            name="call",
            level="WARNING",
            status_message="slow",
            version="v1",
            model="gpt-4o-2024-08-06",
            model_id=_model_id(bench),
            model_parameters='{"temperature":0.5}',
            input=bench.blob(long["input"]),
            output="-1+2",
            metadata={"big": bench.blob(long["metadata"]), "k": '{"a":1}'},
            usage={"input": 10, "output": 20, "total": 30},
            cost={"input": Decimal("0.000025"), "total": Decimal("0.000225")},
            total_cost=Decimal("0.000225"),
            prompt_id="pid",
            prompt_name="greet",
            prompt_version=3,
            tool_definitions={"search": "{}"},
            tool_calls=['{"id":"1"}'],
            tool_call_names=["search"],
        ),
        bench.score("s1", name="quality", value=-0.5, trace_id="t", comment="@good", source="API"),
        bench.score("s2", name="kind", data_type="CATEGORICAL", string_value="blue", timestamp=NOON + 1),
    )
    return long


def _model_id(bench: Bench) -> str:
    assert bench.context.lookups is not None
    model = bench.context.lookups.match_model(bench.project, "gpt-4o-2024-08-06")
    assert model is not None
    return model.id


def generation_of(bench: Bench, long: dict[str, str]) -> dict[str, Any]:
    """The row of `observations` that `fill` makes."""
    return {
        "id": "generation",
        "trace_id": "t",
        "project_id": bench.project,
        "start_time": "2026-01-01 12:00:01.000000",
        "end_time": "2026-01-01 12:00:03.000000",
        "parent_observation_id": "root",
        "type": "GENERATION",
        "name": "call",
        "environment": "default",
        "level": "WARNING",
        "status_message": "slow",
        "version": "v1",
        "completion_start_time": "2026-01-01 12:00:01.250000",
        "created_at": "2026-01-01 12:00:01.000000",
        "updated_at": "2026-01-01 12:00:02.000000",
        "input": long["input"],
        "output": "-1+2",
        "metadata": {"big": long["metadata"], "k": '{"a":1}'},
        "provided_model_name": "gpt-4o-2024-08-06",
        "model_id": _model_id(bench),
        "model_parameters": '{"temperature":0.5}',
        "input_price": "0.0000025",
        "output_price": "0.000010",
        "total_price": None,
        "usage_details": {"input": 10, "output": 20, "total": 30},
        "cost_details": {"input": 0.000025, "total": 0.000225},
        "total_cost": 0.000225,
        "usage_pricing_tier_name": None,
        "prompt_id": "pid",
        "prompt_name": "greet",
        "prompt_version": 3,
        "latency": 2.0,
        "time_to_first_token": 0.25,
        "tool_definitions": {"search": "{}"},
        "tool_calls": ['{"id":"1"}'],
        "tool_call_names": ["search"],
    }


OF_TRACE = {
    "user_id": "user",
    "session_id": "session",
    "bookmarked": False,
    "public": True,
    "is_root_observation": False,
    "usage_pricing_tier_id": None,
    "trace_name": "trace",
    "tags": ["a", "b"],
    "release": "r1",
}


ALL = "LEGACY_TRACES_AND_ENRICHED_OBSERVATIONS"


class TestFormats:
    def test_json_lines_of_every_table(self, make: Any) -> None:
        bench = make(export_source=ALL)
        long = fill(bench)
        assert bench.export() == {"outcome": "exported", "files": 4}
        stamp = f"{from_us(_exported_to(bench)):%Y-%m-%dT%H-%M-%S}"
        assert bench.names() == [
            f"manifests/{stamp}.json",
            *(f"{table}/{stamp}.jsonl" for table in ("observations", "observations_v2", "scores", "traces")),
        ]
        expected = generation_of(bench, long)
        root, generation = bench.lines("observations")
        assert generation == expected
        assert list(generation) == list(expected)  # the order of the columns, too
        assert root["id"] == "root"
        assert (root["parent_observation_id"], root["output"], root["total_cost"]) == (None, None, None)
        assert (root["latency"], root["time_to_first_token"]) == (1.5, None)
        root, generation = bench.lines("observations_v2")
        assert generation == {**expected, **OF_TRACE}
        assert (root["parent_observation_id"], root["output"], root["is_root_observation"]) == ("", "", True)
        assert bench.lines("traces") == [
            {
                "id": "t",
                "timestamp": "2026-01-01 12:00:00.000000",
                "name": "trace",
                "environment": "default",
                "project_id": bench.project,
                "metadata": {"k": "v", "n": "1"},
                "user_id": "user",
                "session_id": "session",
                "release": "r1",
                "version": None,
                "public": True,
                "bookmarked": False,
                "tags": ["a", "b"],
                "input": long["input"],
                "output": None,
                "created_at": "2026-01-01 12:00:01.000000",
                "updated_at": "2026-01-01 12:00:02.000000",
            }
        ]
        first, second = bench.lines("scores")
        assert first == {
            "id": "s1",
            "timestamp": "2026-01-01 12:00:00.000000",
            "project_id": bench.project,
            "environment": "default",
            "trace_id": "t",
            "observation_id": None,
            "session_id": None,
            "dataset_run_id": None,
            "name": "quality",
            "value": -0.5,
            "source": "API",
            "comment": "@good",
            "data_type": "NUMERIC",
            "string_value": None,
            "created_at": "2026-01-01 12:00:01.000000",
            "updated_at": "2026-01-01 12:00:02.000000",
        }
        assert (second["id"], second["value"], second["string_value"]) == ("s2", 0.0, "blue")

    def test_the_manifest_names_every_file(self, make: Any) -> None:
        bench = make(export_source=ALL)
        fill(bench)
        bench.export()
        manifest = json.loads(bench.read(bench.names()[0]))
        end = f"{from_us(_exported_to(bench)):%Y-%m-%dT%H:%M:%S}"
        assert manifest["window"]["minTimestamp"] is None
        assert manifest["window"]["maxTimestamp"].startswith(end)
        assert manifest["exportSource"] == "LEGACY_TRACES_AND_ENRICHED_OBSERVATIONS"
        assert [(file["table"], file["rowCount"]) for file in manifest["files"]] == [
            ("traces", 1),
            ("observations", 2),
            ("observations_v2", 2),
            ("scores", 2),
        ]
        for file in manifest["files"]:
            data = bench.s3.get_object(Bucket=bench.bucket, Key=file["key"])["Body"].read()
            assert len(data) == file["sizeBytes"]

    def test_parquet_read_back_by_the_engine(self, make: Any, analytics: Analytics, tmp_path: Path) -> None:
        bench = make(file_type="PARQUET", compressed=True, export_source=ALL)
        long = fill(bench)
        bench.export()
        assert all(key.endswith((".parquet", ".json")) for key in bench.names())
        expected = {
            name: wanted
            for name, wanted in {**generation_of(bench, long), **OF_TRACE}.items()
            if not name.endswith("_price")
        }
        rows = read_parquet(bench, analytics, tmp_path, "observations_v2")
        assert len(rows) == 2
        found = rows[1]
        times = {name: found.pop(name) for name in list(found) if name.endswith(("_time", "_at"))}
        for name, at in times.items():
            assert f"{at:%Y-%m-%d %H:%M:%S.%f}" == expected.pop(name)
        assert found == expected
        assert [row["id"] for row in read_parquet(bench, analytics, tmp_path, "scores")] == ["s1", "s2"]
        assert read_parquet(bench, analytics, tmp_path, "traces")[0]["input"] == long["input"]
        incoming = bench.stores.blobs.new_file().parent
        assert list(incoming.glob(f"{TEMPORARY_PREFIX}*")) == []

    def test_csv_with_formulas_disarmed(self, make: Any) -> None:
        bench = make(file_type="CSV", compressed=True)
        long = fill(bench)
        bench.export()
        (key,) = (key for key in bench.names() if key.startswith("observations/"))
        assert key.endswith(".csv.gz")
        text = gzip.decompress(bench.read(key)).decode()
        root, generation = csv.DictReader(io.StringIO(text, newline=""))
        assert root["name"] == "'=cmd|' /C calc'!A0"
        assert (root["output"], root["total_cost"], root["metadata"]) == ("", "", "{}")
        assert generation["output"] == "'-1+2"
        assert generation["input"] == long["input"]
        assert json.loads(generation["metadata"]) == {"big": long["metadata"], "k": '{"a":1}'}
        assert (generation["prompt_version"], generation["latency"]) == ("3", "2.0")
        assert json.loads(generation["tool_call_names"]) == ["search"]
        (key,) = (key for key in bench.names() if key.startswith("scores/"))
        first, _ = csv.DictReader(io.StringIO(gzip.decompress(bench.read(key)).decode(), newline=""))
        assert (first["value"], first["comment"]) == ("-0.5", "'@good")

    def test_json_is_one_array(self, make: Any) -> None:
        bench = make(file_type="JSON", compressed=True, export_source="OBSERVATIONS_V2")
        fill(bench)
        bench.export()
        assert [key.split("/")[0] for key in bench.names()] == ["manifests", "observations_v2", "scores"]
        rows = json.loads(gzip.decompress(bench.read(bench.names()[2])))
        assert [row["id"] for row in rows] == ["s1", "s2"]

    def test_only_the_asked_groups(self, make: Any) -> None:
        bench = make(export_source="OBSERVATIONS_V2", export_field_groups=["core", "metrics"])
        fill(bench)
        bench.export()
        core = "id trace_id project_id start_time end_time parent_observation_id type"
        assert list(bench.lines("observations_v2")[0]) == [*core.split(), "latency", "time_to_first_token"]


def read_parquet(bench: Bench, analytics: Analytics, folder: Path, table: str) -> list[dict[str, Any]]:
    (key,) = (key for key in bench.names() if key.startswith(f"{table}/"))
    file = folder / f"{table}.parquet"
    file.write_bytes(bench.read(key))
    path = value("String", str(file))
    names = [row[0] for row in analytics.lookup(sql("DESCRIBE file({}, Parquet)", path))]
    rows = analytics.lookup(sql("SELECT * FROM file({}, Parquet)", path))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _exported_to(bench: Bench) -> int:
    last = bench.row().last_sync_at
    assert last is not None
    return to_us(last)


class TestWindows:
    def test_each_row_once_whatever_its_own_times_say(self, bench: Bench) -> None:
        bench.insert(bench.span("a"), bench.span("b", start_time=NOON + DAY))
        bench.export()
        assert ids(bench) == ["a", "b"]
        # Received late, with the times of long ago and of the future; updated_at is from before the last window.
        bench.insert(bench.span("old", start_time=NOON - 400 * DAY, updated_at=1))
        bench.insert(bench.span("new", start_time=NOON + 400 * DAY, updated_at=1))
        bench.export()
        assert ids(bench) == ["old", "new"]
        bench.export()
        assert ids(bench) == []

    def test_what_changes_comes_again_as_it_is_then(self, bench: Bench) -> None:
        bench.insert(bench.span("a", name="one"), bench.span("b", name="one"))
        bench.export()
        assert ids(bench) == ["a", "b"]
        bench.insert(bench.span("a", name="two"))
        bench.export()
        assert [(row["id"], row["name"]) for row in latest(bench)] == [("a", "two")]

    def test_what_changes_between_plan_and_run_comes_once_in_the_next_window(self, bench: Bench) -> None:
        bench.insert(bench.span("a", name="early"), bench.span("b"))
        bench.change(next_sync_at=now())
        arguments = bench.plan()
        bench.insert(bench.span("a", name="settled"), bench.span("c"))
        run_export(bench.context, arguments or {})
        assert ids(bench) == ["b"]
        bench.export()
        assert [(row["id"], row["name"]) for row in latest(bench)] == [("a", "settled"), ("c", None)]

    def test_what_waits_in_the_log_belongs_to_the_window_in_which_it_is_applied(self, bench: Bench) -> None:
        bench.insert(bench.span("a"))
        waiting = bench.stores.log.append([Entry(bench.project, "test", NOON, {}, b"{}", 1)])
        bench.export()
        assert ids(bench) == ["a"]
        late = bench.span("late")
        late.version_seq = waiting << ORDER_BITS
        write(bench.stores.analytics, OBSERVATIONS, [late])
        bench.stores.log.begin(waiting)
        bench.stores.log.commit(waiting)
        bench.export()
        assert ids(bench) == ["late"]

    def test_deleted_rows_are_left_out(self, bench: Bench) -> None:
        bench.insert(bench.span("a"), bench.span("b"))
        gone = bench.span("a")
        gone.is_deleted = 1
        bench.insert(gone)
        bench.export()
        assert ids(bench) == ["b"]

    def test_other_projects_stay_out(self, make: Any) -> None:
        one, other = make(), make()
        one.insert(one.span("mine"))
        other.insert(other.span("theirs"))
        one.export()
        assert ids(one) == ["mine"]
        assert other.names() == []

    def test_from_a_date_on(self, make: Any) -> None:
        bench = make(export_mode="FROM_CUSTOM_DATE", export_start_date=from_us(NOON))
        bench.insert(
            bench.span("before", start_time=NOON - 1), bench.span("at"), bench.score("s", timestamp=1)
        )
        bench.export()
        assert ids(bench) == ["at"]
        assert bench.lines("scores") == []

    def test_a_window_without_rows_has_a_manifest_alone(self, bench: Bench) -> None:
        assert bench.export() == {"outcome": "exported", "files": 0}
        assert [key.split("/")[0] for key in bench.names()] == ["manifests"]


def latest(bench: Bench) -> list[dict[str, Any]]:
    """The observations of the last window, by its manifest; their objects are removed, so the next is alone."""
    (manifest,) = (key for key in bench.names() if key.startswith("manifests/"))
    files = json.loads(bench.read(manifest))["files"]
    rows = []
    for file in files:
        if file["table"] == "observations":
            data = bench.s3.get_object(Bucket=bench.bucket, Key=file["key"])["Body"].read()
            rows += [json.loads(line) for line in data.splitlines()]
    _clear(bench)
    return rows


def ids(bench: Bench) -> list[str]:
    return [row["id"] for row in latest(bench)]


def _clear(bench: Bench) -> None:
    for key in bench.names():
        bench.s3.delete_object(Bucket=bench.bucket, Key=f"pre/{bench.project}/{key}")


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows of `many` fill a file."""
    monkeypatch.setattr(export_files, "FILE_BYTES", 2000)


def many(bench: Bench, count: int = 10) -> list[str]:
    names = [f"o{number:02}" for number in range(count)]
    bench.insert(*(bench.span(name, start_time=NOON + index * DAY // 3) for index, name in enumerate(names)))
    return names


class TestParts:
    @pytest.mark.usefixtures("small_files")
    def test_many_rows_are_many_files(self, make: Any) -> None:
        bench = make()
        names = many(bench)
        bench.export()
        files = [key for key in bench.names() if key.startswith("observations/")]
        stamp = f"{from_us(_exported_to(bench)):%Y-%m-%dT%H-%M-%S}"
        assert f"observations/{stamp}.jsonl" in files
        assert len(files) > 2
        assert {f"observations/{stamp}_{number}.jsonl" for number in range(2, len(files) + 1)} < set(files)
        assert sorted(row["id"] for row in bench.lines("observations")) == names
        assert all(len(bench.read(file).splitlines()) <= 3 for file in files)

    @pytest.mark.usefixtures("small_files")
    def test_a_crash_in_the_middle_loses_and_doubles_nothing(
        self, make: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = make()
        names = many(bench)
        bench.change(next_sync_at=now())
        arguments = bench.plan()
        assert arguments is not None
        put, puts = Bucket.put, []

        def dying(self: Bucket, key: str, *rest: Any) -> None:
            put(self, key, *rest)
            puts.append(key)
            if len(puts) in (2, 4):  # after the object is there, before it is noted
                raise KeyboardInterrupt

        monkeypatch.setattr(Bucket, "put", dying)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                run_export(bench.context, arguments)
        row = bench.row()
        assert (row.last_sync_at, row.exported_version) == (None, None)
        assert not any(key.startswith("manifests/") for key in bench.names())
        run = read_run(row)
        assert run is not None
        assert len(run.files) == 2
        assert run_export(bench.context, arguments)["outcome"] == "exported"
        assert puts[1] == puts[2]  # the file that was not noted was written again, no other
        assert len(set(puts)) == len(puts) - 2
        assert sorted(row["id"] for row in bench.lines("observations")) == names
        manifest = json.loads(bench.read(next(key for key in bench.names() if key.startswith("manifests/"))))
        assert sorted(file["key"] for file in manifest["files"]) == sorted(set(puts[:-1]))

    @pytest.mark.usefixtures("small_files")
    def test_a_long_run_goes_on_in_another_job(self, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(exports_, "_BUDGET_S", -1.0)
        bench = make()
        names = many(bench)
        bench.change(next_sync_at=now())
        arguments = bench.plan()
        assert arguments is not None
        for step in range(30):
            assert bench.jobs()[-1].arguments["step"] == step
            outcome = run_export(bench.context, bench.jobs()[-1].arguments)
            if outcome["outcome"] == "exported":
                break
            # The job before, if it runs again, has nothing to do any more.
            assert run_export(bench.context, {**arguments, "step": step}) == {"outcome": "no longer wanted"}
        assert sorted(row["id"] for row in bench.lines("observations")) == names
        assert len(bench.jobs()) == step + 1 > 4

    def test_rows_that_are_too_large_together_are_read_apart(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = many(bench, 8)
        monkeypatch.setattr(
            bench.stores.analytics,
            "_read_settings",
            {**bench.stores.analytics._read_settings, "max_result_rows": 3},
        )
        monkeypatch.setattr("spyglass.query.exports._KEYS", 3)
        monkeypatch.setattr("spyglass.query.exports._FIRST_ROWS", 100)
        bench.export()
        assert ids(bench) == names


class TestPlanning:
    def test_a_new_integration_is_planned_at_once_and_runs_after_the_lag(self, bench: Bench) -> None:
        before = now()
        arguments = bench.plan()
        assert arguments is not None
        (job,) = bench.jobs()
        assert before + LAG <= job.run_after <= now() + LAG
        row = bench.row()
        assert row.next_sync_at is not None
        assert abs(row.next_sync_at - job.run_after) < timedelta(seconds=5)
        assert (row.run_started_at, row.last_sync_at) == (None, None)
        assert bench.plan() is None  # once
        assert len(bench.jobs()) == 1

    @pytest.mark.parametrize(
        ("frequency", "hours"), [("every_20_minutes", 1 / 3), ("hourly", 1), ("daily", 24), ("weekly", 168)]
    )
    def test_the_next_run_follows_from_the_frequency(self, make: Any, frequency: str, hours: float) -> None:
        bench = make(export_frequency=frequency)
        updated_at = bench.row().updated_at
        bench.export()
        row = bench.row()
        assert row.last_sync_at is not None
        assert row.next_sync_at == row.last_sync_at + timedelta(hours=hours) + LAG
        assert (row.run, row.run_started_at, row.updated_at) == (None, None, updated_at)
        if hours >= 1:
            assert bench.plan() is None
        bench.change(next_sync_at=now() + LAG - timedelta(seconds=1))
        assert bench.plan() is not None

    def test_disabled_or_removed_integrations_and_projects_do_nothing(self, bench: Bench) -> None:
        bench.insert(bench.span("a"))
        arguments = bench.plan()
        assert arguments is not None
        for off, on in (({"enabled": False}, {"enabled": True}), ({"run": None}, {})):
            bench.change(**off)
            assert run_export(bench.context, arguments) == {"outcome": "no longer wanted"}
            bench.change(**on)
        bench.change(enabled=False, next_sync_at=None)
        assert bench.plan() is None
        bench.change(enabled=True)
        with bench.stores.meta.begin() as session:
            session.execute(update(Project).where(Project.id == bench.project).values(deleted_at=now()))
        assert bench.plan() is None
        assert run_export(bench.context, arguments) == {"outcome": "no longer wanted"}
        assert bench.names() == []

    def test_a_run_that_was_paused_goes_on_where_it_was(self, bench: Bench) -> None:
        bench.insert(bench.span("a"))
        first = bench.plan()
        assert first is not None
        bench.change(enabled=False)
        runner = JobRunner(bench.context, [EXPORT])
        _make_due(bench)
        assert runner.run_one() is True
        bench.change(enabled=True, next_sync_at=now())
        second = bench.plan()
        assert second == {**first, "step": 1}
        assert run_export(bench.context, second)["outcome"] == "exported"
        assert ids(bench) == ["a"]


def _make_due(bench: Bench) -> None:
    with bench.stores.meta.begin() as session:
        session.execute(
            update_scoped(Job, bench.project)
            .where(Job.state == JobState.WAITING)
            .values(run_after=now() - timedelta(seconds=1))
        )


class TestFailures:
    def test_a_bucket_that_refuses_is_told_retried_and_recovers(self, make: Any) -> None:
        bench = make(bucket_name="no-such-bucket")
        bench.insert(bench.span("a"))
        assert bench.plan() is not None
        runner = JobRunner(bench.context, [EXPORT])
        for _ in range(EXPORT.retries + 1):
            _make_due(bench)
            assert runner.run_one() is True
        (job,) = bench.jobs()
        row = bench.row()
        assert job.state == JobState.FAILED
        assert row.last_error == job.last_error == "The bucket refused the upload (status 404, NoSuchBucket)"
        assert row.last_error_at is not None
        assert (row.last_sync_at, row.run_started_at) == (None, None)
        assert row.next_sync_at is not None
        assert now() < row.next_sync_at <= now() + timedelta(minutes=20)
        assert bench.plan() is None  # not before that
        bench.change(next_sync_at=now(), bucket_name=bench.bucket)
        again = bench.plan()
        assert again is not None
        assert again["step"] == 1
        _make_due(bench)
        assert runner.run_one() is True
        row = bench.row()
        assert (row.last_error, row.last_error_at, row.run) == (None, None, None)
        assert ids(bench) == ["a"]

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"endpoint": "http://169.254.169.254"}, "is not allowed"),
            ({"endpoint": "http://127.0.0.1:1"}, "The bucket cannot be reached"),
            ({"access_key_id": None}, "no credentials"),
            ({"secret_access_key": "v1:00000000:AAAA"}, "another encryption key"),
        ],
    )
    def test_what_else_can_be_wrong(self, bench: Bench, values: dict[str, Any], message: str) -> None:
        bench.insert(bench.span("a"))
        bench.change(next_sync_at=now(), **values)
        arguments = bench.plan()
        assert arguments is not None
        with pytest.raises(Exception, match=message):
            run_export(bench.context, arguments)
        assert message in (bench.row().last_error or "")
        assert bench.names() == []

    def test_errors_hold_no_secret(
        self, bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench.insert(bench.span("a"))

        def fail(self: Bucket, *arguments: Any) -> None:
            raise ValueError(f"odd {self._target.secret_access_key}")

        monkeypatch.setattr(Bucket, "put", fail)
        with pytest.raises(ValueError, match="odd"):
            bench.export()
        assert bench.row().last_error == "Internal error (ValueError)"

    def test_a_wrong_table_is_a_mistake_of_the_program(self) -> None:
        from spyglass.query.exports import export_table

        with pytest.raises(ValueError, match="no table"):
            export_table("users", [])
        assert issubclass(Invalid, Exception)
