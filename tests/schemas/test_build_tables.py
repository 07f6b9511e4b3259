"""The script that makes the tables: what it reads in Go, and how it merges versions."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_tables.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_tables", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


REGISTER = 'package v1\n\nconst GroupName = "shop.k8s.io"\n'

TYPES = """package v1

import (
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// +genclient
// +genclient:nonNamespaced

// Shelf holds things.
type Shelf struct {
	metav1.TypeMeta `json:",inline"`
	// Standard metadata.
	metav1.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1,opt,name=metadata"`
	Spec ShelfSpec `json:"spec" protobuf:"bytes,2,opt,name=spec"`
}

// Common is shared.
type Common struct {
	Order *Order `json:"order,omitempty" protobuf:"bytes,1,opt,name=order"`
}

type ShelfSpec struct {
	Common `json:"" protobuf:"bytes,1,opt,name=common"`
	Sides  []Side            `json:"sides,omitempty" protobuf:"bytes,2,rep,name=sides"`
	Labels map[string]string `json:"labels,omitempty" protobuf:"bytes,3,rep,name=labels"`
}

// +enum
type Order string

const (
	// FIFO is first in, first out.
	FIFO Order = "FIFO"
	LIFO Order = "LIFO"
)

// Side of a shelf.
// +enum
type Side string

const (
	Left  = Side("Left")
	Upper = Side(v1.Upper)
)
"""

LIFECYCLE = """package v1

func (in *Shelf) APILifecycleIntroduced() (major, minor int) {
	return 1, 20
}

func (in *Shelf) APILifecycleRemoved() (major, minor int) {
	return 1, 40
}

func (in *Shelf) APILifecycleReplacement() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "shop.k8s.io", Version: "v2", Kind: "ShelfList"}
}
"""

CORE = 'package v1\n\nconst (\n\tUpper Place = "Upper"\n)\n'


@pytest.fixture
def facts(script: ModuleType, tmp_path: Path) -> Any:
    files = {
        "shop/v1/register.go": REGISTER,
        "shop/v1/types.go": TYPES,
        "shop/v1/zz_generated.prerelease-lifecycle.go": LIFECYCLE,
        "core/v1/register.go": 'package v1\n\nconst GroupName = ""\n',
        "core/v1/types.go": CORE,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return script.read_module(tmp_path)


def test_go_types_say_what_openapi_does_not(facts: Any) -> None:
    assert facts.groups == {"shop.v1": "shop.k8s.io/v1", "core.v1": "v1"}
    assert facts.clients == {"shop.v1.Shelf"}
    assert facts.cluster_scoped == {"shop.v1.Shelf"}
    # A constant converted from a string, and one from a constant of another package.
    assert facts.enums == {"shop.v1.Order": ["FIFO", "LIFO"], "shop.v1.Side": ["Left", "Upper"]}
    assert facts.enum_of("shop.v1.ShelfSpec", "sides") == "shop.v1.Side"
    # From a struct that is embedded, and a pointer.
    assert facts.enum_of("shop.v1.ShelfSpec", "order") == "shop.v1.Order"
    assert facts.fields["shop.v1.ShelfSpec"]["order"].pointer
    assert facts.enum_of("shop.v1.ShelfSpec", "labels") is None


def test_lifecycles(facts: Any) -> None:
    shelf = facts.lifecycles["shop.v1.Shelf"]
    assert (shelf.introduced, shelf.deprecated, shelf.removed) == ("1.20", "", "1.40")
    # A kind's replacement is no list.
    assert shelf.replacement == "shop.k8s.io/v2 Shelf"


SPEC = "io.k8s.api.shop.v1.ShelfSpec"
META = {"$ref": "/x#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
STRINGS = {"type": ["array", "null"], "items": {"type": ["string", "null"]}}


def definitions(spec: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "io.k8s.api.shop.v1.Shelf": {
            "properties": {"metadata": META, "spec": {"$ref": f"/x#/$defs/{SPEC}"}},
            "x-kubernetes-group-version-kind": [{"group": "shop.k8s.io", "version": "v1", "kind": "Shelf"}],
        },
        SPEC: {"properties": spec, "required": required},
        "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": {"properties": {"name": {"type": ["string", "null"]}}},
        "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta": {"properties": {"continue": {"type": ["string", "null"]}}},
    }


def test_versions_share_what_is_the_same(script: ModuleType, facts: Any) -> None:
    old = {
        "sides": STRINGS,
        "gone": {"type": ["boolean", "null"]},
        "size": {"type": ["integer", "null"], "format": "int32"},
    }
    new = {
        "sides": {**STRINGS, "x-kubernetes-list-type": "atomic"},
        "order": {"type": ["string", "null"], "description": "Deprecated: see sides."},
        "size": {"type": "integer", "format": "int32"},
    }
    versions = {25: definitions(old, []), 26: definitions(new, ["size"])}
    builder = script.Builder(versions, {25: facts, 26: facts}, [], {})
    lines = list(builder.types())
    types = {name: json.loads(body) for name, body in zip(lines[0::2], lines[1::2], strict=True)}
    assert types["versions"] == [25, 26]
    assert types["shop.v1.Shelf"] == {"metadata": "meta.v1.ObjectMeta", "spec": "shop.v1.ShelfSpec"}
    assert types["shop.v1.ShelfSpec"] == {
        "gone": "boolean@..25",
        "order": "shop.v1.Order*~@26..",
        "sides": "[shop.v1.Side]atomic",
        "size": ["int32!@26..", "int32@..25"],
    }
    assert types["shop.v1.Side"] == ["Left", "Upper"]


def test_kinds_are_written_with_what_is_known_of_them(script: ModuleType, facts: Any) -> None:
    versions = {25: definitions({}, []), 26: definitions({}, [])}
    builder = script.Builder(versions, {25: facts, 26: facts}, [], {})
    _, row = builder.kinds()
    assert row.split("\t") == [
        "shop.k8s.io/v1",
        "Shelf",
        "shop.v1.Shelf",
        "",
        "Cluster",
        "shelfs",
        "1.20",
        "",
        "1.40",
        "shop.k8s.io/v2 Shelf",
    ]


@pytest.mark.parametrize(
    ("minors", "written"),
    [({25, 26, 27}, ""), ({26, 27}, "26.."), ({25}, "..25"), ({26}, "26..26")],
)
def test_spans(script: ModuleType, minors: set[int], written: str) -> None:
    assert script.spans(minors, 25, 27) == written


def test_what_came_twice_is_refused(script: ModuleType) -> None:
    with pytest.raises(SystemExit, match="came, went, and came again"):
        script.spans({25, 27}, 25, 27)
