"""`/api/ui` about one trace, one session, one user: what the web UI shows of them."""

import gzip
import json
import time

import pytest
from people import add_person, signed_in
from rows import insert, observation, score, trace, us

from spyglass.core.ids import new_id
from spyglass.core.records import Trace
from spyglass.query.skeleton import Extent, Marks, read_skeleton

T = "trace/1 ü?&=%2F"


def path_of(project, rest: str) -> str:
    return f"/api/ui/projects/{project.id}/{rest}"


@pytest.fixture(scope="module")
def owner(make_project, parts):
    made = make_project()
    p = made.id
    whole = {"first_start": us("12:00:00"), "last_end": us("12:00:10")}
    insert(
        parts.stores.analytics,
        trace(
            p, T, name="refund", user_id="u1", session_id="s1", tags=["a"], environment="production", version="2",
            release="r", input='{"q":"hi"}', output="done", metadata={"k": '{"x":1}', "t": "plain"},
            observation_count=4, error_count=1, warning_count=0, default_count=3, usage={"input": 10, "output": 5,
            "total": 15, "input_cached_tokens": 2}, total_cost="0.5", **whole,
        ),
        observation(p, T, "agent", "12:00:00", end_time=us("12:00:10"), type="AGENT", name="agent",
                    input="in", usage={"input": 10, "output": 5, "total": 15}, sdk_name="python", sdk_version="3.1"),
        observation(p, T, "gen", "12:00:01", end_time=us("12:00:03"), completion_start_time=us("12:00:02"),
                    type="GENERATION", name="llm", parent_id="agent", model="gpt-4o", level="ERROR",
                    usage={"input": 10, "output": 5, "total": 15}, usage_source="estimated", total_cost="0.5",
                    input='[{"role":"user","content":"hi"}]', output='{"role":"assistant"}', scope_name="openai",
                    cost={"input": "0.5"}, version_seq=7),
        observation(p, T, "tool", "12:00:04", type="TOOL", name="search", parent_id="gen", level="WARNING",
                    tool_definitions={"search": '{"a":1}'}, tool_calls=['{"id":"c"}'], tool_call_names=["search"]),
        observation(p, T, "orphan", "12:00:05", end_time=us("12:00:05"), name="llm", parent_id="gone",
                    type="GENERATION", output="later"),
        observation(p, "other", "foreign", "12:00:05"),
        score(p, "sc1", trace_id=T, observation_id="gen", value=0.5, source="ANNOTATION", comment="why"),
        score(p, "sc2", "12:00:01", trace_id=T, name="label", data_type="CATEGORICAL", value=1, string_value="good"),
        score(p, "sc3", session_id="s1", name="whole", value=1),
    )  # fmt: skip
    return made


@pytest.fixture
def get(client, owner):
    return lambda rest, **params: client.get(path_of(owner, rest), params=params, headers=owner.basic)


READS = [
    ("trace", {"id": T}),
    ("trace/skeleton", {"id": T}),
    ("trace/children", {"id": T, "of": "agent"}),
    ("trace/ancestors", {"id": T, "of": "tool"}),
    ("trace/find", {"id": T, "text": "hi"}),
    ("trace/conversation", {"id": T}),
    ("span", {"trace": T, "id": "gen"}),
    ("span/text", {"trace": T, "id": "gen", "field": "input"}),
    ("session", {"id": "s1"}),
    ("session/turns", {"id": "s1"}),
    ("user", {"id": "u1"}),
]


@pytest.mark.parametrize(("rest", "params"), READS, ids=[rest for rest, _ in READS])
class TestEveryRead:
    def test_anonymous(self, client, owner, rest, params) -> None:
        assert client.get(path_of(owner, rest), params=params).status_code == 401

    def test_another_project_is_as_unknown_as_none(self, client, owner, stranger, rest, params) -> None:
        for project_id in (owner.id, new_id()):
            answer = client.get(
                f"/api/ui/projects/{project_id}/{rest}", params=params, headers=stranger.basic
            )
            assert (answer.status_code, answer.json()["message"]) == (404, "Project not found")

    def test_in_the_askers_project_it_is_unknown(self, client, stranger, rest, params) -> None:
        answer = client.get(path_of(stranger, rest), params=params, headers=stranger.basic)
        assert answer.status_code == 404

    def test_what_is_missing_or_malformed(self, get, rest, params) -> None:
        assert get(rest).status_code == 400
        assert get(rest, **{**params, "id": "a\0b"}).status_code == 400


