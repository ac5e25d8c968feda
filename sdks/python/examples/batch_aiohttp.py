"""A batch with aiohttp and nothing of ours: python batch_aiohttp.py "a red chair" "a blue lamp" …

Every order is taken, whatever the limit of jobs that render at once; a refusal for coming too fast is waited out.
"""

from __future__ import annotations

import asyncio
import os
import sys

import aiohttp

BASE_URL = os.environ["USVIDEO_BASE_URL"]
API_KEY = os.environ["USVIDEO_API_KEY"]
CONCURRENT = 10


async def submit(session: aiohttp.ClientSession, prompt: str) -> str:
    order = {"prompt": prompt, "resolution": "480p", "duration": 1}
    while True:
        async with session.post("/v1/videos", json=order) as response:
            if response.status in (429, 503):
                await asyncio.sleep(int(response.headers.get("Retry-After", "1")))
                continue
            response.raise_for_status()
            return str((await response.json())["id"])


async def follow(session: aiohttp.ClientSession, job_id: str) -> str:
    """Each request is held until the job has ended, for half a minute at most."""
    while True:
        async with session.get(f"/v1/videos/{job_id}", headers={"Prefer": "wait=30"}) as response:
            response.raise_for_status()
            job = await response.json()
        if job["status"] == "completed":
            return str(job["video_url"])
        if job["status"] in ("failed", "cancelled"):
            raise RuntimeError(f"{job_id} {job['status']}: {job['error']}")


async def make(session: aiohttp.ClientSession, turns: asyncio.Semaphore, prompt: str) -> None:
    async with turns:
        print(prompt, await follow(session, await submit(session, prompt)), flush=True)


async def main(prompts: list[str]) -> None:
    headers = {"Authorization": f"Bearer {API_KEY}"}
    turns = asyncio.Semaphore(CONCURRENT)
    async with aiohttp.ClientSession(BASE_URL, headers=headers) as session:
        await asyncio.gather(*(make(session, turns, prompt) for prompt in prompts))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
