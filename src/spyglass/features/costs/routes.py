"""`/api/public/spyglass`: the cost ledger, repricing, what-if, names without a price."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import ModelReader, ModelWriter, Reader, project_of
from spyglass.api.openapi import errors
from spyglass.api.schemas import Page, Text
from spyglass.api.state import state_of
from spyglass.api.texts import Id
from spyglass.features.costs import comparisons, ledger, repricings
from spyglass.features.costs.schemas import (
    LedgerOut,
    MissingPriceOut,
    MissingPricesParams,
    RepricingIn,
    RepricingListParams,
    RepricingOut,
    WhatIfOut,
    WhatIfParams,
)

router = APIRouter(prefix="/api/public/spyglass", tags=["Costs"])


# The id of an observation may hold slashes.
@router.get(
    "/observations/{observation_id:path}/cost",
    response_model=LedgerOut,
    responses=errors(400, 401, 403, 404),
)
def explain_cost(request: Request, caller: Reader, observation_id: Text) -> Response:
    """Why an observation costs what it costs: model, price list, each kind of usage x price = amount, its source."""
    return FastJSON(ledger.read_ledger(state_of(request), project_of(caller), observation_id))


@router.post(
    "/repricing",
    response_model=RepricingOut,
    responses={**errors(400, 401, 403, 422), 202: {"model": RepricingOut}},
)
def create_repricing(request: Request, caller: ModelWriter, body: RepricingIn) -> Response:
    """Gives stored observations the costs that they would get now, by a job (202); a dry run (the default) only says
    what would change (200). Costs that clients stated stay, and so do known ones where no price is known now."""
    found = repricings.reprice(state_of(request), caller, body)
    return FastJSON(found, status_code=200 if body.dry_run else 202)


@router.get("/repricing", response_model=Page[RepricingOut], responses=errors(400, 401, 403))
def list_repricings(
    request: Request, caller: ModelReader, params: Annotated[RepricingListParams, Query()]
) -> Response:
    """Newest first."""
    return FastJSON(repricings.list_repricings(state_of(request), project_of(caller), params))


@router.get("/repricing/{repricing_id}", response_model=RepricingOut, responses=errors(400, 401, 403, 404))
def get_repricing(request: Request, caller: ModelReader, repricing_id: Id) -> Response:
    """How far it is."""
    return FastJSON(repricings.read_repricing(state_of(request), project_of(caller), repricing_id))


@router.get("/what-if", response_model=WhatIfOut, responses=errors(400, 401, 403, 422))
def ask_what_if(request: Request, caller: Reader, params: Annotated[WhatIfParams, Query()]) -> Response:
    """What the generations of a range would have cost on one model."""
    return FastJSON(comparisons.ask_what_if(state_of(request), project_of(caller), params))


@router.get("/missing-prices", response_model=Page[MissingPriceOut], responses=errors(400, 401, 403, 422))
def list_missing_prices(
    request: Request, caller: Reader, params: Annotated[MissingPricesParams, Query()]
) -> Response:
    """Names of models whose observations have no cost, the one seen last first."""
    return FastJSON(comparisons.list_missing_prices(state_of(request), project_of(caller), params))
