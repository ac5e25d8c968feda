#!/usr/bin/env bash
# The package and what its development needs, in .venv, once for each set of versions.
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
