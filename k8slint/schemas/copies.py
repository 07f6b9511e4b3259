"""Parts of a document that stand somewhere else in the converted one, and have to be changed on the way.

What is moved as it is needs no help: the edit takes it along as it is written, with the comments in it and on it. It takes along the comments on
what has a copy, too.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from k8slint import edits
from k8slint.document import read
from k8slint.mending.emit import Style, copied, copied_block, copied_lines, copied_token
from k8slint.mending.layout import UnfixableError, layout_of
from k8slint.mending.plan import Plan
from k8slint.nodes import from_plain
from k8slint.problem import Mend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from k8slint.nodes import Node, Plain
    from k8slint.problem import Change


def edited(node: Node, edit: Callable[[Node], Iterable[Change]]) -> Node:
    """What to write elsewhere for a collection that is removed where it is, with changes made in it. Raises UnfixableError."""
    written = _text(node)
    copy = _root_of(written or json.dumps(node.value))
    changes = tuple(edit(copy))
    if not changes:
        return node
    assert copy.document is not None
    mend = Mend(changes)
    made = edits.text_edits(copy.document, mend) if written else None
    if made is not None:
        return copied(_root_of(edits.replace(written, made)), node)
    document = node.root.document
    if document is not None and any(layout_of(document).remarks(node.start, node.end)):
        # With the text, the comments in it would go.
        raise UnfixableError
    return instead(node, Plan(copy.document, mend).expected(copy))


def instead(node: Node, value: Plain) -> Node:
    """A value to write elsewhere for a node that is removed where it is: the comments on the node go with it."""
    return copied(from_plain(value), node)


def _root_of(text: str) -> Node:
    root = read("<copy>", text, json=False).documents[0].root
    assert root is not None
    return root


def _text(node: Node) -> str:
    """A collection as it is written, at column 0 and without an end of line; "" where that means nothing elsewhere."""
    if node.style == "block":
        return copied_block(node, 0, Style()) or ""
    return copied_token(node, Style(), flow=False) or copied_lines(node, 0, Style()) or ""
