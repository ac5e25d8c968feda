#!/bin/sh
# Packs the provider, installs it with the real `ai` in an empty project, and there runs the README and the tests.
set -eu
npm ci --no-audit --no-fund --loglevel=error
npm test
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
npm pack --silent --pack-destination "$project" >/dev/null
ai=$(node -p "require('./package.json').devDependencies.ai")
zod=$(node -p "require('./package.json').devDependencies.zod")
cp test/platform/generate.mjs README.md "$project"
cd "$project"
echo '{ "private": true, "type": "module" }' >package.json
npm install --no-audit --no-fund --loglevel=error "ai@$ai" "zod@$zod" ./usvideoapi-ai-sdk-provider-*.tgz
node --test generate.mjs
