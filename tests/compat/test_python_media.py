"""Media through the Python SDKs: what is left in the place of a file, its upload, and the same bytes back."""

import functools
import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from .live_server import Target
from .programs import run_program
from .reading import Json, PublicApi, find_only, parse_ms
from .sdk_runs import list_clients

pytestmark = pytest.mark.compat

NAMES = ("python-v2", "python-v3", "python-v4", "python-v5")
FILES = ("picture", "sound", "document", "note")


@pytest.fixture(scope="module")
def runs(target: Target, api: PublicApi) -> Callable[[str], Json]:
    """Plays the scenario with a client when it is first asked for, and gives what the program reports."""

    @functools.cache
    def run(name: str) -> Json:
        report = run_program(name, "python_media.py", target).report
        api.wait_for_trace(report["trace"], 1 if name == "python-v2" else 2, with_output=True)
        return report

    return run


@pytest.fixture(params=list_clients(NAMES))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def report(name: str, runs: Callable[[str], Json]) -> Json:
    return runs(name)


def reference(report: Json, file: str, source: str) -> str:
    return f"@@@langfuseMedia:type={report['contents'][file][0]}|id={report['ids'][file]}|source={source}@@@"


class TestReferences:
    """The record holds a reference where the file was."""

    def test_in_the_trace(self, report: Json, api: PublicApi) -> None:
        trace = api.get(f"/traces/{report['trace']}")
        picture = reference(report, "picture", "base64_data_uri")
        assert [trace["input"], trace["output"]] == [
            {"text": "look", "image": picture},
            ["the same", picture],
        ]

    def test_in_the_generation(self, report: Json, api: PublicApi) -> None:
        trace = api.get(f"/traces/{report['trace']}")
        generation = find_only(trace["observations"], "multimodal")
        assert generation["id"] == report["observation"]
        picture = {
            "type": "base64",
            "media_type": "image/png",
            "data": reference(report, "picture", "base64_data_uri"),
        }
        [message] = generation["input"]
        image, deep = message["content"]
        assert [message["role"], image] == ["user", {"type": "image", "source": picture}]
        assert deep == {"deep": [[reference(report, "sound", "bytes")]]}
        assert generation["output"] == reference(report, "document", "file")
        metadata = generation["metadata"]
        assert [metadata["note"], metadata["plain"]] == [reference(report, "note", "base64_data_uri"), 1]


class TestUpload:
    @pytest.mark.parametrize("file", FILES)
    def test_server_has_the_same_bytes(self, report: Json, api: PublicApi, file: str) -> None:
        kind, length, digest = report["contents"][file]
        media = api.get(f"/media/{report['ids'][file]}")
        assert [media["mediaId"], media["contentType"], media["contentLength"]] == [
            report["ids"][file],
            kind,
            length,
        ]
        assert parse_ms(media["uploadedAt"]) < parse_ms(media["urlExpiry"])
        with urllib.request.urlopen(media["url"], timeout=10) as answer:
            content = answer.read()
        assert [len(content), hashlib.sha256(content).hexdigest()] == [length, digest]

    def test_a_changed_signature_opens_nothing(self, report: Json, api: PublicApi) -> None:
        url = api.get(f"/media/{report['ids']['picture']}")["url"]
        changed = url[:-1] + ("A" if url[-1] != "A" else "B")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(changed, timeout=10)

    def test_what_is_there_is_not_uploaded_again(self, report: Json) -> None:
        assert report["again"] == [report["ids"]["picture"], None]


class TestSdkReadsBack:
    def test_references_resolve_to_the_same_bytes(self, report: Json) -> None:
        assert report["resolved"] == report["contents"]


@pytest.mark.parametrize("name", list_clients(["python-v4", "python-v5"]))
class TestDatasetItems:
    """`create_dataset_item` uploads the files of an item; `get_dataset` puts them in place again."""

    def test_files_of_an_item(self, name: str, report: Json, api: PublicApi) -> None:
        contents, item = report["contents"], report["item"]
        picture = contents["picture"]
        assert item["read"] == [item["extra"], picture, picture, contents["sound"]]
        stored = api.get(f"/dataset-items/{name}-media-item")
        assert stored["input"]["pictures"][1] == reference(report, "picture", "bytes")
        assert stored["expectedOutput"] == reference(report, "sound", "bytes")
        assert sorted([each["field"], each["jsonPath"]] for each in stored["mediaReferences"]) == [
            ["expectedOutput", "$"],
            ["input", "$['it's']['deep']"],
            ["input", "$['pictures'][0]"],
            ["input", "$['pictures'][1]"],
        ]
