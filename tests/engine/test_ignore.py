"""Ignore files say what git says."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from k8slint.ignore import Patterns

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("build", "build", True),
        ("build", "apps/build", True),
        ("build", "build.yaml", None),
        ("/build", "apps/build", None),
        ("apps/build", "more/apps/build", None),
        ("*.yaml", "apps/web.yaml", True),
        ("apps/*.yaml", "apps/web.yaml", True),
        ("apps/*.yaml", "apps/shop/web.yaml", None),
        ("**/secret.yaml", "secret.yaml", True),
        ("**/secret.yaml", "a/b/secret.yaml", True),
        ("apps/**", "apps/shop/web.yaml", True),
        ("apps/**", "apps", None),
        ("apps/**/web.yaml", "apps/web.yaml", True),
        ("web?.yaml", "web1.yaml", True),
        ("web[0-9].yaml", "web1.yaml", True),
        ("web[!0-9].yaml", "web1.yaml", None),
        ("[[:digit:]]*", "1.yaml", True),
        (r"\#notes", "#notes", True),
        ("# notes", "# notes", None),
        (r"trailing\ ", "trailing ", True),
        ("trailing  ", "trailing", True),
        ("web[.yaml", "web[.yaml", None),
        ("", "web.yaml", None),
    ],
)
def test_one_pattern(pattern: str, path: str, ignored: bool | None) -> None:
    assert Patterns([pattern]).ignores(path, folder=False) is ignored


def test_a_pattern_with_a_slash_at_its_end_is_for_folders() -> None:
    patterns = Patterns(["out/"])
    assert patterns.ignores("out", folder=True)
    assert patterns.ignores("out", folder=False) is None


def test_the_last_pattern_that_matches_decides() -> None:
    patterns = Patterns(["*.yaml\n", "!keep.yaml\r\n", "old/keep.yaml\n"])
    assert patterns.ignores("web.yaml", folder=False) is True
    assert patterns.ignores("keep.yaml", folder=False) is False
    assert patterns.ignores("old/keep.yaml", folder=False) is True


@pytest.mark.skipif(shutil.which("git") is None, reason="asks git")
@pytest.mark.parametrize("seed", range(5))
def test_git_says_the_same(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    names = ["a", "b", "ab", "foo", "foo.yaml", "a.yaml", "b-c", "x y", "[a]", "!x", "#h", "a*b", "A1", "foo "]
    words = [
        "*",
        "?",
        "[ab]",
        "[!a]",
        "[a-z]",
        "[[:alpha:]]",
        "[]a]",
        "[z-a]",
        r"\*",
        "foo",
        "a",
        "b",
        ".yaml",
        "x y",
        "/",
    ]
    shapes = [
        "{}",
        "{}{}",
        "{}/",
        "/{}",
        "{}/{}",
        "**/{}",
        "{}/**",
        "{}/**/{}",
        "!{}",
        "!{}/{}",
        "#{}",
        r"\#{}",
        r"\!{}",
    ]
    for _ in range(60):
        entry = tmp_path.joinpath(*chance.choices(names, k=chance.randint(1, 4)))
        try:
            entry.mkdir(parents=True) if chance.random() < 0.3 else entry.parent.mkdir(parents=True, exist_ok=True)
            entry.touch()
        except OSError:
            continue  # the name is taken by a file
    entries = [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))]
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)

    for _ in range(40):
        lines = [chance.choice(shapes).format(*chance.choices(words, k=2)) for _ in range(chance.randint(1, 4))]
        (tmp_path / ".gitignore").write_text("\n".join(lines))
        patterns = Patterns(lines)
        ours: dict[str, bool] = {}
        for entry_path in entries:
            parent = os.path.dirname(entry_path)
            folder = (tmp_path / entry_path).is_dir()
            ours[entry_path] = ours.get(parent, False) or bool(patterns.ignores(entry_path, folder=folder))
        asked = subprocess.run(
            ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "-z", "--stdin"],
            input="\0".join(entries),
            capture_output=True,
            text=True,
            check=False,
        )
        theirs = set(asked.stdout.split("\0")[:-1])
        assert {path for path, ignored in ours.items() if ignored} == theirs, lines
