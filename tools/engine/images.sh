# Sourced by base-image.sh and datastore-images.sh: images that are there, pulled, or made on this machine.
# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables are lib.sh's

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

# The engine that images are for: of DOCKER_HOST, else start.sh's, else the machine's own.
use_engine() {
  # shellcheck disable=SC1090 # start.sh writes it
  if [[ -z "${DOCKER_HOST:-}" && -e "$env_file" ]]; then . "$env_file"; fi
  timeout 10 docker version >/dev/null 2>&1 || die "no engine answers: run $engine_tools/start.sh"
}
