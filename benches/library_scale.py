#!/usr/bin/env python3
"""Measures the library and the matcher at the size of a large collection.

Makes a folder of tiny tagged files (FLAC headers and MP3 frames with ID3v2; four in a hundred untagged), then
runs `tonearm scan` (first, and again with nothing changed), `tonearm match` with a listing of 10 and one
of 1,000 lines, and prints wall time, processor time and peak memory of each. Then it has the listing of 1,000 lines played
into a FIFO, and prints how long it takes from the start of the process to the first sample that is not silence, and to the
answer of the socket, which speaks for the whole listing. Beside it, where installed: MPD's
`update` on the same folder, `find -printf` (the walk alone), and SQLite's FTS5 trigram table as a store
for the look-up of candidates.
The library is the same for the same --tracks: nothing is left to chance but the clock.

    cargo build --release && benches/library_scale.py                   # 100,000 files, some minutes
    cargo build --release && benches/library_scale.py --tracks 5000 --keep /tmp/scale
"""

import argparse
import os
import random
import shutil
import signal
import socket
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GNU_TIME = "/usr/bin/time"
SYLLABLES = ("ba be bo da de di do fa fi ga go ha he hi ka ke ki la le li lo ma me mi mo na ne ni no pa pe ra re ri ro "
             "sa se si so ta te ti to va ve vi wa we ya za zo ar el in on ur ast end ing ock all").split()
COMMON = ("the of and a in to love you me my night day heart time fire blue dance road home rain light girl baby world "
          "dream moon sun river star soul eyes song").split()


class Words:
    """Words as titles have them: a few in many titles, many in few."""

    def __init__(self, chance):
        self.chance = chance
        self.rare = sorted({"".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4))) for _ in range(9000)})

    def word(self):
        if self.chance.random() < 0.45:
            return COMMON[min(int(self.chance.expovariate(0.12)), len(COMMON) - 1)]
        return self.rare[int(len(self.rare) * self.chance.random() ** 2)]

    def name(self, least, most):
        return " ".join(self.word() for _ in range(self.chance.randint(least, most))).title()


def flac(tags):
    """A FLAC file of its headers alone: 44.1 kHz, stereo, 16 bits, as many samples as `seconds` says."""
    total = tags["seconds"] * 44_100
    packed = (44_100 << 44) | (1 << 41) | (15 << 36) | total
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    fields = [("TITLE", tags["title"]), ("ARTIST", tags["artist"]), ("ALBUM", tags["album"]), ("DATE", tags["date"]),
              ("TRACKNUMBER", str(tags["number"]))] if tags["title"] else []
    vendor = b"tonearm"
    comment = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(fields))
    for name, value in fields:
        text = f"{name}={value}".encode()
        comment += struct.pack("<I", len(text)) + text
    block = lambda kind, body: bytes([kind]) + len(body).to_bytes(3, "big") + body
    return b"fLaC" + block(0, info) + block(0x84, comment)


def mp3(tags):
    """An MP3 file of three silent frames (MPEG 1 layer III, 128 kbit/s, 44.1 kHz) behind an ID3v2.4 tag."""
    frames = b""
    if tags["title"]:
        texts = [("TIT2", tags["title"]), ("TPE1", tags["artist"]), ("TALB", tags["album"]), ("TDRC", tags["date"]),
                 ("TRCK", str(tags["number"])), ("TLEN", str(tags["seconds"] * 1000))]
        for name, value in texts:
            body = b"\x03" + value.encode()
            frames += name.encode() + syncsafe(len(body)) + b"\0\0" + body
    tag = b"ID3\x04\0\0" + syncsafe(len(frames)) + frames if frames else b""
    return tag + (b"\xff\xfb\x90\x64" + bytes(413)) * 3


