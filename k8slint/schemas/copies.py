"""Parts of a document that stand somewhere else in the converted one, with the comments in them and on them.

What is moved as it is needs no help: the edit takes the comments along. A copy is for what has to be changed on the way, and for comments that stand
between a key and the first entry below it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from k8slint import edits
from k8slint.document import read
from k8slint.mending.emit import Style, copied_block, copied_token
from k8slint.mending.entries import comments_on
from k8slint.mending.layout import UnfixableError, layout_of
from k8slint.mending.plan import Plan
from k8slint.problem import Mend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from k8slint.mending.layout import Layout
    from k8slint.nodes import Node, Plain
    from k8slint.problem import Change


def moved(node: Node, gone: Sequence[Node]) -> Plain:
    """What to write elsewhere for a collection that is removed where it is; `gone` are all its siblings that are removed, and itself."""
    return edited(node, gone, lambda _: ())


def edited(node: Node, gone: Sequence[Node], edit: Callable[[Node], Iterable[Change]]) -> Plain:
    """The same with changes made in it: the node itself, or a document of its own, or plain data where the text cannot be copied."""
    written = _text(node)
    copy = _root_of(written or json.dumps(node.value))
    changes = tuple(edit(copy))
    comments = _Comments(node, gone)
    if not changes:
        return node if comments.go_along or not written else _root_of(_commented(written, node, comments.lines))
    assert copy.document is not None
    mend = Mend(changes)
    made = edits.text_edits(copy.document, mend) if written else None
    if made is None:
        return Plan(copy.document, mend).expected(copy)
    return _root_of(_commented(edits.replace(written, made), node, comments.lines))


def _root_of(text: str) -> Node:
    root = read("<copy>", text, json=False).documents[0].root
    assert root is not None
    return root


def _text(node: Node) -> str:
    """A collection as it is written, at column 0 and without an end of line; "" where that means nothing elsewhere."""
    written = copied_block(node, 0) if node.style == "block" else copied_token(node, Style(), flow=False)
    return written or ""


class _Comments:
    """The comments that would be lost with a block: `lines` are all of them, which `go_along` where the block is moved as it is."""

    def __init__(self, node: Node, gone: Sequence[Node]) -> None:
        self.go_along = True
        self.lines: list[str] = []
        document, parent = node.root.document, node.parent
        if document is None or parent is None or node.style != "block" or parent.style != "block":
            return
        layout = layout_of(document)
        if not layout.holds(parent, node):
            return
        try:
            above, inner = _above(layout, parent, node, gone), _lines(layout, layout.lead_end(node), node.start)
        except UnfixableError:
            return
        known = comments_on(layout, node)
        self.go_along = not inner and above == list(known.above)
        self.lines = [*above, *([known.behind.strip()] if known.behind else ()), *inner]


def _above(layout: Layout, parent: Node, node: Node, gone: Sequence[Node]) -> list[str]:
    """The comment lines above an entry that are removed with it and its neighbours (docs/fixes.md: what is removed)."""
    entries = layout.entries(parent)
    first = last = entries.index(node)
    start = layout.start_of(parent, node)
    if first and entries[first - 1] in gone:
        return _lines(layout, layout.end_of(entries[first - 1]), start)
    while last + 1 < len(entries) and entries[last + 1] in gone:
        last += 1
    after = layout.below(layout.after_line(layout.end_of(entries[last])), layout.column(start), commented_out=True)
    if last + 1 < len(entries) and not layout.is_blank_line(after) and not layout.is_comment_line(after):
        return []
    begin = layout.above(start, layout.end_of(entries[first - 1]) if first else layout.lead_end(parent))
    return [line.strip() for line in layout.text[begin : layout.line_start(start)].splitlines() if line.strip()]


def _lines(layout: Layout, after: int, end: int) -> list[str]:
    """The comments on lines of their own between the line of one place and another."""
    begin = layout.after_line(after)
    lines = layout.text[begin:end].splitlines() if begin < end else ()
    return [line.strip() for line in lines if line.strip().startswith("#")]


def _commented(text: str, node: Node, comments: Sequence[str]) -> str:
    """The text of a block with comments that cannot stand above it, put into its first entry."""
    if not comments:
        return text
    first, line_break, rest = text.partition("\n")
    if node.is_sequence:
        blanks = " " * (len(text) - len(text[1:].lstrip(" ")))
        return "-" + f"\n{blanks}".join([blanks[1:] + comments[0], *comments[1:], text[len(blanks) :]])
    if line_break and first.endswith(":") and rest.startswith(" "):
        blanks = " " * (len(rest) - len(rest.lstrip(" ")))
        return "\n".join([first, *(blanks + comment for comment in comments), rest])
    return f"{first}  {' '.join(comments)}{line_break}{rest}"
