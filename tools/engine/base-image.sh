#!/usr/bin/env bash
# base-image.sh BUN_VERSION [STATE_DIR]: makes `oven/bun:BUN_VERSION` be there — pulled where a registry answers,
# made on this machine otherwise. Uses the engine of DOCKER_HOST, else start.sh's, else the machine's own.
set -euo pipefail
# shellcheck source=tools/engine/lib.sh
. "$(dirname "$0")/lib.sh"

readonly rootfs_suite=bookworm
readonly rootfs_tag="ooneex-nx/debian:$rootfs_suite"

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Asking for the manifest first keeps a machine without a registry from waiting for the pull's retries.
pull() {
  timeout 10 docker manifest inspect "$1" >/dev/null 2>&1 || { log "$1 cannot be pulled here"; return 1; }
  log "pulling $1"
  timeout 300 docker pull --quiet "$1" >&2
}

# The same for every Bun version, so it is cached as a tarball and shared as a layer.
make_rootfs() {
  has_image "$rootfs_tag" && return
  local tarball="$cache/rootfs-$rootfs_suite.tar" mirror scratch
  if [[ ! -e "$tarball" ]]; then
    (( EUID == 0 )) || die 'needs root to make a Debian root file system'
    install_missing debootstrap
    mirror="$(debian_mirror)"
    scratch="$(mktemp -d "$cache/rootfs.XXXXXX")"
    log "making a Debian $rootfs_suite root file system"
    debootstrap --variant=minbase --include=ca-certificates "$rootfs_suite" "$scratch" "$mirror" >&2
    rm -rf "$scratch"/var/cache/apt/archives/*.deb "$scratch"/var/lib/apt/lists/* \
      "$scratch"/usr/share/{doc,info,locale,man}/*
    tar --numeric-owner --exclude='./dev/*' -C "$scratch" -cf "$tarball.part" .
    mv "$tarball.part" "$tarball"
    rm -rf "$scratch"
  fi
  docker import "$tarball" "$rootfs_tag" >/dev/null
}

# The npm package's name of this machine's Bun; `baseline` is for processors without AVX2.
bun_package() {
  case "$(uname -m)" in
    x86_64) if grep -qw avx2 /proc/cpuinfo; then echo @oven/bun-linux-x64; else echo @oven/bun-linux-x64-baseline; fi ;;
    aarch64) echo @oven/bun-linux-aarch64 ;;
    *) die "no Bun for $(uname -m)" ;;
  esac
}

# bun_binary VERSION TARGET: through npm's own client, which knows the machine's registry and certificates.
bun_binary() {
  local package archive folder="$cache/npm"
  package="$(bun_package)"
  archive="$folder/${package##*/}-$1.tgz"
  if [[ ! -e "$archive" ]]; then
    mkdir -p "$folder/part"
    log "fetching $package@$1"
    (cd "$folder/part" && npm pack --silent "$package@$1" >/dev/null)
    mv "$folder"/part/*.tgz "$archive"
  fi
  tar -xzOf "$archive" package/bin/bun >"$2"
  chmod 755 "$2"
}

# What this machine trusts, which may be more than Debian's own list.
ca_bundle() {
  local file
  for file in "${NODE_EXTRA_CA_CERTS:-}" "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt; do
    if [[ -n "$file" && -r "$file" ]]; then printf '%s\n' "$file"; return; fi
  done
  die 'no certificate bundle on this machine: apt-get install ca-certificates'
}

make_image() {
  local context
  make_rootfs
  context="$(mktemp -d "$cache/bun.XXXXXX")"
  bun_binary "$1" "$context/bun"
  install -m 755 "$engine_tools/bun-image/docker-entrypoint.sh" "$context/"
  install -m 644 "$(ca_bundle)" "$context/ca-certificates.crt"
  log "building oven/bun:$1"
  docker build --quiet --tag "oven/bun:$1" --build-arg "ROOTFS=$rootfs_tag" \
    --file "$engine_tools/bun-image/Dockerfile" "$context" >&2
  rm -rf "$context"
}

main() {
  [[ "${1:-}" =~ ^[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.-]*$ ]] || die 'usage: base-image.sh BUN_VERSION [STATE_DIR]'
  layout "${2:-}"
  # shellcheck disable=SC1090 # start.sh writes it
  if [[ -z "${DOCKER_HOST:-}" && -e "$env_file" ]]; then . "$env_file"; fi
  timeout 10 docker version >/dev/null 2>&1 || die "no engine answers: run $engine_tools/start.sh"
  if has_image "oven/bun:$1"; then log "oven/bun:$1 is there"; return; fi
  mkdir -p "$cache"
  lock base-image
  has_image "oven/bun:$1" || pull "oven/bun:$1" || make_image "$1"
}

main "$@"
