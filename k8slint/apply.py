"""Fixes applied to files: in rounds until nothing is left to mend, each round checked, and written so that no file is ever half there.

A fix was checked alone when it was made (`edits.text_edits`). Together two right fixes can be wrong: each takes out one of
two entries, and nothing stands where `{}` should. So what a round of fixes makes of a document is read again and compared
with what each of them changes when it is applied alone. What does not add up is put off, and in the end reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from k8slint import dialect, edits
from k8slint.document import Document, File, read
from k8slint.files import write_atomically
from k8slint.mending.layout import Layout, UnfixableError, layout_of
from k8slint.mending.parts import Piece, Unreadable, edited, read_edited, smallest_part, unread
from k8slint.mending.plan import same
from k8slint.nodes import MAPPING, Key, Node, Plain, YamlError
from k8slint.ordinary import compose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from k8slint.finding import Edit, Finding

ROUNDS: Final = 100
"""Rounds after which fixing stops. Fixes that undo one another end it earlier: no text is made twice."""


@dataclass(slots=True)
class Outcome:
    """What fixing came to."""

    texts: dict[str, str] = field(default_factory=dict)
    """The new texts of the files that are to change, by path."""
    applied: list[Finding] = field(default_factory=list)
    """The findings whose fixes are in these texts."""
    failed: list[Finding] = field(default_factory=list)
    """The findings whose fixes were thrown away: the text would not have meant what they promise."""
    settled: bool = True
    """False where fixes undo one another, so that there would have been more and more to do."""


def fix_files(
    findings: Sequence[Finding],
    text_of: Callable[[str], str],
    lint: Callable[[Mapping[str, str]], Sequence[Finding]],
    *,
    unsafe: bool = False,
) -> Outcome:
    """Applies the fixes of findings, looks again, and goes on until nothing is left to mend.

    `text_of` gives the text of a file that a finding has an edit in. `lint` is given the new texts of files and returns
    the findings in these files as they are then, all changes so far made. With `unsafe`, unsafe fixes are applied too.
    """
    outcome = Outcome()
    texts: dict[str, str] = {}
    seen: dict[str, set[str]] = {}
    refused: set[tuple[str, str, str, str]] = set()
    current = list(findings)
    for _ in range(ROUNDS):
        wanted = [
            finding
            for finding in sorted(current, key=lambda finding: finding.order)
            if finding.fix and finding.fix.edits and (finding.fix.safe or unsafe) and _identity(finding) not in refused
        ]
        for finding in wanted:
            assert finding.fix is not None
            for path in {edit.path for edit in finding.fix.edits} - texts.keys():
                texts[path] = text_of(path)
                seen[path] = {texts[path]}
        made = _Round(texts)
        made.choose(wanted)
        outcome.failed += made.failed
        refused |= {_identity(finding) for finding in made.failed}
        if not made.chosen:
            return outcome
        changed = {path: made.text(path) for path in made.paths}
        if any(text in seen[path] for path, text in changed.items()):
            outcome.settled = False
            return outcome
        outcome.applied += made.chosen
        outcome.texts |= changed
        texts |= changed
        for path, text in changed.items():
            seen[path].add(text)
        # A finding elsewhere with an edit in a file that has changed no longer knows its place.
        stale = {
            finding.path
            for finding in current
            if finding.fix and {edit.path for edit in finding.fix.edits} & changed.keys()
        }
        again = stale | changed.keys()
        current = [finding for finding in current if finding.path not in again]
        current += lint({path: texts[path] if path in texts else text_of(path) for path in sorted(again)})
    outcome.settled = False
    return outcome


def fix_file(
    path: str, text: str, lint: Callable[[str], Sequence[Finding]], *, unsafe: bool = False
) -> tuple[str, Outcome]:
    """The same for one file: its text when nothing is left to mend, and how it came to that.

    `lint` returns the findings in a text of the file. Fixes with edits in other files are left alone.
    """

    def within(findings: Iterable[Finding]) -> list[Finding]:
        return [finding for finding in findings if finding.fix and all(edit.path == path for edit in finding.fix.edits)]

    outcome = fix_files(within(lint(text)), lambda _: text, lambda texts: within(lint(texts[path])), unsafe=unsafe)
    return outcome.texts.get(path, text), outcome


def _identity(finding: Finding) -> tuple[str, str, str, str]:
    """What stays of a finding when lines move."""
    return finding.rule, finding.path, finding.route, finding.message


# ---------------------------------------------------------------------------------------------------- one round


class _Gone(NamedTuple):
    """Stands for a value that is no longer there."""


class _Effect(NamedTuple):
    """What a fix changes in what a document says: a value at a path, by default at the root."""

    document: int
    path: tuple[Key, ...]
    value: Plain | _Gone


class _Effects(NamedTuple):
    """All that a fix changes in a file. With `alone`, it reaches outside of what can be read and goes without company."""

    effects: tuple[_Effect, ...]
    alone: bool = False


class _Round:
    """Fixes that can be applied together, chosen in turn."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.files: dict[str, File] = {}
        self.chosen: list[Finding] = []
        self.failed: list[Finding] = []
        self.taken: dict[str, list[Edit]] = {}
        self.effects: dict[str, list[_Effects]] = {}

    @property
    def paths(self) -> list[str]:
        """The files that change."""
        return list(self.taken)

    def text(self, path: str) -> str:
        """A file's new text."""
        return edits.replace(self.texts[path], self.taken.get(path, []))

    def choose(self, findings: Sequence[Finding]) -> None:
        """Takes what can be applied together. What fails alone goes to `failed`; what is in the way of another waits."""
        for finding in findings:
            self._take(finding, check=False)
        if all(self._holds(path) for path in self.paths):
            return
        # Together they do not say what each of them does; one by one it shows which of them is to blame.
        wanted, self.chosen, self.taken, self.effects = self.chosen, [], {}, {}
        for finding in wanted:
            self._take(finding, check=True)

    def _take(self, finding: Finding, *, check: bool) -> None:
        assert finding.fix is not None
        wanted: dict[str, list[Edit]] = {}
        for edit in finding.fix.edits:
            wanted.setdefault(edit.path, []).append(edit)
        found: dict[str, _Effects] = {}
        for path, there in wanted.items():
            if any(edits.touch(edit, other) for edit in there for other in self.taken.get(path, [])):
                return
            effects = self._effects(path, there)
            if effects is None:
                self.failed.append(finding)
                return
            if any(_clash(effects, other) for other in self.effects.get(path, [])):
                return
            found[path] = effects
        before = {path: (list(self.taken.get(path, [])), list(self.effects.get(path, []))) for path in wanted}
        for path, there in wanted.items():
            self.taken.setdefault(path, []).extend(there)
            self.effects.setdefault(path, []).append(found[path])
        if check and not all(self._holds(path) for path in wanted):
            for path, (taken, effects_before) in before.items():
                self.taken[path], self.effects[path] = taken, effects_before
                if not taken:
                    del self.taken[path], self.effects[path]
            if not any(taken for taken, _ in before.values()):
                self.failed.append(finding)
            return
        self.chosen.append(finding)

    def _file(self, path: str) -> File:
        if path not in self.files:
            self.files[path] = read(path, self.texts[path])
        return self.files[path]

    def _effects(self, path: str, there: Sequence[Edit]) -> _Effects | None:
        """What edits of a file change in it; None where they break it."""
        file = self._file(path)
        if not edits.in_order(there, len(file.text)):
            return None
        effects: list[_Effect] = []
        left = sorted(there, key=lambda edit: (edit.start, edit.end))
        for document in file.documents:
            pieces = [
                Piece(edit.start - document.start, edit.end - document.start, edit.text)
                for edit in left
                if document.start <= edit.start and edit.end <= document.end
            ]
            if not pieces or document.error is not None:
                continue
            left = [edit for edit in left if not (document.start <= edit.start and edit.end <= document.end)]
            changes = _changes(document, pieces)
            if changes is None:
                return None
            effects += [_Effect(document.index, path_in, value) for path_in, value in changes]
        return _Effects(tuple(effects), alone=bool(left))

    def _holds(self, path: str) -> bool:
        """Whether a file's new text says what the fixes in it change, and nothing else."""
        old, new = self._file(path), read(path, self.text(path))
        fixes = self.effects[path]
        if any(fix.alone for fix in fixes):
            return _holds_what_was_sound(old, new)
        if len(old.documents) != len(new.documents):
            return False
        for before, after in zip(old.documents, new.documents, strict=True):
            if before.text == after.text:
                continue
            if before.error is not None or after.error is not None or len(after.duplicates) > len(before.duplicates):
                return False
            expected = _value(before)
            for effect in (effect for fix in fixes for effect in fix.effects):
                if effect.document == before.index:
                    expected = _with(expected, effect.path, effect.value)
            if not same(_value(after), expected):
                return False
        return True