class TestHead:
    def test_whole_body(self, get, owner) -> None:
        found = get("trace", id=T).json()
        assert found.pop("updatedAt")
        first, second = found.pop("scores")
        assert found == {
            "id": T,
            "projectId": owner.id,
            "name": "refund",
            "time": "2026-01-01T12:00:00.000Z",
            "env": "production",
            "user": "u1",
            "session": "s1",
            "release": "r",
            "version": "2",
            "tags": ["a"],
            "level": "ERROR",
            "latency": 10.0,
            "tokens": {"in": 12, "out": 5, "total": 15, "cached": 2},
            "cost": 0.5,
            "observations": 4,
            "errors": 1,
            "warnings": 0,
            "public": False,
            "bookmarked": False,
            "input": {"text": '{"q":"hi"}', "length": 10, "truncated": False, "kind": "json"},
            "output": {"text": "done", "length": 4, "truncated": False, "kind": "text"},
            "metadata": {"k": {"x": 1}, "t": "plain"},
            "metadataTruncated": [],
            "comments": 0,
            "running": False,
            "sdk": {"name": "python", "version": "3.1"},
            "firstStart": "2026-01-01T12:00:00.000Z",
            "lastEnd": "2026-01-01T12:00:10.000Z",
        }
        assert (first["name"], first["value"], first["observationId"], first["comment"]) == (
            "quality",
            0.5,
            "gen",
            "why",
        )
        assert (second["name"], second["stringValue"], second["dataType"]) == ("label", "good", "CATEGORICAL")

    @pytest.mark.parametrize("near", ["2026-01-01T12:30:00Z", "2020-01-01T00:00:00Z"])
    def test_near_is_only_a_hint(self, get, near) -> None:
        assert get("trace", id=T, near=near).json()["name"] == "refund"

    def test_nothing_is_null_and_not_zero(self, client, project, parts) -> None:
        insert(parts.stores.analytics, trace(project.id, "bare"))
        found = client.get(path_of(project, "trace"), params={"id": "bare"}, headers=project.basic).json()
        assert [found[name] for name in ("tokens", "cost", "latency", "user", "sdk")] == [None] * 5
        assert found["input"] == {"text": "", "length": 0, "truncated": False, "kind": "none"}

    @pytest.mark.parametrize(
        ("spans", "quiet_s", "running"),
        [
            # (id, parent, type, ended)
            ([("root", "", "SPAN", False)], 5, True),
            ([("root", "", "SPAN", False)], 599, True),
            ([("root", "", "SPAN", False)], 601, False),
            ([("root", "", "SPAN", True)], 0, False),
            ([("root", "", "SPAN", True), ("child", "root", "SPAN", False)], 0, False),
            ([("root", "", "SPAN", False), ("child", "root", "SPAN", True)], 5, True),
            ([("one", "", "SPAN", True), ("two", "", "SPAN", False)], 5, True),
            ([("event", "", "EVENT", False)], 5, False),
            ([("child", "elsewhere", "SPAN", False)], 5, True),
            ([("child", "elsewhere", "SPAN", True)], 5, False),
            ([], 0, False),
        ],
    )
    def test_running(self, client, project, parts, spans, quiet_s, running) -> None:
        now = time.time_ns() // 1000
        start = now - 900 * 1_000_000
        quiet_us = quiet_s * 1_000_000
        row = trace(project.id, "t", first_start=start, last_end=now, updated_at=now - quiet_us)
        rows = [
            observation(project.id, "t", id_, parent_id=parent, type=type_, end_time=now if ended else None)
            for id_, parent, type_, ended in spans
        ]
        for each in rows:
            each.start_time = start
        insert(parts.stores.analytics, row, *rows)
        found = client.get(path_of(project, "trace"), params={"id": "t"}, headers=project.basic).json()
        assert found["running"] is running


