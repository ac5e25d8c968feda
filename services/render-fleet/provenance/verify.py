"""Reads the manifest of a video by the official library and prints what it found as JSON: verify.py ANCHORS VIDEO

ANCHORS is a PEM file of the authorities that are trusted.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "packages"))

import c2pa  # noqa: E402


def main(anchors: str, video: str) -> None:
    trust = {"trust": {"trust_anchors": Path(anchors).read_text()}, "verify": {"verify_trust": True}}
    with c2pa.Context(c2pa.Settings.from_dict(trust)) as context, open(video, "rb") as file:
        with c2pa.Reader("video/mp4", file, context=context) as reader:
            print(reader.json())


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (c2pa.C2paError, OSError, TypeError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
