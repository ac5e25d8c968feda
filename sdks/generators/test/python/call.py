"""One call of each kind with the client that openapi-python-client makes."""

import os

import httpx

from platform_api import AuthenticatedClient
from platform_api.api.videos import create_video, get_video
from platform_api.models import CreateVideoRequest, CreateVideoRequestResolution, Error, Video, VideoStatus

client = AuthenticatedClient(base_url=os.environ["USVIDEO_BASE_URL"], token=os.environ["USVIDEO_API_KEY"], timeout=httpx.Timeout(60))

request = CreateVideoRequest(prompt="a generated client", resolution=CreateVideoRequestResolution.P480, duration=1)
made = create_video.sync(client=client, body=request)
assert isinstance(made, Video), made
video = get_video.sync(made.id, client=client, prefer="wait=30")
assert isinstance(video, Video) and video.status == VideoStatus.COMPLETED, video
assert video.created_at.tzinfo is not None and isinstance(video.cost, str), video

refusal = create_video.sync(client=client, body=CreateVideoRequest(prompt=" "))
assert isinstance(refusal, Error) and refusal.error == "invalid_request", refusal
print("ok openapi-python-client")
