#!/usr/bin/env bash
# What the platform signs is taken by the official verifiers of other languages, as their users install them.
set -euo pipefail
cd "$(dirname "$0")"
node=../../node_modules/.bin/node
messages=$(mktemp)
venv=$(mktemp -d)
trap 'rm -rf "$messages" "$venv"' EXIT
"$node" --disable-warning=ExperimentalWarning --disable-warning=MODULE_TYPELESS_PACKAGE_JSON sign.ts > "$messages"
skipped=0
skip() {
  echo "SKIPPED: $1 is not on this machine" >&2
  skipped=$((skipped + 1))
}
if command -v python3 >/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check standardwebhooks==1.1.0
  "$venv/bin/python" verify.py < "$messages"
else
  skip Python
fi
if command -v go >/dev/null; then
  go run . < "$messages"
else
  skip Go
fi
if [ "$skipped" -gt 0 ] && [ "${CI:-}" = true ]; then exit 1; fi
