#!/bin/sh
# Takes the names of targets (all of them without one); builds them with stable Rust and lets each run for
# SECONDS_EACH (21 minutes), AT_ONCE (3) of them at a time, below all other work of the machine.
# Gives a line a target: how it ended, how often it ran, the memory it took. Logs: fuzz/logs/TARGET.log; what
# is found: fuzz/artifacts/TARGET/.
set -eu
cd "$(dirname "$0")"
: "${SECONDS_EACH:=1260}" "${AT_ONCE:=3}" "${TIMEOUT:=10}"
machine=$(rustc -vV | sed -n 's/^host: //p')
# What cargo-fuzz sets for `--sanitizer none`; with a target named, build scripts stay as they are.
cover=-Cllvm-args=-sanitizer-coverage
RUSTFLAGS="-Cpasses=sancov-module $cover-level=4 $cover-inline-8bit-counters $cover-pc-table \
$cover-trace-compares --cfg fuzzing -Clink-dead-code -Ccodegen-units=1" \
    cargo build --release --target "$machine"
export SECONDS_EACH TIMEOUT
export PROGRAMS="target/$machine/release"
mkdir -p logs
# The two that are quickest to break come first; the rest as they stand.
all="tsv encoding $(ls fuzz_targets | sed 's/\.rs$//' | grep -vx -e tsv -e encoding)"
[ $# -gt 0 ] || set -- $all
printf '%s\n' "$@" | xargs -P "$AT_ONCE" -I TARGET sh -c '
    mkdir -p corpus/TARGET artifacts/TARGET
    code=0
    chrt -i 0 nice -n 19 "$PROGRAMS/TARGET" corpus/TARGET ../playlists ../tests/golden/listings \
        -artifact_prefix=artifacts/TARGET/ -max_total_time="$SECONDS_EACH" -rss_limit_mb=256 -timeout="$TIMEOUT" \
        -max_len=65536 -print_final_stats=1 >logs/TARGET.log 2>&1 || code=$?
    stat() { sed -n "s/^stat::$1: *//p" logs/TARGET.log; }
    echo "TARGET: ended with $code after $(stat number_of_executed_units) runs, $(stat peak_rss_mb) MB at most"
'
