# Sourced by tools/quickstart and tools/test: installs what is missing, configures a build folder, builds.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '==> %s\n' "$*"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

packages() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$top/tools/packages.txt"; }

missing_packages() {
  local name state
  for name in "$@"; do
    state=$(dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null || true)
    case $state in
    ii* | hi*) ;;
    *) echo "$name" ;;
    esac
  done
}

# install_packages [more packages...]: what tools/packages.txt lists and is not there.
install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "This system has no apt-get: going on with what is installed (tools/packages.txt lists what weir needs)"
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages $(packages) "$@")
  if ((${#missing[@]} == 0)); then
    return
  fi
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      fail "run this as root, or install sudo, or install these packages first: ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install the packages (its last lines are above)"
  fi
  rm -f "$log"
}

# Compilers of the actors take up to 1.5 GB each, so little memory means fewer of them than cores.
jobs() {
  local cores memory_jobs
  cores=$(nproc)
  memory_jobs=$(awk '/^MemAvailable:/ { print int($2 / 1536 / 1024) }' /proc/meminfo)
  if ((memory_jobs >= 1 && memory_jobs < cores)); then
    echo "$memory_jobs"
  else
    echo "$cores"
  fi
}

# configure FOLDER [meson option...]; debug information would cost a third of the build's time, so it is left out.
configure() {
  local folder=$1 log
  shift
  if [[ -f $folder/build.ninja ]]; then
    return
  fi
  say "Configuring ${folder#"$top"/}"
  log=$(mktemp)
  if ! meson setup -Ddebug=false "$@" "$folder" "$top" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "meson could not configure the build (its last lines are above)"
  fi
  rm -f "$log"
}

# build FOLDER [target...]: ninja's own progress on a terminal, else one line a tenth of the way.
build() {
  local folder=$1 begin=$SECONDS
  shift
  if ninja -C "$folder" -n "$@" | grep -q 'no work to do'; then
    return
  fi
  say "Building ${folder#"$top"/} with $(jobs) jobs"
  if [[ -t 1 ]]; then
    ninja -C "$folder" -j "$(jobs)" "$@"
  else
    NINJA_STATUS='[%f/%t] ' ninja -C "$folder" -j "$(jobs)" "$@" | awk '
      match($0, /^\[[0-9]+\/[0-9]+\] /) {
        split(substr($0, 2, RLENGTH - 3), progress, "/")
        tenth = int(progress[1] * 10 / progress[2])
        if (tenth == shown) next
        shown = tenth
        printf "    %d of %d\n", progress[1], progress[2]
        fflush()
        next
      }
      /^ninja: (Entering directory|no work to do)/ { next }
      { print; fflush() }'
  fi
  say "Built in $((SECONDS - begin)) s"
}
