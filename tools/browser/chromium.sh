#!/usr/bin/env bash
# chromium.sh: a headless browser for the specs that look at a page, on a bare Debian machine.
# Prints the browser's path as its only stdout line. One that is there, or that $CHROMIUM names, is kept.
set -euo pipefail
# shellcheck source=tools/engine/lib.sh
. "$(dirname "$0")/../engine/lib.sh"

for browser in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  [[ -n "$browser" ]] && command -v "$browser" && exit 0
done
# Without a font a text has no width, and nothing on a page overlaps.
install_missing chromium fonts-dejavu-core
command -v chromium
