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

# Complete or absent: the folder is renamed when all is there.
fetch_kubectl() {
  local folder="$1" scratch="$1.part" mirror
  mirror="$(debian_mirror)"
  rm -rf "$scratch"
  mkdir -p "$scratch/apt/lists/partial" "$scratch/apt/archives/partial"
  : >"$scratch/apt/status"
  printf 'deb [signed-by=%s] %s %s main\n' \
    /usr/share/keyrings/debian-archive-keyring.gpg "$mirror" "$kubectl_suite" >"$scratch/apt/sources.list"
  local own=(
    -o "Dir::Etc::SourceList=$scratch/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o "Dir::State=$scratch/apt" -o "Dir::State::lists=$scratch/apt/lists" -o "Dir::State::status=$scratch/apt/status"
    -o "Dir::Cache=$scratch/apt" -o "Dir::Cache::archives=$scratch/apt/archives"
    # The unprivileged download user cannot write below a private home folder.
    -o APT::Sandbox::User=root
  )
  log "downloading kubectl from $kubectl_suite"
  apt-get -q "${own[@]}" update >&2
  (cd "$scratch" && apt-get -q "${own[@]}" download kubectl >&2)
  dpkg -x "$scratch"/kubectl_*.deb "$scratch"
  rm -rf "$scratch"/*.deb "$scratch/apt" "$folder"
  mv "$scratch" "$folder"
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
