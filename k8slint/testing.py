"""Runs any rule's examples and fixtures. What a pack's own tests use:

```python
import pytest
from k8slint.testing import Case, cases

@pytest.mark.parametrize("case", cases("acme_pack", fixtures="tests/fixtures"), ids=str)
def test_rule(case: Case) -> None:
    case.check()
```

Each rule's docstring is a case: its *bad* example finds exactly its arrows, its *good* one nothing, and where the rule fixes, the fixed bad example
is the good one. So is each file below `<fixtures>/<rule-id>/`: a manifest with arrows, with a `.fixed.yaml` twin where something is fixed. A folder
there is a case of several files, and may hold a `.k8slint.yaml`; its twin is a folder whose name ends in `.fixed`.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from k8slint import edits, page, run
from k8slint.pack import imported_rules
from k8slint.page import Example, Expected
from k8slint.plugins import Plugins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.finding import Finding
    from k8slint.rule import Rule

CONFIG = ".k8slint.yaml"


@dataclass(slots=True)
class Case:
    """A small project, what one rule is to find in it, and what it is to become when fixed."""

    rule: Rule
    name: str
    example: Example
    fixed: dict[str, str] | None = None
    """Texts by file name after all fixes; None where that is not looked at."""
    config: str = ""
    quiet: bool = field(default=False)
    """Whether the case is an example of what is right."""

    def __str__(self) -> str:
        return f"{self.rule.id}:{self.name}"

    def check(self) -> None:
        """Raises AssertionError with what was found and not expected, and the other way round."""
        with tempfile.TemporaryDirectory() as folder:
            self._write(Path(folder))
            findings = self._findings(Path(folder))
            found = [Expected(f.path, f.line, f.message) for f in findings]
            _compare(self, found)
            if self.fixed is not None:
                texts = dict(self.example.files)
                _fix(texts, findings)
                for name, text in self.fixed.items():
                    assert texts[name] == text, f"{self}: fixed {name} is\n{texts[name]}\nnot\n{text}"

    def _write(self, folder: Path) -> None:
        # Without a root of its own the case would look for its project in the folders above.
        (folder / CONFIG).write_text(self.config, encoding="utf-8")
        for name, text in self.example.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())

    def _findings(self, folder: Path) -> list[Finding]:
        """What the rule finds; all others run too, as they do for users."""
        before = Path.cwd()
        os.chdir(folder)
        try:
            result = run.check(["."], run.CheckOptions(config=folder / CONFIG, preset="strict", jobs=1), _plugins())
        finally:
            os.chdir(before)
        assert not result.errors, result.errors
        crashes = [
            f.message for f in result.findings if f.rule == "rule-crashed" and f"rule {self.rule.id} " in f.message
        ]
        assert not crashes or self.rule.id == "rule-crashed", crashes
        return [finding for finding in result.findings if finding.rule == self.rule.id]


@lru_cache(maxsize=1)
def _plugins() -> Plugins:
    return Plugins()


def cases(package: str, fixtures: str | Path | None = None) -> list[Case]:
    """Every case of a pack's rules: the examples of their docstrings and the fixtures below a folder."""
    found: list[Case] = []
    known = set()
    for rule in imported_rules(package):
        known.add(rule.id)
        found += _documented(rule)
        if fixtures is not None and (Path(fixtures) / rule.id).is_dir():
            found += _fixtures(rule, Path(fixtures) / rule.id)
    if fixtures is not None:
        strays = [path.name for path in Path(fixtures).iterdir() if path.is_dir() and path.name not in known]
        assert not strays, f"fixtures of rules that do not exist: {', '.join(sorted(strays))}"
    return found


def _documented(rule: Rule) -> Iterator[Case]:
    doc = page.parse(rule.doc)
    bad, good = (_wrapped(rule, example) for example in (doc.bad, doc.good))
    if bad is not None:
        fixed = good.files if rule.info.fixable and good is not None else None
        yield Case(rule, "bad", bad, fixed, doc.config)
    if good is not None:
        yield Case(rule, "good", good, None, doc.config, quiet=True)


def _wrapped(rule: Rule, example: Example | None) -> Example | None:
    """The example with what the rule looks at put into a whole manifest, where it is not one already."""
    if example is None:
        return None
    wrapped = Example()
    for name, text in example.files.items():
        sample = rule.on[0].sample
        offset = 0
        if name.endswith((".yaml", ".yml")) and sample and not _is_manifest(text):
            head, indent, first = _place(sample)
            lines = text.rstrip("\n").split("\n")
            body = [(first if number == 0 else indent) + line if line else line for number, line in enumerate(lines)]
            offset = head.count("\n")
            text = head + "\n".join(body) + "\n"
        wrapped.files[name] = text
        wrapped.expected += [Expected(e.path, e.line + offset, e.message) for e in example.expected if e.path == name]
    return wrapped


def _is_manifest(text: str) -> bool:
    return any(line.startswith(("kind:", "apiVersion:", "{", "- op:")) for line in text.split("\n"))


def _place(sample: str) -> tuple[str, str, str]:
    """The part of a sample before its last line, and the indentation of what goes there: of later lines, and of the first (it may be `- `)."""
    head, _, last = sample.rstrip("\n").rpartition("\n")
    first = last.removesuffix("...")
    return head + "\n", " " * len(first), first


def _fixtures(rule: Rule, folder: Path) -> Iterator[Case]:
    for path in sorted(folder.iterdir()):
        stem, _, ending = path.name.rpartition(".")
        if path.name.endswith(".fixed") or stem.endswith(".fixed"):
            continue
        example = Example()
        if path.is_dir():
            config = ""
            for file in sorted(file for file in path.rglob("*") if file.is_file()):
                if file.name == CONFIG:
                    config = file.read_text(encoding="utf-8")
                else:
                    example.add(file.relative_to(path).as_posix(), _read(file))
            twin = path.with_name(path.name + ".fixed")
            fixed = (
                {file.relative_to(twin).as_posix(): _read(file) for file in twin.rglob("*") if file.is_file()}
                if twin.is_dir()
                else None
            )
            yield Case(rule, path.name, example, fixed, config)
        else:
            example.add(path.name, _read(path))
            twin = path.with_name(f"{stem}.fixed.{ending}")
            yield Case(rule, path.name, example, {path.name: _read(twin)} if twin.is_file() else None)


def _read(path: Path) -> str:
    return path.read_bytes().decode()


def _compare(case: Case, found: list[Expected]) -> None:
    key = lambda e: (e.path, e.line, e.message)  # noqa: E731
    extra, missed = list(found), []
    for expected in case.example.expected:
        if expected in extra:
            extra.remove(expected)
        else:
            missed.append(expected)
    lines = [f"{case}:"]
    lines += [f"  found and not expected: {e.path}:{e.line}: {e.message}" for e in sorted(extra, key=key)]
    lines += [f"  expected and not found: {e.path}:{e.line}: {e.message}" for e in sorted(missed, key=key)]
    assert len(lines) == 1, "\n".join(lines)


def _fix(texts: dict[str, str], findings: list[Finding]) -> None:
    """Applies every fix of the findings, safe or not, to the texts by file name."""
    for name in texts:
        fixes = [f.fix for f in findings if f.fix is not None and any(edit.path == name for edit in f.fix.edits)]
        texts[name] = edits.apply(texts[name], fixes, name)[0]
