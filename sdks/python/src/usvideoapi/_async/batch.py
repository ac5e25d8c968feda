from __future__ import annotations

import asyncio
from typing import AsyncIterator, Iterable, Optional, Set

from .._batching import BatchRequest, BatchResult, numbered
from .._errors import USVideoError
from .._models import CreateVideoRequest, Video
from .videos import AsyncVideosApi


async def batch(
    videos: AsyncVideosApi,
    requests: Iterable[BatchRequest],
    concurrency: int,
    timeout: Optional[float],
    patience: float,
    prefix: Optional[str],
) -> AsyncIterator[BatchResult]:
    waiting = numbered(requests, prefix, concurrency)
    running: Set[asyncio.Task[BatchResult]] = set()

    def fill() -> None:
        while len(running) < concurrency:
            following = next(waiting, None)
            if following is None:
                return
            running.add(asyncio.ensure_future(_one(videos, *following, timeout=timeout, patience=patience)))

    try:
        fill()
        while running:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            running -= done
            fill()
            for each in done:
                yield each.result()
    finally:
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _one(
    videos: AsyncVideosApi,
    index: int,
    request: CreateVideoRequest,
    key: str,
    *,
    timeout: Optional[float],
    patience: float,
) -> BatchResult:
    video: Optional[Video] = None
    try:
        video = await videos.create(idempotency_key=key, patience=patience, **request)
        if timeout is not None:
            video = await videos.wait(video.id, timeout=timeout)
        return BatchResult(index, request, video)
    except USVideoError as error:
        return BatchResult(index, request, video, error)