class TestBranches:
    """Parts of a trace, as one that is too large for one answer is read."""

    def test_below(self, get) -> None:
        found = get("trace/children", id=T, of="agent").json()
        # The parent of the first is the one that was asked for.
        assert (found["id"], found["parent"], found["missing"]) == (["gen", "tool"], [-2, 0], {"0": "agent"})
        assert (found["children"], found["rollups"], found["cursor"]) == ([1, 0], ["agent"], "7")
        assert found["flags"] == [1 + 4 + 8 + 16, 0]

    def test_path(self, get) -> None:
        found = get("trace/ancestors", id=T, of="tool").json()
        assert (found["id"], found["parent"], found["children"]) == (
            ["agent", "gen", "tool"],
            [-1, 0, 1],
            [1, 1, 0],
        )
        alone = get("trace/ancestors", id=T, of="orphan").json()
        assert (alone["id"], alone["missing"]) == (["orphan"], {"0": "gone"})

    @pytest.mark.parametrize("rest", ["trace/children", "trace/ancestors"])
    def test_unknown(self, get, rest) -> None:
        for id_ in ("none", "foreign"):
            answer = get(rest, id=T, of=id_)
            assert (answer.status_code, answer.json()["message"]) == (
                404,
                f"Observation {id_} not found within trace {T}",
            )

    @pytest.mark.parametrize("stretch", [2, 100], ids=["in stretches", "by ids"])
    def test_top_levels_first(self, client, project, parts, monkeypatch, stretch) -> None:
        monkeypatch.setattr("spyglass.query.branches._STRETCH", stretch)
        monkeypatch.setattr("spyglass.query.skeleton.MOST", 4)
        monkeypatch.setattr("spyglass.query.branches.MOST", 4)
        monkeypatch.setattr("spyglass.query.branches.MOST_BELOW", 2)
        monkeypatch.setattr("spyglass.query.branches._AT_ONCE", 3)
        below = {"a": "root", "a1": "a", "a2": "a", "a3": "a", "a31": "a3", "b": "root"}
        rows = [
            observation(project.id, "big", id_, f"12:00:{at:02}", parent_id=parent)
            for at, (id_, parent) in enumerate({"root": "", **below}.items())
        ]
        whole = {"first_start": us("12:00:00"), "last_end": us("12:00:10")}
        insert(parts.stores.analytics, trace(project.id, "big", **whole), *rows)

        def ask(rest: str, **params: str) -> dict:
            params = {"id": "big", **params}
            return client.get(path_of(project, rest), params=params, headers=project.basic).json()

        top = ask("trace/skeleton")
        assert (top["id"], top["children"]) == (["root", "a", "a1", "b"], [2, 3, 0, 0])
        assert (top["total"], top["truncated"], top["parent"]) == (7, True, [-1, 0, 1, 0])
        more = ask("trace/children", of="a")
        assert (more["id"], more["children"]) == (["a1", "a2"], [0, 0])
        path = ask("trace/ancestors", of="a31")
        assert (path["id"], path["parent"]) == (["root", "a", "a3", "a31"], [-1, 0, 1, 2])


