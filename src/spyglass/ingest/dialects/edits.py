"""Edits of traces that people make in the web UI: a bookmark, who may see a trace, its tags. An edit touches a trace
that exists; it says nothing of its time or environment, and never makes one.

    [{"id": "t1", "bookmarked": true}, {"id": "t2", "tags_set": ["a"]}, {"id": "t3", "tags_removed": ["b"]}]
"""

import msgspec

from spyglass.core.records import Arrival, Decoded, Kind, Patch, Rank


class TraceEdit(msgspec.Struct, omit_defaults=True):
    """What is None stays. `tags` are added, `tags_removed` taken away, `tags_set` put in the place of all others:
    of these three only one may be given, since clients add to the tags of a trace and never take any away."""

    id: str
    bookmarked: bool | None = None
    public: bool | None = None
    tags: list[str] | None = None
    tags_set: list[str] | None = None
    tags_removed: list[str] | None = None


encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[TraceEdit]).decode


def decode(body: bytes, arrival: Arrival) -> Decoded:
    edits = _decode(body)
    patches = [_patch(edit, arrival.received_us) for edit in edits]
    return Decoded(patches=patches, received=len(edits))


def _patch(edit: TraceEdit, at_us: int) -> Patch:
    said = {name: value for name, value in msgspec.structs.asdict(edit).items() if value is not None}
    id_ = said.pop("id")
    return Patch(Kind.TRACE, id_, at_us, Rank.UPDATE, said)
