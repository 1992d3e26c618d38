#!/usr/bin/env python3
"""Shows what the screens of players cost: tonearm's, cmus's and ncmpcpp's, all at once beside the same music.

Makes an album (as side_by_side.py does), starts a private PulseAudio with a null sink, and in a private tmux of
100 by 30 a terminal for each: tonearm without a screen, with its line, with the whole screen, with its meters and
paused; cmus playing and paused; ncmpcpp playing and paused, its MPD counted apart. After some seconds of warming up,
it reads the processor time that each takes. What a screen of tonearm costs is what is above the one without.

    cargo build --release && benches/screens.py                 # 60 seconds
    cargo build --release && benches/screens.py --seconds 20
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from side_by_side import ROOT, SoundServer, make_album, quiet_home

SIZE = ("100", "30")
WARM_UP = 5
MPD = 'bind_to_address "{0}/socket"\nmusic_directory "{1}"\nlog_file "{0}/log"\nauto_update "no"\n' \
      'database {{\nplugin "simple"\npath "{0}/db"\n}}\naudio_output {{\ntype "pulse"\nname "bench"\n}}\n'


class Terminal:
    """A tmux of our own."""

    def __init__(self, folder, environment):
        self.socket = str(folder / "tmux")
        self.environment = environment | {"TERM": "xterm-256color", "LANG": "C.UTF-8"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], stderr=subprocess.DEVNULL)

    def tmux(self, *words):
        return subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", *words], check=True, env=self.environment,
                              capture_output=True, text=True).stdout.strip()

    def open(self, name, home, *command):
        """Starts a program in a terminal with a home of its own; gives its process."""
        home.mkdir(parents=True, exist_ok=True)
        variables = [f"HOME={home}", f"TONEARM_HOME={home}", f"XDG_CONFIG_HOME={home}/.config", f"CMUS_HOME={home}/cmus",
                     f"CMUS_SOCKET={home}/cmus.socket"]
        self.tmux("new-session", "-d", "-s", name, "-x", SIZE[0], "-y", SIZE[1], "env", *variables, *map(str, command))
        return int(self.tmux("display-message", "-p", "-t", name, "#{pane_pid}"))

    def press(self, name, *keys):
        self.tmux("send-keys", "-t", name, *keys)

    def shows(self, name, words, seconds=20):
        """Waits until the terminal shows the words."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            seen = self.tmux("capture-pane", "-p", "-t", name)
            if words in seen:
                return
            time.sleep(0.1)
        sys.exit(f"{name} does not show {words!r}:\n{seen}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="how long it looks (60)")
    parser.add_argument("--tonearm", type=Path, default=ROOT / "target/release/tonearm")
    parser.add_argument("--meters", default="v", help="the key that shows the meters (v)")
    options = parser.parse_args()
    missing = [tool for tool in ("tmux", "cmus", "ncmpcpp", "mpd", "mpc", "flac", "sox", "pulseaudio") if not shutil.which(tool)]
    if missing or not options.tonearm.exists():
        sys.exit("missing: " + ", ".join(missing or [f"{options.tonearm} (cargo build --release)"]))
    with tempfile.TemporaryDirectory(prefix="tonearm-bench-") as temporary:
        folder = Path(temporary)
        files = make_album(folder, (options.seconds + WARM_UP) * 2 + 60, ["flac"])["flac"]
        environment = quiet_home(folder)
        with SoundServer(folder, environment), Terminal(folder, environment) as terminal:
            players = start(terminal, folder, files, options, environment)
            time.sleep(WARM_UP)
            before = {name: nanoseconds(process) for name, process in players.items()}
            begin = time.monotonic()
            time.sleep(options.seconds)
            took = time.monotonic() - begin
            shares = {name: (nanoseconds(process) - before[name]) / 1e9 / took for name, process in players.items()}
    tell(shares, options.seconds)


def start(terminal, folder, files, options, environment):
    """Name -> process, of all players in the state in which they are looked at."""
    players = {}
    for name, words, keys in [
        ("tonearm, no screen", ["--ui", "none"], []),
        ("tonearm, line", ["--ui", "line"], []),
        ("tonearm, screen", ["--ui", "full"], []),
        ("tonearm, meters", ["--ui", "full"], [options.meters]),
        ("tonearm, screen, paused", ["--ui", "full"], ["Space"]),
    ]:
        short = "".join(letter for letter in name if letter.isalpha())
        players[name] = terminal.open(short, folder / short, options.tonearm, "play", "--new", "--output", "pulse", *words, *files)
        terminal.shows(short, "01")
        for key in keys:
            terminal.press(short, key)
    for name in ("cmus", "cmus, paused"):
        short = "".join(letter for letter in name if letter.isalpha())
        rc = folder / short / "cmus/rc"
        rc.parent.mkdir(parents=True)
        rc.write_text("set output_plugin=pulse\nset mpris=false\nset continue=true\n")
        players[name] = terminal.open(short, folder / short, "cmus")
        time.sleep(1)
        terminal.press(short, "Enter")  # without a session bus it says so first
        terminal.shows(short, "Library")
        remote = ["cmus-remote", "--server", f"{folder}/{short}/cmus.socket"]
        for words in (["-q", *map(str, files)], ["--next"], ["--play"]):
            subprocess.run([*remote, *words], env=environment, check=True)
            time.sleep(1)  # it reads files behind its answer
        terminal.shows(short, "> 0")
        if "paused" in name:
            terminal.press(short, "c")
    for name in ("ncmpcpp", "ncmpcpp, paused"):
        short = "".join(letter for letter in name if letter.isalpha())
        place = folder / f"mpd-{short}"
        place.mkdir()
        (place / "conf").write_text(MPD.format(place, folder / "flac"))
        server = subprocess.Popen(["mpd", "--no-daemon", str(place / "conf")], env=environment, stderr=subprocess.DEVNULL)
        host = {**environment, "MPD_HOST": f"{place}/socket"}
        until = time.monotonic() + 20
        while subprocess.run(["mpc", "update", "--wait"], env=host, capture_output=True).returncode and time.monotonic() < until:
            time.sleep(0.1)
        for words in (["add", "/"], ["play"], *([["pause"]] if "paused" in name else [])):
            subprocess.run(["mpc", "-q", *words], env=host, check=True)
        players[name] = terminal.open(short, folder / short, "ncmpcpp", "-h", f"{place}/socket")
        terminal.shows(short, "01")
        players[f"mpd of {name}"] = server.pid
    return players


def nanoseconds(process):
    """What all threads of a process have had of the processors."""
    tasks = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)


def tell(shares, seconds):
    alone = shares["tonearm, no screen"]
    print(f"Processor time of one core, 100x30, FLAC through PulseAudio, {seconds:g} s, all at once")
    for name, share in shares.items():
        above = f"  {100 * (share - alone):+.2f} for the screen" if name.startswith("tonearm,") and "paused" not in name else ""
        print(f"{name:26}{100 * share:6.2f} %{above}")


if __name__ == "__main__":
    main()
