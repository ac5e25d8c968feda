#!/usr/bin/env bash
# The official openai packages for Node and Python with nothing changed but base URL and key; run by `npm run sdks` beside a platform.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --loglevel=error
node --test test/videos.mjs
if [ "$(cat .venv/installed 2>/dev/null)" != "$(cat requirements.txt)" ]; then
  "${PYTHON:-python3}" -m venv --clear .venv
  .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
  cp requirements.txt .venv/installed
fi
.venv/bin/python -W ignore::DeprecationWarning test/videos.py
