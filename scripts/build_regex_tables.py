#!/usr/bin/env python3
"""Make the Unicode tables of Go's regular expressions: `k8slint/goregex/unicode.txt`.

    scripts/build_regex_tables.py            write it
    scripts/build_regex_tables.py --check    exit 1 if the committed table is not what would be written

Asks the installed Go for its categories, scripts, aliases, and for which characters are the same but for their case.
The format is described where it is read, in `k8slint/goregex/unicode.py`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "k8slint" / "goregex" / "unicode.txt"
LAST = 0x10FFFF

PROGRAM = """
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"unicode"
)

func ranges(table *unicode.RangeTable) [][2]rune {
	found := [][2]rune{}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.Is(table, r) {
			if n := len(found); n > 0 && found[n-1][1] == r-1 {
				found[n-1][1] = r
			} else {
				found = append(found, [2]rune{r, r})
			}
		}
	}
	return found
}

func all(tables map[string]*unicode.RangeTable) map[string][][2]rune {
	found := map[string][][2]rune{}
	for name, table := range tables {
		found[name] = ranges(table)
	}
	return found
}

func main() {
	orbits := [][]rune{}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		orbit := []rune{r}
		for f := unicode.SimpleFold(r); f > r; f = unicode.SimpleFold(f) {
			orbit = append(orbit, f)
		}
		if len(orbit) > 1 && unicode.SimpleFold(orbit[len(orbit)-1]) == r {
			orbits = append(orbits, orbit)
		}
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"go": runtime.Version(), "unicode": unicode.Version, "aliases": unicode.CategoryAliases, "orbits": orbits,
		"categories": all(unicode.Categories), "scripts": all(unicode.Scripts),
	})
}
"""

Ranges = Iterable[Iterable[int]]


def asked_of_go() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "main.go")
        source.write_text(PROGRAM, encoding="utf-8")
        answer = subprocess.run(["go", "run", str(source)], check=True, capture_output=True, text=True).stdout  # noqa: S607
    read: dict[str, Any] = json.loads(answer)
    return read


def base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
        if not number:
            return digits


def encoded(ranges: Ranges) -> str:
    words, end = [], 0
    for first, last in ranges:
        words.append(base36(first - end) + (f".{base36(last - first)}" if last > first else ""))
        end = last
    return " ".join(words)


def canonical(name: str) -> str:
    name = name.translate({ord(char): None for char in "_- "})
    return name[:1].upper() + name[1:].lower()


def characters(ranges: Ranges) -> set[int]:
    return {char for first, last in ranges for char in range(first, last + 1)}


def folds(orbits: list[list[int]]) -> list[str]:
    """Pairs in runs `first.distance.count.step`, larger sets with commas."""
    words: list[str] = []
    runs: list[list[int]] = []
    for orbit in orbits:
        if len(orbit) > 2:
            words.append(",".join(map(base36, orbit)))
            continue
        first, distance = orbit[0], orbit[1] - orbit[0]
        for run in reversed(runs[-4:]):
            start, apart, count, step = run
            if apart == distance and ((count == 1 and first - start <= 2) or start + count * step == first):
                run[2:] = [count + 1, first - start if count == 1 else step]
                break
        else:
            runs.append([first, distance, 1, 1])
    return words + [".".join(map(base36, run)) for run in runs]


def made() -> str:
    asked = asked_of_go()
    categories, scripts = asked["categories"], asked["scripts"]
    whole = {name: characters(ranges) for name, ranges in categories.items()}
    assert whole["Cn"] == set(range(LAST + 1)) - set().union(
        *(whole[name] for name in whole if name[:1] != "C")
    ) - set().union(*(whole[name] for name in ("Cc", "Cf", "Co", "Cs"))), "what is unassigned is in no other category"
    lines = [
        f"# Unicode {asked['unicode']} as in {asked['go']}'s package unicode. Written by scripts/build_regex_tables.py.",
        "# Go: Copyright 2009 The Go Authors, BSD-3-Clause. Unicode: Copyright Unicode, Inc., Unicode License v3.",
    ]
    for name in sorted(categories):
        if len(name) == 1 or name == "LC":
            parts = (
                ["Lu", "Ll", "Lt"]
                if name == "LC"
                else [part for part in sorted(categories) if part[0] == name and part[1:] > "a"]
            )
            assert whole[name] == set().union(*(whole[part] for part in parts)), name
            lines.append(f"{canonical(name)} + {' '.join(parts)}")
        elif name != "Cn":
            lines.append(f"{name} {encoded(categories[name])}")
    taken = {canonical(name) for name in categories}
    lines += [f"{name} {encoded(ranges)}" for name, ranges in sorted(scripts.items())]
    lines += [
        f"{canonical(name)} + {canonical(actual)}"
        for name, actual in sorted(asked["aliases"].items())
        if canonical(name) not in taken and canonical(name) not in scripts
    ]
    lines.append(f"fold {' '.join(folds(asked['orbits']))}")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--check", action="store_true", help="exit 1 if the committed table is not what would be written"
    )
    text = made()
    if parser.parse_args().check:
        return int(TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET}: {len(text)} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
