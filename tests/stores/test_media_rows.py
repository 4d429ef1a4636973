"""The rows of media on both databases, also when several clients announce the same content at one moment."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from spyglass.core.errors import NotFound
from spyglass.features.media.schemas import MediaUploadIn
from spyglass.features.media.service import announce, find_media, mark, read_media
from spyglass.stores.meta import Meta, scoped
from spyglass.stores.meta.tables import Media, MediaLink, Organization, Project

BODY = {
    "traceId": "t",
    "contentType": "image/png",
    "contentLength": 3,
    "sha256Hash": base64.b64encode(hashlib.sha256(b"abc").digest()).decode(),
    "field": "input",
}


@pytest.fixture
def project_id(meta: Meta) -> str:
    with meta.begin() as session:
        organization = Organization(name="o")
        session.add(organization)
        session.flush()
        project = Project(organization_id=organization.id, name="p")
        session.add(project)
        session.flush()
        return project.id


def body(**changes: object) -> MediaUploadIn:
    return MediaUploadIn.model_validate({**BODY, **changes})


def test_the_way_of_a_medium(meta: Meta, project_id: str) -> None:
    made = announce(meta, project_id, body(), 10)
    assert made.media_id == "ungWv48Bz-pBQUDeXa4iI7"  # of SHA-256("abc")
    assert made.needed
    assert announce(meta, project_id, body(field="output"), 10) == made
    media = find_media(meta, project_id, made.media_id)
    with pytest.raises(NotFound):
        read_media(meta, project_id, made.media_id)
    mark(meta, media, uploaded_us=1_767_225_600_123_000, status=200, error=None)
    found = read_media(meta, project_id, made.media_id)
    assert found.uploaded_at is not None
    assert found.uploaded_at.isoformat() == "2026-01-01T00:00:00.123000+00:00"
    assert not announce(meta, project_id, body(traceId="u"), 10).needed
    with meta.read() as session:
        assert len(session.scalars(scoped(MediaLink, project_id)).all()) == 3


def test_what_belongs_to_a_deleted_row_does_not_reach_its_successor(meta: Meta, project_id: str) -> None:
    before = announce(meta, project_id, body(), 10)
    media = find_media(meta, project_id, before.media_id)
    with meta.begin() as session:
        session.delete(session.merge(media))
    after = announce(meta, project_id, body(), 10)
    assert after.media_id == before.media_id
    assert after.blob_key != before.blob_key
    with pytest.raises(NotFound):
        mark(meta, media, uploaded_us=0, status=200, error=None)
    assert find_media(meta, project_id, after.media_id).upload_status is None


def test_announced_by_many_at_once(meta: Meta, project_id: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        bodies = [body(traceId=f"t{number % 2}") for number in range(8)]
        made = list(pool.map(lambda one: announce(meta, project_id, one, 10), bodies))
    assert len(set(made)) == 1
    with meta.read() as session:
        assert len(session.scalars(scoped(Media, project_id)).all()) == 1
        assert len(session.scalars(scoped(MediaLink, project_id)).all()) == 2


def test_an_id_that_a_database_cannot_take(meta: Meta, project_id: str) -> None:
    with pytest.raises(NotFound):
        find_media(meta, project_id, "a\0b")
