"""Media through the JavaScript SDKs: what is left in the place of a file, its upload, and the same bytes back."""

import base64
import functools
import hashlib
import urllib.request
from collections.abc import Callable

import pytest

from .live_server import Target
from .programs import run_program
from .reading import Json, PublicApi, find_only, parse_ms
from .sdk_runs import list_clients

pytestmark = pytest.mark.compat

PROGRAMS = {"js-v3": "js_v3_media.mjs", "js-v4": "js_v5_media.mjs", "js-v5": "js_v5_media.mjs"}


@pytest.fixture(scope="module")
def runs(target: Target) -> Callable[[str], Json]:
    """Plays the scenario with a client when it is first asked for, and gives what the program reports."""
    return functools.cache(lambda name: run_program(name, PROGRAMS[name], target).report)


@pytest.fixture(params=list_clients(PROGRAMS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def report(name: str, runs: Callable[[str], Json]) -> Json:
    return runs(name)


def media_id(report: Json, file: str) -> str:
    """The id that SDKs and servers agree on: the first 22 characters of the hash in URL-safe Base64."""
    digest = bytes.fromhex(report["contents"][file][2])
    return base64.urlsafe_b64encode(digest).decode()[:22]


def reference(report: Json, file: str, source: str = "base64_data_uri") -> str:
    kind = report["contents"][file][0]
    return f"@@@langfuseMedia:type={kind}|id={media_id(report, file)}|source={source}@@@"


class TestReferences:
    """The record holds a reference where the file was."""

    def test_in_the_trace(self, report: Json, api: PublicApi) -> None:
        trace = api.get(f"/traces/{report['trace']}")
        picture = reference(report, "picture")
        assert [trace["input"], trace["output"]] == [
            {"text": "look", "image": picture},
            ["the same", picture],
        ]

    def test_in_the_generation(self, name: str, report: Json, api: PublicApi) -> None:
        trace = api.get(f"/traces/{report['trace']}")
        generation = find_only(trace["observations"], "multimodal")
        assert generation["id"] == report["observation"]
        audio = {"data": reference(report, "sound"), "format": "wav"}
        assert generation["input"] == [
            {"role": "user", "content": [{"type": "input_audio", "input_audio": audio}]}
        ]
        # The spans of 4.x and 5.x write a LangfuseMedia as data URI, before they take data URIs out.
        source = "bytes" if name == "js-v3" else "base64_data_uri"
        assert generation["output"] == reference(report, "document", source)
        assert generation["metadata"]["note"] == reference(report, "note")


class TestUpload:
    @pytest.mark.parametrize("file", ["picture", "sound", "document", "note"])
    def test_server_has_the_same_bytes(self, report: Json, api: PublicApi, file: str) -> None:
        kind, length, digest = report["contents"][file]
        media = api.get(f"/media/{media_id(report, file)}")
        assert [media["mediaId"], media["contentType"], media["contentLength"]] == [
            media_id(report, file),
            kind,
            length,
        ]
        assert parse_ms(media["uploadedAt"]) < parse_ms(media["urlExpiry"])
        with urllib.request.urlopen(media["url"], timeout=10) as answer:
            content = answer.read()
        assert [len(content), hashlib.sha256(content).hexdigest()] == [length, digest]

    def test_a_changed_signature_opens_nothing(self, report: Json, api: PublicApi) -> None:
        url = api.get(f"/media/{media_id(report, 'picture')}")["url"]
        changed = url[:-1] + ("A" if url[-1] != "A" else "B")
        with pytest.raises(urllib.request.HTTPError, match="403"):
            urllib.request.urlopen(changed, timeout=10)


class TestSdkReadsBack:
    def test_references_resolve_to_the_same_bytes(self, report: Json) -> None:
        assert report["resolved"] == report["contents"]

    def test_download(self, report: Json) -> None:
        assert report["downloaded"] == report["contents"]["picture"]


class TestDatasetItems:
    """`dataset.createItem` of 5.x uploads the files of an item; `dataset.get` puts them in place again."""

    @pytest.fixture(params=list_clients(["js-v5"]))
    def name(self, request: pytest.FixtureRequest) -> str:
        return request.param

    def test_files_of_an_item(self, name: str, report: Json, api: PublicApi) -> None:
        contents, item = report["contents"], report["item"]
        assert item["read"] == [
            ["image/webp", item["sent"]],
            ["image/png", contents["picture"][2]],
            ["audio/wav", contents["sound"][2]],
        ]
        stored = api.get(f"/dataset-items/{name}-media-item")
        assert stored["expectedOutput"] == reference(report, "sound", "bytes")
        assert stored["input"]["pictures"][1] == reference(report, "picture", "bytes")

    def test_places(self, report: Json) -> None:
        assert report["item"]["fields"] == [
            ["input", "$['pictures'][0]"],
            ["input", "$['pictures'][1]"],
            ["input", "$['it's']['deep']"],
            ["expectedOutput", "$"],
        ]
