"""A file, in as many pieces as the network makes of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Callable, Optional, Union

from .._errors import APIConnectionError, APIError, VideoExpiredError, VideoNotCompletedError
from .._models import Video
from .._parts import PartFile
from .progress import Retrieve
from .transport import AsyncTransport, connection_errors


async def download(
    transport: AsyncTransport,
    retrieve: Retrieve,
    video: Union[str, Video],
    target: Path,
    on_progress: Optional[Callable[[int], Any]],
) -> Path:
    job = await retrieve(video) if isinstance(video, str) else video
    link = link_of(job)
    retries, renewed = 0, False
    with PartFile(target, job.id) as part:
        while not part.complete:
            before = part.size
            try:
                await _fetch(transport, link, part, on_progress)
            except (APIConnectionError, APIError) as error:
                if isinstance(error, APIError) and error.status in (403, 404, 410) and not renewed:
                    # Links expire; the job has a new one, as long as it has its file.
                    renewed, link = True, link_of(await retrieve(job.id))
                    continue
                if isinstance(error, APIError) and error.status == 416 and before > 0:
                    part.restart()
                    continue
                retries = 0 if part.size > before else retries
                delay = transport.settings.retry.delay(error, retries=retries, elapsed=0.0, repeatable=True)
                if delay is None:
                    raise
                retries += 1
                await asyncio.sleep(delay)
        return part.finish()


def link_of(job: Video) -> str:
    if job.video_url is not None:
        return job.video_url
    if job.status == "completed":
        body = {"error": "video_expired", "message": f"The file of {job.id} was deleted."}
        raise VideoExpiredError(410, body, {})
    raise VideoNotCompletedError(job)


async def _fetch(
    transport: AsyncTransport, link: str, part: PartFile, on_progress: Optional[Callable[[int], Any]]
) -> None:
    async with transport.file(link, part.request_headers()) as answer:
        part.begin(answer.status_code, answer.headers)
        try:
            with connection_errors():
                async for chunk in answer.aiter_bytes():
                    part.write(chunk)
                    if on_progress is not None:
                        on_progress(len(chunk))
        finally:
            part.flush()
        part.ended()
