#!/usr/bin/env bash
# docker-registry.sh [STATE_DIR]: a program that serves images, for tests that push. Unpacked and not installed, since
# its package would start a service. Prints the path of the binary as its only stdout line; starts nothing.
set -euo pipefail
# shellcheck source=tools/engine/lib.sh
. "$(dirname "$0")/lib.sh"

# Complete or absent: the folder is renamed when all is there.
fetch_registry() {
  local folder="$1" scratch="$1.part"
  rm -rf "$scratch"
  mkdir -p "$scratch"
  log 'downloading docker-registry'
  # The unprivileged download user cannot write below a private home folder.
  if ! (cd "$scratch" && apt-get -q -o APT::Sandbox::User=root download docker-registry >&2); then
    (( EUID == 0 )) || die 'apt knows no docker-registry: run apt-get update'
    apt-get -q update >&2
    (cd "$scratch" && apt-get -q -o APT::Sandbox::User=root download docker-registry >&2)
  fi
  dpkg -x "$scratch"/docker-registry_*.deb "$scratch"
  rm -f "$scratch"/*.deb
  rm -rf "$folder"
  mv "$scratch" "$folder"
}

main() {
  local binary
  if binary="$(command -v docker-registry)"; then printf '%s\n' "$binary"; return; fi
  layout "${1:-}"
  binary="$cache/docker-registry/usr/bin/docker-registry"
  if [[ ! -x "$binary" ]]; then
    command -v apt-get >/dev/null || die 'no docker-registry on the PATH, and no apt to get it from'
    mkdir -p "$cache"
    lock docker-registry
    [[ -x "$binary" ]] || fetch_registry "$cache/docker-registry"
  fi
  printf '%s\n' "$binary"
}

main "$@"
