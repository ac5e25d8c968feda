"""Server-Sent Events (WHATWG HTML, 9.2) from bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, List, Optional

from ._errors import UnexpectedAnswerError

EVENT_BYTES_MAX = 4 * 1024 * 1024


@dataclass(frozen=True)
class ServerSentEvent:
    id: str
    event: str
    data: str


class EventDecoder:
    """Lines end at CR, LF or both, and nowhere else: a text may hold other line separators."""

    def __init__(self, last_id: str = "") -> None:
        self._rest = b""
        self._after_cr = False
        self._data: List[str] = []
        self._bytes = 0
        self._event = ""
        self._id = last_id
        #: Of the last whole block: what was cut off in the middle comes again.
        self.last_id = last_id
        #: Milliseconds to wait before connecting again, as the server asks.
        self.retry_ms: Optional[int] = None

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._after_cr = chunk.endswith(b"\r") or (self._after_cr and not chunk)
        lines = (self._rest + chunk).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) + self._bytes > EVENT_BYTES_MAX:
            raise UnexpectedAnswerError("an event of more than 4 MiB")
        for line in lines:
            event = self._line(line)
            if event is not None:
                yield event

    def _line(self, line: bytes) -> Optional[ServerSentEvent]:
        if not line:
            return self._dispatch()
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "data":
            self._data.append(value)
            self._bytes += len(line)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isdecimal():
            self.retry_ms = int(value)
        return None

    def _dispatch(self) -> Optional[ServerSentEvent]:
        data, event = self._data, self._event
        self._data, self._event, self._bytes, self.last_id = [], "", 0, self._id
        return ServerSentEvent(self.last_id, event or "message", "\n".join(data)) if data else None
