#!/usr/bin/env python3
"""Plays one album with several players, one after another or all at once, and prints what each of them costs.

Makes the album (ten joined tracks of generated sound, FLAC and MP3), starts a private PulseAudio with
a null sink, and plays the album there with tonearm, mpv, sox, mpg123 and MPD in turns; nothing is recorded
meanwhile. Then measures the time from start to the first byte that leaves for the device.
Touches nothing outside a temporary folder. Needs only programs; says which ones are missing.

    cargo build --release && benches/side_by_side.py             # the whole album, three times: 70 minutes
    cargo build --release && benches/side_by_side.py --together      # all players at once: 20 minutes
    cargo build --release && benches/side_by_side.py --seconds 40 --runs 3
"""

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

RATE = 44_100
TRACKS = 10
ROOT = Path(__file__).resolve().parent.parent

# What is needed, and the Debian package that has it.
TOOLS = {"sox": "sox", "flac": "flac", "lame": "lame", "pulseaudio": "pulseaudio", "pactl": "pulseaudio-utils"}
GNU_TIME = "/usr/bin/time"

# Name -> (program, Debian packages, arguments for PulseAudio, arguments for ALSA, formats played).
PLAYERS = {
    "tonearm": (None, None, ["play", "-q", "--output", "pulse"], ["play", "-q", "--output", "alsa"], ("flac", "mp3")),
    "mpv": (
        "mpv",
        "mpv",
        ["--no-config", "--no-video", "--really-quiet", "--ao=pulse"],
        ["--no-config", "--no-video", "--really-quiet", "--ao=alsa"],
        ("flac", "mp3"),
    ),
    "sox": ("play", "sox libsox-fmt-pulse libsox-fmt-mp3", ["-q"], ["-q"], ("flac", "mp3")),
    "mpg123": ("mpg123", "mpg123", ["-q", "-o", "pulse"], ["-q", "-o", "alsa"], ("mp3",)),
    # A server: it is told what to play through its socket, and told to end when it has played. No first sound of it:
    # it starts once a day, not once a track.
    "mpd": ("mpd", "mpd", None, None, ("flac", "mp3")),
}


def main():
    options = parse()
    players = find_players(options)
    with tempfile.TemporaryDirectory(prefix="tonearm-bench-") as temporary:
        folder = Path(temporary)
        albums = make_album(folder, options.seconds, options.formats)
        environment = quiet_home(folder)
        with SoundServer(folder, environment):
            for kind, files in albums.items():
                compare(kind, files, players, options, environment, folder)
        for kind, files in albums.items():
            first_sound(kind, files, players, options, environment, folder)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=174, help="length of the album (174)")
    parser.add_argument("--runs", type=int, default=3, help="how often each player plays it (3)")
    parser.add_argument("--together", action="store_true",
                        help="all players at the same time: whatever else the machine does, it does to all of them")
    parser.add_argument("--starts", type=int, default=9, help="how often each player is started for the first sound (9)")
    parser.add_argument("--players", default=",".join(PLAYERS), help="only these, with commas between")
    parser.add_argument("--formats", default="flac,mp3", help="only these, with commas between")
    parser.add_argument(
        "--tonearm",
        action="append",
        default=[],
        metavar="[NAME=]PATH",
        help="another binary than target/release/tonearm; repeated, they are compared with each other",
    )
    options = parser.parse_args()
    options.players = options.players.split(",")
    options.formats = options.formats.split(",")
    return options


def find_players(options):
    """Name -> (command, arguments for PulseAudio, arguments for ALSA, formats); ends here when something is missing."""
    missing = [f"{tool} (package {package})" for tool, package in TOOLS.items() if not shutil.which(tool)]
    if not os.access(GNU_TIME, os.X_OK):
        missing.append(f"{GNU_TIME} (package time)")
    if missing:
        sys.exit("missing: " + ", ".join(missing))
    found = {}
    for name in options.players:
        program, packages, pulse, alsa, formats = PLAYERS[name]
        if program is None:
            for given in options.tonearm or [str(ROOT / "target/release/tonearm")]:
                label, path = given.split("=", 1) if "=" in given else ("tonearm", given)
                if not os.access(path, os.X_OK):
                    sys.exit(f"missing: {path} (cargo build --release)")
                found[label] = (path, pulse, alsa, formats)
        elif shutil.which(program):
            found[name] = (shutil.which(program), pulse, alsa, formats)
        else:
            print(f"left out: {name} (Debian: {packages})", file=sys.stderr)
    return found


