"""Where the platform is and who asks: from arguments, else from the environment. There is no default host."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from typing import Dict, Optional

import httpx

from ._errors import ConfigurationError
from ._retry import RetryPolicy
from ._version import VERSION

CONNECT_SECONDS = 10.0
TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Settings:
    base_url: str
    api_key: str = field(repr=False)
    timeout: float
    retry: RetryPolicy

    @property
    def headers(self) -> Dict[str, str]:
        return {
            "authorization": f"Bearer {self.api_key}",
            "accept": "application/json",
            "user-agent": f"usvideoapi-python/{VERSION} (Python {platform.python_version()})",
        }


def settings_of(
    api_key: Optional[str], base_url: Optional[str], timeout: Optional[float], retry: RetryPolicy
) -> Settings:
    url = (base_url or os.environ.get("USVIDEO_BASE_URL") or "").strip().rstrip("/")
    key = (api_key or os.environ.get("USVIDEO_API_KEY") or "").strip()
    if not url:
        raise ConfigurationError("the address of the platform is not known: give base_url or set USVIDEO_BASE_URL")
    if httpx.URL(url).scheme not in ("http", "https"):
        raise ConfigurationError(f"base_url begins with http:// or https://, and is {url!r}")
    if not key:
        raise ConfigurationError("there is no key: give api_key or set USVIDEO_API_KEY")
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError("api_key has characters that no key has")
    return Settings(url, key, TIMEOUT_SECONDS if timeout is None else timeout, retry)
