"""Mutates real manifests and sends them through check and fix: nothing but findings may come out, and soon.

    python scripts/fuzz.py [--count N] [--seed N] [FOLDER ...]
    python scripts/fuzz.py --schemas [--count N] [--seed N]

A mutation changes bytes, lines or nodes of one file. The run fails with the text that raised, crashed a rule, took over two seconds, or was mended into
something that does not settle. The same seed makes the same texts.

With --schemas it makes CRDs and resources of its own instead (`fuzz_schemas.py`), and knows which of them have to be refused, and where.
"""

from __future__ import annotations

import argparse
import random
import runpy
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from k8slint import edits, run
from k8slint.plugins import Plugins

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 2.0
"""Seconds that one text may take."""

SCRAPS = (
    "\t", "\r\n", "---\n", "--- x\n", "...\n", "{", "}", "[", "]", ": ", "- ", "? ", "&a ", "*a", "<<: *a", "!!binary ", "|\n", ">-\n", "'", '"',
    "#", "%YAML 1.2\n", "\ufeff", "\x00", "\x7f", "\u2028", "é", "😀", "null", "~", "on", "0644", "1e3", ".inf", "-1", "9" * 40, "{{ .x }}", "$(A)",
    "apiVersion: v1\nkind: List\nitems:\n", "k8slint: ignore[", "# k8slint: ignore-file[invalid-name]\n",
)  # fmt: skip
VALUES = (
    "null",
    "{}",
    "[]",
    "''",
    "true",
    "7",
    "-1",
    "1.5",
    "abc",
    "A_b",
    "[1, {a: b}]",
    "{a: [b]}",
    "{name: x}",
    "0x1F",
    "99999999999999999999",
)


def mutate(text: str, chance: random.Random) -> str:
    """A text with one to four changes."""
    for _ in range(chance.randint(1, 4)):
        text = chance.choice((_characters, _lines, _values))(text, chance)
    return text


def _characters(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.choice((0, 0, 1, 1, 3, 20)))
    return text[:start] + chance.choice(("", chance.choice(SCRAPS))) + text[end:]


def _lines(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at, other = (chance.randrange(len(lines)) for _ in range(2))
    match chance.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[other])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = " " * chance.randrange(12) + lines[at].lstrip()
        case _:
            lines[at:at] = lines[other : other + chance.randrange(12)]
    return "\n".join(lines)


def _values(text: str, chance: random.Random) -> str:
    """Gives a key another value, or another key to a value."""
    lines = text.split("\n")
    keyed = [number for number, line in enumerate(lines) if ": " in line or line.endswith(":")]
    if not keyed:
        return text
    at = chance.choice(keyed)
    key, _, value = lines[at].partition(":")
    if chance.random() < 0.7:
        lines[at] = f"{key}: {chance.choice(VALUES)}"
    else:
        other = lines[chance.choice(keyed)].partition(":")[0].strip(" -")
        lines[at] = f"{key[: len(key) - len(key.lstrip(' -'))]}{other}:{value}"
    return "\n".join(lines)


def failure(text: str, plugins: Plugins) -> str:
    """What is wrong with how k8slint takes a text; "" if nothing is."""
    start = time.perf_counter()
    options = run.CheckOptions(config=False, preset="strict")
    try:
        checked = run.check_text(text, "fuzz.yaml", options, plugins)
        mended = text
        for _ in range(10):
            fixes = [finding.fix for finding in checked.findings if finding.fix is not None]
            if not fixes:
                break
            mended, applied, _ = edits.apply(mended, fixes, "fuzz.yaml")
            if not applied:
                break
            checked = run.check_text(mended, "fuzz.yaml", options, plugins)
        else:
            return f"fixing does not settle: {sorted({f.rule for f in checked.findings if f.fix})}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
        return f"{type(error).__name__}: {error}"
    crashes = [finding.message for finding in checked.findings if finding.rule == "rule-crashed"]
    if crashes:
        return crashes[0]
    spent = time.perf_counter() - start
    return f"took {spent:.1f} s" if spent > LIMIT else ""


def texts(folders: list[Path]) -> list[str]:
    """The manifests below some folders."""
    found = [
        path
        for folder in folders
        for pattern in ("*.yaml", "*.yml", "*.json")
        for path in sorted(folder.rglob(pattern))
    ]
    return [path.read_bytes().decode(errors="replace") for path in found if path.stat().st_size < 50_000]


def mutations(sources: list[str], count: int, seed: int) -> Iterator[tuple[int, str]]:
    """Numbered texts; a number and a seed make the same one wherever they run."""
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")  # noqa: S311 - to be repeated, not to be safe
        yield number, mutate(chance.choice(sources), chance)


def main() -> int:
    arguments = argparse.ArgumentParser(description="Fuzzes k8slint with mutations of real manifests.")
    arguments.add_argument("folders", nargs="*", type=Path, default=[ROOT / "examples", ROOT / "tests" / "fixtures"])
    arguments.add_argument("--count", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument(
        "--schemas", action="store_true", help="make CRDs and resources instead of mutating manifests"
    )
    given = arguments.parse_args()
    if given.schemas:
        failures: int = runpy.run_path(str(ROOT / "scripts" / "fuzz_schemas.py"))["fuzz"](given.count, given.seed)
        return 1 if failures else 0
    plugins = Plugins()
    failed = 0
    start = time.perf_counter()
    for number, text in mutations(texts(given.folders), given.count, given.seed):
        wrong = failure(text, plugins)
        if wrong:
            failed += 1
            if failed <= 20:
                print(f"--- {number}: {wrong}\n{text if len(text) < 1500 else text[:1500] + '...'}")
    print(f"{given.count} mutations, {failed} failed, {time.perf_counter() - start:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