class TestFind:
    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ("hi", ["gen"]),
            ("HI", ["gen"]),
            ("assistant", ["gen"]),
            ("later", ["orphan"]),
            ("in", ["agent"]),
            ("%", []),
            ("nothing of this", []),
            ("foreign", []),
        ],
    )
    def test_by_text(self, get, text, ids) -> None:
        assert get("trace/find", id=T, text=text).json() == {"ids": ids, "more": False, "unread": 0}

    def test_as_json_writes_it(self, client, project, parts) -> None:
        whole = {"first_start": us("12:00:00"), "last_end": us("12:00:10")}
        text = json.dumps({"q": 'say "hi"\nnow'})
        insert(
            parts.stores.analytics,
            trace(project.id, "t", **whole),
            observation(project.id, "t", "o", input=text),
        )
        for wanted, ids in (('say "hi"', ["o"]), ('"hi"\nnow', ["o"]), ("say hi", [])):
            params = {"id": "t", "text": wanted}
            found = client.get(path_of(project, "trace/find"), params=params, headers=project.basic)
            assert found.json()["ids"] == ids

    def test_long_texts_are_counted_and_their_references_not_found(self, client, project, parts) -> None:
        whole = {"first_start": us("12:00:00"), "last_end": us("12:00:10")}
        kept = "@@@spyglassBlob:key=bodies/x/y|bytes=900000@@@the beginning"
        insert(
            parts.stores.analytics,
            trace(project.id, "t", **whole),
            observation(project.id, "t", "o", output=kept),
        )
        for wanted, ids in (("beginning", ["o"]), ("bodies", []), ("spyglassBlob", [])):
            params = {"id": "t", "text": wanted}
            found = client.get(path_of(project, "trace/find"), params=params, headers=project.basic)
            assert found.json() == {"ids": ids, "more": False, "unread": 1}

    def test_the_first_ones(self, client, project, parts, monkeypatch) -> None:
        monkeypatch.setattr("spyglass.query.trace_texts.MOST_FOUND", 2)
        monkeypatch.setattr("spyglass.features.trace_view.finding.MOST_FOUND", 2)
        whole = {"first_start": us("12:00:00"), "last_end": us("12:00:10")}
        rows = [observation(project.id, "t", f"o{n}", f"12:00:0{n}", input="x") for n in range(3)]
        insert(parts.stores.analytics, trace(project.id, "t", **whole), *rows)
        params = {"id": "t", "text": "x"}
        found = client.get(path_of(project, "trace/find"), params=params, headers=project.basic)
        assert found.json() == {"ids": ["o0", "o1"], "more": True, "unread": 0}

    def test_what_is_asked_is_checked(self, get) -> None:
        for text in ("", "x" * 201):
            assert get("trace/find", id=T, text=text).status_code == 400


class TestSkeleton:
    def test_whole_body(self, get) -> None:
        answer = get("trace/skeleton", id=T)
        assert answer.json() == {
            "traceId": T,
            "n": 4,
            "total": 4,
            "truncated": False,
            "cursor": "7",
            "t0": str(us("12:00:00")),
            "strings": ["agent", "llm", "search", "AGENT", "GENERATION", "TOOL", "", "gpt-4o"],
            "id": ["agent", "gen", "tool", "orphan"],
            "parent": [-1, 0, 1, -2],
            "missing": {"3": "gone"},
            "name": [0, 1, 2, 1],
            "type": [3, 4, 5, 4],
            "model": [6, 7, 6, 6],
            "level": [1, 3, 2, 1],
            "start": [0, 1_000_000, 4_000_000, 5_000_000],
            "duration": [10_000_000, 2_000_000, -1, 0],
            "ttft": [-1, 1_000_000, -1, -1],
            "tokensIn": [10, 10, 0, 0],
            "tokensOut": [5, 5, 0, 0],
            "tokens": [15, 15, 0, 0],
            "cost": [None, 0.5, None, None],
            "flags": [4 + 32, 1 + 4 + 8 + 16, 0, 8],
            "rollups": ["agent"],
            "children": [],
        }

    def test_it_is_not_sent_twice(self, client, owner, get) -> None:
        etag = get("trace/skeleton", id=T).headers["etag"]
        again = client.get(
            path_of(owner, "trace/skeleton"), params={"id": T}, headers={**owner.basic, "if-none-match": etag}
        )
        assert (again.status_code, again.content) == (304, b"")

    def test_a_changed_trace_has_another_tag(self, client, project, parts) -> None:
        insert(
            parts.stores.analytics,
            trace(project.id, "t", first_start=us("12:00:00"), last_end=us("12:00:01")),
            observation(project.id, "t", "a", "12:00:00", version_seq=3),
        )

        def ask(**more):
            return client.get(
                path_of(project, "trace/skeleton"), params={"id": "t", **more}, headers=project.basic
            )

        tags = [ask().headers["etag"]]
        insert(
            parts.stores.analytics,
            observation(project.id, "t", "b", "12:00:01", version_seq=5, parent_id="a"),
        )
        tags.append(ask().headers["etag"])
        increment = ask(since=3).json()
        assert (increment["id"], increment["parent"], increment["missing"]) == (["b"], [-2], {"0": "a"})
        assert (increment["cursor"], increment["total"]) == ("5", 2)
        insert(
            parts.stores.analytics, score(project.id, "s", trace_id="t", observation_id="a", version_seq=6)
        )
        tags.append(ask().headers["etag"])
        increment = ask(since=5).json()
        assert (increment["id"], increment["flags"], increment["cursor"]) == (["a"], [1], "6")
        assert ask(since=6).json()["n"] == 0
        body = {"projectId": project.id, "objectType": "OBSERVATION", "objectId": "b", "content": "look"}
        assert client.post("/api/public/comments", json=body, headers=project.basic).status_code == 200
        tags.append(ask().headers["etag"])
        assert ask().json()["flags"] == [1, 2]
        assert len(set(tags)) == 4

    def test_large_ones_are_compressed(self, client, project, parts) -> None:
        rows = [
            observation(project.id, "t", f"{place:08x}", f"12:00:{place % 60:02}") for place in range(300)
        ]
        insert(
            parts.stores.analytics,
            trace(project.id, "t", first_start=us("12:00:00"), last_end=us("12:01:00")),
            *rows,
        )
        where = {"params": {"id": "t"}}
        plain = {**project.basic, "accept-encoding": "identity"}
        whole = client.get(path_of(project, "trace/skeleton"), headers=plain, **where)
        assert "content-encoding" not in whole.headers
        with client.stream(
            "GET", path_of(project, "trace/skeleton"), headers=project.basic, **where
        ) as answer:
            assert answer.headers["content-encoding"] == "gzip"
            raw = b"".join(answer.iter_raw())
        assert json.loads(gzip.decompress(raw)) == whole.json()
        assert whole.json()["n"] == 300

    def test_the_first_ones_of_too_many(self, owner, parts, monkeypatch) -> None:
        monkeypatch.setattr("spyglass.query.skeleton.MOST", 2)
        row = Trace(
            project_id=owner.id, id=T, timestamp=0, first_start=us("12:00:00"), last_end=us("12:00:10")
        )
        found = read_skeleton(parts.stores.analytics, row, Extent(4, 7), Marks())
        assert (found["id"], found["n"], found["total"], found["truncated"]) == (["agent", "gen"], 2, 4, True)

    @pytest.mark.parametrize("since", ["-1", "x", str(2**63)])
    def test_a_cursor_that_is_none(self, get, since) -> None:
        assert get("trace/skeleton", id=T, since=since).status_code == 400


