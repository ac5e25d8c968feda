#!/usr/bin/env bash
# Lint, types, unit tests, scenarios with both clients, README and examples; run by `npm run sdks` beside a platform.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' || { echo "Python 3.9 or newer is needed"; exit 1; }
wanted=$("$python" --version; cat requirements-dev.txt pyproject.toml)
if [ "$(cat .venv/installed 2>/dev/null)" != "$wanted" ]; then
  "$python" -m venv --clear .venv
  .venv/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
  .venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  echo "$wanted" > .venv/installed
fi
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
FFPROBE=$(node -p "require('../../node_modules/@ffprobe-installer/ffprobe').path")
export FFPROBE
.venv/bin/python -m pytest -q tests/unit
.venv/bin/python -m tests.scenarios
.venv/bin/python -m tests.scenarios --async
.venv/bin/python -m pytest -q tests/platform
.venv/bin/python benchmarks/overhead.py
