from __future__ import annotations

from types import TracebackType
from typing import Any, AsyncIterator, Iterable, Mapping, Optional, Type

import httpx

from .._batching import BATCH_CONCURRENCY, BATCH_PATIENCE_SECONDS, BatchRequest, BatchResult
from .._retry import RetryPolicy
from .._settings import settings_of
from .batch import batch
from .feed import AsyncEventsApi, AsyncStreamTokensApi
from .resources import (
    AsyncAccountApi,
    AsyncApiKeysApi,
    AsyncAutoTopUpApi,
    AsyncBalanceApi,
    AsyncFilesApi,
    AsyncLedgerApi,
    AsyncLimitsApi,
    AsyncModelsApi,
    AsyncQuotesApi,
    AsyncSandboxApi,
    AsyncSpendCapsApi,
    AsyncStatementsApi,
    AsyncTopUpsApi,
    AsyncUsageApi,
)
from .transport import AsyncTransport
from .videos import WAIT_SECONDS, AsyncVideosApi
from .webhooks import AsyncWebhooksApi


class AsyncUSVideo:
    """A client of the API. Close it, or use it in ``async with``.

    ``base_url`` and ``api_key`` come from USVIDEO_BASE_URL and USVIDEO_API_KEY when they are not given. ``timeout`` is
    of one request, in seconds. ``http_client`` is one of yours, for proxies and certificates; it stays open.
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        base_url: Optional[str] = None,
        *,
        timeout: Optional[float] = None,
        max_retries: Optional[int] = None,
        max_retry_wait: Optional[float] = None,
        http_client: Optional[httpx.AsyncClient] = None,
    ) -> None:
        defaults = RetryPolicy()
        retry = RetryPolicy(
            defaults.max_retries if max_retries is None else max_retries,
            defaults.max_wait if max_retry_wait is None else max_retry_wait,
        )
        self._transport = AsyncTransport(settings_of(api_key, base_url, timeout, retry), http_client)
        self.videos = AsyncVideosApi(self._transport)
        self.models = AsyncModelsApi(self._transport)
        self.quotes = AsyncQuotesApi(self._transport)
        self.files = AsyncFilesApi(self._transport)
        self.balance = AsyncBalanceApi(self._transport)
        self.sandbox = AsyncSandboxApi(self._transport)
        self.spend_caps = AsyncSpendCapsApi(self._transport)
        self.usage = AsyncUsageApi(self._transport)
        self.ledger = AsyncLedgerApi(self._transport)
        self.statements = AsyncStatementsApi(self._transport)
        self.topups = AsyncTopUpsApi(self._transport)
        self.auto_topup = AsyncAutoTopUpApi(self._transport)
        self.account = AsyncAccountApi(self._transport)
        self.limits = AsyncLimitsApi(self._transport)
        self.api_keys = AsyncApiKeysApi(self._transport)
        self.webhooks = AsyncWebhooksApi(self._transport)
        self.events = AsyncEventsApi(self._transport)
        self.stream_tokens = AsyncStreamTokensApi(self._transport)

    def batch(
        self,
        requests: Iterable[BatchRequest],
        *,
        concurrency: int = BATCH_CONCURRENCY,
        wait: bool = True,
        timeout: float = WAIT_SECONDS,
        patience: float = BATCH_PATIENCE_SECONDS,
        idempotency_prefix: Optional[str] = None,
    ) -> AsyncIterator[BatchResult]:
        """Makes a video of each prompt or request, so many at a time, and gives each result as it comes:
        the ended job, or without ``wait`` the job as it was ordered.

        429 and 503 are waited out for ``patience`` seconds per request. What fails is a result with an ``error``, and
        stops nothing else. With an ``idempotency_prefix`` a batch that was cut short can be run again: what it had
        ordered is found, not ordered twice.
        """
        return batch(self.videos, requests, concurrency, timeout if wait else None, patience, idempotency_prefix)

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        body: Optional[Mapping[str, Any]] = None,
        headers: Optional[Mapping[str, str]] = None,
    ) -> Any:
        """Any call of the API; the parsed answer. Only GET, PUT and DELETE are sent again when the answer was lost."""
        repeatable = method.upper() in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")
        return await self._transport.json(method, path, query=query, body=body, headers=headers, repeatable=repeatable)

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def __aenter__(self) -> AsyncUSVideo:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        await self.aclose()