class TestSpan:
    def test_whole_body(self, get) -> None:
        found = get("span", trace=T, id="gen").json()
        (only,) = found.pop("scores")
        assert only["id"] == "sc1"
        assert found == {
            "id": "gen",
            "traceId": T,
            "parentId": "agent",
            "type": "GENERATION",
            "name": "llm",
            "level": "ERROR",
            "statusMessage": None,
            "startTime": "2026-01-01T12:00:01.000Z",
            "endTime": "2026-01-01T12:00:03.000Z",
            "completionStartTime": "2026-01-01T12:00:02.000Z",
            "latency": 2.0,
            "ttft": 1.0,
            "model": "gpt-4o",
            "modelId": None,
            "modelParameters": None,
            "promptName": None,
            "promptVersion": None,
            "promptId": None,
            "usageDetails": {"input": 10, "output": 5, "total": 15},
            "costDetails": {"input": 0.5},
            "usagePricingTier": None,
            "estimated": True,
            "totalCost": 0.5,
            "input": {
                "text": '[{"role":"user","content":"hi"}]',
                "length": 32,
                "truncated": False,
                "kind": "json",
            },
            "output": {"text": '{"role":"assistant"}', "length": 20, "truncated": False, "kind": "json"},
            "metadata": {},
            "metadataTruncated": [],
            "tools": [],
            "toolCalls": [],
            "toolCallNames": [],
            "environment": "default",
            "version": None,
            "release": None,
            "user": None,
            "session": None,
            "source": "otel",
            "serviceName": None,
            "serviceVersion": None,
            "scopeName": "openai",
            "scopeVersion": None,
            "sdkLanguage": None,
            "sdk": None,
            "experiment": None,
            "createdAt": "2026-01-02T00:00:00.000Z",
            "updatedAt": "2026-01-02T00:00:00.000Z",
            "comments": 0,
        }

    def test_tools(self, get) -> None:
        found = get("span", trace=T, id="tool").json()
        assert found["tools"] == [{"name": "search", "definition": {"a": 1}}]
        assert (found["toolCalls"], found["toolCallNames"]) == ([{"id": "c"}], ["search"])

    def test_only_of_its_own_trace(self, get) -> None:
        assert get("span", trace=T, id="foreign").status_code == 404


