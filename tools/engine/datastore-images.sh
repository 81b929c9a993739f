#!/usr/bin/env bash
# datastore-images.sh [STATE_DIR]: makes the datastores of a generated compose file be there, by the names that it has —
# pulled where a registry answers, made on this machine of Debian's packages otherwise, in the version that Debian has.
# Uses the engine of DOCKER_HOST, else start.sh's, else the machine's own.
set -euo pipefail
# shellcheck source=tools/engine/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tools/engine/images.sh
. "$(dirname "$0")/images.sh"

main() {
  local image
  layout "${1:-}"
  use_engine
  for image in postgres:17-alpine redis:7-alpine; do
    if has_image "$image"; then log "$image is there"; continue; fi
    mkdir -p "$cache"
    lock base-image
    has_image "$image" || pull "$image" || make_image "$image"
  done
}

make_image() {
  make_rootfs
  log "building $1"
  docker build --quiet --tag "$1" --build-arg "ROOTFS=$rootfs_tag" --target "${1%%:*}" \
    "$engine_tools/datastore-images" >&2
}

main "$@"
