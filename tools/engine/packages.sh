# Sourced by start.sh: a current engine without touching the machine's packages or apt configuration.
# shellcheck shell=bash
# shellcheck disable=SC2154 # lib.sh names the paths

# Debian 12's engine is 20.10 without buildx, so the engine comes from the next suite. Its binaries run on
# Debian 12's libraries; runc stays Debian 12's, as trixie's needs newer ones.
readonly engine_suite=trixie
readonly engine_packages=(docker.io docker-cli docker-buildx docker-compose containerd)

# Complete or absent: downloads land in a scratch folder that is renamed when all are there.
download_packages() {
  local debs="$cache/debs-$engine_suite"
  [[ -d "$debs" ]] && return
  local scratch="$cache/apt" mirror
  mirror="$(debian_mirror)"
  rm -rf "$scratch"
  mkdir -p "$scratch/lists/partial" "$scratch/archives/partial" "$scratch/debs"
  : >"$scratch/status"
  printf 'deb [signed-by=%s] %s %s main\n' \
    /usr/share/keyrings/debian-archive-keyring.gpg "$mirror" "$engine_suite" >"$scratch/sources.list"
  local own=(
    -o "Dir::Etc::SourceList=$scratch/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o "Dir::State=$scratch" -o "Dir::State::lists=$scratch/lists" -o "Dir::State::status=$scratch/status"
    -o "Dir::Cache=$scratch" -o "Dir::Cache::archives=$scratch/archives"
    # The unprivileged download user cannot write below a private home folder.
    -o APT::Sandbox::User=root
  )
  log "downloading ${engine_packages[*]} from $engine_suite"
  apt-get -q "${own[@]}" update >&2
  (cd "$scratch/debs" && apt-get -q "${own[@]}" download "${engine_packages[@]}" >&2)
  mv "$scratch/debs" "$debs"
  rm -rf "$scratch"
}

unpack_packages() {
  [[ -d "$unpacked" ]] && return
  local deb scratch="$unpacked.part"
  rm -rf "$scratch"
  for deb in "$cache/debs-$engine_suite"/*.deb; do
    dpkg -x "$deb" "$scratch"
  done
  mv "$scratch" "$unpacked"
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
