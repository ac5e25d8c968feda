from __future__ import annotations

import runpy
import sys
from datetime import datetime, timezone
from email import message_from_bytes
from pathlib import Path

import httpx
import pytest

from usvideoapi import APIError, AsyncUSVideo, ConfigurationError, UnexpectedAnswerError, USVideo, first_frame
from usvideoapi._parts import PartFile
from usvideoapi._sync import feed
from usvideoapi._sync.transport import query_of

PACKAGE = Path(__file__).parents[2]


def test_there_is_no_default_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("USVIDEO_BASE_URL", raising=False)
    monkeypatch.setenv("USVIDEO_API_KEY", "usv_test_x")
    with pytest.raises(ConfigurationError, match="USVIDEO_BASE_URL"):
        USVideo()
    with pytest.raises(ConfigurationError, match="http"):
        AsyncUSVideo(base_url="ftp://example.com")


def test_a_key_is_needed_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("USVIDEO_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="USVIDEO_API_KEY"):
        USVideo(base_url="http://127.0.0.1:1")
    client = USVideo("usv_test_secret", "http://127.0.0.1:1/")
    assert "secret" not in repr(client._transport.settings)
    assert client._transport.settings.base_url == "http://127.0.0.1:1"


def test_the_synchronous_client_is_what_the_asynchronous_one_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["unasync.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(PACKAGE / "scripts" / "unasync.py"), run_name="__main__")
    assert ended.value.code == 0


def test_queries_are_written_as_the_api_reads_them() -> None:
    at = datetime(2026, 11, 29, 10, tzinfo=timezone.utc)
    pairs = query_of({"status": ["failed", "completed"], "created_after": at, "limit": 5, "end_user": None, "x": True})
    assert pairs == [
        ("status", "failed"),
        ("status", "completed"),
        ("created_after", "2026-11-29T10:00:00Z"),
        ("limit", "5"),
        ("x", "true"),
    ]
    with pytest.raises(ValueError, match="time zone"):
        query_of({"created_after": datetime(2026, 11, 29)})


def test_a_picture_is_sent_as_it_is_and_once() -> None:
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(502, text="lost")

    http_client = httpx.Client(transport=httpx.MockTransport(answer))
    client = USVideo("usv_test_x", "http://127.0.0.1:1", http_client=http_client, max_retries=3)
    with pytest.raises(APIError):
        client.files.create(b"\x89PNG\r\n--x")
    [request] = sent
    head = b"content-type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
    _, part = message_from_bytes(head + request.content).walk()
    assert (request.method, request.url.path) == ("POST", "/v1/files")
    assert part.get_param("name", header="content-disposition") == "file"
    assert part.get_filename() == "picture"
    assert part.get_payload(decode=True) == b"\x89PNG\r\n--x"


def test_pages_come_where_a_proxy_answers_for_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "RECONNECT_SECONDS", 0.0)
    streams = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["accept"] == "text/event-stream":
            streams.append(request)
            return httpx.Response(502, html="<h1>Bad Gateway</h1>")
        event = {"id": "evt_1", "sequence": 8, "event": "video.completed", "created_at": "2026-11-29T10:00:00Z"}
        event = {**event, "object": "event", "job_id": None, "livemode": False, "data": {}}
        page = {"object": "list", "data": [event], "has_more": False}
        return httpx.Response(200, json={**page, "next_cursor": "8", "limit": 100, "offset": 0})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        client = USVideo("usv_test_x", "http://host", http_client=http)
        assert next(iter(client.events.stream("7"))).id == "evt_1"
    assert len(streams) == feed.BARRED_MAX


def test_a_part_goes_on_where_it_was(tmp_path: Path) -> None:
    target = tmp_path / "video.mp4"
    with pytest.raises(RuntimeError), PartFile(target, "job_1") as part:
        part.begin(200, {"content-length": "6", "etag": '"a"'})
        part.write(b"abc")
        raise RuntimeError
    assert not target.exists()
    with PartFile(target, "job_1") as part:
        assert part.request_headers() == {"range": "bytes=3-"}
        part.begin(206, {"content-range": "bytes 3-5/6"})
        part.write(b"def")
        part.flush()
        assert part.complete
        assert part.finish().read_bytes() == b"abcdef"
    assert [each.name for each in tmp_path.iterdir()] == ["video.mp4"]


def test_another_part_than_asked_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnexpectedAnswerError), PartFile(tmp_path / "video.mp4", "job_1") as part:
        part.begin(206, {"content-range": "bytes 3-5/6"})
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_sent_anew_replaces_what_had_come(tmp_path: Path) -> None:
    with PartFile(tmp_path / "video.mp4", "job_1") as part:
        part.begin(200, {"content-length": "3"})
        part.write(b"old")
        part.flush()
        part.begin(200, {"content-length": "3"})
        part.write(b"new")
        part.ended()
        assert part.finish().read_bytes() == b"new"


def test_a_first_frame_says_what_it_is(tmp_path: Path) -> None:
    picture = tmp_path / "a.PNG"
    picture.write_bytes(b"\x89PNG")
    assert first_frame(picture) == "data:image/png;base64,iVBORw=="
    with pytest.raises(ConfigurationError, match="not called"):
        first_frame(tmp_path / "a.gif")
    with open(picture, "wb") as file:
        file.truncate(10 * 1024 * 1024 + 1)
    with pytest.raises(ConfigurationError, match="10 MiB"):
        first_frame(picture)
