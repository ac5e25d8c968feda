"""The server as a process of its own, driven by OpenAI's own client."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator

import av
import httpx
import pytest
from openai import NotFoundError, OpenAI
from PIL import Image


def run(env: dict[str, str]) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "video_engine"]
    return subprocess.run(command, check=False, env=env, capture_output=True, text=True, timeout=120)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server(tiny, tmp_path_factory) -> Iterator[tuple[str, subprocess.Popen]]:
    url = f"http://127.0.0.1:{(port := free_port())}"
    work_dir = tmp_path_factory.mktemp("clips")
    (work_dir / "video_left_over.mp4").touch()
    (work_dir / "not-ours.txt").touch()
    env = {**os.environ, "ENGINE_MODEL": str(tiny("ltx")), "ENGINE_SERVED_MODEL": "ltx", "ENGINE_STEPS": "3"}
    env |= {"ENGINE_PORT": str(port), "ENGINE_WORK_DIR": str(work_dir), "ENGINE_OFFLINE": "true"}
    process = subprocess.Popen([sys.executable, "-m", "video_engine"], env=env)
    deadline = time.monotonic() + 120
    while True:
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server was not ready within two minutes"
        try:
            if httpx.get(f"{url}/health").status_code == 200:
                break
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    assert [file.name for file in work_dir.iterdir()] == ["not-ours.txt"]
    yield url, process
    process.kill()
    process.wait()


def test_openais_client_makes_a_video(server):
    warnings.simplefilter("ignore", DeprecationWarning)
    client = OpenAI(base_url=f"{server[0]}/v1", api_key="unused", max_retries=0)
    given = {"prompt": "a fox", "model": "ltx", "size": "64x64", "seconds": "1"}
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), (1, 2, 3)).save(picture, "PNG")
    for reference in ({}, {"input_reference": ("first.png", picture.getvalue(), "image/png")}):
        video = client.videos.create(**given, **reference)
        deadline = time.monotonic() + 60
        while video.status in ("queued", "in_progress"):
            assert time.monotonic() < deadline, "the render has not ended within a minute"
            time.sleep(0.05)
            video = client.videos.retrieve(video.id)
        assert (video.status, video.progress) == ("completed", 100)
        with av.open(io.BytesIO(client.videos.download_content(video.id).read())) as container:
            assert sum(1 for _ in container.decode(video=0)) == 25
        assert client.videos.delete(video.id).deleted
        with pytest.raises(NotFoundError):
            client.videos.retrieve(video.id)


def test_a_stop_ends_the_render_with_its_step(server):
    url, process = server
    body = {"prompt": "a fox", "size": "512x512", "num_inference_steps": 200}
    video = httpx.post(f"{url}/v1/videos", json=body).json()
    deadline = time.monotonic() + 60
    while httpx.get(f"{url}/v1/videos/{video['id']}").json()["steps_done"] == 0:
        assert time.monotonic() < deadline, "the render has not begun within a minute"
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) in (0, -signal.SIGTERM)


def test_faulty_settings_are_told_together_by_name():
    env = {key: value for key, value in os.environ.items() if not key.startswith("ENGINE_")}
    env |= {"ENGINE_DTYPE": "int3", "ENGINE_PORT": "x", "ENGINE_API_KEY": "s3cret"}
    ended = run(env)
    assert ended.returncode == 2
    for name in ("ENGINE_MODEL", "ENGINE_DTYPE", "ENGINE_PORT"):
        assert f"{name}: " in ended.stderr
    assert "s3cret" not in ended.stderr


def test_a_model_that_cannot_be_loaded_ends_the_process(tmp_path):
    env = {**os.environ, "ENGINE_MODEL": str(tmp_path / "none"), "ENGINE_PORT": "0", "ENGINE_OFFLINE": "true"}
    env["ENGINE_WORK_DIR"] = str(tmp_path / "clips")
    ended = run(env)
    assert ended.returncode == 1
    assert "could not be loaded" in ended.stderr
