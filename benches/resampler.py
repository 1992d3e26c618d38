#!/usr/bin/env python3
"""Measures what changing the sampling rate does to music: tonearm beside sox and FFmpeg.

Makes sines, has every program resample them, and prints for each tone the level of the tone over all that
is not the tone (SNR), and for tones above the new range how much of them is left (alias). 32-bit float in
and out; the first and last tenth are left out. Needs Python, and the programs that it finds.

    cargo build --release && benches/resampler.py
"""

import array
import cmath
import math
import os
import shutil
import statistics
import struct
import subprocess
import tempfile
import time
from pathlib import Path

TONEARM = Path(__file__).resolve().parent.parent / "target/release/tonearm"
SECONDS = 1.0
PAIRS = [(44_100, 48_000), (48_000, 44_100), (96_000, 48_000)]
TONES = [1_000, 10_000, 18_000]
# A tone that the new rate cannot hold.
ALIAS = {(48_000, 44_100): 23_000, (96_000, 48_000): 30_000}

PROGRAMS = {
    "tonearm": lambda i, o, rate: [TONEARM, "render", i, "-o", o, "--rate", str(rate), "--format", "f32"],
    "sox rate -v": lambda i, o, rate: ["sox", "-D", i, "-e", "float", "-b", "32", o, "rate", "-v", str(rate)],
    # What mpv asks libswresample for by default: 16 taps, 2^10 phases, the cut-off at 0.8 of the range.
    "FFmpeg as mpv": lambda i, o, rate: ["ffmpeg", "-v", "error", "-y", "-i", i, "-af",
        f"aresample={rate}:filter_size=16:phase_shift=10:linear_interp=0:cutoff=0.8", "-c:a", "pcm_f32le", o],
    "FFmpeg": lambda i, o, rate: ["ffmpeg", "-v", "error", "-y", "-i", i, "-af", f"aresample={rate}",
        "-c:a", "pcm_f32le", o],
}


def main():
    programs = {name: words for name, words in PROGRAMS.items() if shutil.which(str(words("", "", 1)[0]))}
    print("| from -> to | tone | " + " | ".join(programs) + " |")
    print("|---|---|" + "---|" * len(programs))
    with tempfile.TemporaryDirectory(prefix="tonearm-resampler-") as folder:
        folder = Path(folder)
        for pair in PAIRS:
            for hz in TONES:
                cells = [f"{snr(run(folder, words, *pair, hz), pair[1], hz):.0f} dB" for words in programs.values()]
                row(pair, f"{hz} Hz, SNR", cells)
            if pair in ALIAS:
                cells = [f"{level(run(folder, words, *pair, ALIAS[pair])):.0f} dB" for words in programs.values()]
                row(pair, f"{ALIAS[pair]} Hz, alias", cells)
        for pair in PAIRS:
            cells = cpu(folder, programs, *pair)
            row(pair, "ms of CPU for a second of stereo", [f"{ms:.2f}" for ms in cells])


def row(pair, what, cells):
    print(f"| {pair[0]} -> {pair[1]} | {what} | " + " | ".join(cells) + " |", flush=True)


def sine(rate, hz, seconds):
    step = 2 * math.pi * hz / rate
    return array.array("f", (0.5 * math.sin(step * n) for n in range(int(rate * seconds))))


def write(path, rate, samples, channels=1):
    data = samples.tobytes()
    block = 4 * channels
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 3, channels, rate,
                       rate * block, block, 32)
    path.write_bytes(head + b"data" + struct.pack("<I", len(data)) + data)


def read(path):
    data = path.read_bytes()
    at = 12
    while data[at:at + 4] != b"data":
        at += 8 + struct.unpack("<I", data[at + 4:at + 8])[0]
    samples = array.array("f")
    body = data[at + 8:]
    samples.frombytes(body[:len(body) // 4 * 4])
    return samples


def run(folder, words, rate_in, rate_out, hz):
    source, result = folder / "in.wav", folder / "out.wav"
    write(source, rate_in, sine(rate_in, hz, SECONDS))
    result.unlink(missing_ok=True)
    subprocess.run([str(word) for word in words(source, result, rate_out)], check=True, capture_output=True)
    samples = read(result)
    # tonearm plays in stereo by default; both channels are alike.
    if len(samples) > 1.5 * rate_out * SECONDS:
        samples = samples[::2]
    edge = len(samples) // 10
    return samples[edge:-edge]


def snr(samples, rate, hz):
    """The best sine of this frequency (least squares), and what is left beside it."""
    turn = cmath.exp(2j * math.pi * hz / rate)
    place, ss, sc, cc, sx, cx = 1 + 0j, 0.0, 0.0, 0.0, 0.0, 0.0
    places = []
    for n, x in enumerate(samples):
        if n % 256 == 0:
            place = cmath.exp(2j * math.pi * hz * n / rate)
        c, s = place.real, place.imag
        places.append((s, c))
        ss += s * s
        sc += s * c
        cc += c * c
        sx += s * x
        cx += c * x
        place *= turn
    det = ss * cc - sc * sc
    a, b = (sx * cc - cx * sc) / det, (cx * ss - sx * sc) / det
    noise = sum((x - a * s - b * c) ** 2 for x, (s, c) in zip(samples, places))
    signal = sum((a * s + b * c) ** 2 for s, c in places)
    return 10 * math.log10(signal / max(noise, 1e-30))


def level(samples):
    """Power of what is left, against the tone that went in."""
    power = sum(x * x for x in samples) / len(samples)
    return 10 * math.log10(max(power, 1e-30) / 0.125)


def cpu(folder, programs, rate_in, rate_out, seconds=60, rounds=3):
    """CPU of resampling alone: what a minute of noise costs more than without it, in turns."""
    source, result = folder / "in.wav", folder / "out.wav"
    samples = sine(rate_in, 997, 1.0)
    write(source, rate_in, array.array("f", (x for x in samples for _ in range(2))) * seconds, channels=2)
    costs = {name: [] for name in programs}
    for _ in range(rounds):
        for name, words in programs.items():
            with_it = spent(words(source, result, rate_out))
            without = spent(words(source, result, rate_in))
            costs[name].append((with_it - without) * 1000 / seconds)
    return [statistics.median(cost) for cost in costs.values()]


def spent(words):
    before = os.times()
    subprocess.run([str(word) for word in words], check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main()
