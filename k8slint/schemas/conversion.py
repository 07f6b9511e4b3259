"""Objects of an apiVersion that is gone, as changes that make them objects of the one that took over.

Most kinds kept their shape, and only the apiVersion changes. Where fields were renamed or moved, `reshape` knows how. What comes out is walked by the
schema of the new type, before anybody is offered it: so there is no conversion where something in the object has no counterpart, or where the new
version asks for what the object does not say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from k8slint.mending.layout import UnfixableError
from k8slint.mending.plan import Plan
from k8slint.nodes import from_plain
from k8slint.problem import Change, Mend
from k8slint.schemas import reshape
from k8slint.schemas.walk import walk
from k8slint.views import InvalidValue, Manifest, MissingField, UnknownField, VersionSchema, WrongType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from k8slint.nodes import Node
    from k8slint.schemas.tables import Type
    from k8slint.views import Mistake

_NAMED = 2
"""Fields that a message names before it counts the others."""


class Conversion(NamedTuple):
    """What makes an object one of its successor.

    Where there are no `changes`, `obstacle` says what is in the way, as a clause that follows the new version's name: "which needs
    webhooks[0].sideEffects". It is "" where there is nothing to say: the successor is another kind altogether, or the text cannot be edited.
    """

    changes: tuple[Change, ...] = ()
    obstacle: str = ""


def convert(manifest: Manifest, api_version: str, kind: str, held: Type) -> Conversion:
    """The conversion of an object into one of another apiVersion and kind, whose type is `held`."""
    reshaped = reshape.by_kind(manifest.api_version.removeprefix("/"), manifest.kind, held)
    if kind != manifest.kind and reshaped is None:
        return Conversion()
    changes = [manifest.node["apiVersion"].set(api_version)]
    if kind != manifest.kind:
        changes.append(manifest.node["kind"].set(kind))
    try:
        if reshaped is not None:
            changes += reshaped(manifest.node)
        converted = _converted(manifest, changes)
    except reshape.Obstacle as obstacle:
        return Conversion(obstacle=str(obstacle))
    except UnfixableError:
        return Conversion()
    mistakes = walk(converted, held)
    clause = _clause(mistakes) if mistakes else _not_structural(converted) if kind == "CustomResourceDefinition" else ""
    if manifest.node["spec", "validation"]:
        # The author knows it from where it was.
        clause = clause.replace("spec.versions[0].schema", "spec.validation")
    return Conversion(obstacle=clause) if clause else Conversion(tuple(changes))


def _converted(manifest: Manifest, changes: Sequence[Change]) -> Manifest:
    """The object as it will be. Raises UnfixableError."""
    plan = Plan(manifest.document, Mend(tuple(changes)))
    return Manifest(from_plain(plan.expected(manifest.node)), manifest.document)


def _clause(mistakes: Sequence[Mistake]) -> str:
    """What the new version has against the object, as far as one clause can say it: fields that it lacks come before those that it asks for."""
    unknown = [mistake.node for mistake in mistakes if isinstance(mistake, UnknownField)]
    missing = [mistake.node for mistake in mistakes if isinstance(mistake, MissingField)]
    if unknown:
        return f"which has no {_routes(unknown)}"
    if missing:
        return f"which needs {_routes(missing)}"
    refused = [mistake.node for mistake in mistakes if isinstance(mistake, InvalidValue | WrongType)]
    told = [f"{node.route}: {node}" if node.is_scalar else node.route for node in refused]
    return f"which refuses {_listed(told)}"


def _routes(nodes: Sequence[Node]) -> str:
    return _listed([node.route for node in nodes])


def _listed(names: Sequence[str]) -> str:
    names = sorted(set(names))
    named, others = names[:_NAMED], len(names) - _NAMED
    return f"{', '.join(named)} and {others} more" if others > 0 else " and ".join(named)


def _not_structural(converted: Manifest) -> str:
    """What keeps a version's schema from being structural, which it need not have been before."""
    from k8slint.schemas import structural

    for schema in converted.views(VersionSchema):
        for violation in structural.violations(schema):
            return f"which needs a structural schema: {violation.message} at {violation.node.route}"
    return ""
