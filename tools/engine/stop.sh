#!/usr/bin/env bash
# stop.sh [--purge] [STATE_DIR]: ends what start.sh started, by process id, and leaves every other process alone.
# --purge removes images, containers and the unpacked engine too; the download cache stays.
set -euo pipefail
# shellcheck source=tools/engine/lib.sh
. "$(dirname "$0")/lib.sh"

# end PID ROLE SECONDS: asks first, insists after SECONDS; checks before each signal whose the id is.
end() {
  local pid="$1" role="$2" deadline=$((SECONDS + $3))
  is_ours "$pid" "$role" || return 0
  kill -TERM "$pid" 2>/dev/null || true
  while is_ours "$pid" "$role"; do
    if (( SECONDS >= deadline )); then
      log "$role ($pid) does not end by itself"
      kill -KILL "$pid" 2>/dev/null || true
      deadline=$((SECONDS + 5))
    fi
    sleep 0.1
  done
}

# A dockerd that ended in good order leaves no shim. One that crashed leaves its containers' shims, which name
# this state folder's containerd socket on their command line. Ending a shim ends its container.
end_orphans() {
  local pid
  for pid in $(pgrep -f -- '^[^ ]*containerd-shim-runc-v2 ' || true); do
    is_ours "$pid" shim || continue
    # A shim's children are its container; they do not end with it when it is killed.
    local child
    for child in $(pgrep -P "$pid" || true); do kill -KILL "$child" 2>/dev/null || true; done
    end "$pid" shim 3
  done
}

# Innermost first. mountinfo writes blanks in paths as \040.
unmount_below() {
  local target
  while IFS= read -r target; do
    umount --lazy -- "$target" 2>/dev/null || true
  done < <(awk '{ print $5 }' /proc/self/mountinfo | sed 's/\\040/ /g' |
    awk -v below="$state/" 'index($0, below) == 1' | sort -r)
}

main() {
  local purge=false folder='' argument pid
  for argument in "$@"; do
    case "$argument" in
      --purge) purge=true ;;
      -*) die "unknown option $argument" ;;
      *) folder="$argument" ;;
    esac
  done
  layout "$folder"
  [[ -d "$state" ]] || return 0

  # dockerd stops its containers, with their grace period of 10 s, before it ends.
  if pid="$(running dockerd)"; then log "stopping dockerd ($pid)"; end "$pid" dockerd 30; fi
  if [[ -d "$run" ]]; then end_orphans; fi
  if pid="$(running containerd)"; then log "stopping containerd ($pid)"; end "$pid" containerd 10; fi
  unmount_below
  rm -f "$env_file"
  rm -rf "$run"
  if "$purge"; then
    log 'removing images and containers'
    rm -rf "$data" "$unpacked" "$bin" "$sbin" "$docker_config"
  fi
}

main "$@"
