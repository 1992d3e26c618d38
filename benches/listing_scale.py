#!/usr/bin/env python3
"""Measures how long a very long playlist takes to be read, and how much memory.

Makes a list of a million bare paths and an extended M3U of as many lines (half as many entries), reads each with
the example `parse_listing --count` some times, and prints the shortest wall and processor time and the most memory.

    cargo build --release --example parse_listing && benches/listing_scale.py
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GNU_TIME = "/usr/bin/time"


def path(n):
    return f"Music/Artist {n % 5000:04d}/Album {n % 37:02d}/{n % 20 + 1:02d} - Track Title {n:07d}.flac\n"


def extended(n):
    return f"#EXTINF:{n % 400 + 60},Artist {n % 5000:04d} - Track Title {n:07d}\n" + path(n)


def measure(program, listing, runs):
    best = (float("inf"), float("inf"), 0.0)
    for _ in range(runs):
        done = subprocess.run([GNU_TIME, "-f", "%e %U %S %M", program, "--count", listing], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
        wall, user, system, kilobytes = map(float, done.stderr.split()[-4:])
        best = (min(best[0], wall), min(best[1], user + system), max(best[2], kilobytes / 1024))
    return (*best, done.stdout.split()[0])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--lines", type=int, default=1_000_000)
    ap.add_argument("--runs", type=int, default=3)
    ap.add_argument("--program", type=Path, default=ROOT / "target/release/examples/parse_listing")
    args = ap.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kinds = {"bare.m3u": map(path, range(args.lines)), "extended.m3u8": map(extended, range(args.lines // 2))}
        for name, lines in kinds.items():
            listing = Path(folder) / name
            with listing.open("w", encoding="utf-8") as file:
                file.writelines(["#EXTM3U\n"] if name.startswith("extended") else [])
                file.writelines(lines)
            wall, cpu, megabytes, entries = measure(args.program, listing, args.runs)
            size = listing.stat().st_size / 2**20
            print(f"{name}: {entries} entries, {size:.0f} MB: {wall:.2f} s wall, {cpu:.2f} s of the processor, {megabytes:.0f} MB")


if __name__ == "__main__":
    main()
