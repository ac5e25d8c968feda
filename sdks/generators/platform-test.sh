#!/usr/bin/env bash
# One call and one refusal with each generated client, then a fuzzer; run by `npm run sdks` beside a platform, after prepare.sh.
set -euo pipefail
cd "$(dirname "$0")"
node test/typescript/call.ts
.venv/bin/python test/python/call.py
test/go/calls
# Bounded: the same few requests of each operation at every run.
.venv/bin/schemathesis --config-file schemathesis.toml run ../../services/gateway/openapi.json --url "$USVIDEO_BASE_URL"
# What was answered was answered to a key that still counts.
.venv/bin/python -c 'import httpx, os; assert httpx.get(os.environ["USVIDEO_BASE_URL"] + "/v1/account",
  headers={"authorization": "Bearer " + os.environ["USVIDEO_API_KEY"]}).status_code != 401'
