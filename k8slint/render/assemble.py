"""A chart with the charts beside it that it depends on (`repository: file://../common`), as `helm dependency build` would put them into its `charts/`.

It is put together of links in a temporary folder: what is rendered is what stands in the tree, not what was packed some time ago, and nothing in the tree
is changed.
"""

from __future__ import annotations

import os

from k8slint.render import find


def assemble(folder: str, into: str) -> str:
    """Puts a chart together in a folder that is empty; returns where it is."""
    target = os.path.join(into, os.path.basename(folder) or "chart")
    _link(folder, target, (folder,))
    return target


def _link(folder: str, target: str, above: tuple[str, ...]) -> None:
    os.makedirs(os.path.join(target, "charts"))
    local = {name: source for name, _, source in find.beside(folder)}
    for entry in os.listdir(folder):
        if entry != "charts":
            os.symlink(os.path.join(folder, entry), os.path.join(target, entry))
    charts = os.path.join(folder, "charts")
    for entry in os.listdir(charts) if os.path.isdir(charts) else ():
        if not any(find.is_chart(name, folder, entry) for name in local):
            os.symlink(os.path.join(charts, entry), os.path.join(target, "charts", entry))
    for name, source in local.items():
        # Charts that depend on each other in a circle are for helm to complain of.
        if source not in above:
            _link(source, os.path.join(target, "charts", name), (*above, source))
