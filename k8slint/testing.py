"""Runs any rule's examples and fixtures. All that a pack needs to test its rules with pytest:

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

import contextlib
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from k8slint import page, run
from k8slint.apply import fix_files
from k8slint.pack import imported_rules
from k8slint.page import Example, Expected
from k8slint.plugins import Plugins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from k8slint.finding import Finding
    from k8slint.rule import Rule

CONFIG = ".k8slint.yaml"
FIXED = ".fixed"


@dataclass(slots=True)
class Case:
    """A small project, what one rule is to find in it, and what it is to become when fixed."""

    rule: str
    """The rule's id."""
    name: str
    example: Example = field(default_factory=Example)
    fixed: dict[str, str] | None = None
    """Texts by file name when all fixes have been applied, the unsafe ones too; None where that is not looked at."""
    config: str = ""
    flaw: str = ""
    """Why the case cannot be run."""

    def __str__(self) -> str:
        return f"{self.rule}:{self.name}"

    def check(self) -> None:
        """Raises AssertionError with what was found and not expected, and the other way round."""
        __tracebackhide__ = True
        assert not self.flaw, self.flaw
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            # Without a root of its own the case would look for its project in the folders above.
            _write({CONFIG: self.config} | self.example.files)
            findings = self._findings()
            _compare(self, [self._expected(found) for found in findings])
            self._compare_fixes(findings)
            # A documented mistake may be one of those that only the author can mend.
            if self.fixed is not None and (self.name != "bad" or any(found.fix for found in findings)):
                texts = self.example.files | self._mended(findings)
                for name, text in self.fixed.items():
                    assert texts.get(name) == text, (
                        f"{self}: {name} is mended to\n{texts.get(name)}\nand not to\n{text}"
                    )

    def _expected(self, found: Finding) -> Expected:
        """The arrow that a finding wants."""
        claim = "" if found.claim == _plugins().rules[self.rule].claim else str(found.claim)
        return Expected(found.path, found.line, found.message, claim)

    def _compare_fixes(self, findings: list[Finding]) -> None:
        """What a rule says of its fixes is what they are: lists of rules, and `--fix`, rely on it."""
        __tracebackhide__ = True
        fixes = [found.fix for found in findings if found.fix is not None]
        said = _plugins().rules[self.rule].fixable
        made = "safe" if any(fix.safe for fix in fixes) else "unsafe" if fixes else said
        assert said == "safe" or made == said, f'{self}: has {made} fixes; write fixable="{made}" in its @rule'

    def _findings(self) -> list[Finding]:
        """What the rule finds in the current folder; all others run too, as they do for users."""
        result = run.check(["."], run.CheckOptions(config=Path(CONFIG), preset="strict", jobs=1), _plugins())
        assert not result.errors, f"{self}: {result.errors}"
        unread = [f"{found.path}:{found.line}" for found in result.findings if found.rule == "yaml-syntax"]
        # In a project of several files one may be broken on purpose; alone it would test nothing.
        assert not unread or len(self.example.files) > 1 or self.rule == "yaml-syntax" or self.example.expected, (
            f"{self}: {unread[0]} cannot be read, so nothing is looked at"
        )
        crashes = [found.message for found in result.findings if found.rule == "rule-crashed"]
        crashes = [message for message in crashes if f"rule {self.rule} " in message]
        assert not crashes, f"{self}: {crashes[0]}"
        return [found for found in result.findings if found.rule == self.rule]

    def _mended(self, findings: list[Finding]) -> dict[str, str]:
        """The texts that change when the rule's fixes are applied until nothing is left to mend."""

        def lint(texts: Mapping[str, str]) -> list[Finding]:
            _write(texts)
            return [found for found in self._findings() if found.path in texts]

        return fix_files(findings, self.example.files.__getitem__, lint, unsafe=True).texts


