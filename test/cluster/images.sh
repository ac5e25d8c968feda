#!/usr/bin/env bash
# images.sh TAG: builds the image of each service from this checkout as us-video-api/<service>:TAG, and says how large they are.
# Loading them is the cluster's own affair: a registry, `kind load docker-image`, `ctr images import`.
set -euo pipefail
cd "$(dirname "$0")/../.."
TAG=${1:?says under which tag}
for service in accounts gateway ledger render-fleet scheduler webhooks; do
  docker build --quiet --file deploy/Dockerfile --build-arg "SERVICE=$service" --tag "us-video-api/$service:$TAG" . > /dev/null
  docker image inspect --format "us-video-api/$service:$TAG {{.Size}} bytes" "us-video-api/$service:$TAG"
done
