"""What a batch is made of, and what it gives."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Iterable, Iterator, Optional, Tuple, Union

from ._errors import ConfigurationError, USVideoError
from ._models import CreateVideoRequest, Video

BATCH_CONCURRENCY = 10
BATCH_PATIENCE_SECONDS = 24 * 3600.0
BatchRequest = Union[str, CreateVideoRequest]


@dataclass(frozen=True)
class BatchResult:
    #: Place in what was given.
    index: int
    request: CreateVideoRequest
    #: The ended job, whatever its status; the last that was seen if the batch does not wait or waiting for it failed.
    video: Optional[Video] = None
    error: Optional[USVideoError] = None

    @property
    def ok(self) -> bool:
        return self.error is None and self.video is not None and self.video.status == "completed"


def numbered(
    requests: Iterable[BatchRequest], prefix: Optional[str], concurrency: int
) -> Iterator[Tuple[int, CreateVideoRequest, str]]:
    """Each request with its place and its idempotency key; requests are taken as they are needed."""
    if concurrency < 1:
        raise ConfigurationError("concurrency is at least 1")
    keys = prefix or str(uuid.uuid4())
    for index, each in enumerate(requests):
        request: CreateVideoRequest = {"prompt": each} if isinstance(each, str) else each
        yield index, request, f"{keys}-{index}"
