from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Dtype = Literal["auto", "bfloat16", "float16", "float32"]


class Settings(BaseSettings):
    """Read from the environment, each name with ENGINE_ before it; all faults are told together at start."""

    model_config = SettingsConfigDict(env_prefix="ENGINE_", extra="ignore")

    model: str = Field(min_length=1, description="A folder in diffusers' format, or an id of the Hugging Face hub.")
    revision: str | None = Field(None, description="Commit of the hub's model: a restart then loads the same weights.")
    offline: bool = Field(False, description="Whether nothing may be fetched from the hub.")
    served_model: str | None = Field(
        None, description="The id that requests name. Unset: the last part of `ENGINE_MODEL`."
    )
    device: str = Field("auto", description="`cuda`, `cuda:1`, `cpu`, …; `auto` is the GPU where there is one.")
    dtype: Dtype = Field("auto", description="Of the weights. `auto`: bfloat16 on a GPU, float32 without.")
    vae_dtype: Dtype = Field(
        "auto",
        description="Of the video decoder. `auto`: float32 for Wan, which loses detail below it, else as the rest.",
    )
    offload: Literal["none", "model", "sequential"] = Field(
        "none", description="What waits in main memory while it is idle: nothing, whole models, single layers (slow)."
    )
    vae_tiling: bool = Field(False, description="Whether the decoder works in tiles: less memory, more time.")
    steps: Annotated[int, Field(ge=1, le=200)] = Field(40, description="Denoising steps where a request names none.")
    guidance_scale: Annotated[float, Field(ge=0, le=20)] | None = Field(
        None, description="Where a request names none. Unset: the pipeline's own."
    )
    fps: Annotated[int, Field(ge=1, le=60)] = Field(
        24, description="Frames a second where a request names none: what the model was trained on."
    )
    max_pixels: Annotated[int, Field(ge=1)] = Field(1920 * 1088, description="Of one frame.")
    max_frames: Annotated[int, Field(ge=1)] = Field(257, description="Of one clip.")
    queue: Annotated[int, Field(ge=0, le=100)] = Field(
        1, description="Jobs that may wait while one renders; more are answered 429."
    )
    keep_jobs: Annotated[int, Field(ge=1, le=1000)] = Field(
        16, description="Ended jobs that are kept until they are deleted."
    )
    keep_seconds: Annotated[int, Field(ge=1)] = Field(3600, description="How long they are kept.")
    work_dir: Path = Field(
        Path("/tmp/video-engine"), description="Where clips lie; emptied at start, so one process only."
    )
    api_key: SecretStr | None = Field(
        None, description="The bearer token of those who may call. Unset: everybody who reaches the port."
    )
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port; 0 takes a free one.")

    @property
    def model_name(self) -> str:
        return self.served_model or self.model.rstrip("/").rsplit("/", 1)[-1]
