"""The patterns of `.gitignore`, as git reads them.

Source: gitignore(5), and git's dir.c (`parse_path_pattern`, `last_matching_pattern_from_list`) and wildmatch.c. It is a
matcher of our own because it is asked for every entry of a tree, and importing pathspec takes as long as a small run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Rule(NamedTuple):
    regex: str
    """What the name has to match in full, or the path where the pattern is tied to its folder."""
    anchored: bool
    only_folders: bool
    ignores: bool


class Patterns:
    """The patterns of one ignore file. The last that matches decides.

    As git does, ask for folders before what is in them, and do not look into a folder that is ignored: a pattern speaks
    of the entry that it names, and not of what is below.
    """

    __slots__ = ("_names", "_others", "_paths", "_rules")

    def __init__(self, lines: Iterable[str]) -> None:
        self._rules = [rule for line in lines if (rule := _read(line))]
        # Most patterns are names, and most entries match none: one look-up and two regexes say so.
        plain = {rule: _plain(rule.regex) for rule in self._rules if not rule.anchored}
        self._names = frozenset(name for name in plain.values() if name is not None)
        self._others = _any(rule.regex for rule, name in plain.items() if name is None)
        self._paths = _any(rule.regex for rule in self._rules if rule.anchored)

    def ignores(self, path: str, *, folder: bool) -> bool | None:
        """Whether an entry is ignored; None where no pattern speaks of it.

        `path` is relative to the folder of the ignore file, with forward slashes; `folder` tells whether it is one (to
        git a link to a folder is a file).
        """
        name = path.rpartition("/")[2]
        if (
            name not in self._names
            and not (self._others and self._others.fullmatch(name))
            and not (self._paths and self._paths.fullmatch(path))
        ):
            return None
        for rule in reversed(self._rules):
            if (folder or not rule.only_folders) and re.fullmatch(rule.regex, path if rule.anchored else name):
                return rule.ignores
        return None


def _any(regexes: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(regexes)
    return re.compile(joined) if joined else None


def _plain(regex: str) -> str | None:
    """The one name a regex matches, where it is no pattern."""
    name = re.sub(r"\\(.)", r"\1", regex)
    return name if re.escape(name) == regex else None


# All but the spaces at the end; a backslash keeps one.
_CONTENT = re.compile(r"(?:\\.|[^\\ ]| +(?=[^ ]))*")


def _read(line: str) -> _Rule | None:
    line = line.rstrip("\r\n")
    content = _CONTENT.match(line)
    pattern = content.group() if content else ""
    if pattern.startswith("#") or len(pattern) < len(line.rstrip(" ")):  # a backslash that escapes nothing
        return None
    ignores = not pattern.startswith("!")
    pattern = pattern if ignores else pattern[1:]
    only_folders = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    anchored = "/" in pattern
    regex = _regex(pattern.removeprefix("/"), anchored)
    return _Rule(regex, anchored, only_folders, ignores) if regex else None


_TOKEN = re.compile(
    r"""
      (?P<all> \A\*\*\Z )
    | (?P<above> \A(?:\*\*/)+ )
    | (?P<below> /\*\*\Z )
    | (?P<between> /(?:\*\*/)+ )
    | (?P<any> \*+ )
    | (?P<one> \? )
    | \[ (?P<not> [!^]? ) (?P<set> \]? (?: \\. | \[:\w+:\] | [^\]\\] )* ) \]
    | \\(?P<escaped> . )
    | (?P<plain> [^\[\\] )
    """,
    re.DOTALL | re.VERBOSE,
)
_WILD = {"all": ".+", "above": "(?:.*/)?", "below": "/.+", "between": "/(?:.*/)?", "any": "[^/]*", "one": "[^/]"}


def _regex(pattern: str, anchored: bool) -> str:
    """The regex of a pattern; "" for one that matches nothing."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:  # a bracket that is never closed
            return ""
        position = token.end()
        kind = token.lastgroup or ""
        if kind == "all" and not anchored:
            kind = "any"
        if kind in _WILD:
            parts.append(_WILD[kind])
        elif kind == "set":
            parts.append(_bracket(token["set"], negated=bool(token["not"])))
        else:
            parts.append(re.escape(token[kind]))
    return "".join(parts)


_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "digit": "0-9",
    "lower": "a-z",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


_MEMBER = re.compile(r"\[:(?P<name>\w+):\]|(?P<low>\\.|.)(?:-(?P<high>\\.|.))?", re.DOTALL)


def _bracket(content: str, *, negated: bool) -> str:
    parts = []
    for member in _MEMBER.finditer(content):
        if name := member["name"]:
            if name not in _CLASSES:
                return "(?!)"
            parts.append(_CLASSES[name])
            continue
        low = member["low"][-1]
        high = (member["high"] or low)[-1]
        # A range the wrong way round still has the end it begins with.
        parts.append(re.escape(low) if high <= low else f"{re.escape(low)}-{re.escape(high)}")
    return f"(?!/)[{'^' if negated else ''}{''.join(parts)}]"