def syncsafe(number):
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def make_library(folder, tracks):
    """Writes the files, an album a folder; gives what is in them, in order."""
    chance = random.Random(2026)
    words = Words(chance)
    artists = [words.name(1, 3) for _ in range(max(tracks // 40, 3))]
    made = []
    while len(made) < tracks:
        artist = artists[int(len(artists) * chance.random() ** 1.5)]
        album, date = words.name(1, 4), str(chance.randint(1960, 2025))
        kind = "flac" if chance.random() < 0.6 else "mp3"
        place = folder / artist.replace("/", "_") / f"{album} ({date})"
        place.mkdir(parents=True, exist_ok=True)
        untagged = chance.random() < 0.04
        for number in range(1, min(chance.randint(7, 15), tracks - len(made)) + 1):
            title = words.name(1, 5)
            if chance.random() < 0.05:
                title += chance.choice([" (Live)", " - Remastered 2009", " (Acoustic)", " (feat. " + chance.choice(artists) + ")"])
            name = f"{number:02} - {artist} - {title}" if untagged else f"{number:02} {title}"
            tags = {"title": "" if untagged else title, "artist": artist, "album": album, "date": date, "number": number,
                    "seconds": chance.randint(100, 400)}
            path = place / f"{name}.{kind}"
            path.write_bytes(flac(tags) if kind == "flac" else mp3(tags))
            made.append({**tags, "title": title, "path": path})
    return made


def wav(tags):
    """A WAV file of ten seconds of a square wave, with an ID3v2.4 tag in a chunk."""
    samples = struct.pack("<hh", 12_000, 12_000) * 50 + struct.pack("<hh", -12_000, -12_000) * 50
    sound = samples * 4410
    chunk = lambda name, body: name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
    tag = mp3(tags)
    tag = tag[:tag.index(b"\xff\xfb")]
    chunks = (chunk(b"fmt ", struct.pack("<HHIIHH", 1, 2, 44_100, 176_400, 4, 16)) + chunk(b"data", sound)
              + chunk(b"id3 ", tag))
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def add_sound(music):
    """The one track of the library that can be heard; the others are headers."""
    tags = {"title": "Something To Hear", "artist": "The Sounding Board", "album": "Out Loud", "date": "2026", "number": 1,
            "seconds": 10}
    path = music / "The Sounding Board" / "Out Loud (2026)" / "01 Something To Hear.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav(tags))
    return f"{tags['artist']} - {tags['title']}"


def make_listing(path, made, lines):
    """As people write them: an album in order, then single songs, some misspelt, some that are not owned."""
    chance = random.Random(lines)
    asked = made[:min(lines // 3, len(made))] + [chance.choice(made) for _ in range(lines)]
    text = []
    for number, track in enumerate(asked[:lines], 1):
        title, artist = track["title"], track["artist"]
        dice = chance.random()
        if dice < 0.15 and len(title) > 5:
            at = chance.randrange(1, len(title) - 1)
            title = title[:at] + title[at + 1:]
        elif dice < 0.25:
            title, artist = title[::-1].title(), "Nobody Known"
        text.append(f"{number}. {artist} - {title}" if dice < 0.9 else f"{number}. {title}")
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def run(name, command, environment, runs=3):
    """The best of some runs: wall and processor seconds, peak memory in MB."""
    best = None
    for _ in range(runs):
        start = time.monotonic()
        done = subprocess.run([GNU_TIME, "-f", "%U %S %M", *map(str, command)], env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wall = time.monotonic() - start
        user, system, peak = done.stderr.strip().splitlines()[-1].split()
        row = (wall, float(user) + float(system), int(peak) / 1024)
        best = row if best is None or row[0] < best[0] else best
    show(name, *best)
    return done.stdout


def first_sound(binary, listing, music, folder, environment, runs):
    """Medians of the seconds to the first sample and to the answer of the player that knows the whole listing."""
    sounds, answers = [], []
    fifo, address = folder / "sound", folder / "home" / "control.sock"
    for _ in range(runs):
        fifo.unlink(missing_ok=True)
        os.mkfifo(fifo)
        start = time.monotonic()
        player = subprocess.Popen([binary, "play", listing, "--music", music, "--fresh", "-q", "--output", f"pipe:{fifo}?44100:16:2"],
                                  env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        with open(fifo, "rb", buffering=0) as sound:
            while not any(sound.read(512)):
                pass
            sounds.append(time.monotonic() - start)
            answers.append(answered(address) - start)
            player.send_signal(signal.SIGINT)
            while sound.read(65536):
                pass
        player.wait()
    show(f"tonearm play, {listing.stem} lines: first sample", statistics.median(sounds))
    show(f"tonearm play, {listing.stem} lines: whole queue", statistics.median(answers))


def answered(address):
    """When the player answers."""
    while True:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(address))
                connection.sendall(b'{"command":"status"}\n')
                if connection.recv(1):
                    return time.monotonic()
        except OSError:
            time.sleep(0.002)


def show(name, wall, cpu=None, peak=None):
    cells = [f"{wall:9.3f}", f"{cpu:9.2f}" if cpu is not None else " " * 9, f"{peak:9.1f}" if peak is not None else ""]
    print(f"{name:44}" + "".join(cells), flush=True)


def beside_mpd(music, folder):
    """MPD's first update and one with nothing changed, over its socket."""
    program = shutil.which("mpd") or ("/usr/bin/mpd" if os.path.exists("/usr/bin/mpd") else None)
    if not program:
        return print("mpd: not installed (Debian: mpd)")
    (folder / "playlists").mkdir(exist_ok=True)
    address = folder / "mpd.socket"
    (folder / "mpd.conf").write_text(
        f'music_directory "{music}"\ndb_file "{folder}/mpd.db"\nplaylist_directory "{folder}/playlists"\n'
        f'bind_to_address "{address}"\nlog_file "{folder}/mpd.log"\nauto_update "no"\n'
        'audio_output {\n type "null"\n name "none"\n}\n')
    server = subprocess.Popen([program, "--no-daemon", folder / "mpd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if address.exists():
                break
            time.sleep(0.05)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(address))
            lines = connection.makefile("rw")
            lines.readline()
            for name in ("mpd update, first", "mpd update, nothing changed"):
                before, start = processor(server.pid), time.monotonic()
                lines.write("update\n")
                lines.flush()
                answer(lines)
                while "updating_db" in command(lines, "status"):
                    time.sleep(0.01)
                show(name, time.monotonic() - start, processor(server.pid) - before, resident(server.pid))
    finally:
        server.terminate()
        server.wait()


def command(lines, words):
    lines.write(words + "\n")
    lines.flush()
    return answer(lines)


def answer(lines):
    text = []
    for line in lines:
        if line.startswith(("OK", "ACK")):
            return dict(text)
        text.append(line.rstrip("\n").split(": ", 1))
    return dict(text)


def processor(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def beside_sqlite(made, folder):
    """The same store in SQLite: a table of files, and FTS5 trigrams over title and artist for candidates."""
    path = folder / "library.sqlite"
    start = time.monotonic()
    base = sqlite3.connect(path)
    try:
        base.execute("create virtual table names using fts5(title, artist, tokenize='trigram', content='', detail=none)")
    except sqlite3.OperationalError as error:
        return print(f"sqlite: {error}")
    base.execute("create table files(id integer primary key, path text, title text, artist text, album text, number int, seconds int)")
    rows = list(enumerate(made))
    base.executemany("insert into files values(?,?,?,?,?,?,?)",
                     ((at, str(t["path"]), t["title"], t["artist"], t["album"], t["number"], t["seconds"]) for at, t in rows))
    base.executemany("insert into names(rowid, title, artist) values(?,?,?)", ((at, t["title"], t["artist"]) for at, t in rows))
    base.commit()
    base.close()
    show(f"sqlite: build ({path.stat().st_size / 1e6:.1f} MB)", time.monotonic() - start)
    start = time.monotonic()
    base = sqlite3.connect(path)
    chance = random.Random(10)
    for track in (chance.choice(made) for _ in range(10)):
        text = track["title"].replace('"', "")
        grams = " OR ".join(f'"{text[at:at + 3]}"' for at in range(max(len(text) - 2, 1)))
        found = base.execute("select rowid from names where names match ? order by rank limit 80", (grams,)).fetchall()
        for (at,) in found:
            base.execute("select * from files where id = ?", (at,)).fetchone()
    show("sqlite: candidates of ten lines", time.monotonic() - start)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tracks", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--bin", type=Path, default=ROOT / "target/release/tonearm")
    options.add_argument("--keep", type=Path, help="a folder for the library, made once and left there")
    options = options.parse_args()
    if not os.path.exists(GNU_TIME):
        sys.exit("GNU time is missing (Debian: time)")
    with tempfile.TemporaryDirectory(prefix="tonearm-scale-") as temporary:
        folder = Path(temporary)
        base = options.keep or folder
        music = base / "music"
        made = make_library(music if not music.exists() else folder / "again", options.tracks)
        if (folder / "again").exists():
            shutil.rmtree(folder / "again")
        environment = {**os.environ, "TONEARM_HOME": str(folder / "home")}
        for lines in (10, 1000):
            make_listing(folder / f"{lines}.txt", made, lines)
        (folder / "heard").mkdir()
        heard = folder / "heard" / "1000.txt"
        others = [line.split(". ", 1)[1] for line in (folder / "1000.txt").read_text(encoding="utf-8").splitlines()[1:]]
        lines = [f"{number}. {line}" for number, line in enumerate([add_sound(music), *others], 1)]
        heard.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{options.tracks} files; best of {options.runs}{'':12}  wall s    cpu s     peak MB")
        for _ in range(1):
            subprocess.run(["find", music, "-type", "f", "-size", "+0"], stdout=subprocess.DEVNULL)
        run("find -printf '%s %T@' (the walk alone)", ["find", music, "-type", "f", "-printf", "%s %T@ %p\n"], environment, options.runs)
        run("tonearm scan, first", [options.bin, "scan", "--music", music, "-q"], environment, 1)
        sizes = ", ".join(f"{path.name} {path.stat().st_size / 1e6:.1f} MB" for path in sorted((folder / "home").iterdir()))
        run("tonearm scan, nothing changed", [options.bin, "scan", "--music", music, "-q"], environment, options.runs)
        for lines in (10, 1000):
            run(f"tonearm match, {lines} lines",
                [options.bin, "match", folder / f"{lines}.txt", "--music", music, "--json", "-q"], environment, options.runs)
        first_sound(options.bin, heard, music, folder, environment, max(options.runs, 5))
        print(f"index: {sizes}")
        beside_mpd(music, folder)
        beside_sqlite(made, folder)


if __name__ == "__main__":
    main()
