"""A rule's docstring as a page: its prose, and its examples as small projects that can be run.

A fence names its language, then `bad`, `good` or `config`, then optionally the file's name: ` ```yaml bad `, ` ```dockerfile good Dockerfile `.
All fences of one word make one project. An arrow (`# <- message`, `// <- message`) at the end of a line says that the rule finds this
there; it is no part of the text. Where the finding claims something else than its rule does, the arrow says so first: `# <- advice: message`.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from k8slint.finding import Claim

_FENCE = re.compile(r"^```(?P<language>\w+)(?P<words>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_ARROW = re.compile(r"[ \t]*(?:#|//) <- ")
_CLAIM = re.compile(rf"({'|'.join(Claim)}): ")
_NAMES = {"yaml": "manifest.yaml", "json": "manifest.json", "dockerfile": "Dockerfile", "go": "types.go"}


class Expected(NamedTuple):
    """A finding that an arrow announces."""

    path: str
    line: int
    message: str
    claim: str = ""
    """What the finding claims; "" for what its rule claims."""


@dataclass(slots=True)
class Example:
    """A small project: texts by file name without their arrows, and the findings that the arrows announce."""

    files: dict[str, str] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)

    def add(self, name: str, text: str) -> None:
        """Adds a file; its arrows become expectations."""
        clean, expected = strip_arrows(name, text)
        self.files[name] = clean
        self.expected += expected


@dataclass(slots=True)
class Page:
    """A rule's page: the summary (its first paragraph), the whole as Markdown, and the examples."""

    summary: str
    markdown: str
    bad: Example | None = None
    good: Example | None = None
    config: str = ""


def parse(doc: str) -> Page:
    """The page of a docstring."""
    text = inspect.cleandoc(doc)
    page = Page(" ".join(text.split("\n\n", 1)[0].split()), text)
    for fence in _FENCE.finditer(text):
        words = fence["words"].split()
        if not words or words[0] not in ("bad", "good", "config"):
            continue
        if words[0] == "config":
            page.config = fence["text"]
            continue
        example = getattr(page, words[0]) or Example()
        setattr(page, words[0], example)
        example.add(words[1] if len(words) > 1 else _name(fence["language"], example), fence["text"])
    return page


def _name(language: str, example: Example) -> str:
    """What a file is called that nobody gave a name: `manifest.yaml`, and the next one `manifest-2.yaml`."""
    stem, dot, ending = _NAMES.get(language, f"file.{language}").partition(".")
    name, number = f"{stem}{dot}{ending}", 1
    while name in example.files:
        number += 1
        name = f"{stem}-{number}{dot}{ending}"
    return name


def strip_arrows(name: str, text: str) -> tuple[str, list[Expected]]:
    """A text without its arrows, and what they announce (several on one line where several findings are there)."""
    lines = []
    expected = []
    for number, line in enumerate(text.split("\n"), 1):
        content, *messages = _ARROW.split(line)
        lines.append(content)
        for message in messages:
            claim = _CLAIM.match(message)
            start, said = (claim.end(), claim[1]) if claim else (0, "")
            expected.append(Expected(name, number, message[start:].strip(), said))
    return "\n".join(lines), expected
