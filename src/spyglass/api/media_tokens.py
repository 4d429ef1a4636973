"""What the links to media carry, and the settings of media. `api/media_links.py` makes whole URLs of them."""

from dataclasses import dataclass

from spyglass.core.clock import now_us
from spyglass.core.options import option
from spyglass.core.signed import derive_key, read, sign

PATH = "/api/public/spyglass/media/"
UPLOAD_URL_EXPIRY_S = 3600  # contract 5.1

_SECOND_US = 1_000_000
_UPLOAD, _DOWNLOAD = "media upload", "media download"


@dataclass(frozen=True)
class Config:
    """Images, audio and files that belong to traces and dataset items."""

    max_content_length: int = option(1_000_000_000, "Largest media file, in bytes", low=1)
    download_url_expiry_s: int = option(
        3600, "Seconds for which a link to a media file works", low=1, high=7 * 24 * 3600
    )
    direct: bool = option(
        True,
        "With blobs in a bucket (S3, GCS, Azure), clients and browsers transfer media from and to it by signed "
        "links. They must reach its address, and browsers need a CORS rule there; `false`: all through this server",
    )


@dataclass(frozen=True)
class UploadTicket:
    """One file that may be stored: which, and of what content."""

    project_id: str
    media_id: str
    content_type: str
    content_length: int
    sha256: str  # base64


@dataclass(frozen=True)
class DownloadTicket:
    project_id: str
    media_id: str
    expires_us: int


def upload_token(secret: bytes, ticket: UploadTicket) -> str:
    fields = [
        ticket.project_id,
        ticket.media_id,
        ticket.content_type,
        ticket.content_length,
        ticket.sha256,
    ]
    return sign(derive_key(secret, _UPLOAD), fields, now_us() + UPLOAD_URL_EXPIRY_S * _SECOND_US)


def read_upload_token(secret: bytes, token: str) -> UploadTicket | None:
    """None for a token that is forged or has expired."""
    found = read(derive_key(secret, _UPLOAD), token)
    return UploadTicket(*found[1]) if found else None


def download_token(secret: bytes, project_id: str, media_id: str, expires_us: int) -> str:
    return sign(derive_key(secret, _DOWNLOAD), [project_id, media_id], expires_us)


def read_download_token(secret: bytes, token: str) -> DownloadTicket | None:
    """None for a token that is forged or has expired."""
    found = read(derive_key(secret, _DOWNLOAD), token)
    if found is None:
        return None
    expires_us, (project_id, media_id) = found
    return DownloadTicket(project_id, media_id, expires_us)
