"""Which Go type a CRD is for."""

from __future__ import annotations

from k8slint.golang.packages import Packages
from k8slint.golang.syntax import Named

ROOT = 'type Cache struct {\n\tmetav1.ObjectMeta `json:"metadata"`\n\tSpec CacheSpec `json:"spec"`\n}\n'
SPEC = 'type CacheSpec struct {\n\tSize int `json:"size"`\n}\n'


def folder_of(packages: Packages, version: str = "v1", group: str = "shop.example") -> str | None:
    kind = packages.kind(group, version, "Cache")
    return None if kind is None else next(iter(kind.types.values())).source.path


def test_the_kind_itself_goes_before_its_parts() -> None:
    kind = Packages([("a.go", ROOT + SPEC)]).kind("shop.example", "v1", "Cache")
    assert kind is not None
    assert list(kind.types) == [""]
    kind = Packages([("a.go", SPEC)]).kind("shop.example", "v1", "Cache")
    assert kind is not None
    assert list(kind.types) == ["spec"]


def test_group_and_version_decide() -> None:
    packages = Packages(
        [
            ("api/v1/types.go", f"package v1\n{ROOT}"),
            (
                "api/v1/info.go",
                'package v1\nvar GroupVersion = schema.GroupVersion{Group: "shop.example", Version: "v1"}',
            ),
            ("api/v2/types.go", f"// +groupName=shop.example\npackage v2\n{ROOT}"),
            ("other/v1/types.go", f"// +groupName=other.example\npackage v1\n{ROOT}"),
            ("internal/types.go", "package shop\ntype Cache struct {\n\tSpec CacheSpec\n}"),
        ]
    )
    assert folder_of(packages) == "api/v1/types.go"
    assert folder_of(packages, "v2") == "api/v2/types.go"
    assert folder_of(packages, group="other.example") == "other/v1/types.go"
    assert folder_of(packages, "v3") is None
    assert folder_of(packages, group="nobodys.example") is None


def test_nothing_where_several_may_be_meant() -> None:
    assert folder_of(Packages([("a/a.go", ROOT), ("b/b.go", ROOT)])) is None


def test_tests_and_generated_code_do_not_count() -> None:
    assert folder_of(Packages([("a/a_test.go", ROOT), ("a/zz_generated.deepcopy.go", ROOT)])) is None


def test_imports_lead_to_the_module_that_their_path_begins_with() -> None:
    files = [
        ("m/api/v1/types.go", 'package v1\nimport "example.com/m/common"\ntype A common.Name'),
        ("m/common/x.go", "package common\ntype Name string"),
        ("n/common/x.go", "package common\ntype Name int"),
    ]
    modules = [("m/go.mod", "module example.com/m\n\ngo 1.24\n"), ("n/go.mod", 'module "example.com/n"')]

    def resolved(packages: Packages) -> str | None:
        source = packages.resolve(Named("", "A"), _source(packages)).source  # type: ignore[union-attr]
        place = packages.resolve(Named("common", "Name"), source)
        return place and place.source.path

    assert resolved(Packages(files, modules)) == "m/common/x.go"
    # Without a module the path has to tell, and both end as it does.
    assert resolved(Packages(files)) == "m/common/x.go"
    assert resolved(Packages([(path.removeprefix("m/"), text) for path, text in files])) is None


def _source(packages: Packages):  # type: ignore[no-untyped-def]
    return next(package for package in packages._packages.values() if package.find("A")).sources[0]
