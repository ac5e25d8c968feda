"""The official package for Python with nothing changed but base URL and key."""

import asyncio
import os
from pathlib import Path

import openai
from openai import AsyncOpenAI, OpenAI

BASE_URL = os.environ["USVIDEO_BASE_URL"] + "/openai/v1"
KEY = os.environ["USVIDEO_API_KEY"]
FIRST_FRAME = Path(__file__).parent / "first-frame.png"
client = OpenAI(base_url=BASE_URL, api_key=KEY)


def a_video_from_words() -> None:
    video = client.videos.create_and_poll(prompt="a fox", model="sora-2", seconds="1", size="854x480", poll_interval_ms=250)
    assert (video.status, video.progress, video.seconds) == ("completed", 100, "1"), video
    assert client.videos.download_content(video.id).read()[4:8] == b"ftyp"
    assert client.videos.download_content(video.id, variant="thumbnail").read()[:2] == b"\xff\xd8"
    assert client.videos.retrieve(video.id).completed_at is not None
    listed = client.videos.list(limit=1)
    assert listed.data[0].id == video.id and any(each.id != video.id for each in listed), listed
    deleted = client.videos.delete(video.id)
    assert (deleted.id, deleted.deleted) == (video.id, True), deleted


def a_video_from_a_picture() -> None:
    video = client.videos.create_and_poll(
        prompt="it moves", input_reference=FIRST_FRAME, seconds="1", size="480x480", poll_interval_ms=250
    )
    assert (video.status, video.size) == ("completed", "480x480"), video


async def a_video_awaited() -> None:
    async with AsyncOpenAI(base_url=BASE_URL, api_key=KEY) as awaited:
        video = await awaited.videos.create_and_poll(prompt="a fox", seconds="1", size="854x480", poll_interval_ms=250)
        assert video.status == "completed", video


def refusals() -> None:
    for wrong, error in [({"seconds": "12"}, "seconds"), ({"size": "1024x1792"}, "size")]:
        try:
            client.videos.create(prompt="x", **wrong)
        except openai.BadRequestError as refused:
            assert (refused.param, refused.code) == (error, "invalid_request"), refused
        else:
            raise AssertionError(f"{wrong} was taken")
    try:
        OpenAI(base_url=BASE_URL, api_key="usv_test_wrong").videos.list()
    except openai.AuthenticationError as refused:
        assert refused.code == "invalid_api_key", refused
    else:
        raise AssertionError("a wrong key was taken")


a_video_from_words()
a_video_from_a_picture()
asyncio.run(a_video_awaited())
refusals()
print("ok openai for Python")
