"""Loads a pipeline of diffusers and renders with it. The only file that knows pipelines."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass

import torch
from diffusers import (
    DiffusionPipeline,
    LTXImageToVideoPipeline,
    LTXPipeline,
    WanImageToVideoPipeline,
    WanPipeline,
)
from PIL import Image, ImageOps

from .settings import Settings

log = logging.getLogger(__name__)

TEXT = "text_to_video"
IMAGE = "image_to_video"


class ModelUnsupported(ValueError):
    """The weights are of a pipeline that this server does not know."""


class OutputInvalid(RuntimeError):
    """The model gave numbers that are no picture."""


@dataclass(frozen=True)
class Clip:
    """What to render, in the model's own sizes."""

    prompt: str
    negative_prompt: str | None
    width: int
    height: int
    frames: int
    fps: int
    steps: int
    guidance_scale: float | None
    seed: int
    image: Image.Image | None = None


class Model:
    """One pipeline, in one mode or two, on one device."""

    def __init__(self, settings: Settings, pipelines: dict[str, DiffusionPipeline], device: str) -> None:
        self.name = settings.model_name
        self.pipelines = pipelines
        self.device = device
        self._offload = settings.offload
        self._active: DiffusionPipeline | None = None
        pipeline = next(iter(pipelines.values()))
        self.pipeline_class = type(pipeline).__name__
        self.size_multiple, self.frame_step = _grid_of(pipeline)
        self.dtype = str(_main_part(pipeline).dtype).removeprefix("torch.")
        if settings.vae_tiling:
            pipeline.vae.enable_tiling()
        self._activate(pipeline)

    @property
    def modes(self) -> list[str]:
        return list(self.pipelines)

    def render(self, clip: Clip, on_step: Callable[[int, int], None]) -> torch.Tensor:
        """Frames as (frame, channel, height, width) in 0…1. `on_step(done, of)` may raise to end the render."""
        pipeline = self.pipelines[IMAGE if clip.image else TEXT]
        self._activate(pipeline)
        try:
            with torch.inference_mode():
                output = pipeline(**self._arguments(pipeline, clip, on_step))
        except BaseException:
            # A render that was cut short leaves its models where they were.
            pipeline.maybe_free_model_hooks()
            raise
        frames = output.frames[0]
        if not bool(torch.isfinite(frames).all()):
            raise OutputInvalid("the model gave values that are not finite: try another ENGINE_DTYPE")
        return frames

    def _arguments(self, pipeline: DiffusionPipeline, clip: Clip, on_step: Callable[[int, int], None]) -> dict:
        def step_ended(pipe, step: int, _timestep, _tensors: dict) -> dict:
            on_step(step + 1, pipe.num_timesteps)
            return {}

        arguments = {
            "prompt": clip.prompt,
            "negative_prompt": clip.negative_prompt,
            "width": clip.width,
            "height": clip.height,
            "num_frames": clip.frames,
            "num_inference_steps": clip.steps,
            # Noise drawn on the processor is the same on every GPU.
            "generator": torch.Generator("cpu").manual_seed(clip.seed),
            "output_type": "pt",
            "callback_on_step_end": step_ended,
            "callback_on_step_end_tensor_inputs": [],
        }
        if clip.guidance_scale is not None:
            arguments["guidance_scale"] = clip.guidance_scale
        if "frame_rate" in inspect.signature(pipeline.__call__).parameters:
            arguments["frame_rate"] = clip.fps
        if clip.image:
            arguments["image"] = ImageOps.fit(clip.image, (clip.width, clip.height), Image.Resampling.LANCZOS)
        return arguments

    def _activate(self, pipeline: DiffusionPipeline) -> None:
        """Hooks that move models belong to one pipeline: they go with the mode."""
        if self._active is pipeline:
            return
        if self._offload != "none":
            for other in self.pipelines.values():
                other.remove_all_hooks()
        if self._offload == "model":
            pipeline.enable_model_cpu_offload(device=self.device)
        elif self._offload == "sequential":
            pipeline.enable_sequential_cpu_offload(device=self.device)
        else:
            pipeline.to(self.device)
        self._active = pipeline


def load(settings: Settings) -> Model:
    device = settings.device if settings.device != "auto" else ("cuda" if torch.cuda.is_available() else "cpu")
    if settings.offload != "none" and device == "cpu":
        raise ModelUnsupported("ENGINE_OFFLOAD moves models away from a GPU; on the processor it is `none`")
    source = {"revision": settings.revision, "local_files_only": settings.offline}
    pipeline_class = DiffusionPipeline.load_config(settings.model, **source).get("_class_name", "")
    dtype = _dtype_of(settings.dtype, torch.float32 if device == "cpu" else torch.bfloat16)
    vae_dtype = _dtype_of(settings.vae_dtype, torch.float32 if pipeline_class.startswith("Wan") else dtype)
    log.info("loading %s (%s) as %s on %s", settings.model, pipeline_class, dtype, device)
    pipeline = DiffusionPipeline.from_pretrained(settings.model, dtype={"default": dtype, "vae": vae_dtype}, **source)
    pipeline.set_progress_bar_config(disable=True)
    return Model(settings, _modes_of(pipeline), device)


def _modes_of(pipeline: DiffusionPipeline) -> dict[str, DiffusionPipeline]:
    """The pipelines that the same weights serve."""
    match pipeline:
        case LTXPipeline():
            return {TEXT: pipeline, IMAGE: _beside(LTXImageToVideoPipeline, pipeline)}
        case LTXImageToVideoPipeline():
            return {TEXT: _beside(LTXPipeline, pipeline), IMAGE: pipeline}
        # Wan 2.2 TI2V gives each frame a timestep of its own: the first, given frame is simply clean from the start.
        case WanPipeline() if pipeline.config.expand_timesteps:
            options = {"expand_timesteps": True, "boundary_ratio": pipeline.config.boundary_ratio}
            return {TEXT: pipeline, IMAGE: _beside(WanImageToVideoPipeline, pipeline, **options)}
        case WanPipeline():
            return {TEXT: pipeline}
        case WanImageToVideoPipeline():
            return {IMAGE: pipeline}
    known = "LTXPipeline, LTXImageToVideoPipeline, WanPipeline and WanImageToVideoPipeline"
    raise ModelUnsupported(f"ENGINE_MODEL is a {type(pipeline).__name__}; this server knows {known}")


def _beside(pipeline_class: type, pipeline: DiffusionPipeline, **options) -> DiffusionPipeline:
    """`from_pipe` would cast what both share to one dtype."""
    made = pipeline_class(**pipeline.components, **options)
    made.set_progress_bar_config(disable=True)
    return made


def _grid_of(pipeline: DiffusionPipeline) -> tuple[int, int]:
    """Sides are multiples of the first, frames one more than a multiple of the second."""
    if isinstance(pipeline, LTXPipeline | LTXImageToVideoPipeline):
        return pipeline.vae_spatial_compression_ratio, pipeline.vae_temporal_compression_ratio
    patch = _main_part(pipeline).config.patch_size[1]
    return max(16, pipeline.vae_scale_factor_spatial * patch), pipeline.vae_scale_factor_temporal


def _main_part(pipeline: DiffusionPipeline) -> torch.nn.Module:
    return pipeline.transformer if pipeline.transformer is not None else pipeline.transformer_2


def _dtype_of(name: str, otherwise: torch.dtype) -> torch.dtype:
    return otherwise if name == "auto" else getattr(torch, name)
