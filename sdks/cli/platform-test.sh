#!/bin/sh
# Packs the command line, installs it in an empty project and runs its README and every command there.
set -eu
npm ci --no-audit --no-fund --loglevel=error
npm test
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
npm pack --silent --pack-destination "$project" >/dev/null
cp test/platform/cli.mjs README.md "$project"
cd "$project"
echo '{ "private": true, "type": "module" }' >package.json
npm install --no-audit --no-fund --loglevel=error ./usvideo-*.tgz
node --test cli.mjs
