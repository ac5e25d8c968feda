"""Requests as they come, JSON or multipart, and jobs as they go out."""

from __future__ import annotations

import base64
import binascii
import io
import json
import random
import re
from typing import Annotated, Any

from fastapi import Request
from PIL import Image, ImageOps, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile

from .jobs import Job
from .model import IMAGE, TEXT, Clip, Model
from .settings import Settings

BODY_BYTES_MAX = 16 * 1024 * 1024
IMAGE_PIXELS_MAX = 50_000_000
IMAGE_FORMATS = ["PNG", "JPEG", "WEBP"]
DATA_URL = re.compile(r"data:image/(?:png|jpeg|webp);base64,(?P<bytes>[A-Za-z0-9+/=]+)")


class Refusal(Exception):
    """An answer in OpenAI's error form."""

    def __init__(
        self, status: int, code: str, message: str, param: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.param, self.retry_after = status, code, message, param, retry_after

    def body(self) -> dict[str, Any]:
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


class VideoRequest(BaseModel):
    """OpenAI's fields and those that local engines add. A field that is not known is refused by its name."""

    model_config = ConfigDict(extra="forbid")

    prompt: Annotated[str, Field(min_length=1, max_length=4000)]
    model: str | None = None
    seconds: Annotated[str, Field(pattern=r"^[1-9]\d{0,3}$")] = "4"
    size: Annotated[str, Field(pattern=r"^[1-9]\d{0,4}x[1-9]\d{0,4}$")] | None = None
    num_frames: Annotated[int, Field(ge=1)] | None = None
    fps: Annotated[int, Field(ge=1, le=60)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    negative_prompt: Annotated[str, Field(max_length=4000)] | None = None
    num_inference_steps: Annotated[int, Field(ge=1, le=200)] | None = None
    guidance_scale: Annotated[float, Field(ge=0, le=20)] | None = None


async def read_job(request: Request, model: Model, settings: Settings) -> Job:
    fields, image = await _read_body(request)
    if isinstance(fields.get("seconds"), int) and not isinstance(fields["seconds"], bool):
        fields["seconds"] = str(fields["seconds"])
    try:
        wanted = VideoRequest.model_validate(fields)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        param = str(first["loc"][0]) if first["loc"] else None
        raise Refusal(400, "invalid_request", f"{param}: {first['msg']}", param) from None
    return _job_of(wanted, image, model, settings)


def _job_of(wanted: VideoRequest, image: Image.Image | None, model: Model, settings: Settings) -> Job:
    if wanted.model is not None and wanted.model != model.name:
        raise Refusal(400, "model_not_found", f"model: this server has {model.name}", "model")
    mode = IMAGE if image else TEXT
    if mode not in model.modes:
        does = " and ".join(model.modes)
        raise Refusal(400, "mode_not_supported", f"{model.name} does {does} only", "input_reference")
    width, height = _size_of(wanted, model, settings)
    fps = wanted.fps or settings.fps
    seed = random.randrange(2**32) if wanted.seed is None else wanted.seed
    clip = Clip(
        prompt=wanted.prompt, negative_prompt=wanted.negative_prompt or None, width=width, height=height,
        frames=_frames_of(wanted, fps, model, settings), fps=fps, steps=wanted.num_inference_steps or settings.steps,
        guidance_scale=settings.guidance_scale if wanted.guidance_scale is None else wanted.guidance_scale,
        seed=seed, image=image,
    )  # fmt: skip
    return Job(clip=clip, seconds=wanted.seconds)


def _size_of(wanted: VideoRequest, model: Model, settings: Settings) -> tuple[int, int]:
    multiple = model.size_multiple
    if wanted.size is None:
        return -(-854 // multiple) * multiple, -(-480 // multiple) * multiple
    width, height = (int(side) for side in wanted.size.split("x"))
    if width % multiple or height % multiple:
        near = "x".join(str(max(1, round(side / multiple)) * multiple) for side in (width, height))
        raise Refusal(400, "invalid_size", f"size: sides are multiples of {multiple}, such as {near}", "size")
    if width * height > settings.max_pixels:
        raise Refusal(400, "invalid_size", f"size: at most {settings.max_pixels} pixels", "size")
    return width, height


def _frames_of(wanted: VideoRequest, fps: int, model: Model, settings: Settings) -> int:
    step = model.frame_step
    # Never shorter than asked for.
    frames = wanted.num_frames or -(-(int(wanted.seconds) * fps - 1) // step) * step + 1
    if (frames - 1) % step:
        raise Refusal(400, "invalid_num_frames", f"num_frames: one more than a multiple of {step}", "num_frames")
    if frames > settings.max_frames:
        param = "num_frames" if wanted.num_frames else "seconds"
        raise Refusal(400, "too_long", f"{param}: at most {settings.max_frames} frames", param)
    return frames


async def _read_body(request: Request) -> tuple[dict[str, Any], Image.Image | None]:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        return _fields_of_json(await request.body())
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=32) as form:
            return await _fields_of_form(form)
    raise Refusal(415, "unsupported_media_type", "the body is application/json or multipart/form-data")


def _fields_of_json(body: bytes) -> tuple[dict[str, Any], Image.Image | None]:
    try:
        fields = json.loads(body)
    except ValueError:
        raise Refusal(400, "invalid_request", "the body is no JSON") from None
    if not isinstance(fields, dict):
        raise Refusal(400, "invalid_request", "the body is no JSON object")
    reference = fields.pop("input_reference", None)
    return fields, None if reference is None else _image_of_reference(reference)


async def _fields_of_form(form: FormData) -> tuple[dict[str, Any], Image.Image | None]:
    fields: dict[str, Any] = {}
    image = None
    for name, value in form.multi_items():
        if name == "input_reference":
            is_file = isinstance(value, UploadFile)
            image = _open_image(await value.read()) if is_file else _image_of_reference(_parsed(value))
        elif isinstance(value, UploadFile):
            raise Refusal(400, "invalid_request", f"{name}: not a file", name)
        else:
            fields[name] = value
    return fields, image


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _image_of_reference(reference: Any) -> Image.Image:
    """Data only: this server fetches no address and opens no path that a caller names."""
    url = reference.get("image_url") if isinstance(reference, dict) else None
    match = DATA_URL.fullmatch(url) if isinstance(url, str) else None
    if not match:
        rule = 'a file, or {"image_url": "data:image/png;base64,…"} (png, jpeg, webp)'
        raise Refusal(400, "invalid_input_reference", f"input_reference: {rule}", "input_reference")
    try:
        return _open_image(base64.b64decode(match["bytes"], validate=True))
    except binascii.Error:
        raise Refusal(400, "invalid_input_reference", "input_reference: no base64", "input_reference") from None


def _open_image(data: bytes) -> Image.Image:
    rule = "a whole PNG, JPEG or WebP of at most 50 megapixels"
    try:
        image = Image.open(io.BytesIO(data), formats=IMAGE_FORMATS)
        if image.width * image.height > IMAGE_PIXELS_MAX:
            raise ValueError("too many pixels")
        image.load()
        return ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Refusal(400, "invalid_input_reference", f"input_reference: {rule}", "input_reference") from None


def video_of(job: Job, model_name: str, keep_seconds: int) -> dict[str, Any]:
    clip = job.clip
    ended = job.completed_at
    return {
        "id": job.id, "object": "video", "model": model_name, "status": job.status, "progress": job.progress,
        "prompt": clip.prompt, "created_at": int(job.created_at), "completed_at": int(ended) if ended else None,
        "expires_at": int(ended + keep_seconds) if ended else None, "seconds": job.seconds,
        "size": f"{clip.width}x{clip.height}", "remixed_from_video_id": None, "error": job.error,
        "steps_done": job.steps_done, "steps": job.steps or clip.steps, "num_frames": clip.frames, "fps": clip.fps,
        "seed": clip.seed,
    }  # fmt: skip
