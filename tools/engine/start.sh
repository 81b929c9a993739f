#!/usr/bin/env bash
# start.sh [STATE_DIR]: a current Docker engine of our own on a bare Debian 12 machine.
# Prints the path of a file to source as its only stdout line. Safe to run again: a running engine is kept.
set -euo pipefail
# shellcheck source=tools/engine/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tools/engine/packages.sh
. "$(dirname "$0")/packages.sh"

readonly ready_seconds=60

write_env() {
  {
    printf 'export DOCKER_HOST=%q\n' "unix://$socket"
    printf 'export DOCKER_CONFIG=%q\n' "$docker_config"
    # shellcheck disable=SC2016 # $PATH is the reader's
    printf 'export PATH=%q:"$PATH"\n' "$bin"
  } >"$env_file"
}

answers() { timeout 5 "$bin/docker" --host "unix://$socket" --config "$docker_config" version >/dev/null 2>&1; }

# Engines on one network share bridge, addresses and firewall chains: containers of both get the same address.
# A process that has ended without being reaped has no network to compare.
refuse_beside_other_engine() {
  local pid network
  network="$(readlink /proc/self/ns/net)"
  for pid in $(pgrep -x dockerd || true); do
    [[ "$(readlink "/proc/$pid/ns/net" 2>/dev/null)" == "$network" ]] || continue
    die "another engine runs here (dockerd, process $pid): use that one, or stop it first"
  done
}

# launch NAME COMMAND…: a process of its own session, so that it outlives this shell and its terminal.
# In the background of a script setsid does not fork, so $! is the program's own id.
launch() {
  local name="$1"
  shift
  PATH="$sbin:$PATH" setsid nohup "$@" </dev/null >>"$run/$name.log" 2>&1 9>&- &
  printf '%s\n' "$!" >"$run/$name.pid"
}

# await NAME TEST…: until the test passes, and no longer than the process that `launch` has just started lives.
# Its command line is no sign of that: until it has become the program, it is still this shell's.
await() {
  local name="$1" end=$((SECONDS + ready_seconds)) pid
  pid="$(cat "$run/$name.pid")"
  shift
  until "$@"; do
    if ! kill -0 "$pid" 2>/dev/null || (( SECONDS >= end )); then
      tail -n 40 "$run/$name.log" >&2
      die "$name is not ready (log: $run/$name.log)"
    fi
    sleep 0.1
  done
}

# Its own containerd, because dockerd otherwise joins one that the machine already runs.
start_containerd() {
  cat >"$run/containerd.toml" <<TOML
version = 2
root = "$data/containerd"
state = "$run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$containerd_socket"
TOML
  launch containerd "$sbin/containerd" "$(mark_of containerd)"
  await containerd test -S "$containerd_socket"
}

start_dockerd() {
  local flags=()
  choose_iptables || {
    log 'the kernel has no NAT tables: no published ports, and builds need --network host'
    flags+=(--iptables=false --ip6tables=false)
  }
  # An own, empty configuration file keeps the machine's /etc/docker/daemon.json out.
  printf '{}\n' >"$run/daemon.json"
  launch dockerd "$sbin/dockerd" "$(mark_of dockerd)" --config-file="$run/daemon.json" \
    --exec-root="$run/exec" --pidfile="$run/dockerd.own.pid" --host="unix://$socket" \
    --containerd="$containerd_socket" --init-path=/usr/bin/tini-static "${flags[@]}"
  await dockerd answers
}

main() {
  layout "${1:-}"
  lock start
  if running dockerd >/dev/null && answers; then
    log 'already running'
  else
    (( EUID == 0 )) || die 'needs root'
    install_missing ca-certificates debian-archive-keyring iptables iproute2 procps runc tini xz-utils
    # What a crash left behind: a containerd without its dockerd, mounts, stale sockets.
    "$engine_tools/stop.sh" "$state"
    refuse_beside_other_engine
    mkdir -p "$cache" "$data" "$run"
    download_packages
    unpack_packages
    link_programs
    start_containerd
    start_dockerd
    log "started: $("$bin/docker" --host "unix://$socket" version --format '{{.Server.Version}}')"
  fi
  write_env
  printf '%s\n' "$env_file"
}

main "$@"
