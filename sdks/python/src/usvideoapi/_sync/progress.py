# Made from _async by scripts/unasync.py.
"""A job followed to its end: by event stream as long as that works, else by long poll."""

from __future__ import annotations

import json
import time
from typing import Iterator, Optional, Protocol
from urllib.parse import quote

import httpx

from .._errors import APIConnectionError, APIError, UnexpectedAnswerError, WaitTimeoutError
from .._models import Video
from .._sse import EventDecoder
from .transport import Transport, connection_errors

#: The server says that it is still there every 15 seconds.
QUIET_SECONDS = 25.0
POLL_SECONDS = 45
#: Connections in a row that brought nothing, after which the network is taken to have no event streams.
BARREN_MAX = 2
RECONNECT_SECONDS = 0.5


class Retrieve(Protocol):
    def __call__(self, video_id: str, *, wait: Optional[int] = None) -> Video: ...


class _Following:
    def __init__(self, video_id: str, timeout: float) -> None:
        self.video_id = video_id
        self.until = time.monotonic() + timeout
        self.last: Optional[Video] = None
        self.decoder = EventDecoder()
        self.barren = 0

    def remaining(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise WaitTimeoutError(self.video_id, self.last)
        return left

    def saw(self, video: Video) -> bool:
        """Whether it is news."""
        news = video != self.last
        self.last = video
        return news


def follow(
    transport: Transport, video_id: str, timeout: float, poll: bool, retrieve: Retrieve
) -> Iterator[Video]:
    job = _Following(video_id, timeout)
    while not poll and job.barren < BARREN_MAX:
        for video in _events(transport, job):
            yield video
        if job.last is not None and job.last.ended:
            return
        if job.barren > 0:
            time.sleep(min(RECONNECT_SECONDS * job.barren, job.remaining()))
    while True:
        # Whole seconds, of which the last one may be asked for in vain.
        video = retrieve(video_id, wait=max(0, min(POLL_SECONDS, int(job.remaining()))))
        if job.saw(video):
            yield video
        if video.ended:
            return
        job.remaining()


def _events(transport: Transport, job: _Following) -> Iterator[Video]:
    """What one connection brings. Ends when it does, however that is."""
    job.barren += 1
    # What a cut connection left behind is sent again as a whole.
    decoder = EventDecoder(job.decoder.last_id)
    headers = {"accept": "text/event-stream", **({"last-event-id": decoder.last_id} if decoder.last_id else {})}
    try:
        with transport.answer(
            "GET",
            f"/v1/videos/{quote(job.video_id, safe='')}/events",
            headers=headers,
            timeout=min(QUIET_SECONDS, job.remaining()),
        ) as answer:
            job.decoder = decoder
            if answer.status_code == 204:
                # Nothing has happened since: it has ended, and its last state was seen before.
                job.barren = BARREN_MAX
                return
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                raise UnexpectedAnswerError("an answer that is no event stream")
            for video in _decoded(answer, job):
                yield video
    except (APIConnectionError, UnexpectedAnswerError):
        job.remaining()
    except APIError as error:
        if error.status < 500 and error.status != 429:
            raise
        job.remaining()


def _decoded(answer: httpx.Response, job: _Following) -> Iterator[Video]:
    with connection_errors():
        for chunk in answer.iter_bytes():
            for event in job.decoder.feed(chunk):
                job.barren = 0
                video = Video.from_dict(json.loads(event.data))
                if job.saw(video):
                    yield video
                if video.ended:
                    return
            job.remaining()
