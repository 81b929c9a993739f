#!/usr/bin/env bash
# kubectl.sh [STATE_DIR]: a kubectl whose kustomize is version 5, for tests that build manifests. Unpacked and not installed.
# Prints the path of the binary as its only stdout line; starts nothing and talks to no cluster.
set -euo pipefail
# shellcheck source=tools/engine/lib.sh
. "$(dirname "$0")/lib.sh"

# Debian 12's is 1.20 with kustomize 2, so it comes from the next suite, as the engine does.
readonly kubectl_suite=trixie

# is_current BINARY: kubectl names its kustomize from 1.24 on. Not grep -q: it closes the pipe early.
is_current() { "$1" version --client 2>/dev/null | grep -E '^Kustomize Version: v5\.' >/dev/null; }

fetch_kubectl() {
  local folder="$1" debs="$1.debs"
  download_debs "$kubectl_suite" "$debs" kubectl
  unpack_debs "$debs" "$folder"
  rm -rf "$debs"
}

main() {
  local binary
  if binary="$(command -v kubectl)" && is_current "$binary"; then printf '%s\n' "$binary"; return; fi
  layout "${1:-}"
  binary="$cache/kubectl-$kubectl_suite/usr/bin/kubectl"
  if [[ ! -x "$binary" ]]; then
    command -v apt-get >/dev/null || die 'no kubectl with kustomize 5 on the PATH, and no apt to get it from'
    mkdir -p "$cache"
    lock kubectl
    [[ -x "$binary" ]] || fetch_kubectl "$cache/kubectl-$kubectl_suite"
    is_current "$binary" || die "$kubectl_suite has no kubectl with kustomize 5"
  fi
  printf '%s\n' "$binary"
}

main "$@"
