"""The one exception tree. `status` is what HTTP answers; `retryable` decides 503 or 4xx at the door and
retry or quarantine in the pipeline and in jobs. Raised everywhere, rendered only by `api/errors.py`.
"""

from typing import Any, ClassVar


class SpyglassError(Exception):
    """Base of all errors that a caller may see. `name` is the machine-readable word in the body."""

    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    name: ClassVar[str] = "Internal Server Error"

    def __init__(self, message: str, details: list[Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class Invalid(SpyglassError):
    """The request breaks a rule: what, where and what is allowed stand in the message."""

    status = 400
    name = "InvalidRequestError"


class InvalidData(Invalid):
    """A query or body failed validation; `details` lists one issue per field."""

    def __init__(self, details: list[Any], message: str = "Invalid request data") -> None:
        super().__init__(message, details)


class Unauthorized(SpyglassError):
    status = 401
    name = "UnauthorizedError"


class Forbidden(SpyglassError):
    status = 403
    name = "ForbiddenError"


class NotFound(SpyglassError):
    status = 404
    name = "LangfuseNotFoundError"


class MethodNotAllowed(SpyglassError):
    status = 405
    name = "MethodNotAllowedError"


class TooSlow(SpyglassError):
    """The body of a request did not arrive in time."""

    status = 408
    name = "RequestTimeoutError"


class Conflict(SpyglassError):
    status = 409
    name = "LangfuseConflictError"


class TooLarge(SpyglassError):
    status = 413
    name = "PayloadTooLargeError"


class UnsupportedEncoding(SpyglassError):
    status = 415
    name = "UnsupportedMediaTypeError"


class QueryTooExpensive(SpyglassError):
    """A read went over its time or memory cap; the message advises how to narrow it."""

    status = 422
    name = "Request timed out"


class RateLimited(SpyglassError):
    status = 429
    retryable = True
    name = "RateLimitedError"


class TooManyAttempts(RateLimited):
    """Somebody tries passwords, or mistypes one again and again."""

    def __init__(self, message: str, wait_s: int) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Damaged(SpyglassError):
    """What is stored is not what was stored: bits flipped, or somebody changed it."""

    status = 502
    name = "DamagedDataError"


class NotSupported(SpyglassError):
    """An operation of the contract that has no meaning here; the message says what to do instead."""

    status = 501
    name = "NotImplementedError"


class Unavailable(SpyglassError):
    """Overload, a full disk, a dependency that is down, a server that starts or drains: try again."""

    status = 503
    retryable = True
    name = "ServiceUnavailableError"


class Misconfigured(SpyglassError):
    """The program cannot start with these settings or this data; the command line exits with 78."""

    name = "Misconfigured"
