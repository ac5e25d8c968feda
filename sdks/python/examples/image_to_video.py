"""Moves a picture: python image_to_video.py picture.png "the sea begins to move" out.mp4"""

from __future__ import annotations

import sys
from pathlib import Path

from usvideoapi import USVideo, first_frame


def main(picture: Path, prompt: str, target: Path) -> None:
    with USVideo() as client:
        video = client.videos.create_and_wait(
            prompt=prompt,
            first_frame=first_frame(picture),
            resolution="480p",
            duration=1,
            on_progress=lambda job: print(job.status, job.progress, flush=True),
        )
        print(client.videos.download(video, target))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
