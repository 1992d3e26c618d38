#!/usr/bin/env bash
# What somebody waits for who has never seen tonearm: a clone in an empty folder, README's first command, the first sound.
# Prints all that is said on the way with the seconds since the start (what cargo compiles as a number), to the demo's end.
# Cargo's registry is used as it is. README's command asks for root to install packages.
#
#     benches/new_user.sh [FOLDER]      # where to clone to, must not exist; default: a new folder below /tmp, which is left
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$(mktemp -d /tmp/tonearm-new.XXXXXX)/tonearm}
start=${EPOCHREALTIME/./}

since() {
  local time=$((${EPOCHREALTIME/./} - start))
  printf '%5d.%02d s  %s\n' $((time / 1000000)) $((time % 1000000 / 10000)) "$1"
}

# Copies lines with the time before them.
stamp() {
  local line compiled=0
  while IFS= read -r line || [ -n "$line" ]; do
    if [[ $line =~ ^\ +(Compiling|Downloaded)\  ]]; then
      compiled=$((compiled + 1))
      continue
    fi
    [ "$compiled" = 0 ] || since "($compiled packages downloaded or compiled)"
    compiled=0
    since "$line"
    # A line a track: this one begins to be heard.
    [[ $line != 1/10* ]] || since '^ the first sound'
  done
}

echo "load $(cut -d ' ' -f 1-3 /proc/loadavg), $(nproc) processors, $(rustc --version)"
git clone -q "file://$root" "$folder"
since "cloned into $folder"
command=$(sed -n '/^```sh/{n;p;q}' "$folder/README.md")
since "\$ $command"
(cd "$folder" && time bash -c "$command") 2>&1 | stamp
