"""Requests with time-outs, bounds and retries."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, AsyncIterator, List, Mapping, Optional, Tuple, Union

import httpx

from .._errors import APIConnectionError, APIError, APITimeoutError, UnexpectedAnswerError, USVideoError, error_of
from .._settings import CONNECT_SECONDS, Settings

Primitive = Union[str, int, float, bool, None]
ANSWER_BYTES_MAX = 64 * 1024 * 1024
ERROR_BYTES_MAX = 1024 * 1024
#: More than the longest wait that the API answers, for requests that ask it to wait.
WAIT_MARGIN_SECONDS = 10.0


class AsyncTransport:
    def __init__(self, settings: Settings, http_client: Optional[httpx.AsyncClient]) -> None:
        self.settings = settings
        self._owned = http_client is None
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http = http_client or httpx.AsyncClient(limits=limits)

    async def aclose(self) -> None:
        if self._owned:
            await self._http.aclose()

    async def json(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        body: Optional[Mapping[str, Any]] = None,
        content: Optional[bytes] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = None,
        repeatable: bool = True,
        patience: Optional[float] = None,
    ) -> Any:
        """The parsed answer; None for one without a body. ``content`` is sent as it is, instead of a ``body``."""
        if body is not None:
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        sent = {**({} if body is None else {"content-type": "application/json"}), **(headers or {})}
        retry = self.settings.retry if patience is None else replace(self.settings.retry, patience=patience)
        started, retries = time.monotonic(), 0
        while True:
            try:
                async with self.answer(
                    method, path, query=query, content=content, headers=sent, timeout=timeout
                ) as got:
                    return parsed(got, await read(got, ANSWER_BYTES_MAX))
            except (APIConnectionError, APIError) as error:
                elapsed = time.monotonic() - started
                delay = retry.delay(error, retries=retries, elapsed=elapsed, repeatable=repeatable)
                if delay is None:
                    raise
            retries += 1
            await asyncio.sleep(delay)

    @contextlib.asynccontextmanager
    async def answer(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        content: Optional[bytes] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = None,
    ) -> AsyncIterator[httpx.Response]:
        """One try, with the answer's body still to come."""
        seconds = self.settings.timeout if timeout is None else timeout
        request = self._http.build_request(
            method,
            self.settings.base_url + path,
            params=query_of(query) or None,
            content=content,
            headers={**self.settings.headers, **(headers or {})},
            timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        )
        async with self._sent(request) as response:
            yield response

    @contextlib.asynccontextmanager
    async def file(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """A file behind a signed link: the link is the permission, so that the key stays here."""
        seconds = self.settings.timeout
        request = self._http.build_request(
            "GET", url, headers=headers, timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        )
        request.headers["accept-encoding"] = "identity"
        async with self._sent(request, follow_redirects=True) as response:
            yield response

    @contextlib.asynccontextmanager
    async def _sent(self, request: httpx.Request, follow_redirects: bool = False) -> AsyncIterator[httpx.Response]:
        with connection_errors():
            response = await self._http.send(request, stream=True, follow_redirects=follow_redirects)
        try:
            if not response.is_success:
                raise error_of(response.status_code, await read(response, ERROR_BYTES_MAX), response.headers)
            yield response
        finally:
            await response.aclose()


@contextlib.contextmanager
def connection_errors() -> Any:
    try:
        yield
    except httpx.TimeoutException as error:
        raise APITimeoutError(f"no answer in time ({type(error).__name__})") from error
    except httpx.InvalidURL as error:
        raise USVideoError(str(error)) from error
    except httpx.RequestError as error:
        raise APIConnectionError(f"{type(error).__name__}: {error}") from error


async def read(response: httpx.Response, most: int) -> bytes:
    chunks: List[bytes] = []
    size = 0
    with connection_errors():
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > most:
                raise UnexpectedAnswerError(f"an answer of more than {most} bytes")
            chunks.append(chunk)
    return b"".join(chunks)


def parsed(response: httpx.Response, content: bytes) -> Any:
    if not content:
        return None
    if "json" not in response.headers.get("content-type", ""):
        return content.decode("utf-8", "replace")
    try:
        return json.loads(content)
    except ValueError as error:
        raise UnexpectedAnswerError("an answer that is not the JSON it says it is") from error


def query_of(query: Optional[Mapping[str, Any]]) -> List[Tuple[str, Primitive]]:
    pairs: List[Tuple[str, Primitive]] = []
    for name, value in (query or {}).items():
        values = value if isinstance(value, (list, tuple)) else [value]
        pairs.extend((name, _text_of(each)) for each in values if each is not None)
    return pairs


def _text_of(value: Any) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone: use datetime.now(timezone.utc)")
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else str(value)
