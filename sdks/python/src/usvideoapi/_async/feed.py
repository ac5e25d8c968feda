"""All events of an account and environment, in order and without a gap."""

from __future__ import annotations

import asyncio
import json
from typing import AsyncIterator, Optional

import httpx
from typing_extensions import Unpack

from .._errors import APIConnectionError, APIError, UnexpectedAnswerError
from .._models import CreateStreamTokenRequest, Event, EventList, ListEventsParams, StreamToken
from .._sse import EventDecoder
from .progress import QUIET_SECONDS
from .resources import AsyncResource
from .transport import AsyncTransport, connection_errors

POLL_SECONDS = 2.0
PAGE = 100
#: Answers in a row that were no stream, after which pages are asked for instead.
BARRED_MAX = 3
RECONNECT_SECONDS = 0.5
RECONNECT_MAX_SECONDS = 8.0


class AsyncEventsApi(AsyncResource):
    async def list(self, **query: Unpack[ListEventsParams]) -> EventList:
        """One page; its ``next_cursor`` is the ``after`` of the next, also at the end of the feed."""
        return EventList.from_dict(await self._transport.json("GET", "/v1/events", query=query))

    async def stream(self, after: Optional[str] = None) -> AsyncIterator[Event]:
        """Events as they happen, each once and in order, for as long as it is read.

        A stream that is cut goes on where it was. ``after`` is the sequence of the last event that you have seen, "0"
        for all that are kept; without it from now on.
        """
        place = _Place(after)
        while place.barred < BARRED_MAX:
            async for event in _connection(self._transport, place):
                yield event
            await asyncio.sleep(min(RECONNECT_MAX_SECONDS, RECONNECT_SECONDS * 2**place.failed))
        async for event in _pages(self, place):
            yield event


class AsyncStreamTokensApi(AsyncResource):
    async def create(self, **request: Unpack[CreateStreamTokenRequest]) -> StreamToken:
        """Opens one stream to a browser, which cannot send a key: give its ``url`` to an EventSource."""
        answer = await self._transport.json("POST", "/v1/stream-tokens", body=request)
        return StreamToken.from_dict(answer)


class _Place:
    def __init__(self, after: Optional[str]) -> None:
        self.after = after
        self.barred = 0
        self.failed = 0

    def stands(self, after: str) -> None:
        self.after, self.barred, self.failed = after, 0, 0


async def _connection(transport: AsyncTransport, place: _Place) -> AsyncIterator[Event]:
    """What one connection brings, however it ends."""
    headers = {"accept": "text/event-stream", **({} if place.after is None else {"last-event-id": place.after})}
    try:
        async with transport.answer("GET", "/v1/events", headers=headers, timeout=QUIET_SECONDS) as answer:
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                place.barred += 1
                return
            async for event in _decoded(answer, place):
                yield event
    except (APIConnectionError, UnexpectedAnswerError):
        place.failed = min(place.failed + 1, 10)
    except APIError as error:
        if error.status < 500 and error.status != 429:
            raise
        place.failed = min(place.failed + 1, 10)
        # A refusal without a code is not the API's: something on the way lets no stream through.
        place.barred += error.status == 429 or not error.code


async def _decoded(answer: httpx.Response, place: _Place) -> AsyncIterator[Event]:
    decoder = EventDecoder(place.after or "")
    with connection_errors():
        async for chunk in answer.aiter_bytes():
            for event in decoder.feed(chunk):
                place.stands(event.id)
                yield Event.from_dict(json.loads(event.data))
            if decoder.last_id:
                # Also of what has an id and no event: where to go on before anything happened.
                place.stands(decoder.last_id)


async def _pages(events: AsyncEventsApi, place: _Place) -> AsyncIterator[Event]:
    """Where no stream comes through. Who never had one is told from the end of the pages on."""
    told, after = place.after is not None, place.after or "0"
    while True:
        page = await events.list(after=after, limit=PAGE)
        for event in page.data if told else ():
            yield event
        after = page.next_cursor or after
        if not page.has_more:
            told = True
            await asyncio.sleep(POLL_SECONDS)