def run(*command, **kwargs):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **kwargs)


def make_album(folder, seconds, formats):
    """One sound, cut into ten tracks at sample borders, so that a join is a join."""
    frames = int(seconds * RATE / TRACKS)
    whole = folder / "whole.wav"
    voices = ["pluck", "C3", "pluck", "E3", "sine", "220-880", "pinknoise"]
    run("sox", "-R", "-n", "-r", str(RATE), "-c", "2", "-b", "16", str(whole),
        "synth", str(seconds + 1), *voices, "gain", "-n", "-3", "tremolo", "0.3", "60")
    tracks = []
    for number in range(TRACKS):
        track = folder / f"{number + 1:02}.wav"
        run("sox", "-D", str(whole), str(track), "trim", f"{number * frames}s", f"{frames}s")
        tracks.append(track)
    whole.unlink()
    albums = {}
    for kind in formats:
        place = folder / kind
        place.mkdir()
        if kind == "flac":
            run("flac", "-8", "--silent", "--output-prefix", f"{place}/", *map(str, tracks))
        elif kind == "mp3":
            run("lame", "--quiet", "-V2", "--nogap", "--nogapout", str(place), *map(str, tracks))
        else:
            sys.exit(f"unknown format: {kind}")
        albums[kind] = sorted(place.glob(f"*.{kind}"))
        assert len(albums[kind]) == TRACKS, albums
    return albums


def quiet_home(folder):
    """An environment in which no program finds settings or a sound server of the user's."""
    run_folder, home = folder / "run", folder / "home"
    run_folder.mkdir(mode=0o700)
    home.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(run_folder),
        "TONEARM_HOME": str(home / "tonearm"),
        "AUDIODRIVER": "pulseaudio",
    }


class SoundServer:
    """A PulseAudio of our own, with one null sink."""

    def __init__(self, folder, environment):
        self.environment = environment
        self.log = open(folder / "pulseaudio.log", "wb")

    def __enter__(self):
        self.server = subprocess.Popen(
            ["pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "-n", "-F", "/dev/null",
             "-L", "module-native-protocol-unix auth-anonymous=1",
             "-L", f"module-null-sink sink_name=bench rate={RATE} format=s16le channels=2 norewinds=1"],
            env=self.environment, stdout=self.log, stderr=self.log,
        )
        for _ in range(100):
            if subprocess.run(["pactl", "info"], env=self.environment, capture_output=True).returncode == 0:
                return self
            time.sleep(0.05)
        self.__exit__()
        sys.exit("PulseAudio does not start: " + Path(self.log.name).read_text(errors="replace"))

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()
        self.log.close()


def play_mpd(program, files, environment, folder):
    """As `play`, for MPD: it ends when its queue is played."""
    place = folder / "mpd.socket"
    config = folder / "mpd.conf"
    config.write_text(
        f'bind_to_address "{place}"\nmusic_directory "{folder / "home"}"\nlog_file "{folder / "mpd.log"}"\n'
        'database {\nplugin "simple"\npath "%s"\n}\nauto_update "no"\n'
        'audio_output {\ntype "pulse"\nname "bench"\n}\n' % (folder / "mpd.db")
    )
    place.unlink(missing_ok=True)
    report = folder / "mpd.time"
    start = time.monotonic()
    done = subprocess.Popen(
        [GNU_TIME, "-q", "-o", str(report), "-f", "%U %S %M %w %c", program, "--no-daemon", str(config)],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    with socket.socket(socket.AF_UNIX) as connection:
        for _ in range(1000):
            try:
                connection.connect(str(place))
                break
            except OSError:
                time.sleep(0.01)
        lines = connection.makefile("rw", encoding="utf-8", newline="\n")
        lines.readline()

        def ask(words):
            lines.write(words + "\n")
            lines.flush()
            answer = []
            while not answer or not answer[-1].startswith(("OK", "ACK")):
                answer.append(lines.readline())
                if not answer[-1]:
                    sys.exit("mpd ended: " + (folder / "mpd.log").read_text(errors="replace"))
            if answer[-1].startswith("ACK"):
                lines.write("kill\n")
                lines.flush()
                sys.exit("mpd: " + answer[-1])
            return "".join(answer)

        for file in files:
            ask(f'add "file://{file}"')
        ask("play")
        # `idle` sleeps until something changes, so that nothing but the music costs anything.
        while "state: play" in ask("status"):
            ask("idle player")
        lines.write("kill\n")
        lines.flush()
    done.wait()
    wall = time.monotonic() - start
    user, system, kilobytes, waits, preemptions = map(float, report.read_text().split()[-5:])
    return wall, user + system, kilobytes / 1024, (waits + preemptions) / wall


def play(name, command, environment, folder):
    """Seconds it took, CPU seconds, peak MB and context switches of one player."""
    report = folder / f"{name}.time"
    start = time.monotonic()
    done = subprocess.run(
        [GNU_TIME, "-q", "-o", str(report), "-f", "%U %S %M %w %c", *command],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )
    wall = time.monotonic() - start
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:4])}: exit code {done.returncode}: {done.stderr.decode(errors='replace')}")
    user, system, kilobytes, waits, preemptions = map(float, report.read_text().split())
    return wall, user + system, kilobytes / 1024, (waits + preemptions) / wall


