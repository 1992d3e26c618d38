#!/usr/bin/env python3
"""Draws the README's pictures: what tonearm shows on a terminal, as SVG.

    docs/picture.py [PROGRAM]        (default: target/release/tonearm)

Runs the demo in tmux, without sound, waits until it stands where the picture is to be taken, and turns what tmux has
captured into text of an SVG. The same program gives the same picture, byte for byte: what is by chance, the name of the
demo's folder, is written over. Needs tmux; nothing else.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
COLUMNS, ROWS = 100, 30
# A cell, in pixels, for a font of 14.
WIDE, HIGH, BASE, EDGE = 8.43, 18, 13, 12
BACK, FRONT = "#16181d", "#d7dae0"
# The sixteen colours of a terminal.
COLOURS = [
    "#2b2f38", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
    "#6b7280", "#ef8b92", "#b5d99c", "#f0d399", "#84c3f7", "#d79ae8", "#7fd1da", "#ffffff",
]  # fmt: skip


class Terminal:
    """A tmux server of its own, with the demo in it."""

    def __init__(self, program, words, home):
        self.socket = str(home / "tmux")
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "TONEARM_HOME": str(home / "state"), "TMPDIR": "/tmp",
            "LANG": "C.UTF-8", "SHELL": "/bin/sh", "TERM": "xterm-256color", "COLORTERM": "truecolor",
        }  # fmt: skip
        command = ["tmux", "-S", self.socket, "-f", "/dev/null", "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS)]
        shown = "env TERM=tmux-256color " + " ".join([str(program), *words]) + "; sleep 60"
        subprocess.run([*command, shown], env=environment, check=True)

    def tmux(self, *words):
        done = subprocess.run(["tmux", "-S", self.socket, *words], check=True, capture_output=True, text=True)
        return done.stdout

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def capture(self, colours=False):
        return self.tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def wait(self, pattern, seconds=60):
        """Until the screen shows it; gives the screen of that moment, with its colours."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with_colours = self.capture(colours=True)
            if re.search(pattern, re.sub("\x1b\\[[0-9;:]*m", "", with_colours)):
                return with_colours
            time.sleep(0.02)
        sys.exit(f"{pattern!r} was not seen within {seconds} s in:\n{self.capture()}")

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], check=False, capture_output=True)


class Style:
    """What SGR sequences (ECMA-48, 8.3.117) have set."""

    def __init__(self):
        self.front, self.back, self.flags = None, None, frozenset()

    def key(self):
        front, back = self.front or FRONT, self.back or BACK
        if "reverse" in self.flags:
            front, back = back, front
        return front, back, "bold" in self.flags, "dim" in self.flags, "italic" in self.flags, "under" in self.flags

    def obey(self, numbers):
        names = {1: "bold", 2: "dim", 3: "italic", 4: "under", 7: "reverse"}
        numbers = list(numbers)
        while numbers:
            n = numbers.pop(0)
            if n == 0:
                self.__init__()
            elif n in names:
                self.flags |= {names[n]}
            elif n == 22:
                self.flags -= {"bold", "dim"}
            elif n in (23, 24, 27):
                self.flags -= {names[n - 20]}
            elif 30 <= n <= 37 or 90 <= n <= 97:
                self.front = COLOURS[n - 30 if n < 90 else n - 82]
            elif 40 <= n <= 47 or 100 <= n <= 107:
                self.back = COLOURS[n - 40 if n < 100 else n - 92]
            elif n == 39:
                self.front = None
            elif n == 49:
                self.back = None
            elif n in (38, 48):
                kind = numbers.pop(0)
                if kind == 5:
                    colour = of_256(numbers.pop(0))
                else:
                    colour = "#%02x%02x%02x" % tuple(numbers[:3])
                    del numbers[:3]
                if n == 38:
                    self.front = colour
                else:
                    self.back = colour


def of_256(n):
    if n < 16:
        return COLOURS[n]
    if n >= 232:
        return "#" + "%02x" % (8 + 10 * (n - 232)) * 3
    level = lambda step: 0 if step == 0 else 55 + 40 * step
    return "#%02x%02x%02x" % (level((n - 16) // 36), level((n - 16) // 6 % 6), level((n - 16) % 6))


def columns(character):
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def runs(line):
    """Pieces of a line that look alike: column, columns, text, style."""
    style, column, pieces = Style(), 0, []
    for piece in re.split("(\x1b\\[[0-9;:]*m)", line):
        code = re.fullmatch("\x1b\\[([0-9;:]*)m", piece)
        if code:
            style.obey(int(n or 0) for n in re.split("[;:]", code[1]))
        elif piece:
            width = sum(map(columns, piece))
            pieces.append((column, width, piece, style.key()))
            column += width
    return pieces


def svg(screen, title):
    lines = screen.rstrip("\n").split("\n")
    while lines and not re.sub("\x1b\\[[0-9;:]*m", "", lines[-1]).strip():
        lines.pop()
    width, height = COLUMNS * WIDE + 2 * EDGE, len(lines) * HIGH + 2 * EDGE
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>',
        '<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">',
    ]
    for row, line in enumerate(lines):
        top = EDGE + row * HIGH
        for column, wide, text, (front, back, bold, dim, italic, under) in runs(line):
            left = EDGE + column * WIDE
            if back != BACK:
                out.append(f'<rect x="{left:.2f}" y="{top}" width="{wide * WIDE:.2f}" height="{HIGH}" fill="{back}"/>')
            bare = text.rstrip(" ") if not under else text
            start = len(bare) - len(bare.lstrip(" "))
            if not bare.strip():
                continue
            bare = bare[start:]
            left += start * WIDE
            look = f' fill="{front}"'
            look += ' font-weight="bold"' if bold else ""
            look += ' fill-opacity="0.6"' if dim else ""
            look += ' font-style="italic"' if italic else ""
            look += ' text-decoration="underline"' if under else ""
            length = sum(map(columns, bare)) * WIDE
            out.append(f'<text x="{left:.2f}" y="{top + BASE}" textLength="{length:.2f}"{look}>{escape(bare)}</text>')
    return "\n".join([*out, "</g>", "</svg>", ""])


def draw(program, name, title, words, keys, moment):
    with tempfile.TemporaryDirectory(prefix="tonearm-picture-") as home:
        terminal = Terminal(program, words, Path(home))
        try:
            for wait, pressed in keys:
                terminal.wait(wait)
                terminal.press(*pressed)
            screen = terminal.wait(moment)
        finally:
            terminal.press("q")
            terminal.close()
    screen = re.sub(r"tonearm-demo-\w{6}", "tonearm-demo-listen", screen)
    (HERE / name).write_text(svg(screen, title), encoding="utf-8")
    print(HERE / name)


def main():
    program = Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "target/release/tonearm").resolve()
    if not program.exists():
        sys.exit(f"{program} is not there: cargo build --release")
    quiet = ["demo", "--output", "null"]
    draw(program, "line.svg", "tonearm demo --ui line", [*quiet, "--ui", "line"], [(r"0:01", ["n"])], r"0:02 .* 2/10")
    draw(program, "screen.svg", "tonearm demo", quiet, [(r"0:01", ["n"])], r"0:02")


if __name__ == "__main__":
    main()
