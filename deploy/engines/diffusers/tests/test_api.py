"""The protocol over HTTP, with a real pipeline behind it."""

import base64
import io
import json
import threading

import av
import pytest
import torch
from PIL import Image
from pydantic import SecretStr


def png(size: tuple[int, int] = (96, 64)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, "PNG")
    return file.getvalue()


def data_url() -> str:
    return f"data:image/png;base64,{base64.b64encode(png()).decode()}"


def test_a_prompt_becomes_an_mp4(engine):
    created = engine.create(seconds="1", num_frames=None, seed=7)
    assert created["id"].startswith("video_")
    assert created.items() >= {"object": "video", "model": "tiny-ltx", "seconds": "1", "size": "64x64"}.items()
    video = engine.ended(created["id"])
    assert (video["status"], video["progress"], video["steps_done"], video["steps"]) == ("completed", 100, 3, 3)
    assert video["completed_at"] >= video["created_at"]
    answer = engine.http.get(f"/v1/videos/{created['id']}/content")
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        # A second and a little more: the next length that the model can do.
        assert (stream.codec.name, stream.width, stream.height, frames) == ("h264", 64, 64, 25)
        assert stream.average_rate == 24
        assert container.metadata["comment"] == "AI-generated video"


def test_progress_is_the_steps_that_are_done(engine):
    seen = []
    with engine.held() as hold:
        video = engine.create(num_inference_steps=2)
        hold.reached()
        shown = engine.get(video["id"])
        assert (shown["status"], shown["progress"], shown["steps_done"], shown["steps"]) == ("in_progress", 0, 0, 2)
        decoder = engine.renderer.model.pipelines["text_to_video"].vae.decoder
        look = decoder.register_forward_pre_hook(lambda *_: seen.append(engine.get(video["id"])))
    assert engine.ended(video["id"])["progress"] == 100
    look.remove()
    assert [(shown["progress"], shown["steps_done"]) for shown in seen] == [(95, 2)]


@pytest.mark.parametrize("form", ["file", "json", "field"])
def test_a_first_frame_comes_as_file_or_data(engine, form):
    fields = {"prompt": "a fox", "size": "64x64", "num_frames": "9"}
    if form == "file":
        answer = engine.http.post("/v1/videos", data=fields, files={"input_reference": ("a.png", png(), "image/png")})
    elif form == "field":
        reference = json.dumps({"image_url": data_url()})
        # A part without a file name is a field.
        answer = engine.http.post("/v1/videos", data=fields, files={"input_reference": (None, reference)})
    else:
        answer = engine.http.post("/v1/videos", json={**fields, "input_reference": {"image_url": data_url()}})
    assert answer.status_code == 200, answer.text
    assert engine.jobs.get(answer.json()["id"]).clip.image is not None
    assert engine.ended(answer.json()["id"])["status"] == "completed"


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"prompt": ""}, "prompt", "at least 1 character"),
        ({"prompt": "x" * 4001}, "prompt", "at most 4000 characters"),
        ({"seconds": "0"}, "seconds", "pattern"),
        ({"size": "854x480"}, "size", "multiples of 32, such as 864x480"),
        ({"size": "4096x4096"}, "size", "at most 2088960 pixels"),
        ({"num_frames": 10}, "num_frames", "one more than a multiple of 8"),
        ({"num_frames": 265}, "num_frames", "at most 257 frames"),
        ({"seconds": "60", "num_frames": None}, "seconds", "at most 257 frames"),
        ({"model": "sora-2"}, "model", "this server has tiny-ltx"),
        ({"output_path": "/etc"}, "output_path", "not permitted"),
        ({"input_reference": "/etc/passwd"}, "input_reference", "data:image/png"),
        ({"input_reference": {"image_url": "http://169.254.169.254/"}}, "input_reference", "data:image/png"),
        ({"input_reference": {"image_url": "data:image/png;base64,AAAA"}}, "input_reference", "whole PNG"),
    ],
)
def test_a_fault_is_told_with_its_field_and_rule(engine, fields, param, says):
    body = {"prompt": "a fox", "size": "64x64", "num_frames": 9, **fields}
    answer = engine.http.post("/v1/videos", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["type"]) == (400, param, "invalid_request_error")
    assert says in error["message"]
    assert engine.http.get("/v1/videos").json()["data"] == []


def test_what_is_no_request_is_refused(engine):
    post = engine.http.post
    assert post("/v1/videos", content="prompt=x", headers={"content-type": "text/plain"}).status_code == 415
    assert post("/v1/videos", content="{", headers={"content-type": "application/json"}).status_code == 400
    assert post("/v1/videos", json=["a fox"]).status_code == 400
    assert post("/v1/videos", json={"prompt": "x" * 17_000_000}).status_code == 413

    def chunks():
        for _ in range(20):
            yield b" " * 1024 * 1024

    assert post("/v1/videos", content=chunks(), headers={"content-type": "application/json"}).status_code == 413
    assert engine.http.get("/v1/nothing").json()["error"]["type"] == "invalid_request_error"