@pytest.fixture(scope="module")
def large(make_project, client, parts):
    """A generation whose input lies in the blob store, sent as a client sends it."""
    made = make_project()
    text = "äbc\U0001f600" * 400_000
    body = {
        "id": "g", "traceId": "t", "name": "n", "startTime": "2026-01-05T10:00:00Z", "input": text,
        "output": "x" * 300_000, "metadata": {"long": "m" * 300_000, "short": 1},
    }  # fmt: skip
    batch = [{"id": new_id(), "timestamp": "2026-01-05T10:00:00Z", "type": "generation-create", "body": body}]
    assert (
        client.post("/api/public/ingestion", json={"batch": batch}, headers=made.basic).json()["errors"] == []
    )
    parts.pipeline.wait_applied(parts.pipeline.last_seq())
    return made, text


class TestLargeTexts:
    def test_a_span_has_its_beginning(self, client, large) -> None:
        made, text = large
        found = client.get(path_of(made, "span"), params={"trace": "t", "id": "g"}, headers=made.basic).json()
        assert found["input"] == {
            "text": text[: 1 << 20],
            "length": 1_600_000,
            "truncated": True,
            "kind": "text",
        }
        assert (found["output"]["length"], found["output"]["truncated"]) == (300_000, False)
        assert found["metadata"]["short"] == 1
        assert (len(found["metadata"]["long"]), found["metadataTruncated"]) == (64 << 10, ["long"])

    @pytest.mark.parametrize(
        ("start", "end"),
        [(0, 3), (1_048_570, 1_048_590), (1_599_998, 1_700_000), (1_600_000, 1_600_001), (5, 2)],
    )
    def test_pieces_count_characters(self, client, large, start, end) -> None:
        made, text = large
        asked = {"trace": "t", "id": "g", "field": "input", "from": start, "to": end}
        answer = client.get(path_of(made, "span/text"), params=asked, headers=made.basic)
        assert (answer.text, answer.headers["x-total-length"]) == (text[start:end], "1600000")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["content-security-policy"] == "sandbox"

    def test_metadata_is_one_object(self, client, large) -> None:
        made, _ = large
        asked = {"trace": "t", "id": "g", "field": "metadata"}
        answer = client.get(path_of(made, "span/text"), params=asked, headers=made.basic)
        assert json.loads(answer.text) == {"long": "m" * 300_000, "short": 1}

    def test_of_the_trace_itself(self, client, large) -> None:
        made, text = large
        asked = {"trace": "t", "field": "input", "from": 1, "to": 4}
        assert client.get(path_of(made, "span/text"), params=asked, headers=made.basic).text == text[1:4]

    @pytest.mark.parametrize("field", ["name", "merge_state", ""])
    def test_no_other_fields(self, client, large, field) -> None:
        made, _ = large
        asked = {"trace": "t", "id": "g", "field": field}
        assert client.get(path_of(made, "span/text"), params=asked, headers=made.basic).status_code == 400

    def test_a_conversation_cuts_them(self, client, large) -> None:
        made, text = large
        found = client.get(path_of(made, "trace/conversation"), params={"id": "t"}, headers=made.basic).json()
        (only,) = found["generations"]
        assert only["input"] == {
            "text": text[: 256 << 10],
            "length": 1_600_000,
            "truncated": True,
            "kind": "text",
        }


class TestConversation:
    def test_generations_in_order_with_their_agent(self, get) -> None:
        found = get("trace/conversation", id=T).json()
        assert found["truncated"] is False
        assert [(each["id"], each["agent"], each["scope"]) for each in found["generations"]] == [
            ("gen", "agent", "openai"),
            ("orphan", None, None),
        ]
        assert found["generations"][1]["output"]["text"] == "later"

    def test_parents_in_a_circle(self, client, project, parts) -> None:
        insert(
            parts.stores.analytics,
            trace(project.id, "t", first_start=us("12:00:00"), last_end=us("12:00:00")),
            observation(project.id, "t", "a", type="GENERATION", parent_id="b"),
            observation(project.id, "t", "b", parent_id="a"),
        )
        answer = client.get(path_of(project, "trace/conversation"), params={"id": "t"}, headers=project.basic)
        assert [each["agent"] for each in answer.json()["generations"]] == [None]


