"""What the finders of edges hand on: an edge between manifests, before it is one between nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from k8slint.graph import model
    from k8slint.nodes import Node
    from k8slint.views import Manifest

SYSTEM = frozenset(("kube-system", "kube-public", "kube-node-lease"))
"""The namespaces that clusters fill by themselves."""


class Wanted(NamedTuple):
    """What a manifest names and that is not among those that were read; with `selector` it is whatever has these labels, or is within the addresses."""

    group: str
    kind: str
    namespace: str
    name: str
    selector: str = ""


class Named(NamedTuple):
    """A name of another object, and what it is for. `namespace` is that of the object it names, "" where that is open or the cluster's."""

    node: Node
    group: str | None
    kind: str
    namespace: str
    name: str
    type: model.Type = "uses"
    optional: bool = False


class Link(NamedTuple):
    """One edge: `node` is where it is written, which is in `by` if that is not the source."""

    source: Manifest | Wanted
    target: Manifest | Wanted
    type: model.Type
    state: model.State
    node: Node
    optional: bool = False
    by: Manifest | None = None
