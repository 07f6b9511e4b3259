"""The resources of a Kubernetes API server, as RBAC names them: `deployments`, `pods/log`, `cronjobs/status`.

`data/resources.tsv` holds what the newest version announces of itself (api/discovery in k8s.io/kubernetes, with all
APIs turned on). Made by `scripts/build_tables.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from k8slint.schemas import tables


class Resource(NamedTuple):
    """A resource or a subresource of the newest version."""

    api_version: str
    """Of several that serve it, the most stable."""
    name: str
    """In the plural; of a subresource `pods/log`."""
    kind: str
    """What is sent and received: for `deployments/scale` that is a Scale."""
    namespaced: bool
    verbs: tuple[str, ...]
    """Those that it serves. RBAC knows others that are no requests: bind, escalate, impersonate, use, approve, sign."""
    short_names: tuple[str, ...]


@cache
def _by_group() -> dict[str, dict[str, Resource]]:
    found: dict[str, dict[str, Resource]] = {}
    rows = [line.split("\t") for line in tables.text("resources.tsv").split("\n")[1:-1]]
    for api_version, name, kind, scope, verbs, short_names in sorted(rows, key=lambda row: tables.stability(row[0])):
        made = Resource(
            api_version,
            name,
            kind,
            scope == "Namespaced",
            tuple(verbs.split(",")),
            tuple(short_names.split(",")) if short_names else (),
        )
        found.setdefault(api_version.rpartition("/")[0], {}).setdefault(name, made)
    return found


def resources(group: str) -> Mapping[str, Resource]:
    """The resources of an API group ("" is the core group) by name; none for a group that Kubernetes itself has not."""
    return _by_group().get(group, {})


@cache
def former_resources(group: str) -> frozenset[str]:
    """The names of resources that a group had in older versions only: `podsecuritypolicies` of `policy`."""
    names = {kind.resource for kind in tables.all_kinds() if kind.api_version.rpartition("/")[0] == group}
    return frozenset(names - resources(group).keys())


def groups_with(name: str) -> tuple[str, ...]:
    """The groups that have a resource of this name: `("", "events.k8s.io")` for `events`."""
    return tuple(sorted(group for group, named in _by_group().items() if name in named))
