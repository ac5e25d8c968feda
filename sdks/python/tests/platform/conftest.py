"""What is shown to users, done as shown: the wheel in an empty environment, beside a platform (`npm run sdks`)."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Callable, Dict

import pytest

PACKAGE = Path(__file__).parents[2]
Shell = Callable[[str, Path], str]


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This package and what it needs, as the only index that there is."""
    folder = tmp_path_factory.mktemp("wheels")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--wheel-dir", str(folder), str(PACKAGE)], check=True, timeout=300)
    assert [each.name for each in folder.glob("usvideoapi-*")] == ["usvideoapi-0.1.0-py3-none-any.whl"]
    return folder


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Shell:
    """Runs lines in an environment in which nothing but Python is installed at first."""
    home = tmp_path_factory.mktemp("empty")
    venv.create(home, with_pip=True)
    kept = {
        name: os.environ[name] for name in os.environ if not name.startswith(("USVIDEO", "PYTHON", "PIP", "VIRTUAL"))
    }
    environment: Dict[str, str] = {
        **kept,
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
    }

    def run(lines: str, folder: Path) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", lines],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, f"{lines}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


@pytest.fixture
def platform_lines() -> str:
    """What the README's `export` lines are with this platform's address and key."""
    names = ("USVIDEO_BASE_URL", "USVIDEO_API_KEY")
    return "\n".join(f"export {name}={os.environ[name]}" for name in names)
