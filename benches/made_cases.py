#!/usr/bin/env python3
"""Makes listings with music folders whose truth is known, from a list of dirty song records, for `confidence.py`.

    benches/made_cases.py RECORDS.csv FOLDER --cases 500            # FOLDER/fit/*, FOLDER/check/*

RECORDS.csv has the columns cluster, number, title, artist, album, year; records of one cluster are one song. The songs
are cut in two by their cluster: cases in `fit` and in `check` share none. Of each song a case takes one record for the
listing and another (or the same) for the file. Files stand in folders as people have them: an album with tags, a heap
of downloads without, tags with the record's own mistakes, names cut short. The listing misspells, drops articles,
leaves artists out, numbers or not. Half a case's songs are owned. Beside them lie other versions (live, remix, karaoke),
namesakes by other people, sequels ("II"), and songs that nobody asked for. What is owned only so is not owned.
The same cases come out every time. Needs nothing but Python 3.
"""
import argparse
import collections
import csv
import pathlib
import random
import re

HEAD = "path title artist album albumartist track disc date genre seconds".split()
OTHER_VERSIONS = ["(live)", "(live at the hall)", "(acoustic)", "(club remix)", "(karaoke version)", "(demo)", "(instrumental)"]
SAME_VERSIONS = ["(remastered)", "- 2009 remaster", "(album version)", "(official video)", "[explicit]"]


def clean(text):
    """A field without what the records' makers put into the wrong one."""
    text = re.sub(r"^\d{3}-", "", (text or "").strip())
    return "" if text.lower() in ("", "null", "unknown", "[unknown]") else text


