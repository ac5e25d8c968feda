# Made from _async by scripts/unasync.py.
from __future__ import annotations

from types import TracebackType
from typing import Any, Iterator, Iterable, Mapping, Optional, Type

import httpx

from .._batching import BATCH_CONCURRENCY, BATCH_PATIENCE_SECONDS, BatchRequest, BatchResult
from .._retry import RetryPolicy
from .._settings import settings_of
from .._threads import batch
from .feed import EventsApi, StreamTokensApi
from .resources import (
    AccountApi,
    ApiKeysApi,
    AutoTopUpApi,
    BalanceApi,
    FilesApi,
    LedgerApi,
    LimitsApi,
    ModelsApi,
    QuotesApi,
    SandboxApi,
    SpendCapsApi,
    StatementsApi,
    TopUpsApi,
    UsageApi,
)
from .transport import Transport
from .videos import WAIT_SECONDS, VideosApi
from .webhooks import WebhooksApi


class USVideo:
    """A client of the API. Close it, or use it in ``with``.

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
        http_client: Optional[httpx.Client] = None,
    ) -> None:
        defaults = RetryPolicy()
        retry = RetryPolicy(
            defaults.max_retries if max_retries is None else max_retries,
            defaults.max_wait if max_retry_wait is None else max_retry_wait,
        )
        self._transport = Transport(settings_of(api_key, base_url, timeout, retry), http_client)
        self.videos = VideosApi(self._transport)
        self.models = ModelsApi(self._transport)
        self.quotes = QuotesApi(self._transport)
        self.files = FilesApi(self._transport)
        self.balance = BalanceApi(self._transport)
        self.sandbox = SandboxApi(self._transport)
        self.spend_caps = SpendCapsApi(self._transport)
        self.usage = UsageApi(self._transport)
        self.ledger = LedgerApi(self._transport)
        self.statements = StatementsApi(self._transport)
        self.topups = TopUpsApi(self._transport)
        self.auto_topup = AutoTopUpApi(self._transport)
        self.account = AccountApi(self._transport)
        self.limits = LimitsApi(self._transport)
        self.api_keys = ApiKeysApi(self._transport)
        self.webhooks = WebhooksApi(self._transport)
        self.events = EventsApi(self._transport)
        self.stream_tokens = StreamTokensApi(self._transport)

    def batch(
        self,
        requests: Iterable[BatchRequest],
        *,
        concurrency: int = BATCH_CONCURRENCY,
        wait: bool = True,
        timeout: float = WAIT_SECONDS,
        patience: float = BATCH_PATIENCE_SECONDS,
        idempotency_prefix: Optional[str] = None,
    ) -> Iterator[BatchResult]:
        """Makes a video of each prompt or request, so many at a time, and gives each result as it comes:
        the ended job, or without ``wait`` the job as it was ordered.

        429 and 503 are waited out for ``patience`` seconds per request. What fails is a result with an ``error``, and
        stops nothing else. With an ``idempotency_prefix`` a batch that was cut short can be run again: what it had
        ordered is found, not ordered twice.
        """
        return batch(self.videos, requests, concurrency, timeout if wait else None, patience, idempotency_prefix)

    def request(
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
        return self._transport.json(method, path, query=query, body=body, headers=headers, repeatable=repeatable)

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> USVideo:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()
