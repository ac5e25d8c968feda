from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import httpx

from usvideoapi import USVideo

from .conftest import PACKAGE
from .probing import probe

EXAMPLES = PACKAGE / "examples"


def run(*arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, timeout=120, env=dict(os.environ)
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_a_catalogue_becomes_videos_once(tmp_path: Path) -> None:
    catalogue = tmp_path / "products.csv"
    catalogue.write_text(f"sku,prompt\nchair,a chair of {tmp_path.name}\nlamp,a lamp of {os.getpid()}\n", "utf-8")
    first = run(EXAMPLES / "batch_catalogue.py", catalogue, tmp_path / "videos")
    assert sorted(line.split()[0] for line in first.splitlines()) == ["chair", "lamp"]
    assert probe(tmp_path / "videos" / "chair.mp4")[0] == "h264"
    with USVideo() as client:
        before = [video.id for video in client.videos.list(limit=100).first(10)]
        run(EXAMPLES / "batch_catalogue.py", catalogue, tmp_path / "again")
        assert [video.id for video in client.videos.list(limit=100).first(10)] == before
    assert (tmp_path / "again" / "lamp.mp4").exists()


def test_a_batch_needs_nothing_of_ours() -> None:
    prompts = [f"{number} of twelve" for number in range(12)]
    said = run(EXAMPLES / "batch_aiohttp.py", *prompts).splitlines()
    assert sorted(line.rsplit(" ", 1)[0] for line in said) == sorted(prompts)
    assert all(httpx.get(line.rsplit(" ", 1)[1]).headers["content-type"] == "video/mp4" for line in said)


def test_a_picture_becomes_a_video(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(png(64, 36))
    run(EXAMPLES / "image_to_video.py", picture, "the sea begins to move", tmp_path / "out.mp4")
    assert probe(tmp_path / "out.mp4") == ("h264", 1.0)


def test_webhooks_are_received_and_verified() -> None:
    receiver = subprocess.Popen(
        [sys.executable, str(EXAMPLES / "webhook_receiver.py"), "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert receiver.stdout is not None
        address = re.search(r"http://\S+", receiver.stdout.readline())
        assert address is not None
        with USVideo() as client:
            job = client.videos.create(
                prompt="sandbox:duplicate_webhook", resolution="480p", duration=1, webhook_url=address[0]
            )
            assert receiver.stdout.readline() == f"video.completed {job.id}\n"
            next_job = client.videos.create(prompt="next", resolution="480p", duration=1, webhook_url=address[0])
            assert receiver.stdout.readline() == f"video.completed {next_job.id}\n"
    finally:
        receiver.kill()
        receiver.wait()


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(
        b"\0" + bytes((x * 4, y * 7, 128)[c] for x in range(width) for c in range(3)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
