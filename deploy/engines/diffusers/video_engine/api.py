"""The routes of OpenAI's Videos protocol, health and the list of models."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from .jobs import COMPLETED, FAILED, Job, Jobs, QueueFull
from .model import Model
from .renderer import READY, Renderer
from .settings import Settings
from .wire import BODY_BYTES_MAX, Refusal, read_job, video_of

# A step of a large model takes seconds; an answer that comes earlier says so.
STOP_WAIT_SECONDS = 2.0


# A step of a large model takes seconds, and a render ends between two.
SHUTDOWN_SECONDS = 20.0


def make_app(settings: Settings, jobs: Jobs, renderer: Renderer) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        renderer.start()
        yield
        await run_in_threadpool(renderer.stop, SHUTDOWN_SECONDS)

    app = FastAPI(title="video-engine", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.add_middleware(Gate, api_key=settings.api_key.get_secret_value() if settings.api_key else None)
    _answer_errors(app)
    _add_health(app, settings, jobs, renderer)
    _add_videos(app, settings, jobs, renderer)
    return app


def _add_health(app: FastAPI, settings: Settings, jobs: Jobs, renderer: Renderer) -> None:
    @app.get("/health")
    def health() -> JSONResponse:
        running, waiting = jobs.counts()
        body = {"status": renderer.state, "model": settings.model_name, "running": running, "waiting": waiting}
        return JSONResponse(body, 200 if renderer.state == READY else 503)

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        model = _ready(renderer)
        entry = {
            "id": model.name, "object": "model", "owned_by": "video-engine", "pipeline": model.pipeline_class,
            "modes": model.modes, "size_multiple": model.size_multiple, "frame_step": model.frame_step,
            "fps": settings.fps, "max_pixels": settings.max_pixels, "max_frames": settings.max_frames,
            "device": model.device, "dtype": model.dtype,
        }  # fmt: skip
        return {"object": "list", "data": [entry]}


def _add_videos(app: FastAPI, settings: Settings, jobs: Jobs, renderer: Renderer) -> None:
    def shown(job: Job) -> dict[str, Any]:
        return video_of(job, settings.model_name, settings.keep_seconds)

    @app.post("/v1/videos")
    async def create(request: Request) -> dict[str, Any]:
        job = await read_job(request, _ready(renderer), settings)
        try:
            jobs.add(job)
        except QueueFull as full:
            raise Refusal(429, "queue_full", "the queue is full", retry_after=full.retry_after) from None
        return shown(job)

    @app.get("/v1/videos")
    def listed() -> dict[str, Any]:
        data = [shown(job) for job in reversed(jobs.all())]
        ids = [video["id"] for video in data] or [None]
        return {"object": "list", "data": data, "first_id": ids[0], "last_id": ids[-1], "has_more": False}

    @app.get("/v1/videos/{video_id}")
    def retrieve(video_id: str) -> dict[str, Any]:
        return shown(_found(jobs.get(video_id)))

    @app.get("/v1/videos/{video_id}/content")
    def content(video_id: str, variant: str = "video") -> FileResponse:
        return _content_of(_found(jobs.get(video_id)), variant)

    @app.delete("/v1/videos/{video_id}")
    async def delete(video_id: str) -> dict[str, Any]:
        job = _found(jobs.remove(video_id))
        stopped = await run_in_threadpool(job.stopped.wait, STOP_WAIT_SECONDS)
        return {"id": job.id, "object": "video.deleted", "deleted": True, "stopped": stopped}


def _found(job: Job | None) -> Job:
    if job is None:
        raise Refusal(404, "video_not_found", "there is no video with this id")
    return job


def _content_of(job: Job, variant: str) -> FileResponse:
    if variant != "video":
        raise Refusal(400, "variant_not_supported", "variant: video only", "variant")
    if job.status == FAILED:
        raise Refusal(422, job.error["code"], job.error["message"])
    if job.status != COMPLETED:
        raise Refusal(409, "video_not_ready", f"the video is {job.status}")
    return FileResponse(job.file, media_type="video/mp4", filename=f"{job.id}.mp4")


def _ready(renderer: Renderer) -> Model:
    if renderer.state != READY or renderer.model is None:
        raise Refusal(503, "not_ready", f"the model is {renderer.state}", retry_after=5)
    return renderer.model


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    def refused(_request: Request, refusal: Refusal) -> JSONResponse:
        headers = {"retry-after": str(refusal.retry_after)} if refusal.retry_after else None
        return JSONResponse(refusal.body(), refusal.status, headers)

    @app.exception_handler(HTTPException)
    def http_fault(_request: Request, fault: HTTPException) -> JSONResponse:
        return JSONResponse(Refusal(fault.status_code, "invalid_request", str(fault.detail)).body(), fault.status_code)


class Gate:
    """Before anything is read: the caller's token and the size of the body, whether it was declared or not."""

    def __init__(self, app: ASGIApp, api_key: str | None) -> None:
        self._app, self._api_key = app, api_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/health":
            return await self._app(scope, receive, send)
        headers = dict(scope["headers"])
        refusal = self._refusal_of(headers)
        if refusal:
            return await JSONResponse(refusal.body(), refusal.status)(scope, receive, send)
        read = 0

        async def bounded() -> dict:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > BODY_BYTES_MAX:
                raise _too_large()
            return message

        return await self._app(scope, bounded, send)

    def _refusal_of(self, headers: dict[bytes, bytes]) -> Refusal | None:
        given = headers.get(b"authorization", b"")
        if self._api_key is not None and not hmac.compare_digest(given, f"Bearer {self._api_key}".encode()):
            return Refusal(401, "invalid_api_key", "the bearer token is missing or wrong")
        declared = headers.get(b"content-length", b"0")
        return _too_large() if declared.isdigit() and int(declared) > BODY_BYTES_MAX else None


def _too_large() -> Refusal:
    return Refusal(413, "payload_too_large", f"the body has more than {BODY_BYTES_MAX} bytes")
