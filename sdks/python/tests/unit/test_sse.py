from __future__ import annotations

import pytest

from usvideoapi._errors import UnexpectedAnswerError
from usvideoapi._sse import EVENT_BYTES_MAX, EventDecoder, ServerSentEvent

STREAM = "retry: 2000\n\n: still here\n\nid: 7\nevent: video.completed\ndata: {\ndata: \u2028ü}\r\n\r\n"
STREAM += "data:x\r\rid\ndata\n\n"
EVENTS = [
    ServerSentEvent("7", "video.completed", "{\n\u2028ü}"),
    ServerSentEvent("7", "message", "x"),
    ServerSentEvent("", "message", ""),
]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_events_do_not_depend_on_how_they_are_cut(size: int) -> None:
    decoder, raw = EventDecoder(), STREAM.encode()
    seen: list[ServerSentEvent] = []
    for start in range(0, len(raw), size):
        seen.extend(decoder.feed(raw[start : start + size]))
    assert seen == EVENTS
    assert decoder.retry_ms == 2000


def test_what_was_cut_off_comes_again() -> None:
    decoder = EventDecoder("6")
    assert list(decoder.feed(b"id: 7\ndata: half")) == []
    assert decoder.last_id == "6"


def test_a_block_may_have_an_id_alone() -> None:
    decoder = EventDecoder()
    assert list(decoder.feed(b"retry: 2000\nid: 41\n\n")) == []
    assert decoder.last_id == "41"


def test_an_event_without_an_end_is_bounded() -> None:
    decoder = EventDecoder()
    with pytest.raises(UnexpectedAnswerError):
        for _ in range(EVENT_BYTES_MAX // 65536 + 2):
            list(decoder.feed(b"data: " + b"x" * 65536))
    with pytest.raises(UnexpectedAnswerError):
        for _ in range(EVENT_BYTES_MAX // 65536 + 2):
            list(decoder.feed(b"data: " + b"x" * 65536 + b"\n"))
