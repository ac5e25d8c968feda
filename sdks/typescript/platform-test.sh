#!/bin/sh
# Packs the SDK, installs it in an empty project, and there runs the README, the examples and the scenarios.
set -eu
npm ci --no-audit --no-fund --loglevel=error
npm test
tsc=$PWD/node_modules/typescript/bin/tsc
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
npm pack --silent --pack-destination "$project" >/dev/null
cp -R test/platform/. examples README.md "$project"
cd "$project"
echo '{ "private": true, "type": "module" }' >package.json
npm install --no-audit --no-fund --loglevel=error ./usvideoapi-sdk-*.tgz
node "$tsc" -p types
node readme.mjs
node --test examples.mjs
node scenarios.mjs
