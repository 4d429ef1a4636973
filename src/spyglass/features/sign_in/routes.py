"""`/api/ui/auth`: without a session, to get one. And to sign out."""

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from spyglass.api.answers import FastJSON
from spyglass.api.callers import SignedIn
from spyglass.api.openapi import errors
from spyglass.api.sessions import clear_cookie, cookie_path, is_secure
from spyglass.api.signed_in import SignedInOut, answer_signed_in, check_origin, give_cookie
from spyglass.api.state import state_of
from spyglass.core.errors import NotFound, SpyglassError
from spyglass.features.sign_in import oidc_service, service
from spyglass.features.sign_in.schemas import FirstUserIn, OptionsOut, ResetIn, SignInIn, SignUpIn
from spyglass.stores.meta.sign_in import end_session

router = APIRouter(prefix="/api/ui/auth", tags=["Web UI: sign-in"])

_OIDC = "/oidc/{provider}"


@router.get("/options", response_model=OptionsOut)
def get_sign_in_options(request: Request) -> Response:
    """What the sign-in page offers."""
    return FastJSON(service.read_options(state_of(request)))


@router.post("/first-user", response_model=SignedInOut, responses=errors(400, 403, 409))
def create_first_user(request: Request, body: FirstUserIn) -> Response:
    """With the set-up link that the server printed, and only while there is no user at all."""
    check_origin(request)
    return answer_signed_in(request, *service.create_first_user(state_of(request), request, body))


@router.post("/sign-up", response_model=SignedInOut, responses=errors(400, 403, 409))
def sign_up(request: Request, body: SignUpIn) -> Response:
    """Only where the operator lets everybody make an account."""
    check_origin(request)
    return answer_signed_in(request, *service.sign_up(state_of(request), request, body))


@router.post("/sign-in", response_model=SignedInOut, responses=errors(400, 401, 403, 429))
def sign_in(request: Request, body: SignInIn) -> Response:
    """One message for whatever is wrong; `Retry-After` says how long who fails often has to wait."""
    check_origin(request)
    return answer_signed_in(request, *service.sign_in(state_of(request), request, body))


@router.post("/reset-password", response_model=SignedInOut, responses=errors(400, 403))
def reset_password(request: Request, body: ResetIn) -> Response:
    """With a link that an administrator made."""
    check_origin(request)
    return answer_signed_in(request, *service.reset_password(state_of(request), request, body))


@router.post("/sign-out", status_code=204, responses=errors(401, 403))
def sign_out(request: Request, caller: SignedIn) -> Response:
    """Ends this session; others of the same person go on."""
    state = state_of(request)
    with state.stores.meta.begin() as session:
        end_session(session, caller.user_id, caller.session_id)
    response = Response(status_code=204)
    clear_cookie(response, request, state.url)
    return response


@router.get(
    f"{_OIDC}/start",
    status_code=302,
    response_class=RedirectResponse,
    responses=errors(404, 503),
)
def start_oidc(request: Request, provider: str, following: str = Query("/", alias="next")) -> Response:
    """To the identity provider, and from there to the callback."""
    state = state_of(request)
    try:
        url, sealed = oidc_service.begin(state, request, provider, following)
    except NotFound:
        raise
    except SpyglassError as error:
        return _back_to_sign_in(request, getattr(error, "code", "sso_failed"))
    response = RedirectResponse(url, status_code=302)
    response.set_cookie(
        oidc_service.FLOW_COOKIE,
        sealed,
        max_age=oidc_service.FLOW_S,
        path=cookie_path(request),
        secure=is_secure(request, state.url),
        httponly=True,
        samesite="lax",
    )
    return response


@router.get(f"{_OIDC}/callback", status_code=302, response_class=RedirectResponse, responses=errors(404))
def finish_oidc(request: Request, provider: str) -> Response:
    """Where the provider sends the browser. What fails leads to the sign-in page with a word in `error`."""
    state = state_of(request)
    try:
        following, token = oidc_service.finish(state, request, provider)
    except NotFound:
        raise
    except SpyglassError as error:
        response = _back_to_sign_in(request, getattr(error, "code", "sso_failed"))
    else:
        response = RedirectResponse(_below_root(request, following), status_code=302)
        give_cookie(response, request, state, token)
    response.delete_cookie(oidc_service.FLOW_COOKIE, path=cookie_path(request), httponly=True, samesite="lax")
    return response


def _back_to_sign_in(request: Request, code: str) -> RedirectResponse:
    return RedirectResponse(_below_root(request, f"/auth/sign-in?error={code}"), status_code=302)


def _below_root(request: Request, path: str) -> str:
    root = str(request.scope.get("root_path") or "")
    return path if root and (path == root or path.startswith(f"{root}/")) else root + path