class TestSession:
    def test_whole_body(self, get) -> None:
        found = get("session", id="s1").json()
        (only,) = found.pop("scores")
        assert only["name"] == "whole"
        assert found == {
            "id": "s1",
            "createdAt": "2026-01-01T12:00:00.000Z",
            "first": "2026-01-01T12:00:00.000Z",
            "last": "2026-01-01T12:00:10.000Z",
            "traces": 1,
            "users": ["u1"],
            "observations": 4,
            "errors": 1,
            "cost": 0.5,
            "tokens": {"in": 12, "out": 5, "total": 15, "cached": 2},
            "environments": ["production"],
            "tags": ["a"],
            "bookmarked": False,
        }

    def test_turns(self, get) -> None:
        found = get("session/turns", id="s1").json()
        (turn,) = found["turns"]
        assert (turn["trace"]["id"], turn["trace"]["level"], turn["trace"]["latency"]) == (T, "ERROR", 10.0)
        assert (turn["input"]["text"], turn["output"]["text"]) == ('{"q":"hi"}', "done")
        assert turn["steps"] == {"generations": 2, "tools": 1, "other": 1}
        assert [each["id"] for each in turn["scores"]] == ["sc1", "sc2"]
        assert found["cursor"] is None

    def test_turns_page_by_page(self, client, project, parts, monkeypatch) -> None:
        monkeypatch.setattr("spyglass.features.trace_view.sessions.TURNS", 2)
        at = ["12:00:00", "12:00:00", "12:00:01", "12:00:02", "12:00:02"]
        rows = [trace(project.id, f"t{place}", each, session_id="s") for place, each in enumerate(at)]
        insert(parts.stores.analytics, *rows)
        seen, cursor = [], None
        for _ in range(3):
            asked = {"id": "s", **({"cursor": cursor} if cursor else {})}
            found = client.get(path_of(project, "session/turns"), params=asked, headers=project.basic).json()
            seen += [turn["trace"]["id"] for turn in found["turns"]]
            cursor = found["cursor"]
        assert (seen, cursor) == (["t0", "t1", "t2", "t3", "t4"], None)

    def test_a_cursor_that_is_none(self, get) -> None:
        assert get("session/turns", id="s1", cursor="nonsense").status_code == 400


class TestUser:
    def test_whole_body(self, get) -> None:
        assert get("user", id="u1").json() == {
            "id": "u1",
            "first": "2026-01-01T12:00:00.000Z",
            "last": "2026-01-01T12:00:10.000Z",
            "traces": 1,
            "sessions": 1,
            "observations": 4,
            "errors": 1,
            "tokens": {"in": 12, "out": 5, "total": 15, "cached": 2},
            "cost": 0.5,
            "models": [{"model": "gpt-4o", "cost": 0.5, "calls": 1}],
        }


