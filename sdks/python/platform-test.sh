#!/usr/bin/env bash
# Lint, types, unit tests, scenarios with both clients, README and examples; run by `npm run sdks` beside a platform.
set -euo pipefail
cd "$(dirname "$0")"
./install.sh
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
