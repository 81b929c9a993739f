#!/usr/bin/env bash
# podman.sh: Podman, which some tests build with beside Docker. One that the machine has is kept.
set -euo pipefail
# shellcheck source=tools/engine/lib.sh
. "$(dirname "$0")/lib.sh"

if command -v podman >/dev/null; then
  log "podman: this machine's own"
else
  install_missing podman
fi
