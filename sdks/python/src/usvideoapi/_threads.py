"""The batch of the synchronous client: the same as the asynchronous one, on threads."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Iterable, Iterator, Optional, Set

from ._batching import BatchRequest, BatchResult, numbered
from ._errors import USVideoError
from ._models import CreateVideoRequest, Video

if TYPE_CHECKING:
    from ._sync.videos import VideosApi


def batch(
    videos: VideosApi,
    requests: Iterable[BatchRequest],
    concurrency: int,
    timeout: Optional[float],
    patience: float,
    prefix: Optional[str],
) -> Iterator[BatchResult]:
    waiting = numbered(requests, prefix, concurrency)
    running: Set[Future[BatchResult]] = set()
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="usvideo-batch")

    def fill() -> None:
        while len(running) < concurrency:
            following = next(waiting, None)
            if following is None:
                return
            running.add(pool.submit(_one, videos, *following, timeout=timeout, patience=patience))

    try:
        fill()
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            running -= done
            fill()
            for each in done:
                yield each.result()
    finally:
        # Whoever stops early does not wait for jobs that go on.
        pool.shutdown(wait=False, cancel_futures=True)


def _one(
    videos: VideosApi, index: int, request: CreateVideoRequest, key: str, *, timeout: Optional[float], patience: float
) -> BatchResult:
    video: Optional[Video] = None
    try:
        video = videos.create(idempotency_key=key, patience=patience, **request)
        if timeout is not None:
            video = videos.wait(video.id, timeout=timeout)
        return BatchResult(index, request, video)
    except USVideoError as error:
        return BatchResult(index, request, video, error)
