# Sourced by the scripts beside it: where things are, how to talk, whose a process is.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are read by the scripts that source this file

engine_tools="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly engine_tools

# Stdout belongs to the one line a caller reads (the path of the env file); everything else goes to stderr.
log() { printf 'engine: %s\n' "$*" >&2; }
die() { printf 'engine: error: %s\n' "$*" >&2; exit 1; }

# layout [STATE_DIR]: names every path below the state folder. Nothing outside of it is written.
layout() {
  state="$(realpath -m -- "${1:-${XDG_CACHE_HOME:-$HOME/.cache}/ooneex-nx-engine}")"
  cache="$state/cache"               # downloads; survive `stop.sh --purge`
  unpacked="$state/unpacked"         # the engine's packages, unpacked and not installed
  data="$state/data"                 # images, containers, build cache
  run="$state/run"                   # sockets, pidfiles, exec root
  bin="$state/bin"                   # the client, for the user's PATH
  sbin="$state/sbin"                 # what only the engine's own processes find on their PATH
  docker_config="$state/docker-config"
  env_file="$state/env"
  socket="$run/docker.sock"
  containerd_socket="$run/containerd.sock"
  # A unix socket's path has 107 bytes; containerd's own debug and ttrpc sockets add a suffix to theirs.
  (( ${#containerd_socket} <= 95 )) || die "$state is too long for unix sockets below it: name a shorter folder"
}

# lock NAME: one run at a time. Processes that outlive the script are started with 9>&-, or they would keep it.
lock() {
  mkdir -p "$state"
  exec 9>"$state/$1.lock"
  flock --wait 900 9 || die "another run holds $state/$1.lock"
}

# The argument on a process's command line that no engine but this state folder's has.
mark_of() {
  case "$1" in
    dockerd) printf '%s' "--data-root=$data/docker" ;;
    containerd) printf '%s' "--config=$run/containerd.toml" ;;
    shim) printf '%s' "$containerd_socket" ;;
  esac
}

# is_ours PID dockerd|containerd|shim: process ids are reused, so a pidfile alone proves nothing.
# Not grep -q: it closes the pipe early, which pipefail reports as a failure of tr.
is_ours() {
  [[ "$1" =~ ^[0-9]+$ && -r "/proc/$1/cmdline" ]] || return 1
  tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | grep -Fx -- "$(mark_of "$2")" >/dev/null
}

# running dockerd|containerd: prints the process id when the pidfile's process lives and is ours.
running() {
  local pid
  pid="$(cat "$run/$1.pid" 2>/dev/null)" || return 1
  is_ours "$pid" "$1" && printf '%s\n' "$pid"
}

# The machine's own Debian mirror, so that a machine behind a mirror keeps using it.
# Reads both formats of apt sources and leaves the security archive out.
debian_mirror() {
  local files
  files="$(find /etc/apt -maxdepth 2 \( -name '*.list' -o -name '*.sources' \) 2>/dev/null | sort)"
  local uri=''
  if [[ -n "$files" ]]; then
    # shellcheck disable=SC2086 # one file a word; apt ignores file names with blanks
    uri="$(sed -nE -e 's/^deb +(\[[^]]*\] +)?(https?:[^ ]+).*/\2/p' -e 's/^URIs: *(https?:[^ ]+).*/\1/p' $files |
      sed 's,/*$,,' | grep -E '/debian$' | head -n 1 || true)"
  fi
  [[ -n "$uri" ]] || die 'no Debian archive in /etc/apt: this machine is not Debian, so bring an engine of your own'
  printf '%s\n' "$uri"
}

# download_debs SUITE FOLDER PACKAGE…: packages of another Debian suite, by an apt whose lists and settings are its own.
# Complete or absent: downloads land in a scratch folder that is renamed when all are there.
download_debs() {
  local suite="$1" folder="$2" scratch="$2.part" mirror
  shift 2
  mirror="$(debian_mirror)"
  rm -rf "$scratch"
  mkdir -p "$scratch/lists/partial" "$scratch/archives/partial" "$scratch/debs"
  : >"$scratch/status"
  printf 'deb [signed-by=%s] %s %s main\n' \
    /usr/share/keyrings/debian-archive-keyring.gpg "$mirror" "$suite" >"$scratch/sources.list"
  local own=(
    -o "Dir::Etc::SourceList=$scratch/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o "Dir::State=$scratch" -o "Dir::State::lists=$scratch/lists" -o "Dir::State::status=$scratch/status"
    -o "Dir::Cache=$scratch" -o "Dir::Cache::archives=$scratch/archives"
    # The unprivileged download user cannot write below a private home folder.
    -o APT::Sandbox::User=root
  )
  log "downloading $* from $suite"
  apt-get -q "${own[@]}" update >&2
  (cd "$scratch/debs" && apt-get -q "${own[@]}" download "$@" >&2)
  rm -rf "$folder"
  mv "$scratch/debs" "$folder"
  rm -rf "$scratch"
}

# unpack_debs FROM FOLDER: unpacks and installs nothing. Complete or absent, as the download is.
unpack_debs() {
  local deb from="$1" folder="$2" scratch="$2.part"
  rm -rf "$scratch"
  for deb in "$from"/*.deb; do
    dpkg -x "$deb" "$scratch"
  done
  rm -rf "$folder"
  mv "$scratch" "$folder"
}

# install_missing PACKAGE…: from the machine's own distribution, asking apt for nothing when all are there.
install_missing() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep ' installed$' >/dev/null || missing+=("$package")
  done
  (( ${#missing[@]} )) || return 0
  (( EUID == 0 )) || die "needs root to install: ${missing[*]}"
  log "installing ${missing[*]}"
  apt-get update -q >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${missing[@]}" >&2
}
