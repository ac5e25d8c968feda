"""US Video API: prompt in, video out.

``USVideo`` and ``AsyncUSVideo`` are the clients, ``models`` what they answer, ``errors`` what they raise.
"""

from typing import TYPE_CHECKING, Any

from . import _errors as errors
from . import _models as models
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

if TYPE_CHECKING:
    from ._async.client import AsyncUSVideo

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


def __getattr__(name: str) -> Any:
    """asyncio takes a while to import, and most programs need one client."""
    if name != "AsyncUSVideo":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._async.client import AsyncUSVideo

    return AsyncUSVideo
