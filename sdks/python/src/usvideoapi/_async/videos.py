"""Jobs: made, followed to their end, fetched as files."""

from __future__ import annotations

import uuid
from os import PathLike, fspath
from pathlib import Path
from typing import Any, AsyncIterator, Callable, Dict, Optional, Union
from urllib.parse import quote

from typing_extensions import Unpack

from .._errors import VideoNotCompletedError
from .._models import CreateVideoRequest, ListVideosParams, Video, VideoList
from .download import download
from .pages import AsyncPages
from .progress import follow
from .transport import WAIT_MARGIN_SECONDS, AsyncTransport

WAIT_SECONDS = 3600.0
Progress = Callable[[Video], Any]


class AsyncVideosApi:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(
        self,
        *,
        idempotency_key: Optional[str] = None,
        patience: Optional[float] = None,
        **request: Unpack[CreateVideoRequest],
    ) -> Video:
        """Orders a video and answers at once.

        A key of your own makes the same order over again safe, even from another process; otherwise each call has one.
        ``patience`` is for how many seconds 429 and 503 are waited out, whatever the client's ``max_retries``.
        """
        headers = {"idempotency-key": idempotency_key or str(uuid.uuid4())}
        body: Dict[str, Any] = dict(request)
        answer = await self._transport.json("POST", "/v1/videos", body=body, headers=headers, patience=patience)
        return Video.from_dict(answer)

    async def retrieve(self, video_id: str, *, wait: Optional[int] = None) -> Video:
        """The job as it is now, or once it ended if that is within ``wait`` (at most 50) seconds."""
        headers = {} if wait is None else {"prefer": f"wait={wait}"}
        timeout = None if wait is None else self._transport.settings.timeout + wait + WAIT_MARGIN_SECONDS
        return Video.from_dict(await self._transport.json("GET", path_of(video_id), headers=headers, timeout=timeout))

    def list(self, **query: Unpack[ListVideosParams]) -> AsyncPages[Video]:
        """Newest first."""
        return AsyncPages(self._transport, "/v1/videos", VideoList, query)

    async def cancel(self, video_id: str) -> Video:
        """Cancels a job that has not begun to render; nothing is charged."""
        return Video.from_dict(await self._transport.json("POST", path_of(video_id, "/cancel")))

    async def delete(self, video_id: str) -> Video:
        """The same as ``cancel``, as DELETE."""
        return Video.from_dict(await self._transport.json("DELETE", path_of(video_id)))

    async def erase(self, video_id: str) -> Video:
        """Deletes prompt, first frame and file of a job that has ended."""
        return Video.from_dict(await self._transport.json("DELETE", path_of(video_id, "/content")))

    async def stream(self, video_id: str, *, timeout: float = WAIT_SECONDS, poll: bool = False) -> AsyncIterator[Video]:
        """The job each time that it changes, until it has ended.

        Comes by event stream, which is resumed where it was cut, and by long poll where there is none (or with
        ``poll``). Raises WaitTimeoutError after ``timeout`` seconds; the job then goes on.
        """
        async for video in follow(self._transport, video_id, timeout, poll, self.retrieve):
            yield video

    async def wait(
        self,
        video_id: str,
        *,
        timeout: float = WAIT_SECONDS,
        on_progress: Optional[Progress] = None,
        poll: bool = False,
    ) -> Video:
        """The job once it ended, however it did."""
        last: Optional[Video] = None
        async for last in self.stream(video_id, timeout=timeout, poll=poll):
            if on_progress is not None:
                on_progress(last)
        return last if last is not None else await self.retrieve(video_id)

    async def create_and_wait(
        self,
        *,
        timeout: float = WAIT_SECONDS,
        on_progress: Optional[Progress] = None,
        idempotency_key: Optional[str] = None,
        patience: Optional[float] = None,
        **request: Unpack[CreateVideoRequest],
    ) -> Video:
        """The completed job. Raises VideoNotCompletedError if it ends without a video."""
        made = await self.create(idempotency_key=idempotency_key, patience=patience, **request)
        video = await self.wait(made.id, timeout=timeout, on_progress=on_progress)
        if video.status != "completed":
            raise VideoNotCompletedError(video)
        return video

    async def download(
        self,
        video: Union[str, Video],
        path: Union[str, PathLike[str]],
        *,
        on_progress: Optional[Callable[[int], Any]] = None,
    ) -> Path:
        """Writes the file of a completed job and answers its path.

        A download that was cut is resumed, also by a later call: what has come waits beside ``path``, which appears
        when all of it is there.
        """
        return await download(self._transport, self.retrieve, video, Path(fspath(path)), on_progress)


def path_of(video_id: str, rest: str = "") -> str:
    return f"/v1/videos/{quote(video_id, safe='')}{rest}"
