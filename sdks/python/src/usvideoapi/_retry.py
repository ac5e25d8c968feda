"""When to ask again, as a pure function of what went wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Optional

from ._errors import APIConnectionError, APIError, TooManyRequestsError, UnavailableError, USVideoError

FIRST_SECONDS = 0.5
GROWN_SECONDS = 8.0
#: Of what the API asks to wait, so that callers who were refused together do not come back together.
SPREAD = 0.1


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is made again."""

    max_retries: int = 2
    #: A ``Retry-After`` beyond this is not waited for: the error is raised and has it as ``retry_after``.
    max_wait: float = 60.0
    #: Seconds for which 429 and 503 are retried whatever ``max_retries`` and ``max_wait`` say.
    patience: float = 0.0

    def delay(self, error: USVideoError, *, retries: int, elapsed: float, repeatable: bool) -> Optional[float]:
        """Seconds to wait before the next try; None to raise the error."""
        if not _may_succeed(error, repeatable):
            return None
        asked = error.retry_after if isinstance(error, APIError) else None
        grown = min(GROWN_SECONDS, FIRST_SECONDS * 2 ** min(retries, 10)) * random.uniform(0.5, 1.0)
        delay = grown if asked is None else asked + random.uniform(0.0, asked * SPREAD)
        if isinstance(error, (TooManyRequestsError, UnavailableError)) and elapsed + delay <= self.patience:
            return delay
        return delay if retries < self.max_retries and delay <= self.max_wait else None


def _may_succeed(error: USVideoError, repeatable: bool) -> bool:
    """Whatever may have been carried out is repeated only where that does no harm."""
    if isinstance(error, APIConnectionError):
        return repeatable
    if not isinstance(error, APIError):
        return False
    return error.status == 429 or (
        repeatable and (error.status in (408, 500, 502, 503, 504) or error.code == "idempotency_in_progress")
    )