class TestEdit:
    @pytest.fixture
    def sent(self, client, project, parts):
        body = {"id": "t", "name": "n", "tags": ["a", "b"], "timestamp": "2026-01-05T10:00:00Z"}
        assert client.post("/api/public/traces", json=body, headers=project.basic).status_code == 200
        parts.pipeline.wait_applied(parts.pipeline.last_seq())
        return project

    @pytest.fixture
    def edit(self, client, sent):
        return lambda body, id_="t": client.patch(
            path_of(sent, "trace"), params={"id": id_}, json=body, headers=sent.basic
        )

    def test_it_is_readable_on_return_and_changes_nothing_else(self, client, sent, edit) -> None:
        answer = edit({"bookmarked": True, "tags": ["c", "a", "c"]})
        assert answer.json() == {"id": "t", "bookmarked": True, "public": False, "tags": ["a", "c"]}
        found = client.get("/api/public/traces/t", headers=sent.basic).json()
        assert (found["name"], found["timestamp"], found["tags"]) == (
            "n",
            "2026-01-05T10:00:00.000Z",
            ["a", "c"],
        )
        assert edit({"tags": [], "bookmarked": False}).json()["tags"] == []
        assert edit({}).json() == {"id": "t", "bookmarked": False, "public": False, "tags": []}

    @pytest.mark.parametrize(
        "tags", [[""], ["a", " "], ["x" * 501], ["a\0"], [5], "a", [f"{n}" for n in range(201)]]
    )
    def test_tags_that_cannot_be(self, client, sent, edit, tags) -> None:
        answer = edit({"tags": tags})
        assert answer.status_code == 400
        assert any(field.startswith("tags") for field in answer.json()["fields"])
        assert client.get("/api/public/traces/t", headers=sent.basic).json()["tags"] == ["a", "b"]
        longest = sorted(["x" * 500, *(f"{n}" for n in range(199))])
        assert edit({"tags": longest}).json()["tags"] == longest

    def test_a_client_may_add_tags_afterwards(self, client, sent, edit, parts) -> None:
        edit({"tags": []})
        client.post("/api/public/traces", json={"id": "t", "tags": ["new"]}, headers=sent.basic)
        parts.pipeline.wait_applied(parts.pipeline.last_seq())
        assert client.get("/api/public/traces/t", headers=sent.basic).json()["tags"] == ["new"]

    def test_it_is_in_the_audit_log(self, client, sent, edit, parts) -> None:
        edit({"bookmarked": True})
        entries = client.get("/api/public/spyglass/audit-logs", headers=sent.basic).json()["data"]
        (entry,) = [each for each in entries if each["resourceType"] == "trace"]
        assert (entry["resourceId"], entry["action"]) == ("t", "update")

    @pytest.mark.parametrize(
        "body", [{"name": "x"}, {"tags": "a"}, {"bookmarked": "perhaps"}, {"tags": ["a\0"]}]
    )
    def test_nothing_else_can_be_changed(self, edit, body) -> None:
        assert edit(body).status_code == 400

    def test_an_unknown_trace_is_not_made(self, client, sent, edit) -> None:
        assert edit({"bookmarked": True}, "unknown").status_code == 404
        assert client.get("/api/public/traces/unknown", headers=sent.basic).status_code == 404

    def test_an_edit_of_a_trace_that_was_deleted_meanwhile_makes_none(self, client, sent, parts) -> None:
        from anyio.from_thread import start_blocking_portal

        from spyglass.ingest.dialects.edits import TraceEdit
        from spyglass.ingest.edits import edit_traces

        with start_blocking_portal() as portal:
            portal.call(edit_traces, parts.pipeline, sent.id, [TraceEdit("late", bookmarked=True)])
            portal.call(edit_traces, parts.pipeline, sent.id, [TraceEdit("t", tags_removed=["b", "z"])])
        assert client.get("/api/public/traces/late", headers=sent.basic).status_code == 404
        assert client.get("/api/public/traces/t", headers=sent.basic).json()["tags"] == ["a"]


@pytest.fixture(scope="module")
def place(make_organization, parts):
    organization = make_organization()
    insert(parts.stores.analytics, trace(organization.project.id, "t", name="n"))
    return organization


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "read", "edit"),
        [("OWNER", 200, 200), ("MEMBER", 200, 200), ("VIEWER", 200, 403), ("NONE", 404, 404)],
    )
    def test_what_a_role_may_do(self, parts, place, role, read, edit) -> None:
        browser = signed_in(parts, add_person(parts, place.id, role))
        path = path_of(place.project, "trace")
        assert browser.get(path, params={"id": "t"}).status_code == read
        body = {"bookmarked": True, "tags": [role], "public": False}
        answer = browser.ask("PATCH", path, params={"id": "t"}, json=body)
        assert answer.status_code == edit
        if edit == 200:
            assert answer.json()["tags"] == [role]

    def test_without_the_token_of_the_page(self, parts, place) -> None:
        browser = signed_in(parts, add_person(parts, place.id, "OWNER"))
        browser.csrf = ""
        answer = browser.ask(
            "PATCH", path_of(place.project, "trace"), params={"id": "t"}, json={"public": True}
        )
        assert answer.status_code == 403

    def test_who_gave_a_score(self, parts, place) -> None:
        user = add_person(parts, place.id)
        insert(
            parts.stores.analytics,
            score(place.project.id, "by", trace_id="t", author_user_id=user.id, source="ANNOTATION"),
        )
        found = signed_in(parts, user).get(path_of(place.project, "trace"), params={"id": "t"}).json()
        assert [(each["author"], each["authorUserId"]) for each in found["scores"]] == [(user.name, user.id)]
