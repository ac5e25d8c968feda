from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from .conftest import PACKAGE, Shell
from .probing import probe

README = (PACKAGE / "README.md").read_text("utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", README, re.S)
PYTHON = re.findall(r"```python\n(.*?)```", README, re.S)


def test_the_quickstart_goes_from_nothing_to_a_video(shell: Shell, tmp_path: Path) -> None:
    install = SHELL[0].replace("http://127.0.0.1:8080", os.environ["USVIDEO_BASE_URL"])
    install = install.replace("usv_test_...", os.environ["USVIDEO_API_KEY"])
    (tmp_path / "quickstart.py").write_text(PYTHON[0], "utf-8")
    said = shell(f"{install}\npython quickstart.py", tmp_path)
    assert said.splitlines()[-1].startswith("dawn.mp4 $")
    assert re.search(r"^completed 100$", said, re.M)
    codec, seconds = probe(tmp_path / "dawn.mp4")
    assert codec == "h264"
    assert abs(seconds - 2) < 0.1


@pytest.mark.parametrize("number", range(1, len(PYTHON)))
def test_what_the_readme_shows_runs(number: int, shell: Shell, tmp_path: Path, platform_lines: str) -> None:
    (tmp_path / "shown.py").write_text(PYTHON[number], "utf-8")
    said = shell(f"{platform_lines}\npip install -q usvideoapi\npython shown.py", tmp_path)
    expected = ["completed 100", "blue chair completed", "'field': 'duration'", ""]
    assert expected[number - 1] in said


def test_nothing_is_shown_that_does_not_run() -> None:
    assert (len(SHELL), len(PYTHON)) == (1, 5)
