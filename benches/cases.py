#!/usr/bin/env python3
"""Measures how well listings are matched, on cases whose truth is known.

    cargo build --release --example match_cases
    benches/cases.py CASE...                       # each case in a library of its own
    benches/cases.py --tracks 100000 CASE...       # each among 100,000 other tracks
    benches/cases.py --together CASE...            # each among the files of all the others
    benches/cases.py --baselines CASE...           # beside four other ways to match

A case is a folder with `listing.txt`, `files.tsv` (as `examples/match_cases.rs` reads them) and `truth.tsv`: a line an
entry with its number, its text, the right files joined by `|` (`-` where there is none) and a remark. Files exist on
paper only; the other tracks are made as `library_scale.py` makes them. An entry that the answers lack counts as missed.

The baselines get the entries as tonearm has read them, and of each file its tags, or its name where it has none:
- the cosine of trigrams of artist and title, the nearest file if it has 0.80 (ListenBrainz's content resolver);
- the token set ratio of "artist title", the best file if it has 85 (rapidfuzz, as many tools use it);
- beets' distance (title 3, artist 2; its discounts for brackets and articles), the nearest file up to 0.25;
- Jaro-Winkler of the titles from 0.85 on among files of exactly that artist (Navidrome).
They are written anew from how these are described; they stand for the method and not for the program.
Needs nothing but Python 3.
"""
import argparse
import collections
import csv
import difflib
import json
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unicodedata

from library_scale import ROOT, Words

HEAD = "path title artist album albumartist track disc date genre seconds".split()


def rows(path):
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


