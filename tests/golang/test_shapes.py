"""What Go types are as JSON."""

from __future__ import annotations

import pytest

from k8slint.golang.packages import Packages
from k8slint.golang.shapes import Shape, Shapes
from k8slint.golang.syntax import Struct

IMPORTS = """package v1
import (
    "encoding/json"
    "time"
    corev1 "k8s.io/api/core/v1"
    metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
    "k8s.io/apimachinery/pkg/api/resource"
    "k8s.io/apimachinery/pkg/util/intstr"
    "example.com/elsewhere"
)
type Level string
type Levels []Level
type Own int
func (o Own) MarshalJSON() ([]byte, error)
type Text struct{}
func (t *Text) MarshalText() ([]byte, error)
type Loop Loop
type Inner struct { A int `json:"a"` }
"""


def shapes_of(text: str) -> tuple[Shapes, Packages]:
    packages = Packages([("v1/x.go", IMPORTS + text)])
    return Shapes(packages), packages


def shape(written: str) -> Shape:
    shapes, packages = shapes_of(f"type T {written}\n")
    (package,) = packages._packages.values()
    place = package.find("T")
    assert place is not None
    return shapes.of(place.declaration.type, place.source)


@pytest.mark.parametrize(
    ("written", "kind", "bits"),
    [
        ("string", "string", 0),
        ("*Level", "string", 0),
        ("bool", "boolean", 0),
        ("int", "integer", 64),
        ("int32", "integer", 32),
        ("uint32", "integer", 33),
        ("float32", "number", 0),
        ("[]byte", "bytes", 0),
        ("[]uint8", "bytes", 0),
        ("[4]byte", "array", 0),
        ("Levels", "array", 0),
        ("map[Level]int", "map", 0),
        ("Inner", "struct", 0),
        ("any", "any", 0),
        ("interface{}", "any", 0),
        ("json.RawMessage", "any", 0),
        ("time.Duration", "integer", 64),
        ("time.Time", "time", 0),
        ("metav1.Time", "time", 0),
        ("metav1.Duration", "string", 0),
        ("metav1.Condition", "object", 0),
        ("intstr.IntOrString", "int-or-string", 0),
        ("resource.Quantity", "quantity", 0),
        ("corev1.PullPolicy", "string", 0),
        ("corev1.DNSPolicy", "string", 0),
        ("corev1.PodSpec", "object", 0),
        ("corev1.ResourceList", "map", 0),
        ("corev1.NoSuchType", "unknown", 0),
        ("elsewhere.Thing", "unknown", 0),
        ("Own", "unknown", 0),
        ("Text", "string", 0),
        ("Loop", "unknown", 0),
        ("Pair[int]", "unknown", 0),
        ("func()", "unknown", 0),
    ],
)
def test_shapes(written: str, kind: str, bits: int) -> None:
    found = shape(written)
    assert (found.kind, found.bits) == (kind, bits)


def test_a_package_that_is_not_imported_is_the_usual_one_in_a_snippet() -> None:
    packages = Packages([("x.go", "type T metav1.Time")])
    (package,) = packages._packages.values()
    place = package.find("T")
    assert place is not None
    assert Shapes(packages).of(place.declaration.type, place.source).kind == "time"


def written(text: str) -> tuple[list[str], bool]:
    shapes, packages = shapes_of(f"type T struct {{\n{text}\n}}\n")
    (package,) = packages._packages.values()
    place = package.find("T")
    assert place is not None
    assert isinstance(place.declaration.type, Struct)
    found = shapes.fields(place.declaration.type, place.source, "T")
    return sorted([*found.named, *found.implied]), found.complete


@pytest.mark.parametrize(
    ("text", "names", "complete"),
    [
        ('A int `json:"a"`', ["a"], True),
        ('A int `json:"-"`\nB int `json:"-,"`', ["-"], True),
        ("A int\nb int", ["A"], True),
        ("Inner", ["a"], True),
        ('*Inner `json:",inline"`', ["a"], True),
        ('Inner `json:"inner"`', ["inner"], True),
        ('In Inner `json:",inline"`', ["a"], True),
        ('metav1.TypeMeta `json:",inline"`', ["apiVersion", "kind"], True),
        ('metav1.ObjectMeta `json:"metadata"`', ["metadata"], True),
        ("elsewhere.Base", [], False),
        ('T `json:",inline"`\nA int `json:"a"`', ["a"], True),
    ],
)
def test_fields(text: str, names: list[str], complete: bool) -> None:
    assert written(text) == (names, complete)