def _clash(first: _Effects, second: _Effects) -> bool:
    """Whether two fixes change the same value, or one changes what the other takes away."""
    if first.alone or second.alone:
        return True
    for one in first.effects:
        for other in second.effects:
            length = min(len(one.path), len(other.path))
            if one.document == other.document and one.path[:length] == other.path[:length]:
                return True
    return False


def _holds_what_was_sound(old: File, new: File) -> bool:
    """Whether the documents that could be read can still be, in their order, and say what they said."""
    rest = iter([_value(document) for document in new.documents if document.error is None])
    return all(
        any(same(_value(document), value) for value in rest) for document in old.documents if document.error is None
    )


def _value(document: Document) -> Plain:
    return None if document.root is None else document.root.value


def _with(value: Plain, path: tuple[Key, ...], new: Plain | _Gone) -> Plain:
    """A value with another one at a path in it, or none."""
    if not path:
        return new
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_with(child, rest, new) if position == key else child for position, child in enumerate(value)]
    changed = dict(value)
    if not rest and isinstance(new, _Gone):
        changed.pop(key, None)
    else:
        changed[key] = _with(value.get(key), rest, new)
    return changed


def _changes(document: Document, pieces: Sequence[Piece]) -> list[tuple[tuple[Key, ...], Plain | _Gone]] | None:
    """What edits change in what a document says; None if it cannot be read then."""
    layout = layout_of(document)
    inner = None if document.root is None else _innermost(layout, document.root, pieces)
    while inner is not None:
        try:
            part = smallest_part(layout, inner, pieces)
        except UnfixableError:
            break
        if part is None:
            break
        new = read_edited(layout, part, pieces)
        parent = part.parent
        if isinstance(new, Unreadable):
            # What is put in at its end may belong to what is around it.
            inner = parent.parent
        elif parent.kind == MAPPING:
            old = {str(entry.key): entry.value for entry in part.entries[part.first : part.after]}
            return list(_difference(parent.path, old, new))
        else:
            before, after = parent.elements[: part.first], parent.elements[part.after :]
            now = [element.value for element in before] + new + [element.value for element in after]
            return list(_difference(parent.path, parent.value, now))
    new_text = edited(document.text, pieces)
    try:
        composed = compose(new_text)
    except YamlError:
        return None
    lost = unread(new_text, composed.root) != unread(document.text, document.root)
    if lost or len(composed.duplicates) > len(document.duplicates):
        return None
    return list(_difference((), _value(document), None if composed.root is None else composed.root.value))


