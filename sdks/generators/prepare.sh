#!/usr/bin/env bash
# What linters and four generators of clients make of the OpenAPI document, compiled; needs no platform, so `npm run sdks` does it meanwhile.
set -euo pipefail
cd "$(dirname "$0")"
document=$PWD/../../services/gateway/openapi.json
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true GOTOOLCHAIN=local

typescript() {
  npm ci --no-audit --no-fund --loglevel=error
  npx redocly lint --config redocly.yaml "$document"
  npx spectral lint --fail-severity warn --ruleset spectral.yaml "$document"
  npx openapi-typescript "$document" --output test/typescript/openapi.ts
  npx tsc -p test/typescript
}

python() {
  local wanted
  wanted=$("${PYTHON:-python3}" --version; cat requirements.txt)
  if [ "$(cat .venv/installed 2>/dev/null)" != "$wanted" ]; then
    "${PYTHON:-python3}" -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
    echo "$wanted" >.venv/installed
  fi
  .venv/bin/openapi-python-client generate --path "$document" --config test/python/config.yaml --meta none \
    --output-path test/python/platform_api --overwrite --fail-on-warning
  .venv/bin/mypy --config-file test/python/mypy.ini test/python/call.py
}

go_clients() {
  cd test/go
  mkdir -p oapi
  go tool oapi-codegen -config oapi-codegen.yaml "$document"
  # It names each header of each answer whose spelling it does not keep.
  go tool ogen --target ogenapi --package ogenapi --config ogen.yaml --clean --loglevel error "$document"
  go build -o calls .
}

# Two cores: what is compiled beside what is fetched.
(
  typescript
  python
) &
scripts=$!
(go_clients) &
compiled=$!
failed=0
wait "$scripts" || failed=1
wait "$compiled" || failed=1
exit "$failed"
