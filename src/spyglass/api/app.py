"""Makes the HTTP application of the routers that `server/wiring.py` lists: errors, edge, OpenAPI."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI

from spyglass import __version__
from spyglass.api.answers import FastJSON
from spyglass.api.body_limit import BodyLimit
from spyglass.api.edge import Edge
from spyglass.api.errors import install_error_handlers
from spyglass.api.meter import HttpStats, Meter
from spyglass.api.openapi import install_openapi, operation_id
from spyglass.api.root_path import RootPath
from spyglass.api.state import AppState

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]


def create_app(
    state: AppState | None, routers: Iterable[APIRouter], lifespan: Lifespan | None = None
) -> FastAPI:
    """`state` is None only where the application is described and never called."""
    # The framework's own documentation pages load scripts from elsewhere; the document itself is enough.
    app = FastAPI(
        title="Spyglass",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        default_response_class=FastJSON,
        generate_unique_id_function=operation_id,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.spyglass = state
    app.add_middleware(BodyLimit)
    app.add_middleware(Edge)
    # The last one is the outermost.
    app.add_middleware(Meter, stats=HttpStats() if state is None else state.http)
    if state is not None and state.root_path:
        app.add_middleware(RootPath, root_path=state.root_path)
    install_error_handlers(app)
    for router in routers:
        app.include_router(router)
    install_openapi(app)
    return app
