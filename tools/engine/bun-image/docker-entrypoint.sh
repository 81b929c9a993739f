#!/bin/sh
# As in the published image: options and names that are no program go to bun, a program runs as it is.
set -e
case "$1" in
  -*) exec bun "$@" ;;
esac
command -v "$1" >/dev/null 2>&1 || exec bun "$@"
exec "$@"
