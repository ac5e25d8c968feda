"""US Video API: prompt in, video out.

``USVideo`` and ``AsyncUSVideo`` are the clients, ``models`` what they answer, ``errors`` what they raise.
"""

from . import _errors as errors
from . import _models as models
from ._async.client import AsyncUSVideo
from ._batching import BatchRequest, BatchResult
from ._errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    ConfigurationError,
    UnexpectedAnswerError,
    USVideoError,
    VideoNotCompletedError,
    WaitTimeoutError,
    WebhookVerificationError,
)
from ._frames import first_frame
from ._models import Balance, CreateVideoRequest, Quote, Video
from ._sync.client import USVideo
from ._version import VERSION as __version__
from ._webhooks import WebhookEvent, verify_webhook, verify_x_signature

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AsyncUSVideo",
    "Balance",
    "BatchRequest",
    "BatchResult",
    "ConfigurationError",
    "CreateVideoRequest",
    "Quote",
    "USVideo",
    "USVideoError",
    "UnexpectedAnswerError",
    "Video",
    "VideoNotCompletedError",
    "WaitTimeoutError",
    "WebhookEvent",
    "WebhookVerificationError",
    "__version__",
    "errors",
    "first_frame",
    "models",
    "verify_webhook",
    "verify_x_signature",
]