def _innermost(layout: Layout, node: Node, pieces: Sequence[Piece]) -> Node:
    """The innermost collection whose text holds all edits."""
    while True:
        for child in layout.entries(node):
            if (
                child.start <= pieces[0].start
                and pieces[-1].end <= child.end
                and len(child)
                and layout.holds(node, child)
            ):
                node = child
                break
        else:
            return node


def _difference(path: tuple[Key, ...], old: Plain, new: Plain) -> Iterator[tuple[tuple[Key, ...], Plain | _Gone]]:
    """Where two values differ, as deep down as can be said."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old.keys() | new.keys():
            if key not in new:
                yield (*path, key), _Gone()
            elif key not in old:
                yield (*path, key), new[key]
            else:
                yield from _difference((*path, key), old[key], new[key])
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for position, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _difference((*path, position), before, after)
    elif not same(old, new):
        yield path, new


# ---------------------------------------------------------------------------------------------------- differences


def unified_diff(path: str, old: str, new: str) -> str:
    """The difference between two texts of a file as `git diff` shows it; "" where there is none."""
    if old == new:
        return ""
    from difflib import unified_diff as compare

    name = path.lstrip("/")
    # As git does: a tab ends a name that has blanks in it.
    name += "\t" if " " in name else ""
    lines = compare(_lines(old), _lines(new), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines with their ends. `str.splitlines` would also cut at what is no line end in a file."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


# ---------------------------------------------------------------------------------------------------- writing


class RewriteError(Exception):
    """A file was left as it was; the message says why."""


def rewrite(path: Path, before: str, after: str) -> None:
    """Gives a file another text, in the encoding and with the byte order mark that it has.

    `before` is the text that the edits were made for. Raises RewriteError where the file says something else by now, has
    bytes that are not text, or cannot be written.
    """
    try:
        data = path.read_bytes()
        text, complaint = dialect.decode(data)
        if complaint is not None:
            raise RewriteError(f"{path}: {complaint}; it is not rewritten")
        if text != before:
            raise RewriteError(f"{path}: the file has changed meanwhile; it is not rewritten")
        write_atomically(path, encoded(after, like=data))
    except OSError as error:
        raise RewriteError(f"{path}: {(error.strerror or str(error)).lower()}") from error


def encoded(text: str, *, like: bytes) -> bytes:
    """A text as bytes, encoded as a file's bytes are and with the same byte order mark."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if like.startswith(mark):
            return mark + text.encode(encoding)
    return text.encode()