def compare(kind, files, players, options, environment, folder):
    players = {name: player for name, player in players.items() if kind in player[3]}
    results = {name: [] for name in players}

    def one(name):
        program, pulse, _, _ = players[name]
        if pulse is None:
            return play_mpd(program, files, environment, folder)
        return play(name, [program, *pulse, *map(str, files)], environment, folder)

    for round_number in range(options.runs):
        if options.together:
            progress(f"{kind}: all, {round_number + 1} of {options.runs}")
            with ThreadPoolExecutor(len(players)) as threads:
                for name, result in zip(players, threads.map(one, players)):
                    results[name].append(result)
            continue
        for name in players:
            progress(f"{kind}: {name}, {round_number + 1} of {options.runs}")
            results[name].append(one(name))
    progress("")
    how = "all at once" if options.together else "one after another"
    print(f"\n{kind.upper()}, {options.seconds:g} s in {TRACKS} tracks through PulseAudio, {how}, "
          f"median (lowest-highest) of {options.runs}")
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in results.items()}
    others = [name for name in ("sox", "mpv") if name in medians]
    print(f"{'':14}{'seconds':>9}{'CPU s':>20}{'peak MB':>9}{'switches/s':>20}"
          + "".join(f"{'CPU/' + name:>10}" for name in others))
    for name, (wall, cpu, memory, switches) in medians.items():
        ratios = "".join(f"{cpu / medians[other][1]:>10.2f}" if medians[other][1] else f"{'-':>10}" for other in others)
        print(f"{name:14}{wall:>9.1f}{with_range(cpu, [row[1] for row in results[name]], 2):>20}{memory:>9.1f}"
              f"{with_range(switches, [row[3] for row in results[name]], 0):>20}{ratios}")


def with_range(median, values, digits):
    return f"{median:.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def first_sound(kind, files, players, options, environment, folder):
    """Milliseconds from the start of the program until a byte leaves for the device: a pipe behind ALSA's file plug-in."""
    pipe, config = folder / f"{kind}.pipe", folder / "asound.conf"
    os.mkfifo(pipe)
    config.write_text(
        "pcm.!default {{ type file; slave.pcm {{ type null }}; file {pipe}; format raw; perm 384 }}\n"
        "ctl.!default {{ type hw; card 0 }}\n".format(pipe=pipe)
    )
    environment = environment | {"ALSA_CONFIG_PATH": str(config), "AUDIODRIVER": "alsa"}
    players = {name: player for name, player in players.items() if kind in player[3] and player[2] is not None}
    times = {name: [] for name in players}
    for _ in range(options.starts):
        for name, (program, _, alsa, _) in players.items():
            progress(f"{kind}: first sound of {name}")
            times[name].append(time_to_first_byte([program, *alsa, str(files[0])], environment, pipe))
    progress("")
    if options.starts:
        print(f"\n{kind.upper()}, ms from start to the first byte for the device, median (lowest-highest) of {options.starts}")
    for name, values in times.items():
        heard = [value for value in values if value is not None]
        print(f"{name:14}{with_range(statistics.median(heard), heard, 0) if heard else 'nothing heard':>20}")


def time_to_first_byte(command, environment, pipe):
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    start = time.monotonic()
    player = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.monotonic() < start + 10:
            try:
                if os.read(reader, 1):
                    return (time.monotonic() - start) * 1000
            except BlockingIOError:
                pass
            time.sleep(0.0005)
        return None
    finally:
        player.send_signal(signal.SIGKILL)
        player.wait()
        os.close(reader)


def progress(words):
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
