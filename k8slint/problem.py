"""What a rule yields: a mistake at a node, and how to mend it, in the rule's own words.

Nothing here has a line or an offset. A problem becomes a `finding.Finding` when the engine places it, and a change becomes text edits
(`edits.py`) at the same moment; so a rule can speak of a document that has been read in another process, or not at all yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from k8slint.finding import Claim, Edit
    from k8slint.nodes import Node, Plain

Verb = Literal["set", "write", "remove", "rename"]


class Change(NamedTuple):
    """One change to one node.

    `set` gives the node a value (creating it, and missing parents, where it stands for something missing), `write` replaces the characters
    of a scalar by `payload` as they are, `remove` takes the node out of its parent, `rename` gives its key another name.
    """

    node: Node
    verb: Verb
    payload: Plain = None

    @property
    def title(self) -> str:
        """The change as an imperative: `Set spec.replicas to 2`."""
        name = self.node.route
        match self.verb:
            case "remove":
                return f"Remove {name}"
            case "rename":
                return f"Rename {name} to {self.payload}"
            case _:
                shown = self.payload if isinstance(self.payload, str | int | float) else None
                return f"Set {name}" if shown is None or isinstance(self.payload, bool) else f"Set {name} to {shown}"


class Mend(NamedTuple):
    """Changes that belong together: a fix before it is text.

    `edits` are for what no node stands for, such as a comment: they are text already, and are given instead of changes.
    """

    changes: tuple[Change, ...]
    safe: bool = True
    title: str = ""
    edits: tuple[Edit, ...] = ()

    def unsafe(self) -> Mend:
        """The same changes, applied only with `--unsafe-fixes`."""
        return self._replace(safe=False)


class Note(NamedTuple):
    """Another place that explains a problem."""

    node: Node
    message: str


At = Literal["value", "key"]


class Problem(NamedTuple):
    """A mistake at a node. Made by `Node.problem`, which documents the fields."""

    node: Node
    message: str
    claim: Claim | None = None
    mend: Mend | None = None
    related: tuple[Note, ...] = ()
    at: At = "value"
    within: str = ""
    field: Node | str | None = None


Problems = Iterator[Problem]
"""What a rule function returns: it is a generator of problems."""

FixLike = Change | Mend | Iterable[Change] | None


def as_mend(fix: FixLike, *, safe: bool = True, title: str = "") -> Mend | None:
    """The one form of what rules may pass as `fix=`."""
    if fix is None:
        return None
    if isinstance(fix, Mend):
        return fix._replace(safe=fix.safe and safe, title=title or fix.title)
    changes = (fix,) if isinstance(fix, Change) else tuple(fix)
    if not changes:
        return None
    return Mend(changes, safe, title or changes[0].title)
