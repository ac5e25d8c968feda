#!/usr/bin/env bash
# What linters, four generators of clients and a fuzzer make of the OpenAPI document; run by `npm run sdks` beside a platform.
set -euo pipefail
cd "$(dirname "$0")"
document=$PWD/../../services/gateway/openapi.json
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true GOTOOLCHAIN=local

npm ci --no-audit --no-fund --loglevel=error
npx redocly lint --config redocly.yaml "$document"
npx spectral lint --fail-severity warn --ruleset spectral.yaml "$document"
npx openapi-typescript "$document" --output test/typescript/openapi.ts >/dev/null
npx tsc -p test/typescript
node test/typescript/call.ts

if [ "$(cat .venv/installed 2>/dev/null)" != "$(cat requirements.txt)" ]; then
  "${PYTHON:-python3}" -m venv --clear .venv
  .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
  cp requirements.txt .venv/installed
fi
.venv/bin/openapi-python-client generate --path "$document" --config test/python/config.yaml --meta none \
  --output-path test/python/platform_api --overwrite --fail-on-warning
.venv/bin/python test/python/call.py

(
  cd test/go
  go tool oapi-codegen -config oapi-codegen.yaml "$document"
  go tool ogen --target ogenapi --package ogenapi --config ogen.yaml --clean "$document"
  go run .
)

# Bounded: the same few requests of each operation at every run.
.venv/bin/schemathesis --config-file schemathesis.toml run "$document" --url "$USVIDEO_BASE_URL"
