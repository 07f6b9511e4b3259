"""The Go types behind a CRD: read from source, found by the kind they are for, and held against the CRD's schema.

`syntax` reads type declarations, `packages` finds and resolves them, `shapes` says what a type is as JSON, `fit` compares it with a schema. No Go
program is needed, and nothing is run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from k8slint.config import Config
    from k8slint.golang.fit import Misfit
    from k8slint.golang.packages import Packages
    from k8slint.project import Project
    from k8slint.views import CustomResourceDefinition


def go_types(crd: CustomResourceDefinition, project: Project, settings: Config) -> list[Misfit]:
    """Where the schemas of a CRD and the Go types of its kind disagree; nothing where no such types are found.

    They are looked for in the config's `golang`, if it names anything, else in the Go files of the project.
    """
    packages = project.once(_packages, tuple(map(str, settings.golang)))
    if not packages:
        return []
    versions = [version["name"].string or "" for version in crd["spec", "versions"]] or [""]
    kinds = {version: packages.kind(crd.defined_group, version, crd.defined_kind) for version in (*versions, "")}
    if not any(kinds.values()):
        return []
    from k8slint.golang.fit import misfits

    return [
        misfit
        for whole in project.whole(crd.manifest).views(type(crd))
        for schema in whole.schemas
        if (kind := kinds.get(schema.version)) is not None
        for misfit in misfits(packages, kind, schema.node)
    ]


def _packages(project: Project, paths: tuple[str, ...]) -> Packages:
    from k8slint.golang.packages import Packages

    return Packages(project.files(".go", paths), project.files("go.mod", paths))
