#!/usr/bin/env python3
"""Fits how sure the matcher may be to how often it is right, and checks the fit on other cases.

    cargo run --release --example match_cases -- FIT... > fit.jsonl
    cargo run --release --example match_cases -- CHECK... > check.jsonl
    benches/confidence.py fit.jsonl check.jsonl

A case is a folder as `examples/match_cases.rs` takes it, with `truth.tsv` beside: a line an entry with its number,
its text, the right files joined by `|` (`-` where there is none) and a remark. Prints the two numbers of
`CALIBRATION` in `src/playlist/matching/weights.rs` (log-odds = first + second * margin, fitted by Newton's method on
the choices that no guard caps) and, for the second file, a table: confidence as given, number, predicted and
observed share of right choices. Cases whose entries are not as many as the lines of truth are left out and counted.
Needs nothing but Python 3.
"""
import csv
import json
import math
import pathlib
import sys

BINS = [0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0]


def choices(path):
    """(margin, confidence, capped, played, right) of every choice."""
    found, left_out = [], 0
    for line in open(path, encoding="utf-8"):
        case = json.loads(line)
        with open(pathlib.Path(case["case"]) / "truth.tsv", encoding="utf-8", newline="") as handle:
            truth = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
        if len(truth) != len(case["entries"]):
            left_out += 1
            continue
        for want, entry in zip(truth, case["entries"]):
            if entry["margin"] is not None:
                right = entry["file"] in want["paths"].split("|")
                played = entry["status"] in ("sure", "likely")
                found.append((entry["margin"], entry["confidence"], bool(entry["not_sure"]), played, right))
    print(f"{path}: {len(found)} choices, {left_out} cases left out")
    return found


def odds(x):
    """Log-odds -> probability."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))


def fit(rows):
    """Logistic regression of right on margin, with a slight pull towards (0, 1)."""
    a, b = 0.0, 1.0
    for _ in range(50):
        ga, gb, haa, hab, hbb = -a, 1.0 - b, 1.0, 0.0, 1.0
        for x, right in rows:
            x = min(x, 20.0)
            p = odds(a + b * x)
            ga, gb = ga + right - p, gb + (right - p) * x
            w = p * (1 - p)
            haa, hab, hbb = haa + w, hab + w * x, hbb + w * x * x
        det = haa * hbb - hab * hab
        # Half steps at most: a full one from far off overshoots.
        da, db = (hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det
        a, b = a + max(-0.5, min(0.5, da)), b + max(-0.5, min(0.5, db))
    return a, b


def table(rows):
    """Lines of bin, number, predicted, observed."""
    for low, high in zip(BINS, BINS[1:]):
        inside = [(p, right) for p, right in rows if low <= p < high or (high == 1.0 and p == 1.0)]
        if inside:
            predicted = sum(p for p, _ in inside) / len(inside)
            observed = sum(right for _, right in inside) / len(inside)
            print(f"| {low:.3f} to {high:.3f} | {len(inside):5} | {predicted:.3f} | {observed:.3f} |")


def main():
    first = choices(sys.argv[1])
    a, b = fit([(margin, right) for margin, _, capped, _, right in first if not capped])
    print(f"no guard against: CALIBRATION = ({a:.2f}, {b:.2f})")
    c, d = fit([(margin, right) for margin, _, capped, _, right in first if capped])
    print(f"some guard against: ({c:.2f}, {d:.2f})")
    rows = choices(sys.argv[2]) if len(sys.argv) > 2 else first
    print("as given:")
    table([(confidence, right) for _, confidence, _, _, right in rows])
    print("by the fit, where no guard is against:")
    table([(odds(a + b * m), right) for m, _, capped, _, right in rows if not capped])
    played = [right for *_, played, right in rows if played]
    print(f"played {len(played)}, right {sum(played)}")


if __name__ == "__main__":
    main()
