"""What an author asks not to be told: the comment `# k8slint: ignore[rule-id] why` and the annotation `k8slint/ignore`.

`collect` finds them in one file, in the process that read it; `Suppressions` is small and picklable, so that findings
of the second pass can be held against it elsewhere. Comments are no part of the nodes: they are looked for in the text,
and the nodes say where a `#` is a string's.

What each form covers is said in docs/suppression.md.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from k8slint.document import Span
from k8slint.finding import Edit
from k8slint.nodes import MAPPING, MISSING, SCALAR, SEQUENCE
from k8slint.problem import Mend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from k8slint.document import Document, File
    from k8slint.finding import Finding
    from k8slint.nodes import Node

Kind: TypeAlias = Literal["line", "block", "file", "annotation"]

EVERY_RULE = "*"
ANNOTATION = "k8slint/ignore"
UNUSED_RULE = "unused-suppression"


@dataclass(frozen=True, slots=True)
class Named:
    """An id that a suppression names, and where (offsets in the file)."""

    rule: str
    place: Span


@dataclass(slots=True)
class Suppression:
    """One comment or annotation.

    It covers the lines `first` to `last` (1-based, inclusive; none where `last` is smaller). `place` is the comment, or
    the annotation's value. `flaw` says why one that was meant as a suppression is none.
    """

    kind: Kind
    ids: tuple[Named, ...]
    first: int
    last: int
    place: Span
    reason: str = ""
    flaw: str = ""
    document: int = -1
    """The index of the document it is about; -1 for the whole file."""
    removal: tuple[Edit, ...] = ()
    """Takes all of it out of the text; empty where that is left to the author."""
    used: set[int] = field(default_factory=set)
    """Positions in `ids` of those that suppressed something."""

    def names(self, rule: str) -> int:
        """The position in `ids` of the one that stands for a rule; -1 if none does."""
        everything = -1
        for position, named in enumerate(self.ids):
            if named.rule == rule:
                return position
            if named.rule == EVERY_RULE:
                everything = position
        # A blanket would silence the very finding that says it is not needed.
        return -1 if rule == UNUSED_RULE else everything


@dataclass(frozen=True, slots=True)
class Unused:
    """A suppression, or one id of it, that suppressed nothing.

    `rule` is the id it names ("" where it names none), `known` whether there is such a rule, `near` the id that was
    probably meant, or "". `start` and `end` are its place in the file. `mend` is None where it is left to the author.
    """

    start: int
    end: int
    rule: str
    known: bool
    near: str
    message: str
    mend: Mend | None


class Suppressions:
    """The suppressions of one file."""

    __slots__ = ("_unchecked", "items", "path")

    def __init__(self, path: str, items: Iterable[Suppression] = (), unchecked: Iterable[int] = ()) -> None:
        self.path = path
        self.items = list(items)
        self._unchecked = set(unchecked)

    def __len__(self) -> int:
        return len(self.items)

    def unchecked(self, document: int) -> None:
        """Says that no rule looked at a document, by its index: nothing that stands there can be called unused."""
        self._unchecked.add(document)

    @property
    def unchecked_documents(self) -> frozenset[int]:
        """The documents, by index, that no rule looked at."""
        return frozenset(self._unchecked)

    def match(self, finding: Finding) -> bool:
        """Whether a finding of this file is suppressed; what suppresses it counts as used.

        Where several do, the one that covers the fewest lines does: one around it that is not needed can then be named.
        """
        narrowest: tuple[int, Suppression, int] | None = None
        for item in self.items:
            if not item.first <= finding.line <= item.last or (finding.rule == UNUSED_RULE and item.kind != "file"):
                continue
            position = item.names(finding.rule)
            if position >= 0 and (narrowest is None or item.last - item.first < narrowest[0]):
                narrowest = (item.last - item.first, item, position)
        if narrowest is None:
            return False
        narrowest[1].used.add(narrowest[2])
        return True

    def unused(self, active: Iterable[str], known: Iterable[str]) -> list[Unused]:
        """What suppressed nothing, once all findings have been held against this.

        `active` are the ids of the rules that ran, `known` those of all there are. Of a rule that did not run nobody
        can say that it finds nothing, and nothing is said.
        """
        active, known = frozenset(active), frozenset(known)
        found: list[Unused] = []
        for item in self.items:
            if item.document in self._unchecked or (item.kind == "file" and self._unchecked and not item.flaw):
                continue
            found += self._unused(item, active, known)
        return sorted(found, key=lambda unused: (unused.start, unused.end))

    def _unused(self, item: Suppression, active: frozenset[str], known: frozenset[str]) -> Iterator[Unused]:
        removal = Mend((), True, "Remove the suppression", item.removal) if item.removal else None
        if item.flaw:
            message = f"{item.flaw}; nothing is suppressed"
            yield Unused(item.place.start, item.place.end, "", False, "", message, removal)
            return
        verdicts = [_verdict(item, position, active, known) for position in range(len(item.ids))]
        # An id with a near name is one to correct, and one of a rule that is not here may be of a pack that is elsewhere: the suppression stays for it.
        kept = [verdict is None or bool(verdict.near) or verdict.unknown for verdict in verdicts]
        for position, verdict in enumerate(verdicts):
            if verdict is None:
                continue
            rule, (start, end) = item.ids[position].rule, item.ids[position].place
            mend = removal
            if verdict.near:
                # Not safe: it would hide findings on a guess.
                rename = Edit(self.path, start, end, verdict.near)
                mend = Mend((), False, f"Name {verdict.near} instead", (rename,))
            elif verdict.unknown:
                others = [keep and number != position for number, keep in enumerate(kept)]
                mend = removal.unsafe() if removal is not None else None
                if any(others):
                    mend = Mend(
                        (), False, f"Remove {rule}", (Edit(self.path, *_with_comma(item.ids, position, others), ""),)
                    )
            elif any(kept):
                cut = Edit(self.path, *_with_comma(item.ids, position, kept), "")
                mend = Mend((), True, f"Remove {rule}", (cut,))
            yield Unused(start, end, rule, rule in known, verdict.near, verdict.message, mend)


class _Verdict(NamedTuple):
    message: str
    near: str = ""
    unknown: bool = False
    """Whether no such rule is installed."""


def _verdict(item: Suppression, position: int, active: frozenset[str], known: frozenset[str]) -> _Verdict | None:
    """What is wrong with one id of a suppression; None where nothing is."""
    rule = item.ids[position].rule
    here = "in this file" if item.kind == "file" else "here"
    if position in item.used:
        return None
    if any(earlier.rule == rule for earlier in item.ids[:position]):
        return _Verdict(f"{rule} is named twice")
    if rule == EVERY_RULE:
        return _Verdict(f"no rule finds anything {here}")
    if rule not in known:
        from k8slint.near import near

        meant = near(rule, sorted(known))
        guess = (
            f" (did you mean {meant}?); nothing is suppressed" if meant else "; is the pack that brings it installed?"
        )
        return _Verdict(f"no rule is called {rule}{guess}", meant, not meant)
    if rule == UNUSED_RULE:
        if item.kind == "file":
            # Whether it is needed shows only when everything else has been judged: it is taken at its word.
            return None
        return _Verdict(f"{UNUSED_RULE} can be suppressed for a whole file only, by ignore-file")
    if rule not in active:
        return None
    return _Verdict(f"{rule} finds nothing {here}")


def _with_comma(ids: tuple[Named, ...], position: int, kept: list[bool]) -> tuple[int, int]:
    """The stretch to cut for one id of several.

    Each takes the comma towards the ids that stay, so that the cuts of two ids never overlap.
    """
    place = ids[position].place
    if any(kept[:position]):
        return ids[position - 1].place.end, place.end
    return place.start, ids[position + 1].place.start


# ---------------------------------------------------------------------------------------------------- collecting


def collect(file: File) -> Suppressions:
    """The suppressions of a file. Never raises.

    In a document that cannot be read, or a file that was not read as documents (a template), a `#` is taken for a
    comment's by its looks, and nothing is called unused.
    """
    text = file.text
    unchecked = [document.index for document in file.documents if document.error is not None]
    if not file.documents:
        unchecked.append(-1)
    items = [item for comment in _comments(file) for item in _of_comment(file, comment)]
    for document in file.documents:
        if document.root is not None and _ANNOTATED.search(text, document.start, document.end):
            items += _of_annotations(document)
    return Suppressions(file.path, items, unchecked)


_NAME = re.compile("k8slint", re.IGNORECASE)
_ANNOTATED = re.compile(r"k8slint[\w.-]*/", re.IGNORECASE)
# A `#` that begins a comment as far as one line can tell, or a quoted string to step over.
_HASH_OR_QUOTED = re.compile(r"""(?<![^\s\[{,:(])(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*')|(?<!\S)#""")
_HASH = re.compile(r"(?<!\S)#")
# One comment may speak to several tools: `# yamllint disable-line # k8slint: ignore[x]`. `#12` is an issue's number.
_PART = re.compile(r"(?<!\S)#(?=[\s#A-Za-z]|$)")


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment with our name in it: offsets in the file, and the line (1-based) it stands on."""

    start: int
    end: int
    line: int
    alone: bool


def _comments(file: File) -> Iterator[_Comment]:
    text, lines = file.text, file.lines
    strings: dict[int, list[Span]] = {}
    seen = 0
    for mention in _NAME.finditer(text):
        number = lines.position(mention.start())[0]
        if number == seen:
            continue
        seen = number
        start = lines.offset(number)
        end = start + len(lines.line(number).rstrip())
        document = _document_at(file, start)
        if document is None or document.error is not None:
            hashes = (start + found.start() for found in _HASH_OR_QUOTED.finditer(text[start:end]) if found[0] == "#")
        else:
            if document.index not in strings:
                strings[document.index] = _strings(document)
            inside = strings[document.index]
            candidates = (start + found.start() for found in _HASH.finditer(text[start:end]))
            hashes = (offset for offset in candidates if not _within(inside, offset))
        begin = next(hashes, -1)
        if begin >= 0:
            yield _Comment(begin, end, number, not text[start:begin].strip())


def _document_at(file: File, offset: int) -> Document | None:
    """The document a line belongs to; None for the `---` lines between documents."""
    position = bisect_right(file.documents, offset, key=lambda document: document.start) - 1
    return file.documents[position] if position >= 0 and offset < file.documents[position].end else None


def _strings(document: Document) -> list[Span]:
    """Where a document's scalars and keys stand in the file, in order: a `#` in there is no comment's."""
    spans: set[Span] = set()
    text, offset = document.text, document.start
    roots = [document.root, *(first for first, _ in document.duplicates)]
    for root in roots:
        for node in root.walk() if root is not None else ():
            if node.key_start >= 0:
                spans.add(Span(offset + node.key_start, offset + node.key_end))
            if node.kind == SCALAR and node.start >= 0:
                start = node.start
                if node.style in ("|", ">"):
                    # Behind the indicator of a block scalar a comment may follow; its content begins on the next line.
                    start = text.find("\n", node.start, node.end) + 1 or node.end
                if start < node.end:
                    spans.add(Span(offset + start, offset + node.end))
    return sorted(spans)


def _within(spans: list[Span], offset: int) -> bool:
    before = bisect_right(spans, (offset, sys.maxsize)) - 1
    return before >= 0 and spans[before].start <= offset < spans[before].end


# ---------------------------------------------------------------------------------------------------- reading a comment

_IGNORE = re.compile(r"#+\s*k8slint\s*:\s*(?P<verb>ignore-file|ignore)(?![\w-])\s*", re.IGNORECASE)
_MEANT = re.compile(r"#+\s*k8slint(?P<link>\W+)(?P<verb>[A-Za-z][\w-]*)\s*(?P<bracket>\[?)", re.IGNORECASE)
_ID = re.compile(r"[^\s,]+")
_VERBS = ("ignore", "ignore-file")
# What other tools call it. `# k8slint: the rest of a sentence` is a remark.
_OTHER_VERB = re.compile(
    r"(disable|enable|skip|suppress|ignore)(-(all|block|end|file|line|next|next-line|start))?|noqa|nolint|off"
)


def _of_comment(file: File, comment: _Comment) -> Iterator[Suppression]:
    """The suppressions in a comment: none, one, or several behind one another."""
    text = file.text[comment.start : comment.end]
    starts = [part.start() for part in _PART.finditer(text)] or [0]
    cover: tuple[int, int, int] | None = None
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        part = text[start:following].rstrip()
        item = _read(part, comment.start + start)
        if item is None:
            continue
        if item.kind == "file":
            item.first, item.last, item.document = 1, sys.maxsize, -1
        else:
            cover = cover or _cover(file, comment)
            item.first, item.last, item.document = cover
            item.kind = "block" if item.last > item.first else "line"
        # Only the author knows what was meant by one that cannot be read. One that names nothing can go.
        if not item.flaw or item.removal:
            item.removal = (_comment_removal(file, comment, start, len(part), following),)
        yield item


def _read(part: str, offset: int) -> Suppression | None:
    """A part of a comment as a suppression, be it a flawed one; None for a remark. `offset` is its place."""
    place = Span(offset, offset + len(part))
    kind: Kind = "line"

    def flawed(flaw: str) -> Suppression:
        return Suppression(kind, (), 0, -1, place, flaw=flaw)

    written = _IGNORE.match(part)
    if written is None:
        flaw = _near_miss(part)
        return flawed(flaw) if flaw else None
    verb = written["verb"].lower()
    if verb == "ignore-file":
        kind = "file"
    rest = written.end()
    if rest == len(part):
        return Suppression(kind, (Named(EVERY_RULE, place),), 0, -1, place)
    if part[rest] != "[":
        return flawed(f"rules are named in brackets: {verb}[rule-id]")
    close = part.find("]", rest)
    if close < 0:
        return flawed("the bracket is not closed")
    ids = tuple(
        Named(word[0], Span(offset + word.start(), offset + word.end())) for word in _ID.finditer(part, rest + 1, close)
    )
    reason = part[close + 1 :].strip()
    if not ids:
        empty = flawed("no rule is named")
        empty.removal = (Edit("", place.start, place.end, ""),)
        return empty
    return Suppression(kind, ids, 0, -1, place, reason)


def _near_miss(part: str) -> str:
    """What keeps a comment that was meant as a suppression from being one; "" for a remark."""
    meant = _MEANT.match(part)
    if meant is None:
        return ""
    addressed = ":" in meant["link"]
    if not addressed and not meant["bracket"] and meant.end() != len(part):
        return ""
    verb = meant["verb"].lower().replace("_", "-")
    if verb in _VERBS:
        return f'a colon and nothing else goes between k8slint and {verb}: "# k8slint: {verb}[rule-id]"'
    from k8slint.near import near

    if not _OTHER_VERB.fullmatch(verb) and not near(verb, _VERBS):
        return ""
    return f'"{meant["verb"]}" is not understood; write "# k8slint: ignore[rule-id]"'


def _comment_removal(file: File, comment: _Comment, start: int, length: int, following: int | None) -> Edit:
    """Cuts one part of a comment: with the blanks before it, and with the line where nothing else stands there."""
    text = file.text
    begin, end = comment.start + start, comment.start + start + length
    if start == 0 and following is not None:
        return Edit(file.path, begin, comment.start + following, "")
    line_start = file.lines.offset(comment.line)
    if start == 0 and comment.alone:
        return Edit(file.path, line_start, file.lines.offset(comment.line + 1), "")
    begin = line_start + len(text[line_start:begin].rstrip())
    return Edit(file.path, begin, end, "")


# ---------------------------------------------------------------------------------------------------- what is covered


def _cover(file: File, comment: _Comment) -> tuple[int, int, int]:
    """The first and last line a comment covers, and the index of their document."""
    lines = file.lines
    line = comment.line if not comment.alone else _next_content(file, comment.line + 1)
    if not line:
        here = _document_at(file, comment.start)
        return 0, -1, here.index if here else -1
    start, end = lines.offset(line), lines.offset(line + 1)
    document = _document_at(file, start)
    if file.text.startswith("---", start):
        # The line that opens a document, which is the next one unless nothing comes before it.
        document = document or next((later for later in file.documents if later.start >= start), None)
        if document is None:
            return line, line, -1
        return line, lines.position(max(document.end - 1, start))[0], document.index
    if document is None or document.root is None:
        return line, line, document.index if document else -1
    first, last = _entries(document, start - document.start, end - document.start)
    if last < first:
        return line, line, document.index
    first_line = lines.position(document.start + first)[0]
    return first_line, max(line, lines.position(document.start + max(last - 1, first))[0]), document.index


def _next_content(file: File, line: int) -> int:
    """The first line from `line` on with something other than a comment; 0 where none is left."""
    for number in range(line, len(file.lines.starts) + 1):
        content = file.lines.line(number).strip()
        if content and not content.startswith("#"):
            return number
    return 0


def _entries(document: Document, start: int, end: int) -> tuple[int, int]:
    """From where to where the entries and elements reach that begin on a line, and a scalar that ends there.

    Offsets within the document, of the line as of the answer; (0, -1) where none does.
    """
    text = document.text
    reach: list[tuple[int, int]] = []
    stack = [document.root] if document.root is not None else []
    while stack:
        node = stack.pop()
        for child in _children(node):
            begin = _begin(child, text, start)
            if begin >= end:
                if node.kind == SEQUENCE:
                    break
            elif begin >= start:
                reach.append((begin, _end(child, text)))
            elif child.kind == SCALAR:
                last = _end(child, text)
                if start < last <= end:
                    reach.append((begin, last))
            elif child.end > start:
                stack.append(child)
    if not reach:
        return 0, -1
    return min(first for first, _ in reach), max(last for _, last in reach)


def _children(node: Node) -> Iterator[Node]:
    """The children that are written within a node, and not merely repeated there by an alias or a merge key."""
    for child in node.elements or node.fields.values():
        if node.start <= _place(child) <= node.end and child.kind != MISSING:
            yield child


def _place(node: Node) -> int:
    return node.key_start if node.key_start >= 0 else node.start


# From the end of an element, or from the start of a sequence (at its anchor or tag), to the next dash.
_TO_DASH = re.compile(r"(?:\s+|#[^\n]*|[&!]\S*)*")


def _begin(node: Node, text: str, wanted_from: int = 0) -> int:
    """Where an entry (its key) or an element (its dash) begins; not exact where that is before `wanted_from`."""
    parent = node.parent
    is_dashed = node.key_start < 0 and parent is not None and parent.kind == SEQUENCE and parent.style != "flow"
    if not is_dashed or parent is None or node.start < wanted_from:
        return _place(node)
    position = int(node.key)
    dash = _TO_DASH.match(text, _end(parent.elements[position - 1], text) if position else parent.start)
    return min(dash.end(), node.start) if dash else node.start


def _end(node: Node, text: str) -> int:
    """Where the last thing that belongs to a node ends. (A block's own end is where the next thing begins.)"""
    while node.kind in (MAPPING, SEQUENCE) and node.style != "flow":
        last = max(_children(node), key=_place, default=None)
        if last is None:
            break
        node = last
    end = max(node.end, node.key_end)
    start = max(node.start, node.key_start, 0)
    return start + len(text[start:end].rstrip())


# ---------------------------------------------------------------------------------------------------- annotations


def _of_annotations(document: Document) -> Iterator[Suppression]:
    """The annotations of a document's objects and of the templates within them; each covers what its metadata is of."""
    assert document.root is not None
    for owner in document.root.walk():
        for key, value in owner["metadata", "annotations"].items():
            if key.partition("/")[0].lower() not in ("k8slint", "k8slint.dev"):
                continue
            item = _of_annotation(document, key, value)
            if item is not None:
                item.first, item.last = _lines_of(document, owner)
                item.document = document.index
                yield item


def _of_annotation(document: Document, key: str, value: Node) -> Suppression | None:
    text, offset = document.text, document.start
    place = document.span(value)
    if key != ANNOTATION:
        flaw = f"{key} is not read; the annotation is {ANNOTATION}"
        return Suppression("annotation", (), 0, -1, document.span(value, "key"), flaw=flaw)
    if value.kind != SCALAR or (value.string is None and not value.is_null):
        # The API server takes strings alone, and there are rules to say so.
        return None
    ids = []
    searched = value.start
    for word in _ID.findall(value.string or ""):
        start = text.find(word, searched, value.end)
        if start < 0:
            # Written with an escape, or elsewhere (an alias).
            ids.append(Named(word, place))
            continue
        searched = start + len(word)
        ids.append(Named(word, Span(offset + start, offset + searched)))
    flaw = "" if ids else "no rule is named"
    return Suppression("annotation", tuple(ids), 0, -1, place, flaw=flaw, removal=_annotation_removal(document, value))


def _annotation_removal(document: Document, value: Node) -> tuple[Edit, ...]:
    """Takes the annotation out, and `annotations` with it where nothing else is in there."""
    from k8slint.edits import text_edits

    annotations = value.parent
    assert annotations is not None
    if not annotations.start <= value.key_start <= annotations.end:
        return ()
    node = annotations if len(annotations.fields) == 1 else value
    return tuple(text_edits(document, Mend((node.remove(),))) or ())


def _lines_of(document: Document, owner: Node) -> tuple[int, int]:
    """The first and last line of an object; a document's only object has all of its lines."""
    position = document.file.lines.position
    if owner is document.root:
        return position(document.start)[0], position(max(document.end - 1, document.start))[0]
    text = document.text
    first, last = _begin(owner, text), _end(owner, text)
    return position(document.start + first)[0], position(document.start + max(last - 1, first))[0]