def test_one_renders_one_waits_and_a_third_is_told_when_to_come_back(engine):
    with engine.held() as hold:
        first = engine.create()
        hold.reached()
        second = engine.create()
        assert engine.http.get("/health").json() | {"running": 1, "waiting": 1} == engine.http.get("/health").json()
        third = engine.http.post("/v1/videos", json={"prompt": "a fox"})
        assert (third.status_code, third.json()["error"]["code"]) == (429, "queue_full")
        assert int(third.headers["retry-after"]) >= 1
        assert engine.get(second["id"])["status"] == "queued"
    assert [engine.ended(video["id"])["status"] for video in (first, second)] == ["completed", "completed"]


def test_deleting_stops_the_render_at_its_next_step(engine):
    with engine.held() as hold:
        video = engine.create(num_inference_steps=50)
        hold.reached()
        job = engine.jobs.get(video["id"])
        answer = engine.http.delete(f"/v1/videos/{video['id']}").json()
        assert answer == {"id": video["id"], "object": "video.deleted", "deleted": True, "stopped": False}
        assert engine.http.get(f"/v1/videos/{video['id']}").status_code == 404
    assert job.stopped.wait(60)
    assert (job.steps_done, job.error["code"]) == (1, "cancelled")
    assert engine.ended(engine.create()["id"])["status"] == "completed"


def test_deleting_what_waits_or_has_ended_leaves_nothing(engine, settings):
    with engine.held() as hold:
        first = engine.create()
        hold.reached()
        waiting = engine.create()
        assert engine.http.delete(f"/v1/videos/{waiting['id']}").json()["stopped"] is True
        assert engine.jobs.counts() == (1, 0)
    engine.ended(first["id"])
    assert len(list(settings.work_dir.iterdir())) == 1
    engine.http.delete(f"/v1/videos/{first['id']}")
    assert list(settings.work_dir.iterdir()) == []
    assert engine.http.delete(f"/v1/videos/{first['id']}").status_code == 404


def test_a_video_that_is_not_there_yet_has_no_content(engine):
    with engine.held() as hold:
        video = engine.create()
        hold.reached()
        answer = engine.http.get(f"/v1/videos/{video['id']}/content")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "video_not_ready")
    assert engine.http.get("/v1/videos/video_unknown/content").status_code == 404
    engine.ended(video["id"])
    assert engine.http.get(f"/v1/videos/{video['id']}/content?variant=thumbnail").status_code == 400


@pytest.mark.parametrize(
    ("fault", "code"), [(torch.OutOfMemoryError("full"), "out_of_memory"), (RuntimeError("secret"), "engine_error")]
)
def test_a_failed_render_says_why_and_the_next_one_works(engine, fault, code):
    def fail(*_given):
        raise fault

    hook = engine.renderer.model.pipelines["text_to_video"].transformer.register_forward_pre_hook(fail)
    video = engine.ended(engine.create()["id"])
    hook.remove()
    assert (video["status"], video["error"]["code"]) == ("failed", code)
    assert "secret" not in video["error"]["message"]
    assert engine.http.get(f"/v1/videos/{video['id']}/content").status_code == 422
    assert engine.ended(engine.create()["id"])["status"] == "completed"


def test_only_the_last_clips_are_kept(start, settings):
    engine = start(settings.model_copy(update={"keep_jobs": 2}))
    videos = []
    for _ in range(3):
        videos.append(engine.create()["id"])
        engine.ended(videos[-1])
    assert [video["id"] for video in engine.http.get("/v1/videos").json()["data"]] == [videos[2], videos[1]]
    assert len(list(settings.work_dir.iterdir())) == 2


def test_health_tells_loading_from_ready_from_broken(start, settings):
    loaded = threading.Event()

    def fail():
        loaded.wait(60)
        raise OSError("no such folder")

    engine = start(settings, load_model=fail, ready=False)
    assert (engine.http.get("/health").status_code, engine.http.get("/health").json()["status"]) == (503, "loading")
    refused = engine.http.post("/v1/videos", json={"prompt": "a fox"})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    loaded.set()
    assert engine.broken.wait(60)
    assert (engine.http.get("/health").status_code, engine.http.get("/health").json()["status"]) == (503, "broken")


def test_models_says_what_this_one_can_do(engine):
    [model] = engine.http.get("/v1/models").json()["data"]
    assert model["id"] == "tiny-ltx"
    assert (model["modes"], model["size_multiple"], model["frame_step"]) == (["text_to_video", "image_to_video"], 32, 8)


def test_a_token_guards_all_but_health(start, settings):
    engine = start(settings.model_copy(update={"api_key": SecretStr("s3cret")}))
    assert engine.http.get("/v1/videos").status_code == 401
    assert engine.http.get("/v1/videos", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert engine.http.get("/v1/videos", headers={"authorization": "Bearer s3cret"}).status_code == 200
