from __future__ import annotations

from pathlib import Path

import av
import torch

# Nearly lossless: whoever asked cuts and scales it, which encodes it again.
CONSTANT_QUALITY = "12"
# FFmpeg's numbers. Players guess at colours that are not said, and guess differently.
BT709, LIMITED = 1, 1


def write_mp4(frames: torch.Tensor, fps: int, file: Path) -> None:
    """H.264 of frames given as (frame, channel, height, width) in 0…1; converted one by one, so that memory holds."""
    part = file.with_suffix(".part")
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata["comment"] = "AI-generated video"
        stream = container.add_stream("libx264", rate=fps, options={"crf": CONSTANT_QUALITY, "preset": "veryfast"})
        stream.height, stream.width = frames.shape[-2:]
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = LIMITED
        for frame in frames:
            pixels = (frame.float().clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous().cpu()
            picture = av.VideoFrame.from_ndarray(pixels.numpy(), format="rgb24")
            container.mux(stream.encode(picture.reformat(format="yuv420p", dst_colorspace="ITU709")))
        container.mux(stream.encode())
    part.rename(file)
