#!/usr/bin/env bash
# Everything that must hold for this server, on the processor: lint, then the tests on small random weights.
set -euo pipefail
cd "$(dirname "$0")"
./install.sh test
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/python -m pytest
