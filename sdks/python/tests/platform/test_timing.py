"""What the scenarios of all languages do not ask."""

from __future__ import annotations

import asyncio
import time

import pytest

from usvideoapi import AsyncUSVideo, USVideo, WaitTimeoutError

PENDING = {"prompt": "sandbox:hold_pending=60", "resolution": "480p", "duration": 1}


@pytest.mark.parametrize("poll", [False, True])
def test_a_wait_ends_in_time_and_says_what_it_saw(poll: bool) -> None:
    with USVideo() as client:
        job = client.videos.create(prompt="sandbox:hold_pending=60", resolution="480p", duration=1)
        started = time.monotonic()
        with pytest.raises(WaitTimeoutError) as raised:
            client.videos.wait(job.id, timeout=2, poll=poll)
        assert 1.9 <= time.monotonic() - started < 6
        assert raised.value.video is not None and raised.value.video.status == "pending"
        client.videos.cancel(job.id)


def test_a_batch_that_is_left_early_cancels_what_it_waits_for() -> None:
    async def run() -> None:
        async with AsyncUSVideo() as client:
            async for result in client.batch(["at once", "sandbox:slow=30"], concurrency=2):
                assert result.ok
                break
            jobs = [job async for job in client.videos.list(limit=10)]
            assert [job.ended for job in jobs[:2]].count(False) == 1

    asyncio.run(asyncio.wait_for(run(), 25))


def test_the_thread_pool_takes_requests_as_it_needs_them() -> None:
    taken = []

    def prompts() -> object:
        for index in range(1000):
            taken.append(index)
            yield f"number {index}"

    with USVideo() as client:
        results = client.batch(prompts(), concurrency=2)  # type: ignore[arg-type]
        assert next(iter(results)).ok
        results.close()  # type: ignore[attr-defined]
    assert len(taken) <= 4
