"""Type declarations in Go source."""

from __future__ import annotations

import pytest

from k8slint.golang import syntax
from k8slint.golang.packages import spelled
from k8slint.golang.syntax import Named, Other, Pointer, Slice, Struct


def declared(text: str) -> dict[str, syntax.Declaration]:
    return syntax.read("types.go", text).declarations


def fields(text: str) -> list[syntax.Field]:
    found = declared(f"type T struct {{\n{text}\n}}")["T"].type
    assert isinstance(found, Struct)
    return list(found.fields)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("int32", "int32"),
        ("*int32", "*int32"),
        ("[]string", "[]string"),
        ("[4]string", "[]string"),
        ("[len(x) + 1]string", "[]string"),
        ("map[string][]*v1.Time", "map[string][]*v1.Time"),
        ("(map[string]int)", "map[string]int"),
        ("struct{ A, B int }", "struct"),
        ("List[string, *v1.Time]", "List[string, *v1.Time]"),
        ("interface{ Do(x struct{}) error }", "interface"),
        ("func(a int) (b struct{}, err error)", "func"),
        ("<-chan int", "<-"),
    ],
)
def test_types(written: str, read: str) -> None:
    assert spelled(declared(f"type T {written}")["T"].type) == read


def test_an_array_is_not_a_slice() -> None:
    found = declared("type A []byte\ntype B [4]byte")
    assert found["A"].type == Slice(Named("", "byte"))
    assert found["B"].type == Slice(Named("", "byte"), fixed=True)


def test_groups_aliases_and_type_parameters() -> None:
    found = declared("type (\n\tA int\n\tB = []A // like that\n\n\tC[T any, U comparable] struct{ x T }\n)\n")
    assert [(name, spelled(one.type), one.generic) for name, one in found.items()] == [
        ("A", "int", False),
        ("B", "[]A", False),
        ("C", "struct", True),
    ]


def test_fields() -> None:
    found = fields(
        'Name string `json:"name"`\nA, B *int\nv1.TypeMeta `json:",inline"`\n*Base\nList[int] `json:"list"`\nItems [2]int'
    )
    assert [(field.name, spelled(field.type), field.json) for field in found] == [
        ("Name", "string", ["name"]),
        ("A", "*int", None),
        ("B", "*int", None),
        ("", "v1.TypeMeta", ["", "inline"]),
        ("", "*Base", None),
        ("", "List[int]", ["list"]),
        ("Items", "[]int", None),
    ]


def test_a_tag_may_be_an_interpreted_string() -> None:
    (field,) = fields(r'Name string "yaml:\"n\" json:\"name,omitempty\""')
    assert field.json == ["name", "omitempty"]


def test_places() -> None:
    text = "package v1\n\ntype T struct {\n\tName string\n\tv1.Base\n}\n"
    declaration = declared(text)["T"]
    assert text[declaration.start : declaration.end] == "T"
    assert isinstance(declaration.type, Struct)
    assert [text[field.start : field.end] for field in declaration.type.fields] == ["Name", "v1.Base"]


def test_markers_are_those_of_the_comment_and_of_the_block_before_it() -> None:
    first, second = fields(
        """
        // +too=far

        // +kubebuilder:validation:Enum=a;b

        // Name is what it is called.
        // +optional
        // + kubebuilder is no marker without a name
        Name string // +not=of the next one

        // +kubebuilder:default:=1
        Size int
        """
    )
    assert {"kubebuilder:validation:Enum": ["a;b"], "optional": [""]}.items() <= first.markers.items()
    assert "too" not in first.markers
    assert second.markers == {"kubebuilder:default": ["1"]}


def test_what_is_no_type_is_passed_over() -> None:
    source = syntax.read(
        "x.go",
        """package x

        import (
            "time"
            metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
            _ "embed"
            "example.com/go-things/v2"
            "example.com/api/v2"
        )

        const text = `type A int`
        var f = func() interface{} { type B int; return '{' }
        // type C int
        /* type D int
        */
        func (t *Text) UnmarshalText(b []byte) error {
            type E int
            return nil
        }
        func (Text) String() string { return "}" }
        func (x *Pair[A, B]) MarshalJSON() ([]byte, error) { return nil, nil }
        type F int; type G int
        """,
    )
    assert list(source.declarations) == ["F", "G"]
    assert source.imports == {
        "time": "time",
        "metav1": "k8s.io/apimachinery/pkg/apis/meta/v1",
        "_": "embed",
        "things": "example.com/go-things/v2",
        "v2": "example.com/api/v2",
    }
    assert source.methods == {"Text": {"UnmarshalText", "String"}, "Pair": {"MarshalJSON"}}


@pytest.mark.parametrize(
    "text",
    ["", "type", "type T", "type T struct {", "type T [", "type (", "import", "func (", "`", "type T map[", "type T *"],
)
def test_what_breaks_off_declares_nothing(text: str) -> None:
    assert declared(text) == {}


def test_a_field_that_is_not_understood_leaves_the_others() -> None:
    broken, name = fields("A ~int\nName string")
    assert (broken.type, name.type) == (Other(""), Named("", "string"))


def test_pointers_to_pointers() -> None:
    assert declared("type T **int")["T"].type == Pointer(Pointer(Named("", "int")))
