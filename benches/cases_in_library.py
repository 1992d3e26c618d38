#!/usr/bin/env python3
"""Measures how much worse listings are matched when the files lie in a large library.

    cargo build --release
    benches/cases_in_library.py CASE...                             # beside 100,000 other files; some minutes
    benches/cases_in_library.py --library /tmp/scale/music CASE...  # beside those, as `library_scale.py --keep` left them

A CASE is a folder as `cases.py` takes it. Its files are made: headers, tags and a length, no sound (FLAC, and MP3 frames
for all lossy names). Then `tonearm match --json` is run with the case's folder alone, and with it and the library as two
music folders, which are matched as one. Prints recall and precision of what would be played both ways, and what is sure.
Needs nothing but Python 3.
"""
import argparse
import collections
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

from cases import count, paired, rows, show
from library_scale import ROOT, make_library, syncsafe

LOSSLESS = (".flac", ".wav", ".aiff")


def number(text):
    return int("".join(c for c in text.split("/")[0] if c.isdigit()) or 0)


def flac(file):
    seconds = number(file["seconds"])
    packed = (44_100 << 44) | (1 << 41) | (15 << 36) | seconds * 44_100
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    names = {"title": "TITLE", "artist": "ARTIST", "album": "ALBUM", "albumartist": "ALBUMARTIST", "date": "DATE", "genre": "GENRE",
             "track": "TRACKNUMBER", "disc": "DISCNUMBER"}
    fields = [f"{names[cell]}={file[cell]}".encode() for cell in names if file[cell]]
    comment = struct.pack("<I", 7) + b"tonearm" + struct.pack("<I", len(fields))
    comment += b"".join(struct.pack("<I", len(field)) + field for field in fields)
    block = lambda kind, body: bytes([kind]) + len(body).to_bytes(3, "big") + body
    return b"fLaC" + block(0, info) + block(0x84, comment)


def mp3(file):
    """An ID3v2.4 tag, a frame whose Xing header tells the length, and two silent frames."""
    names = {"title": b"TIT2", "artist": b"TPE1", "album": b"TALB", "albumartist": b"TPE2", "date": b"TDRC", "genre": b"TCON", "track": b"TRCK",
             "disc": b"TPOS"}
    texts = b"".join(names[cell] + syncsafe(len(file[cell].encode()) + 1) + b"\0\0\x03" + file[cell].encode() for cell in names if file[cell])
    tag = b"ID3\x04\0\0" + syncsafe(len(texts)) + texts if texts else b""
    frames = number(file["seconds"]) * 44_100 // 1152
    xing = b"Xing" + struct.pack(">III", 3, frames, frames * 417)
    return tag + b"\xff\xfb\x90\x64" + bytes(32) + xing + bytes(413 - 32 - len(xing)) + (b"\xff\xfb\x90\x64" + bytes(413)) * 2


def make(case, folder):
    for file in rows(case / "files.tsv"):
        path = folder / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((flac if path.suffix.lower() in LOSSLESS else mp3)(file))
    return folder


def played(program, home, case, music, folder):
    command = [program, "match", case / "listing.txt", "--json", "-q"]
    for place in music:
        command += ["--music", place]
    done = subprocess.run(command, env={**os.environ, "TONEARM_HOME": str(home)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    entries = json.loads(done.stdout)["entries"]
    for entry in entries:
        file = pathlib.Path(entry["file"]) if entry["file"] else None
        inside = file is not None and file.is_relative_to(folder)
        entry["file"] = str(file.relative_to(folder)) if inside else entry["file"]
    return paired(list(rows(case / "truth.tsv")), entries)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("cases", nargs="+", type=pathlib.Path, metavar="CASE")
    options.add_argument("--tracks", type=int, default=100_000, help="files of the library that is made")
    options.add_argument("--library", type=pathlib.Path, help="a music folder that is there already")
    options.add_argument("--bin", type=pathlib.Path, default=ROOT / "target/release/tonearm")
    options.add_argument("--verbose", action="store_true", help="print every entry that is played otherwise in the library")
    options = options.parse_args()
    cases = [case.resolve() for case in options.cases if (case / "truth.tsv").exists()]
    if not options.bin.exists():
        sys.exit(f"{options.bin} is missing: cargo build --release")
    totals = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory(prefix="tonearm-cases-") as temporary:
        base = pathlib.Path(temporary).resolve()
        library = options.library or base / "library"
        if not options.library:
            make_library(library, options.tracks)
        for case in cases:
            folder = make(case, base / "cases" / case.name)
            truth, both = rows(case / "truth.tsv"), []
            for name, music in (("alone", [folder]), ("in the library", [library.resolve(), folder])):
                entries = played(options.bin, base / "home", case, music, folder)
                both.append(entries)
                for kind, statuses in (("played", ("sure", "likely")), ("sure", ("sure",))):
                    chosen = [e["file"] if e and e["status"] in statuses else None for e in entries]
                    totals[f"{name}, {kind}"] += count(truth, chosen)
            for line, alone, among in zip(truth, *both):
                taken = [e and (e["status"] in ("sure", "likely")) and e["file"] for e in (alone, among)]
                if options.verbose and taken[0] != taken[1]:
                    told = [f"{e['status']} {e['confidence']:.3f} {e['file']}" if e else "unread" for e in (alone, among)]
                    print(f"{case.name}: {line['text']}\n    alone          {told[0]}\n    in the library {told[1]}\n    truth          {line['paths']}")
    print(f"{len(cases)} cases, {totals['alone, played']['owned']} owned entries")
    print(f"{'':44}{'recall':>8}{'precision':>10}{'wrong':>7}")
    for name, counted in totals.items():
        show(name, counted)


if __name__ == "__main__":
    main()
