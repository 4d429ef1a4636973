"""`/integrations/blob-storage`: with the key of an organization, for each of its projects."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import IntegrationWriter
from spyglass.api.openapi import errors
from spyglass.api.schemas import MessageOut, Text
from spyglass.api.state import state_of
from spyglass.features.blob_storage_integrations import service
from spyglass.features.blob_storage_integrations.schemas import (
    BlobStorageIntegrationOut,
    BlobStorageIntegrationsOut,
    BlobStorageIntegrationStatusOut,
    CreateBlobStorageIntegrationRequest,
)

router = APIRouter(prefix="/api/public/integrations/blob-storage", tags=["BlobStorageIntegrations"])


@router.get("", response_model=BlobStorageIntegrationsOut, responses=errors(401, 403))
def list_blob_storage_integrations(request: Request, caller: IntegrationWriter) -> Response:
    return FastJSON(service.list_integrations(state_of(request), caller))


@router.put("", response_model=BlobStorageIntegrationOut, responses=errors(400, 401, 403, 404))
def upsert_blob_storage_integration(
    request: Request, caller: IntegrationWriter, body: CreateBlobStorageIntegrationRequest
) -> Response:
    return FastJSON(service.put_integration(state_of(request), caller, body))


# Project ids may be set by the operator and hold a slash.
@router.get(
    "/{integration_id:path}", response_model=BlobStorageIntegrationStatusOut, responses=errors(401, 403, 404)
)
def get_blob_storage_integration_status(
    request: Request, caller: IntegrationWriter, integration_id: Text
) -> Response:
    return FastJSON(service.read_status(state_of(request), caller, integration_id))


@router.delete("/{integration_id:path}", response_model=MessageOut, responses=errors(401, 403, 404))
def delete_blob_storage_integration(
    request: Request, caller: IntegrationWriter, integration_id: Text
) -> Response:
    service.delete_integration(state_of(request), caller, integration_id)
    return FastJSON({"message": "Blob storage integration successfully deleted"})
