from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path


def probe(file: Path) -> tuple[str, float]:
    """Codec and seconds of the first picture stream, all of whose pictures are read."""
    assert file.read_bytes()[4:8] == b"ftyp"
    told = subprocess.run(
        [os.environ["FFPROBE"], "-v", "error", "-count_frames", "-select_streams", "v:0", "-of", "json"]
        + ["-show_entries", "stream=codec_name,duration,nb_read_frames", str(file)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    stream = json.loads(told.stdout)["streams"][0]
    assert int(stream["nb_read_frames"]) > 0
    return stream["codec_name"], float(stream["duration"])
