#!/usr/bin/env python3
"""Decodes ten minutes of sound in every format, with tonearm's decoder and with FFmpeg, in turns.

Prints the CPU time of both and the median of the ratios: above 1.0 tonearm is quicker. FFmpeg runs on one
thread and throws the samples away, as our example does. Needs ffmpeg, sox, flac, lame, oggenc and opusenc.

    cargo build --release --example decode && benches/decode_throughput.py
    benches/decode_throughput.py --seconds 120 --rounds 3
"""

import argparse
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

DECODE = Path(__file__).resolve().parent.parent / "target/release/examples/decode"

FORMATS = {
    "WAV": ("a.wav", None),
    "FLAC": ("a.flac", lambda i, o: ["flac", "-s", "-8", i, "-o", o]),
    "ALAC": ("alac.m4a", lambda i, o: ["ffmpeg", "-v", "error", "-i", i, "-c:a", "alac", o]),
    "MP3": ("a.mp3", lambda i, o: ["lame", "--quiet", "-V2", i, o]),
    "Vorbis": ("a.ogg", lambda i, o: ["oggenc", "-Q", "-q6", i, "-o", o]),
    "AAC": ("aac.m4a", lambda i, o: ["ffmpeg", "-v", "error", "-i", i, "-c:a", "aac", "-b:a", "192k", o]),
    "Opus": ("a.opus", lambda i, o: ["opusenc", "--quiet", "--bitrate", "128", i, o]),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--formats", nargs="*", default=list(FORMATS))
    options = parser.parse_args()
    print("| format | tonearm, s | FFmpeg, s | FFmpeg / tonearm |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="tonearm-decode-") as folder:
        source = make_sound(Path(folder), options.seconds)
        for name in options.formats:
            compare(name, encode(Path(folder), source, *FORMATS[name]), options.rounds)


def make_sound(folder, seconds):
    """Something between noise and tones, so that no encoder has it easy."""
    source = folder / "a.wav"
    subprocess.run(["sox", "-D", "-n", "-r", "44100", "-b", "16", "-c", "2", source, "synth", str(seconds), "pinknoise",
        "synth", str(seconds), "pluck", "mix", "E2", "synth", str(seconds), "sine", "mix", "300-3000", "tremolo", "3", "60", "gain", "-n", "-3"], check=True)
    return source


def encode(folder, source, file, words):
    path = folder / file
    if words:
        subprocess.run(words(source, path), check=True)
    return path


def compare(name, file, rounds):
    ours, theirs = [DECODE, file, "--only"], ["ffmpeg", "-v", "error", "-threads", "1", "-i", file, "-map", "0:a", "-f", "null", "-"]
    spent(ours)
    spent(theirs)
    pairs = [(spent(ours), spent(theirs)) for _ in range(rounds)]
    mine, other = (statistics.median(column) for column in zip(*pairs))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"| {name} | {mine:.2f} | {other:.2f} | {ratio:.2f} |", flush=True)


def spent(words):
    before = os.times()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main()
