# Sourced by start.sh: a current engine without touching the machine's packages or apt configuration.
# shellcheck shell=bash
# shellcheck disable=SC2154 # lib.sh names the paths

# Debian 12's engine is 20.10 without buildx, so the engine comes from the next suite. Its binaries run on
# Debian 12's libraries; runc stays Debian 12's, as trixie's needs newer ones.
readonly engine_suite=trixie
readonly engine_packages=(docker.io docker-cli docker-buildx docker-compose containerd)

download_packages() {
  local debs="$cache/debs-$engine_suite"
  [[ -d "$debs" ]] || download_debs "$engine_suite" "$debs" "${engine_packages[@]}"
}

unpack_packages() {
  [[ -d "$unpacked" ]] || unpack_debs "$cache/debs-$engine_suite" "$unpacked"
}

# The user's PATH gets the client and nothing else; the engine's PATH gets the rest.
link_programs() {
  mkdir -p "$bin" "$sbin" "$docker_config/cli-plugins"
  ln -sfn "$unpacked/usr/bin/docker" "$bin/docker"
  local program
  for program in "$unpacked"/usr/bin/containerd* "$unpacked"/usr/sbin/*; do
    ln -sfn "$program" "$sbin/${program##*/}"
  done
  for program in "$unpacked"/usr/libexec/docker/cli-plugins/*; do
    ln -sfn "$program" "$docker_config/cli-plugins/${program##*/}"
  done
  [[ -e "$docker_config/config.json" ]] || printf '{}\n' >"$docker_config/config.json"
}

# Debian's iptables speaks to nftables; a kernel without it may still have the older tables. The choice is made
# on the engine's PATH, not with update-alternatives, which would change it for the machine.
# Prints nothing; returns 1 when the kernel has neither.
choose_iptables() {
  local tool
  rm -f "$sbin/iptables" "$sbin/ip6tables"
  for tool in iptables-nft iptables-legacy; do
    if "$tool" -t nat -S >/dev/null 2>&1; then
      ln -sfn "$(command -v "$tool")" "$sbin/iptables"
      ln -sfn "$(command -v "${tool/iptables/ip6tables}")" "$sbin/ip6tables"
      log "firewall: $tool"
      return 0
    fi
  done
  return 1
}