def crowd(count):
    """Tracks of a large library on paper, always the same."""
    chance = random.Random(2026)
    words = Words(chance)
    artists = [words.name(1, 3) for _ in range(max(count // 40, 3))]
    made = []
    while len(made) < count:
        artist = artists[int(len(artists) * chance.random() ** 1.5)]
        album, date = words.name(1, 4), str(chance.randint(1960, 2025))
        for number in range(1, min(chance.randint(7, 15), count - len(made)) + 1):
            title = words.name(1, 5)
            made.append({"path": f"crowd/{artist}/{album} ({date})/{number:02} {title}.flac", "title": title, "artist": artist,
                         "album": album, "track": str(number), "date": date, "seconds": str(chance.randint(100, 400))})
    return made


def write_case(folder, case, files):
    folder.mkdir(parents=True)
    (folder / "listing.txt").write_bytes((case / "listing.txt").read_bytes())
    with open(folder / "files.tsv", "w", encoding="utf-8", newline="") as handle:
        handle.write("\t".join(HEAD) + "\n")
        handle.writelines("\t".join(file.get(cell) or "" for cell in HEAD) + "\n" for file in files)
    return folder


def answers(program, folders):
    done = subprocess.run([program, *map(str, folders)], stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line)["entries"] for line in done.stdout.splitlines()]


def paired(truth, entries):
    """The entry of each line of truth, or None: the likest of the next few, in order."""
    at, found = 0, []
    for line in truth:
        likeness = [difflib.SequenceMatcher(None, line["text"].lower(), e["text"].lower(), autojunk=False).ratio()
                    for e in entries[at:at + 5]]
        best = max(range(len(likeness)), key=likeness.__getitem__, default=None)
        if best is not None and likeness[best] > 0.4:
            found.append(entries[at + best])
            at += best + 1
        else:
            found.append(None)
    return found


def count(truth, chosen):
    """chosen: per line of truth a file or None."""
    c = collections.Counter()
    for line, file in zip(truth, chosen):
        right = [] if line["paths"].strip() == "-" else line["paths"].split("|")
        c["owned"] += bool(right)
        if file is not None:
            c["right" if file in right else "wrong"] += 1
    return c


def show(name, c):
    played = c["right"] + c["wrong"]
    print(f"{name:44}{c['right'] / max(1, c['owned']):8.4f}{c['right'] / max(1, played):10.4f}{c['wrong']:7}", flush=True)


# --- other ways to match --------------------------------------------------------------------------------


def plain(text):
    text = unicodedata.normalize("NFKD", (text or "").lower())
    return "".join(c for c in text if not unicodedata.combining(c))


def letters(text):
    return re.sub(r"[^\w ]", "", plain(text))


def trigrams(text):
    text = f" {letters(text).replace(' ', '')} "
    return collections.Counter(text[at:at + 3] for at in range(len(text) - 2))


def indel(a, b):
    """1 for equal; the share of letters that a longest common subsequence keeps."""
    if not a and not b:
        return 1.0
    line = [0] * (len(b) + 1)
    for x in a:
        before = 0
        for at, y in enumerate(b, 1):
            before, line[at] = line[at], before + 1 if x == y else max(line[at], line[at - 1])
    return 2 * line[-1] / (len(a) + len(b))


def token_set(a, b):
    a, b = set(letters(a).split()), set(letters(b).split())
    both = " ".join(sorted(a & b))
    if both and (a <= b or b <= a):
        return 1.0
    one, other = (f"{both} {' '.join(sorted(rest))}".strip() for rest in (a - b, b - a))
    return max(indel(one, other), indel(both, one) if both else 0, indel(both, other) if both else 0)


def edits(a, b):
    if not a or not b:
        return 1.0 if a or b else 0.0
    line = list(range(len(b) + 1))
    for row, x in enumerate(a, 1):
        before, line[0] = line[0], row
        for at, y in enumerate(b, 1):
            before, line[at] = line[at], min(line[at] + 1, line[at - 1] + 1, before + (x != y))
    return line[-1] / max(len(a), len(b))


def beets_names(a, b):
    squeeze = lambda text: re.sub(r"[^a-z0-9]", "", text)
    a, b = (plain(x).replace("&", "and") for x in (a, b))
    base, penalty = edits(squeeze(a), squeeze(b)), 0.0
    for pattern, weight in ((r"^the ", .1), (r"[\[\(]?(ep|single)[\]\)]?", 0), (r"[\[\(]?\b(featuring|feat|ft)\b[\. :].+", .1),
                            (r"\(.*?\)", .3), (r"\[.*?\]", .3), (r"(, )?(pt\.|part) .+", .2)):
        c, d = re.sub(pattern, "", a), re.sub(pattern, "", b)
        less = edits(squeeze(c), squeeze(d))
        if less < base:
            a, b, penalty, base = c, d, penalty + weight * (base - less), less
    return base + penalty


def jaro_winkler(a, b):
    if a == b:
        return 1.0
    reach = max(max(len(a), len(b)) // 2 - 1, 0)
    used, ours = [False] * len(b), []
    for at, x in enumerate(a):
        for other in range(max(0, at - reach), min(len(b), at + reach + 1)):
            if not used[other] and b[other] == x:
                used[other] = True
                ours.append(x)
                break
    theirs = [y for y, taken in zip(b, used) if taken]
    if not ours:
        return 0.0
    m, swaps = len(ours), sum(x != y for x, y in zip(ours, theirs)) / 2
    jaro = (m / len(a) + m / len(b) + (m - swaps) / m) / 3
    prefix = next((at for at, (x, y) in enumerate(zip(a[:4], b[:4])) if x != y), min(4, len(a), len(b)))
    return jaro + prefix * 0.1 * (1 - jaro) if jaro > 0.7 else jaro


def named(file):
    """Artist and title as tags have them, or as "Artist - Title" in the name."""
    if file.get("title"):
        return file.get("artist") or "", file["title"]
    stem = re.sub(r"^\d+[ .\-_]+", "", pathlib.PurePosixPath(file["path"]).stem).replace("_", " ")
    artist, dash, title = stem.partition(" - ")
    return (artist, title) if dash else ("", stem)


def baselines(files):
    """Name -> what it chooses for artist and title."""
    names = [(file["path"], *named(file)) for file in files]
    grams = [trigrams(artist + title) for _, artist, title in names]
    having = collections.Counter(gram for bag in grams for gram in bag)
    idf = lambda gram: math.log((1 + len(names)) / (1 + having[gram])) + 1
    vector = lambda bag: {gram: n * idf(gram) for gram, n in bag.items()}
    length = lambda v: math.sqrt(sum(x * x for x in v.values())) or 1.0
    vectors = [(v, length(v)) for v in map(vector, grams)]

    def best(score, bar):
        def choose(artist, title):
            scored = [(score(artist, title, at), path) for at, (path, *_) in enumerate(names)]
            value, path = max(scored, key=lambda s: (s[0], s[1]), default=(0, None))
            return path if value >= bar else None
        return choose

    def cosine(artist, title, at):
        v, (w, size) = vector(trigrams(artist + title)), vectors[at]
        return sum(x * w.get(gram, 0) for gram, x in v.items()) / length(v) / size

    def beets(artist, title, at):
        far = 3 * beets_names(title, names[at][2])
        return 1 - ((far + 2 * beets_names(artist, names[at][1])) / 5 if artist else far / 3)

    def navidrome(artist, title, at):
        same = re.sub(r"^the ", "", letters(artist)) == re.sub(r"^the ", "", letters(names[at][1]))
        return jaro_winkler(letters(title), letters(names[at][2])) if same else 0.0

    return {
        "trigram cosine, the nearest from 0.80": best(cosine, 0.80),
        "token set ratio from 85": best(lambda a, t, at: token_set(f"{a} {t}", f"{names[at][1]} {names[at][2]}"), 0.85),
        "beets' distance up to 0.25": best(beets, 0.75),
        "Jaro-Winkler from 0.85, artist exact": best(navidrome, 0.85),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("cases", nargs="+", type=pathlib.Path, metavar="CASE")
    options.add_argument("--tracks", type=int, default=0, help="so many other tracks in each library")
    options.add_argument("--together", action="store_true", help="the files of all cases in one library")
    options.add_argument("--baselines", action="store_true")
    options.add_argument("--verbose", action="store_true", help="print every wrong and every missed entry")
    options.add_argument("--bin", type=pathlib.Path, default=ROOT / "target/release/examples/match_cases")
    options = options.parse_args()
    cases = [case for case in options.cases if (case / "truth.tsv").exists()]
    if not options.bin.exists():
        sys.exit(f"{options.bin} is missing: cargo build --release --example match_cases")
    others = crowd(options.tracks)
    if options.together:
        others += [{**file, "path": f"{case.name}/{file['path']}"} for case in cases for file in rows(case / "files.tsv")]
    ours, sure, table = collections.Counter(), collections.Counter(), collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory(prefix="tonearm-cases-") as temporary:
        for case in cases:
            truth, files = rows(case / "truth.tsv"), rows(case / "files.tsv")
            mine = {f"{case.name}/{file['path']}" for file in files} if options.together else set()
            among = files + [file for file in others if file["path"] not in mine]
            folder = write_case(pathlib.Path(temporary) / case.name, case, among)
            entries = paired(truth, answers(options.bin, [folder])[0])
            played = [e["file"] if e and e["status"] in ("sure", "likely") else None for e in entries]
            ours += count(truth, played)
            sure += count(truth, [e["file"] if e and e["status"] == "sure" else None for e in entries])
            for line, file, entry in zip(truth, played, entries):
                right = line["paths"].split("|")
                if options.verbose and file not in (right if right != ["-"] else [None]):
                    print(f"{case.name} {entry['status'] if entry else 'unread'}: {line['text']}\n    {file}\n    {line['paths']}")
            if options.baselines:
                for name, choose in baselines(among).items():
                    chosen = [choose(e["artist"] or "", e["title"]) if e else None for e in entries]
                    table[name] += count(truth, chosen)
    print(f"{len(cases)} cases, {ours['owned']} owned entries; other tracks in each library: {len(others)}")
    print(f"{'':44}{'recall':>8}{'precision':>10}{'wrong':>7}")
    show("tonearm", ours)
    show("tonearm, what is sure", sure)
    for name, c in table.items():
        show(name, c)


if __name__ == "__main__":
    main()
