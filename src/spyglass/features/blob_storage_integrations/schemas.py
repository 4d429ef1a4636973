"""Body and answers of `/integrations/blob-storage` (contract 2.17)."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from spyglass.api.params import Instant
from spyglass.api.schemas import DateTime, Out, StrictIn, Text
from spyglass.core.clock import from_us, now

_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)  # becomes part of a host name
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]", re.ASCII)
_CONTAINER = re.compile(r"(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", re.ASCII)
_ACCOUNT = re.compile(r"[a-z0-9]{3,24}", re.ASCII)
_PREFIX = re.compile(r"([\w!.*'()=,@+ -]+/)*", re.ASCII)
_FUTURE = timedelta(hours=27)  # a day that has begun somewhere on earth


class BlobStorageIntegrationType(StrEnum):
    S3 = "S3"
    S3_COMPATIBLE = "S3_COMPATIBLE"
    AZURE_BLOB_STORAGE = "AZURE_BLOB_STORAGE"


class BlobStorageExportFrequency(StrEnum):
    EVERY_20_MINUTES = "every_20_minutes"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


class BlobStorageIntegrationFileType(StrEnum):
    JSON = "JSON"
    CSV = "CSV"
    JSONL = "JSONL"
    PARQUET = "PARQUET"


class BlobStorageExportMode(StrEnum):
    FULL_HISTORY = "FULL_HISTORY"
    FROM_TODAY = "FROM_TODAY"
    FROM_CUSTOM_DATE = "FROM_CUSTOM_DATE"


class BlobStorageExportSource(StrEnum):
    LEGACY_TRACES_OBSERVATIONS = "LEGACY_TRACES_OBSERVATIONS"
    OBSERVATIONS_V2 = "OBSERVATIONS_V2"
    LEGACY_TRACES_AND_ENRICHED_OBSERVATIONS = "LEGACY_TRACES_AND_ENRICHED_OBSERVATIONS"


class BlobStorageExportFieldGroup(StrEnum):
    CORE = "core"
    BASIC = "basic"
    TIME = "time"
    IO = "io"
    METADATA = "metadata"
    MODEL = "model"
    USAGE = "usage"
    PROMPT = "prompt"
    METRICS = "metrics"
    TOOLS = "tools"
    TRACE_CONTEXT = "trace_context"


class BlobStorageSyncStatus(StrEnum):
    IDLE = "idle"
    RUNNING = "running"
    QUEUED = "queued"
    UP_TO_DATE = "up_to_date"
    DISABLED = "disabled"
    ERROR = "error"


def _check_prefix(prefix: str) -> str:
    if not _PREFIX.fullmatch(prefix) or any(part in (".", "..") for part in prefix.split("/")):
        raise ValueError(
            "must be empty or folders that end with a slash, of letters, digits and !_.*'()=,@+-"
        )
    return prefix


def _check_secret(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must not contain control characters")
    return text


Secret = Annotated[Text, Field(max_length=4000), AfterValidator(_check_secret)]


class CreateBlobStorageIntegrationRequest(StrictIn):
    """`secretAccessKey` may be left out where the bucket and the account of an integration stay the same."""

    project_id: Text
    type: BlobStorageIntegrationType
    bucket_name: Text
    endpoint: Text | None = None
    region: Text
    access_key_id: Annotated[Text, Field(max_length=200), AfterValidator(_check_secret)] | None = None
    secret_access_key: Secret | None = Field(None, repr=False)
    prefix: Annotated[Text, Field(max_length=500), AfterValidator(_check_prefix)] | None = None
    export_frequency: BlobStorageExportFrequency
    enabled: bool
    force_path_style: bool
    file_type: BlobStorageIntegrationFileType
    export_mode: BlobStorageExportMode
    export_start_date: Instant | None = None
    compressed: bool | None = None
    export_source: BlobStorageExportSource | None = None
    export_field_groups: list[BlobStorageExportFieldGroup] | None = None

    @property
    def start_date(self) -> datetime | None:
        return None if self.export_start_date is None else from_us(self.export_start_date).astimezone(UTC)

    @model_validator(mode="after")
    def _check_place(self) -> "CreateBlobStorageIntegrationRequest":
        if self.type is BlobStorageIntegrationType.AZURE_BLOB_STORAGE:
            if not _CONTAINER.fullmatch(self.bucket_name):
                raise ValueError(
                    "bucketName: a container has 3-63 lower-case letters, digits and single hyphens, and begins "
                    "and ends with a letter or digit"
                )
            if self.access_key_id and not _ACCOUNT.fullmatch(self.access_key_id):
                raise ValueError("accessKeyId: an account has 3-24 lower-case letters and digits")
            return self
        if not _BUCKET.fullmatch(self.bucket_name):
            raise ValueError("bucketName: 3-255 letters, digits, dots, hyphens and underscores")
        if not _REGION.fullmatch(self.region):
            raise ValueError("region: lower-case letters, digits and hyphens, as in eu-west-1 or auto")
        if self.type is BlobStorageIntegrationType.S3_COMPATIBLE and not self.endpoint:
            raise ValueError("endpoint: required for S3_COMPATIBLE")
        return self

    @model_validator(mode="after")
    def _check_export(self) -> "CreateBlobStorageIntegrationRequest":
        if self.export_mode is BlobStorageExportMode.FROM_CUSTOM_DATE:
            if self.start_date is None:
                raise ValueError("exportStartDate: required for FROM_CUSTOM_DATE")
            if self.start_date > now() + _FUTURE:
                raise ValueError("exportStartDate: must not be in the future")
        if self.export_field_groups is not None:
            if self.export_source is None:
                raise ValueError("exportSource: required with exportFieldGroups")
            if self.export_field_groups and BlobStorageExportFieldGroup.CORE not in self.export_field_groups:
                raise ValueError("exportFieldGroups: must include core")
        return self


class BlobStorageIntegrationOut(Out):
    id: str = Field(description="That of the project")
    project_id: str
    type: BlobStorageIntegrationType
    bucket_name: str
    endpoint: str | None
    region: str
    access_key_id: str | None
    prefix: str
    export_frequency: BlobStorageExportFrequency
    enabled: bool
    force_path_style: bool
    file_type: BlobStorageIntegrationFileType
    export_mode: BlobStorageExportMode
    export_start_date: DateTime | None
    compressed: bool
    export_source: BlobStorageExportSource
    export_field_groups: list[BlobStorageExportFieldGroup] | None
    next_sync_at: DateTime | None
    last_sync_at: DateTime | None
    last_error: str | None
    last_error_at: DateTime | None
    created_at: DateTime
    updated_at: DateTime


class BlobStorageIntegrationsOut(Out):
    data: list[BlobStorageIntegrationOut]


class BlobStorageIntegrationStatusOut(Out):
    id: str
    project_id: str
    sync_status: BlobStorageSyncStatus
    enabled: bool
    last_sync_at: DateTime | None = Field(description="Up to when what was received is exported")
    next_sync_at: DateTime | None
    last_error: str | None
    last_error_at: DateTime | None
