"""The file of a download under way: what has come lies beside its place until all of it is there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Dict, Mapping, Optional, Type

from ._errors import UnexpectedAnswerError


class PartFile:
    """Named for the job, whose bytes never change, so that a later call or process can go on with it."""

    def __init__(self, target: Path, video_id: str) -> None:
        self.target = target
        self._part = target.with_name(f"{target.name}.{re.sub(r'[^0-9A-Za-z_-]', '_', video_id)}.part")
        self._etag: Optional[str] = None
        self._total: Optional[int] = None
        self._file: BinaryIO = open(self._part, "ab")

    def __enter__(self) -> PartFile:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._file.close()
        if error is not None and self.size == 0:
            self._part.unlink()

    @property
    def size(self) -> int:
        return self._part.stat().st_size

    @property
    def complete(self) -> bool:
        return self._total is not None and self.size >= self._total

    def request_headers(self) -> Dict[str, str]:
        if self.size == 0:
            return {}
        # Only of the file that the part is of; otherwise the whole is sent.
        condition = {} if self._etag is None else {"if-range": self._etag}
        return {"range": f"bytes={self.size}-", **condition}

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Makes room for the body that follows."""
        self._etag = headers.get("etag")
        if status != 206:
            self.restart()
            length = headers.get("content-length", "")
            self._total = int(length) if length.isdecimal() else None
            return
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", headers.get("content-range", ""))
        if found is None or int(found[1]) != self.size:
            raise UnexpectedAnswerError("the answer is another part of the file than was asked for")
        self._total = int(found[2])

    def restart(self) -> None:
        self._file.truncate(0)
        self._total = None

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)

    def flush(self) -> None:
        self._file.flush()

    def ended(self) -> None:
        """The body has ended by itself: without a known length, that is all of it."""
        self.flush()
        if self._total is None:
            self._total = self.size

    def finish(self) -> Path:
        self.flush()
        os.fsync(self._file.fileno())
        if self._total is not None and self.size > self._total:
            raise UnexpectedAnswerError("more bytes came than the file has")
        self._file.close()
        os.replace(self._part, self.target)
        return self.target
