#!/usr/bin/env bash
# Format, vet, unit tests, scenarios, README and examples; run by `npm run sdks` beside a platform.
set -euo pipefail
cd "$(dirname "$0")"
unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { echo "not as gofmt has it: $unformatted"; exit 1; }
FFPROBE=$(node -p "require('../../node_modules/@ffprobe-installer/ffprobe').path")
export FFPROBE GOTOOLCHAIN=local
go vet ./...
go test ./...
go run ./internal/scenarios
go test -count=1 -tags platform ./internal/platform
go run ./internal/benchmarks
