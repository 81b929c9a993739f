#!/usr/bin/env bash
# base-image.sh BUN_VERSION [STATE_DIR]: makes `oven/bun:BUN_VERSION` be there — pulled where a registry answers,
# made on this machine otherwise. Uses the engine of DOCKER_HOST, else start.sh's, else the machine's own.
set -euo pipefail
# shellcheck source=tools/engine/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tools/engine/images.sh
. "$(dirname "$0")/images.sh"

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
  use_engine
  if has_image "oven/bun:$1"; then log "oven/bun:$1 is there"; return; fi
  mkdir -p "$cache"
  lock base-image
  has_image "oven/bun:$1" || pull "oven/bun:$1" || make_image "$1"
}

main "$@"
