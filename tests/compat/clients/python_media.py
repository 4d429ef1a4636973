"""Media through Python `langfuse` 2 to 5: bytes, a file and data URIs in inputs, outputs and metadata.

The bytes differ from client to client, so that each really uploads.
"""

import base64
import hashlib
import json
import os
import tempfile
from pathlib import Path

from langfuse import Langfuse
from langfuse.media import LangfuseMedia

RUN = os.environ["COMPAT_RUN"]
MAJOR = int(RUN[-1])
TYPES = {"picture": "image/png", "sound": "audio/wav", "document": "application/pdf", "note": "text/plain"}
LENGTHS = {"picture": 257, "sound": 200_000, "document": 4096, "note": 12}
langfuse = Langfuse()


def make_bytes(name):
    blocks = (hashlib.sha256(f"{RUN} {name} {i}".encode()).digest() for i in range(LENGTHS[name] // 32 + 1))
    return b"".join(blocks)[: LENGTHS[name]]


CONTENTS = {name: make_bytes(name) for name in TYPES}


def describe(content_type, content):
    return [content_type, len(content), hashlib.sha256(content).hexdigest()]


def media_id(name):
    digest = hashlib.sha256(CONTENTS[name]).digest()
    return base64.urlsafe_b64encode(digest).decode()[:22]


def data_uri(name):
    return f"data:{TYPES[name]};base64,{base64.b64encode(CONTENTS[name]).decode()}"


def make_records(folder):
    """(input, output, metadata) of the trace and of a generation in it."""
    path = Path(folder) / "document.pdf"
    path.write_bytes(CONTENTS["document"])
    document = LangfuseMedia(file_path=str(path), content_type=TYPES["document"])
    sound = LangfuseMedia(content_bytes=CONTENTS["sound"], content_type=TYPES["sound"])
    anthropic = {
        "type": "base64",
        "media_type": TYPES["picture"],
        "data": base64.b64encode(CONTENTS["picture"]).decode(),
    }
    messages = [{"role": "user", "content": [{"type": "image", "source": anthropic}, {"deep": [[sound]]}]}]
    note = LangfuseMedia(base64_data_uri=data_uri("note"))
    of_trace = {"text": "look", "image": data_uri("picture")}, ["the same", data_uri("picture")]
    return of_trace, (messages, document, {"note": note, "plain": 1})


def send():
    """Gives the ids of the trace and of its generation."""
    with tempfile.TemporaryDirectory() as folder:
        (trace_input, trace_output), (messages, document, metadata) = make_records(folder)
        generation = {"name": "multimodal", "input": messages, "output": document, "metadata": metadata}
        if MAJOR == 2:
            trace = langfuse.trace(name="with media", input=trace_input, output=trace_output)
            made = trace.generation(**generation)
            made.end()
            ids = trace.id, made.id
        else:
            with langfuse.start_as_current_observation(name="with media", as_type="span") as root:
                root.update(input=trace_input, output=trace_output)
                if MAJOR == 3:
                    root.update_trace(input=trace_input, output=trace_output)
                made = root.start_observation(as_type="generation", **generation)
                made.end()
            ids = root.trace_id, made.id
        langfuse.flush()
    return ids


def resolve():
    """Type, length and hash of what the SDK puts in the place of each reference."""
    references = {
        name: f"see @@@langfuseMedia:type={kind}|id={media_id(name)}|source=bytes@@@"
        for name, kind in TYPES.items()
    }
    resolved = langfuse.resolve_media_references(obj=references, resolve_with="base64_data_uri")
    found = {}
    for name, text in resolved.items():
        head, _, encoded = text.partition(";base64,")
        found[name] = describe(head.removeprefix("see data:"), base64.b64decode(encoded))
    return found


def ask_again(trace_id):
    """The place to upload what is uploaded already: there is none."""
    digest = base64.b64encode(hashlib.sha256(CONTENTS["picture"]).digest()).decode()
    body = {"content_type": TYPES["picture"], "content_length": LENGTHS["picture"], "trace_id": trace_id}
    body["field"] = "metadata"
    if MAJOR >= 4:
        answer = langfuse.api.media.get_upload_url(**body, sha256hash=digest)
    else:
        from langfuse.api import GetMediaUploadUrlRequest

        api = langfuse.client if MAJOR == 2 else langfuse.api
        answer = api.media.get_upload_url(request=GetMediaUploadUrlRequest(**body, sha_256_hash=digest))
    return [answer.media_id, answer.upload_url]


def play_item():
    """Files in a dataset item; only 4.x and 5.x upload those."""
    if MAJOR < 4:
        return None
    name = f"{RUN} media"
    langfuse.create_dataset(name=name)
    picture = LangfuseMedia(content_bytes=CONTENTS["picture"], content_type=TYPES["picture"])
    extra = hashlib.sha512(RUN.encode()).digest()
    other = LangfuseMedia(content_bytes=extra, content_type="image/webp")
    sound = LangfuseMedia(content_bytes=CONTENTS["sound"], content_type=TYPES["sound"])
    langfuse.create_dataset_item(
        dataset_name=name,
        id=f"{RUN}-media-item",
        input={"pictures": [other, picture], "it's": {"deep": picture}},
        expected_output=sound,
    )
    [item] = langfuse.get_dataset(name).items
    found = [*item.input["pictures"], item.input["it's"]["deep"], item.expected_output]
    return {
        "read": [describe(each.content_type, each.fetch_bytes()) for each in found],
        "extra": describe("image/webp", extra),
    }


trace_id, observation_id = send()
print(
    json.dumps(
        {
            "trace": trace_id,
            "observation": observation_id,
            "contents": {name: describe(TYPES[name], content) for name, content in CONTENTS.items()},
            "ids": {name: media_id(name) for name in TYPES},
            "resolved": resolve(),
            "again": ask_again(trace_id),
            "item": play_item(),
        }
    )
)
