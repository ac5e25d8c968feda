"""The real loading code on small, random weights of each family."""

import json
from pathlib import Path

import av
import pytest
import torch
from PIL import Image

from video_engine.model import IMAGE, TEXT, Clip, ModelUnsupported, OutputInvalid, load
from video_engine.mp4 import write_mp4
from video_engine.settings import Settings

RED, BLUE = (Image.new("RGB", (96, 64), colour) for colour in ((200, 30, 30), (30, 30, 200)))


def clip(**wanted) -> Clip:
    wanted = {"prompt": "a fox", "width": 64, "height": 64, "frames": 9, "steps": 2, "seed": 7, **wanted}
    return Clip(**{"negative_prompt": None, "fps": 24, "guidance_scale": None, **wanted})


def render(model, **wanted) -> torch.Tensor:
    return model.render(clip(**wanted), lambda _done, _of: None)


@pytest.mark.parametrize(
    ("family", "modes", "multiple", "step"),
    [
        ("ltx", [TEXT, IMAGE], 32, 8),
        ("wan", [TEXT], 16, 4),
        ("wan-i2v", [IMAGE], 16, 4),
        ("wan-ti2v", [TEXT, IMAGE], 16, 4),
    ],
)
def test_every_family_renders_in_its_modes(tiny, family, modes, multiple, step):
    model = load(Settings(model=str(tiny(family)), offline=True))
    assert (model.modes, model.size_multiple, model.frame_step) == (modes, multiple, step)
    for mode in modes:
        image = RED if mode == IMAGE else None
        steps = []
        frames = model.render(clip(image=image), lambda done, of, steps=steps: steps.append((done, of)))
        assert frames.shape == (9, 3, 64, 64)
        assert 0 <= float(frames.min()) < float(frames.max()) <= 1
        assert steps == [(1, 2), (2, 2)]


def test_the_same_request_gives_the_same_clip_and_another_gives_another(tiny):
    model = load(Settings(model=str(tiny("ltx")), offline=True))
    first = render(model)
    assert torch.equal(render(model), first)
    changes = {"prompt": "a blue fox", "seed": 8, "negative_prompt": "snow", "guidance_scale": 9.0, "steps": 3}
    for name, value in changes.items():
        assert not torch.equal(render(model, **{name: value}), first), name


def test_the_first_frame_matters(tiny):
    model = load(Settings(model=str(tiny("ltx")), offline=True))
    assert not torch.equal(render(model, image=RED), render(model, image=BLUE))


def test_wan_decodes_in_float32_unless_told_otherwise(tiny):
    model = load(Settings(model=str(tiny("wan")), dtype="bfloat16", offline=True))
    pipeline = model.pipelines[TEXT]
    assert (pipeline.transformer.dtype, pipeline.vae.dtype) == (torch.bfloat16, torch.float32)
    assert render(model).shape == (9, 3, 64, 64)


def test_values_that_are_no_picture_are_an_error(tiny):
    model = load(Settings(model=str(tiny("ltx")), offline=True))
    with torch.no_grad():
        model.pipelines[TEXT].vae.decoder.conv_out.conv.weight.fill_(float("nan"))
    with pytest.raises(OutputInvalid, match="ENGINE_DTYPE"):
        render(model)


def test_a_pipeline_that_is_not_known_is_refused_by_name(tiny, tmp_path: Path):
    index = json.loads((tiny("ltx") / "model_index.json").read_text())
    other = tmp_path / "other"
    other.mkdir()
    for part in tiny("ltx").iterdir():
        (other / part.name).symlink_to(part)
    (other / "model_index.json").unlink()
    (other / "model_index.json").write_text(json.dumps({**index, "_class_name": "LTXConditionPipeline"}))
    with pytest.raises(ModelUnsupported, match="LTXConditionPipeline"):
        load(Settings(model=str(other), offline=True))


def test_offloading_wants_a_gpu(tiny):
    with pytest.raises(ModelUnsupported, match="ENGINE_OFFLOAD"):
        load(Settings(model=str(tiny("ltx")), device="cpu", offload="model"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="NO GPU HERE: offloading is not tested")
@pytest.mark.parametrize("offload", ["model", "sequential"])
def test_offloading_renders_in_both_modes(tiny, offload):
    model = load(Settings(model=str(tiny("ltx")), offload=offload, offline=True))
    for image in (None, RED, None):
        assert render(model, image=image).shape == (9, 3, 64, 64)


def test_colours_are_those_of_the_frames_and_are_said(tmp_path: Path):
    red = torch.tensor([0xC0, 0x20, 0x20]).div(255).view(1, 3, 1, 1).expand(9, 3, 64, 64)
    write_mp4(red, 24, tmp_path / "red.mp4")
    with av.open(str(tmp_path / "red.mp4")) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_primaries, frame.color_range) == (1, 1, 1)
        assert abs(frame.to_ndarray(format="rgb24")[32, 32].astype(int) - [0xC0, 0x20, 0x20]).max() <= 3
