"""Everything that this package raises. A refusal of the API has the class of its code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Type

if TYPE_CHECKING:
    from ._models import Video


class USVideoError(Exception):
    """Whatever goes wrong here."""

    code: str = ""


class ConfigurationError(USVideoError):
    """The client lacks a base URL or a key, or was given one that cannot be."""

    code = "configuration"


class APIConnectionError(USVideoError):
    """No answer came: whether the request was carried out is not known."""

    code = "connection_error"


class APITimeoutError(APIConnectionError):
    """No answer came in time."""

    code = "timeout"


class UnexpectedAnswerError(USVideoError):
    """An answer that is not what the API promises, such as one of a proxy."""

    code = "unexpected_answer"


class WebhookVerificationError(USVideoError):
    """A webhook that is not from the API, or too old to be believed.

    Its code is webhook_header_missing, webhook_timestamp_out_of_tolerance, webhook_signature_mismatch or
    webhook_body_unreadable.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class WaitTimeoutError(USVideoError):
    """The job had not ended in time. It goes on: wait again, or cancel it."""

    code = "wait_timeout"

    def __init__(self, video_id: str, video: Optional[Video]) -> None:
        super().__init__(f"{video_id} has not ended in time")
        self.video_id = video_id
        self.video = video


class VideoNotCompletedError(USVideoError):
    """The job ended without a video; nothing was charged."""

    code = "video_not_completed"

    def __init__(self, video: Video) -> None:
        self.video = video
        super().__init__(f"{video.id} is {video.status}" + (f": {video.error.message}" if video.error else ""))


class APIError(USVideoError):
    """The API refused the request."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self.status = status
        self.code = str(body.get("error", ""))
        self.message: str = str(body.get("message", ""))
        self.request_id: str = str(body.get("request_id", "") or headers.get("x-request-id", ""))
        #: The page that says what the code means and what to do.
        self.doc_url: str = str(body.get("doc_url", ""))
        #: Of an invalid request: each field with what is wrong with it.
        self.details: List[Dict[str, str]] = list(body.get("details") or [])
        #: Of a refusal that depends on it: the status of the job.
        self.job_status: Optional[str] = body.get("status")
        #: Seconds after which to try again, as the API says.
        self.retry_after: Optional[float] = _retry_after(headers)
        self.headers = headers
        super().__init__(f"{status} {self.code}: {self.message} (request {self.request_id or 'without id'})")


class InvalidRequestError(APIError): ...


class InvalidApiKeyError(APIError): ...


class InvalidCredentialsError(APIError): ...


class MfaRequiredError(APIError): ...


class SignedOutError(APIError): ...


class InsufficientBalanceError(APIError): ...


class SpendCapReachedError(APIError): ...


class ForbiddenError(APIError): ...


class AccountSuspendedError(APIError): ...


class NotFoundError(APIError): ...


class JobNotFoundError(NotFoundError): ...


class MethodNotAllowedError(APIError): ...


class ConflictError(APIError): ...


class JobNotCancellableError(ConflictError): ...


class JobNotEndedError(ConflictError): ...


class NotConfiguredError(ConflictError): ...


class IdempotencyInProgressError(ConflictError): ...


class QuoteExpiredError(ConflictError): ...


class QuoteMismatchError(ConflictError): ...


class VideoExpiredError(APIError): ...


class CursorExpiredError(APIError): ...


class PayloadTooLargeError(APIError): ...


class UnsupportedMediaTypeError(APIError): ...


class RangeNotSatisfiableError(APIError): ...


class IdempotencyKeyReusedError(APIError): ...


class TooManyRequestsError(APIError): ...


class RateLimitExceededError(TooManyRequestsError): ...


class QueueLimitExceededError(TooManyRequestsError): ...


class RequestHeaderTooLargeError(APIError): ...


class InternalServerError(APIError): ...


class UnavailableError(APIError): ...


class CapacityExhaustedError(UnavailableError): ...


class PriceUnavailableError(UnavailableError): ...


class ServiceUnavailableError(UnavailableError): ...


BY_CODE: Mapping[str, Type[APIError]] = {
    "invalid_request": InvalidRequestError,
    "invalid_api_key": InvalidApiKeyError,
    "invalid_credentials": InvalidCredentialsError,
    "mfa_required": MfaRequiredError,
    "signed_out": SignedOutError,
    "insufficient_balance": InsufficientBalanceError,
    "spend_cap_reached": SpendCapReachedError,
    "forbidden": ForbiddenError,
    "account_suspended": AccountSuspendedError,
    "job_not_found": JobNotFoundError,
    "not_found": NotFoundError,
    "method_not_allowed": MethodNotAllowedError,
    "job_not_cancellable": JobNotCancellableError,
    "job_not_ended": JobNotEndedError,
    "not_configured": NotConfiguredError,
    "idempotency_in_progress": IdempotencyInProgressError,
    "quote_expired": QuoteExpiredError,
    "quote_mismatch": QuoteMismatchError,
    "video_expired": VideoExpiredError,
    "cursor_expired": CursorExpiredError,
    "payload_too_large": PayloadTooLargeError,
    "unsupported_media_type": UnsupportedMediaTypeError,
    "range_not_satisfiable": RangeNotSatisfiableError,
    "idempotency_key_reused": IdempotencyKeyReusedError,
    "rate_limit_exceeded": RateLimitExceededError,
    "queue_limit_exceeded": QueueLimitExceededError,
    "request_header_too_large": RequestHeaderTooLargeError,
    "internal_error": InternalServerError,
    "capacity_exhausted": CapacityExhaustedError,
    "price_unavailable": PriceUnavailableError,
    "service_unavailable": ServiceUnavailableError,
}
#: For codes that this version does not know.
BY_STATUS: Mapping[int, Type[APIError]] = {
    400: InvalidRequestError,
    401: InvalidApiKeyError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    429: TooManyRequestsError,
    500: InternalServerError,
    503: UnavailableError,
}


def error_of(status: int, content: bytes, headers: Mapping[str, str]) -> APIError:
    try:
        body = json.loads(content)
    except ValueError:
        body = {"message": content[:200].decode("utf-8", "replace")}
    if not isinstance(body, dict):
        body = {"message": str(body)[:200]}
    cls = BY_CODE.get(str(body.get("error"))) or BY_STATUS.get(status, APIError)
    return cls(status, body, headers)


def _retry_after(headers: Mapping[str, str]) -> Optional[float]:
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "")
        if value.isdecimal():
            return int(value) * unit
    return None
