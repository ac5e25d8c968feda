"""First frames from files."""

from __future__ import annotations

import base64
from os import PathLike, fspath
from pathlib import Path
from typing import Union

from ._errors import ConfigurationError

FRAME_BYTES_MAX = 10 * 1024 * 1024
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


def first_frame(path: Union[str, PathLike[str]]) -> str:
    """The file as a data URI, for ``first_frame``: a PNG, JPEG or WebP of at most 10 MiB."""
    file = Path(fspath(path))
    kind = TYPES.get(file.suffix.lower())
    if kind is None:
        raise ConfigurationError(f"{file.name} is not called .png, .jpg, .jpeg or .webp")
    if file.stat().st_size > FRAME_BYTES_MAX:
        raise ConfigurationError(f"{file.name} is larger than 10 MiB")
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