def cases(package: str, fixtures: str | Path | None = None) -> list[Case]:
    """Every case of a pack's rules: the examples of their docstrings, and the fixtures below a folder.

    What would be tested by nobody is a case that fails: a rule that is not installed, a bad example without arrows, fixtures of a rule that is not in
    the package. Raises ImportError for a package that cannot be imported.
    """
    folders = {} if fixtures is None else {path.name: path for path in Path(fixtures).iterdir() if path.is_dir()}
    found: list[Case] = []
    for rule in imported_rules(package):
        if rule.id not in _plugins().rules:
            flaw = "the rule is not installed: is the pack, and has it an entry point in the group k8slint?"
            found.append(Case(rule.id, "installed", flaw=flaw))
        found += _documented(rule)
        if rule.id in folders:
            found += _fixtures(rule.id, folders.pop(rule.id))
    found += [Case(name, "fixtures", flaw=f"{package} has no rule of this name") for name in sorted(folders)]
    return found


@lru_cache(maxsize=1)
def _plugins() -> Plugins:
    """The installed plugins, imported once for all cases."""
    return Plugins()


def _write(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


# ---------------------------------------------------------------------------------------------------- docstrings


def _documented(rule: Rule) -> Iterator[Case]:
    doc = page.parse(rule.doc)
    bad, good = (_wrapped(rule, example) for example in (doc.bad, doc.good))
    if bad is not None:
        fixed = good.files if rule.info.fixable and good is not None else None
        flaw = "" if bad.expected else "the bad example has no arrow (`# <- message`) that says what is found"
        yield Case(rule.id, "bad", bad, fixed, doc.config, flaw)
    if good is not None:
        flaw = "the good example has an arrow" if good.expected else ""
        yield Case(rule.id, "good", good, None, doc.config, flaw)


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
        wrapped.expected += [e._replace(line=e.line + offset) for e in example.expected if e.path == name]
    return wrapped


def _is_manifest(text: str) -> bool:
    return any(line.startswith(("kind:", "apiVersion:", "{", "- op:")) for line in text.split("\n"))


def _place(sample: str) -> tuple[str, str, str]:
    """The part of a sample before its last line, and the indentation of what goes there: of later lines, and of the first (it may be `- `)."""
    head, _, last = sample.rstrip("\n").rpartition("\n")
    first = last.removesuffix("...")
    return head + "\n", " " * len(first), first


# ---------------------------------------------------------------------------------------------------- fixtures


def _fixtures(rule: str, folder: Path) -> Iterator[Case]:
    for path in sorted(folder.iterdir()):
        if _is_twin(path):
            source = path.name.replace(FIXED, "")
            if not path.with_name(source).exists():
                yield Case(rule, path.name, flaw=f"it is what {source} becomes, and that is not there")
            continue
        files = _files(path)
        config = files.pop(CONFIG, "")
        example = Example()
        for name, text in files.items():
            example.add(name, text)
        twin = path.with_name(path.name + FIXED if path.is_dir() else f"{path.stem}{FIXED}{path.suffix}")
        yield Case(rule, path.name, example, _files(twin, path.name) if twin.exists() else None, config)


def _is_twin(path: Path) -> bool:
    return FIXED in (path.suffix, Path(path.stem).suffix)


def _files(path: Path, name: str = "") -> dict[str, str]:
    """The texts of a file, under a name, or of all files below a folder, by their path in it."""
    if path.is_dir():
        return {file.relative_to(path).as_posix(): _read(file) for file in sorted(path.rglob("*")) if file.is_file()}
    return {name or path.name: _read(path)}


def _read(path: Path) -> str:
    return path.read_bytes().decode()


# ---------------------------------------------------------------------------------------------------- the verdict


def _compare(case: Case, found: list[Expected]) -> None:
    __tracebackhide__ = True
    missed = list(case.example.expected)
    extra = []
    for finding in found:
        if finding in missed:
            missed.remove(finding)
        else:
            extra.append(finding)
    lines = [f"{case}:"]
    lines += [f"  found and not expected: {_shown(e)}" for e in sorted(extra)]
    lines += [f"  expected and not found: {_shown(e)}" for e in sorted(missed)]
    assert not extra, "\n".join(lines)
    assert not missed, "\n".join(lines)


def _shown(expected: Expected) -> str:
    claim = f"{expected.claim}: " if expected.claim else ""
    return f"{expected.path}:{expected.line}: {claim}{expected.message}"
