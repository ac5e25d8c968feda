#!/usr/bin/env bash
# Makes .venv beside this file with exactly what is in the lock file: `install.sh`, or `install.sh test` with what the tests need.
set -euo pipefail
cd "$(dirname "$0")"
lock="requirements${1:+-$1}.lock"
python="${PYTHON:-python3}"
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
  || { echo "Python 3.11, 3.12 or 3.13 with venv is needed; PYTHON names another than $python." >&2; exit 1; }
cmp -s "$lock" .venv/installed.lock && exit 0
# What the tests need is more than what runs.
[ $# = 0 ] && cmp -s requirements-test.lock .venv/installed.lock && exit 0
echo "Installing $lock (PyTorch with its CUDA libraries: 3 GB to download, 6 GB on disk, once) …"
rm -rf .venv
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
.venv/bin/uv pip install --quiet --python .venv/bin/python --compile-bytecode --require-hashes -r "$lock"
cp "$lock" .venv/installed.lock