def songs(path):
    """Clusters in a stable order: lists of (title, artist, album, number, year) with at least a title and an artist."""
    clusters = collections.defaultdict(list)
    with open(path, encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            title, artist, album = clean(row["title"]), clean(row["artist"]), clean(row["album"])
            if not artist and " - " in title:
                artist, title = title.split(" - ", 1)
            for extra in (f" ({album})", f" - {album}"):
                if album and title.endswith(extra) and len(title) > len(extra) + 1:
                    title = title[:-len(extra)]
            title, number = re.sub(r"^\d{3}-", "", title).strip(), re.sub(r"\D", "", row["number"] or "")
            # Albums and versions within a title would leave the truth in doubt.
            plain = not re.search(r" - |: |\(|\[|\)|\b(live|mix|remix|version|edit|demo|instrumental|dub|reprise|intro|unknown)\b", title)
            named = artist and not re.search(r" - |unknown|various|\[", artist) and re.search(r"[^\W\d]", title)
            if plain and named and not re.fullmatch(r"(track|untitled)\W*\d*", title):
                clusters[row["cluster"]].append((title, artist, album, number.lstrip("0"), re.sub(r"\D", "", row["year"] or "")))
    return [clusters[key] for key in sorted(clusters, key=int)]


def misspelt(chance, text):
    """One slip of a finger in a word of five letters or more."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if long:
        at = chance.choice(long)
        word, place = words[at], chance.randrange(1, len(words[at]) - 1)
        words[at] = chance.choice([word[:place] + word[place + 1:], word[:place] + word[place + 1] + word[place] + word[place + 2:],
                                   word[:place] + chance.choice("aeioutrns") + word[place:]])
    return " ".join(words)


def file_name(text):
    return re.sub(r'[/\\:*?"<>|\0]', "_", text).strip(" .")[:80] or "_"


class Case:
    def __init__(self, chance):
        self.chance, self.files, self.lines, self.truth, self.taken = chance, [], [], [], set()

    def put(self, song, suffix="", artist=None, where=None):
        """A file of a song, kept as some people keep theirs; its path, or None where one stands already."""
        chance = self.chance
        title, by, album, number, year = song
        title, by = f"{title} {suffix}".strip(), artist or by
        kind, ending = where or self.style, chance.choice(["flac", "mp3", "mp3", "m4a", "ogg"])
        shown = title.title() if chance.random() < .7 else title
        if kind == "album":
            path = f"{file_name(by.title())}/{file_name((album or 'Singles').title())}/{(number or '1').zfill(2)} {file_name(shown)}.{ending}"
        elif kind == "heap":
            path = f"Downloads/{file_name(by.title())} - {file_name(shown)}.{ending}"
        else:
            path = f"mix/{file_name(by).replace(' ', '_')}-{file_name(title).replace(' ', '_')}.{ending}"
        if path.lower() in self.taken:
            return None
        self.taken.add(path.lower())
        tagged = kind == "album" or chance.random() < (.6 if kind == "heap" else .1)
        tags = {"title": shown, "artist": by.title(), "album": album.title(), "track": number, "date": year} if tagged else {}
        self.files.append({"path": path, **tags, "seconds": str(chance.randint(90, 420))})
        return path

    def ask(self, song, path, kind):
        chance = self.chance
        title, artist = song[0], song[1]
        if chance.random() < .15:
            title = misspelt(chance, title)
        if chance.random() < .08:
            artist = misspelt(chance, artist)
        if chance.random() < .3:
            artist = re.sub(r"^the ", "", artist, flags=re.I)
        if chance.random() < .05 and len(title.split()) > 4:
            title = " ".join(title.split()[:-1])
        named = not self.nameless or chance.random() < .2
        text = {"dash": f"{artist} - {title}", "by": f'"{title}" by {artist}', "bracket": f"{title} ({artist})"}[self.form] if named else title
        number = f"{len(self.lines) + 1}. " if self.numbered else ""
        self.lines.append(f"{number}{text}")
        self.truth.append((self.lines[-1], path or "-", kind))


def make(chance, clusters):
    case = Case(chance)
    case.form = chance.choices(["dash", "by", "bracket"], [8, 1, 1])[0]
    case.numbered, case.nameless = chance.random() < .6, chance.random() < .12
    picked = chance.sample(clusters, 34)
    asked, others = picked[:chance.randint(8, 14)], picked[14:]
    for cluster in asked:
        case.style = chance.choices(["album", "heap", "mix"], [6, 3, 1])[0]
        wanted, owned = chance.choice(cluster), chance.choice(cluster)
        dice = chance.random()
        if dice < .55:
            path = case.put(owned, chance.choice(SAME_VERSIONS) if chance.random() < .1 else "")
            case.ask(wanted, path, "owned")
        elif dice < .67:
            case.put(owned, chance.choice(OTHER_VERSIONS))
            case.ask(wanted, None, "other version")
        elif dice < .77 and not case.nameless:
            case.put(owned, artist=chance.choice(others)[0][1])
            case.ask(wanted, None, "namesake")
        elif dice < .83:
            case.put(owned, chance.choice(["ii", "2", "part 2", "iii"]))
            case.ask(wanted, None, "sequel")
        else:
            case.ask(wanted, None, "not owned")
        # Beside what is owned lies what might be taken for it.
        if chance.random() < .25:
            case.put(owned, chance.choice(OTHER_VERSIONS))
        if chance.random() < .15 and not case.nameless:
            case.put(owned, artist=chance.choice(others)[0][1])
    for cluster in others:
        case.style = chance.choice(["album", "heap", "mix"])
        case.put(chance.choice(cluster))
    return case


def write(folder, case):
    folder.mkdir(parents=True)
    (folder / "listing.txt").write_text("\n".join(case.lines) + "\n", encoding="utf-8")
    cell = lambda text: (text or "").replace("\t", " ")
    with open(folder / "files.tsv", "w", encoding="utf-8") as handle:
        handle.write("\t".join(HEAD) + "\n")
        handle.writelines("\t".join(cell(file.get(name)) for name in HEAD) + "\n" for file in case.files)
    with open(folder / "truth.tsv", "w", encoding="utf-8") as handle:
        handle.write("n\ttext\tpaths\tkind\n")
        handle.writelines(f"{n}\t{cell(text)}\t{paths}\t{kind}\n" for n, (text, paths, kind) in enumerate(case.truth, 1))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("records", type=pathlib.Path)
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--cases", type=int, default=500, help="in each half")
    options = options.parse_args()
    clusters = songs(options.records)
    for half, name in enumerate(("fit", "check")):
        chance = random.Random(2026 + half)
        mine = [cluster for at, cluster in enumerate(clusters) if at % 2 == half]
        for number in range(options.cases):
            write(options.folder / name / f"{number:04}", make(chance, mine))


if __name__ == "__main__":
    main()
