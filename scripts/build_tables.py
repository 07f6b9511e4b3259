#!/usr/bin/env python3
"""Make the type tables of the built-in kinds: `k8slint/schemas/data/{types.txt,kinds.tsv,resources.tsv}`.

    scripts/build_tables.py                  write them
    scripts/build_tables.py --check          exit 1 if the committed tables are not what would be written
    scripts/build_tables.py --wheel FILE     read the schemas from this wheel instead of downloading it

What is read, and what for:

- the wheel `kubernetes-validate` from PyPI (fetched with pip): the OpenAPI definitions of each Kubernetes version, that
  is what each type's fields hold, which are required, and how lists merge;
- the Go modules `k8s.io/api` of the same versions, `k8s.io/apiextensions-apiserver` and `k8s.io/kube-aggregator`
  (fetched with `go mod download`): what the published OpenAPI leaves out, that is enums (`+enum`), scope
  (`+genclient:nonNamespaced`), and the life of each API (`zz_generated.prerelease-lifecycle.go`);
- the Go module `k8s.io/kubernetes` of the newest version: `api/discovery`, what a server announces.

The format of the tables is described where they are read, in `k8slint/schemas/tables.py`.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).resolve().parent.parent / "k8slint" / "schemas" / "data"

WHEEL = "kubernetes-validate==1.37.0"
KUBERNETES = "k8s.io/kubernetes@v1.37.2"
"""The module whose `api/discovery` is read: of the newest version in the wheel."""
OTHER_MODULES = (
    "k8s.io/apiextensions-apiserver@v0.37.2",
    "k8s.io/apimachinery@v0.37.2",
    "k8s.io/kube-aggregator@v0.37.2",
)

Definition = Mapping[str, Any]
"""One definition of the OpenAPI document: `{"properties": {name: schema}, "required": [name], ...}`."""

SCALARS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "microtime",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Duration": "duration",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "raw-extension",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "any",
}
"""Definitions that decode themselves (they have an `UnmarshalJSON` in Go), and the word of the tables for each."""

LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"
"""The metadata of lists. Their types are not in the tables: all of them look the same."""

ALTERNATIVES = {
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": ("", "[]"),
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": ("", "boolean"),
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": ("", "[string]"),
}
"""Definitions that hold one of two things: a schema (""), or what is named beside it ("[]": a list of schemas)."""

KINDS_COLUMNS = (
    "apiVersion",
    "kind",
    "type",
    "served",
    "scope",
    "resource",
    "introduced",
    "deprecated",
    "removed",
    "replacement",
)

MERGE = re.compile(r"\](set|atomic|map:[\w,]+)")
"""What an expression says of how a list merges, behind the list's bracket."""

SUBRESOURCE_KINDS = {"Scale", "Eviction", "TokenRequest"}
"""Kinds that are only ever sent to a subresource, in versions that no discovery document describes (see `is_root`)."""

DEPRECATED = re.compile(
    r"\bDeprecated[:.]|\bDEPRECATED\b|[Tt]his field is deprecated|is the deprecated field"
    r"|considered as deprecated|now is deprecated"
)
"""How descriptions say that a field is deprecated. The word alone says too little: a value may be meant."""


# --- versions ------------------------------------------------------------------------------------------------------


def spans(minors: Iterable[int], first: int, last: int) -> str:
    """`minors` as the tables write them: "" for all of first to last, else "29..", "..31" or "26..28"."""
    found = sorted(minors)
    if found != list(range(found[0], found[-1] + 1)):
        raise SystemExit(f"something came, went, and came again, which the tables cannot say: {found}")
    if (found[0], found[-1]) == (first, last):
        return ""
    return f"{'' if found[0] == first else found[0]}..{'' if found[-1] == last else found[-1]}"


# --- the OpenAPI definitions ---------------------------------------------------------------------------------------


def read_wheel(wheel: Path) -> dict[int, Mapping[str, Definition]]:
    """The definitions of each version in the wheel, by the minor version: `{25: {"io.k8s.api.core.v1.Pod": {...}}}`."""
    name = re.compile(r"kubernetes_validate/kubernetes-json-schema/v1\.(\d+)\.\d+-local/_definitions\.json")
    with zipfile.ZipFile(wheel) as archive:
        found = {
            int(match[1]): json.loads(archive.read(entry))["$defs"]
            for entry in archive.namelist()
            if (match := name.fullmatch(entry))
        }
    if not found:
        raise SystemExit(f"{wheel}: no definitions of Kubernetes 1.x in it")
    return dict(sorted(found.items()))


def short(name: str) -> str:
    """`core.v1.Container` for `io.k8s.api.core.v1.Container`: the last three parts are unique."""
    return ".".join(name.split(".")[-3:])


def expression(schema: Mapping[str, Any], enum: str | None) -> str:
    """What a property holds, in the words of the tables: `string`, `[core.v1.Container]map:name`, `{quantity}`.

    `enum` is the enumeration that its innermost string is of, if it is of one.
    """
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        return SCALARS.get(target) or short(target)
    kind = schema.get("type")
    if isinstance(kind, list):
        (kind,) = [one for one in kind if one != "null"]
    if kind == "array":
        how = schema.get("x-kubernetes-list-type", "")
        if how == "map":
            how += ":" + ",".join(schema["x-kubernetes-list-map-keys"])
        return f"[{expression(schema['items'], enum)}]{how}"
    if kind == "object":
        if "additionalProperties" in schema:
            return f"{{{expression(schema['additionalProperties'], enum)}}}"
        return "any"
    if kind == "string":
        return "bytes" if schema.get("format") == "byte" else enum or "string"
    if kind == "integer":
        return {"int32": "int32", "int64": "int64"}[schema["format"]]
    if kind in ("number", "boolean"):
        return str(kind)
    raise SystemExit(f"a schema that this script does not know: {schema}")


# --- the Go modules ------------------------------------------------------------------------------------------------


@dataclass
class Lifecycle:
    """When an API came and goes ("1.16", or "" where it is not said), and the `group/version Kind` that replaces it."""

    introduced: str = ""
    deprecated: str = ""
    removed: str = ""
    replacement: str = ""


class GoField(NamedTuple):
    """A field of a Go struct."""

    held: str
    """The innermost named type, `core.v1.Protocol`."""
    pointer: bool
    """Whether an explicit zero value differs from none."""


@dataclass
class GoFacts:
    """What one Go module says of the API types in it. Types are named as in `short`."""

    groups: dict[str, str] = field(default_factory=dict)
    """Package (`core.v1`) to apiVersion (`v1`)."""
    clients: set[str] = field(default_factory=set)
    """Types with a client of their own (`+genclient`), which are those that are resources."""
    cluster_scoped: set[str] = field(default_factory=set)
    lifecycles: dict[str, Lifecycle] = field(default_factory=dict)
    enums: dict[str, list[str]] = field(default_factory=dict)
    """Types marked `+enum`, and their values."""
    fields: dict[str, dict[str, GoField]] = field(default_factory=dict)
    """Struct to JSON name to that field."""
    aliases: dict[str, str] = field(default_factory=dict)
    """`type A = B`."""
    embedded: dict[str, list[str]] = field(default_factory=dict)
    """Struct to the structs whose fields it takes over."""
    constants: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Constant to its type, and its value: a string in quotes, or the name of another constant."""

    def value(self, constant: str) -> str:
        """The string that a constant stands for."""
        _, value = self.constants[constant]
        return value[1:-1] if value.startswith('"') else self.value(value)

    def all_fields(self, struct: str) -> dict[str, GoField]:
        """The fields of a struct with those that it takes over."""
        found: dict[str, GoField] = {}
        for embedded in self.embedded.get(struct, ()):
            found |= self.all_fields(self.aliases.get(embedded, embedded))
        return found | self.fields.get(struct, {})

    def enum_of(self, type_name: str, property_name: str) -> str | None:
        """The enumeration that a property is of, or None."""
        known = self.fields.get(type_name, {}).get(property_name)
        return known.held if known and known.held in self.enums else None


def read_module(root: Path) -> GoFacts:
    """Reads every package below `root` that registers an API group."""
    facts = GoFacts()
    for register in sorted(root.rglob("register.go")):
        folder = register.parent
        group = re.search(r'^const GroupName = "([^"]*)"', register.read_text(), re.MULTILINE)
        if group and re.fullmatch(r"v\d+((alpha|beta)\d+)?", folder.name):
            read_package(folder, group[1], facts)
    for constant, (type_name, _) in facts.constants.items():
        if type_name in facts.enums:
            facts.enums[type_name].append(facts.value(constant))
    facts.fields = {struct: facts.all_fields(struct) for struct in facts.fields}
    for type_name, target in facts.aliases.items():
        if target in facts.fields:
            facts.fields[type_name] = facts.fields[target]
        if target in facts.enums:
            facts.enums[type_name] = facts.enums[target]
    return facts


def read_package(folder: Path, group: str, facts: GoFacts) -> None:
    """Adds what the Go files of one API version say to `facts`."""
    package = f"{folder.parent.name}.{folder.name}"
    facts.groups[package] = f"{group}/{folder.name}" if group else folder.name
    for path in sorted(folder.glob("*types*.go")):
        text = path.read_text()
        imports = {
            alias or target.rpartition("/")[2]: ".".join(target.split("/")[-2:])
            for alias, target in re.findall(r'^\t(\w*) ?"(k8s\.io/[^"]+)"$', text, re.MULTILINE)
        }
        for comments, name, what in re.findall(r"((?:^//.*\n|^\n)*)^type (\w+) (.*)$", text, re.MULTILINE):
            type_name = f"{package}.{name}"
            markers = set(comments.splitlines())
            if "// +genclient" in markers:
                facts.clients.add(type_name)
            if "// +genclient:nonNamespaced" in markers:
                facts.cluster_scoped.add(type_name)
            if "// +enum" in markers:
                facts.enums[type_name] = []
            if what.startswith("= "):
                facts.aliases[type_name] = innermost(what[2:], package, imports)
        # `A B = "x"`, and `A = B("x")` or `A = B(v1.C)`
        for name, typed, converted, value in re.findall(
            r'^\t(\w+)\s+(?:(\w+)\s+= |= (\w+)\()("[^"]*"|[\w.]+)\)?$', text, re.MULTILINE
        ):
            literal = value if value.startswith('"') else innermost(value, package, imports)
            facts.constants[f"{package}.{name}"] = (f"{package}.{typed or converted}", literal)
        for name, body in re.findall(r"^type (\w+) struct \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
            struct = f"{package}.{name}"
            held = facts.fields.setdefault(struct, {})
            for field_name, go_type, json_name in re.findall(
                r'^\t(?:(\w+) +)?([][*\w.]+) +`.*?json:"([^",]*)', body, re.MULTILINE
            ):
                if json_name:
                    held[json_name] = GoField(innermost(go_type, package, imports), go_type.startswith("*"))
                elif not field_name:
                    facts.embedded.setdefault(struct, []).append(innermost(go_type, package, imports))
    generated = folder / "zz_generated.prerelease-lifecycle.go"
    if generated.exists():
        read_lifecycles(generated.read_text(), package, facts.lifecycles)


def innermost(go_type: str, package: str, imports: Mapping[str, str]) -> str:
    """The named type in a Go type: `core.v1.Protocol` for `*v1.Protocol`, `[]v1.Protocol`, `map[string]v1.Protocol`."""
    base = re.sub(r"^(\*|\[\]|map\[[^]]*\])*", "", go_type)
    qualifier, _, name = base.rpartition(".")
    return f"{imports.get(qualifier, qualifier) if qualifier else package}.{name}"


def read_lifecycles(text: str, package: str, into: dict[str, Lifecycle]) -> None:
    """Reads the methods `APILifecycleIntroduced`, `-Deprecated`, `-Removed` and `-Replacement` of a generated file."""
    for name, event, major, minor in re.findall(
        r"^func \(in \*(\w+)\) APILifecycle(Introduced|Deprecated|Removed)\(\) .*\{\n\treturn (\d+), (\d+)\n\}",
        text,
        re.MULTILINE,
    ):
        setattr(into.setdefault(f"{package}.{name}", Lifecycle()), event.lower(), f"{major}.{minor}")
    for name, group, version, kind in re.findall(
        r"^func \(in \*(\w+)\) APILifecycleReplacement\(\) .*\{\n"
        r'\treturn schema\.GroupVersionKind\{Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"\}\n\}',
        text,
        re.MULTILINE,
    ):
        api_version = f"{group}/{version}" if group else version
        if kind == f"{name}List":  # networking.k8s.io/v1beta1 IngressClass names the list by mistake
            kind = name
        into.setdefault(f"{package}.{name}", Lifecycle()).replacement = f"{api_version} {kind}"


def read_discovery(root: Path) -> dict[str, list[dict[str, Any]]]:
    """What the newest server announces: apiVersion to resources, as in an APIResourceList."""
    found = {}
    for path in sorted((root / "api" / "discovery").glob("api*__v*.json")):
        document = json.loads(path.read_text())
        found[document["groupVersion"]] = document["resources"]
    if "v1" not in found:
        raise SystemExit(f"{root}: no discovery documents in api/discovery")
    return found


# --- the tables ----------------------------------------------------------------------------------------------------


class Builder:
    """Merges the versions: what they share is written once, and what differs carries the versions it holds in."""

    def __init__(
        self,
        versions: Mapping[int, Mapping[str, Definition]],
        api: Mapping[int, GoFacts],
        others: Iterable[GoFacts],
        discovery: Mapping[str, list[dict[str, Any]]],
    ) -> None:
        self.versions = versions
        self.first, self.last = min(versions), max(versions)
        self.others = list(others)
        self.api = api
        self.facts = [*(facts for _, facts in sorted(api.items(), reverse=True)), *self.others]
        self.discovery = discovery

    def span(self, minors: Iterable[int]) -> str:
        """The versions as a suffix: "" or "@29.."."""
        written = spans(minors, self.first, self.last)
        return f"@{written}" if written else ""

    def is_pointer(self, minor: int, definition: str, property_name: str) -> bool:
        """Whether a property is a pointer in Go."""
        for facts in (self.api[minor], *self.others):
            known = facts.fields.get(short(definition), {}).get(property_name)
            if known:
                return known.pointer
        return False

    def enum_of(self, minor: int, definition: str, property_name: str) -> str | None:
        """The enumeration that a property is of, or None."""
        for facts in (self.api[minor], *self.others):
            enum = facts.enum_of(short(definition), property_name)
            if enum:
                return enum
        return None

    # kinds

    def roots(self) -> dict[tuple[str, str], tuple[str, set[int]]]:
        """(apiVersion, kind) of each resource, to the definition's name and the versions that serve it."""
        found: dict[tuple[str, str], tuple[str, set[int]]] = {}
        for minor, definitions in self.versions.items():
            for name, definition in definitions.items():
                for gvk in definition.get("x-kubernetes-group-version-kind", ()):
                    api_version = f"{gvk['group']}/{gvk['version']}" if gvk["group"] else gvk["version"]
                    if self.is_root(api_version, gvk["kind"], definition):
                        full, minors = found.setdefault((api_version, gvk["kind"]), (name, set()))
                        if full != name:
                            raise SystemExit(f"{api_version} {gvk['kind']} is both {full} and {name}")
                        minors.add(minor)
        return found

    def is_root(self, api_version: str, kind: str, definition: Definition) -> bool:
        """Whether the kind is a resource, not a list, an option object, or something sent to a subresource only.

        The newest server's discovery decides where it has the apiVersion and the kind; a kind that it no longer serves
        is a resource if it has an ObjectMeta and is not one of the kinds known to be subresources.
        """
        announced = [resource for resource in self.discovery.get(api_version, ()) if resource["kind"] == kind]
        if announced:
            return any("/" not in resource["name"] for resource in announced)
        metadata = definition.get("properties", {}).get("metadata", {}).get("$ref", "")
        return metadata.endswith(".ObjectMeta") and kind not in SUBRESOURCE_KINDS

    def lifecycle(self, type_name: str) -> Lifecycle:
        """What the newest module that knows the type says; nothing if none does."""
        known = (facts.lifecycles[type_name] for facts in self.facts if type_name in facts.lifecycles)
        return next(known, Lifecycle())

    def namespaced(self, api_version: str, kind: str, type_name: str) -> bool:
        """Whether objects of the kind live in a namespace."""
        for resource in self.discovery.get(api_version, ()):
            if resource["kind"] == kind and "/" not in resource["name"]:
                return bool(resource["namespaced"])
        for facts in self.facts:
            if type_name in facts.clients:
                return type_name not in facts.cluster_scoped
        raise SystemExit(f"{api_version} {kind}: no source says whether it is namespaced")

    def resource(self, api_version: str, kind: str) -> str:
        """The resource's name in the plural, as the newest server announces it, or as its rules would form it."""
        for resource in self.discovery.get(api_version, ()):
            if resource["kind"] == kind and "/" not in resource["name"]:
                return str(resource["name"])
        lower = kind.lower()
        if lower.endswith("s"):
            return f"{lower}es"
        if lower.endswith("y"):
            return f"{lower[:-1]}ies"
        return f"{lower}s"

    def kinds(self) -> Iterator[str]:
        """The lines of kinds.tsv."""
        rows = {
            (api_version, kind): self.row(api_version, kind, short(definition), served=minors)
            for (api_version, kind), (definition, minors) in self.roots().items()
        }
        for facts in self.facts:
            for type_name in facts.lifecycles.keys() & facts.clients:
                package, _, kind = type_name.rpartition(".")
                api_version = facts.groups[package]
                known = (api_version, kind) in rows or kind in SUBRESOURCE_KINDS
                if not known and self.gone_before_all(self.lifecycle(type_name)):
                    rows[api_version, kind] = self.row(api_version, kind, type_name, served=None)
        yield "\t".join(KINDS_COLUMNS)
        for row in sorted(rows.values()):
            yield "\t".join(row)

    def gone_before_all(self, life: Lifecycle) -> bool:
        """Whether an API was removed in the oldest version that the tables cover, or before."""
        return bool(life.removed) and int(life.removed.partition(".")[2]) <= self.first

    def row(self, api_version: str, kind: str, type_name: str, served: set[int] | None) -> tuple[str, ...]:
        """A line of kinds.tsv; `served` is None for a kind that no version here has."""
        life = self.lifecycle(type_name)
        return (
            api_version,
            kind,
            "" if served is None else type_name,
            "" if served is None else spans(served, self.first, self.last),
            "Namespaced" if self.namespaced(api_version, kind, type_name) else "Cluster",
            self.resource(api_version, kind),
            life.introduced,
            life.deprecated,
            life.removed,
            life.replacement,
        )

    # resources

    def resources(self) -> Iterator[str]:
        """The lines of resources.tsv: what the newest server announces, subresources included."""
        yield "\t".join(("apiVersion", "resource", "kind", "scope", "verbs", "shortNames"))
        for api_version, resources in sorted(self.discovery.items()):
            for one in sorted(resources, key=lambda resource: str(resource["name"])):
                scope = "Namespaced" if one["namespaced"] else "Cluster"
                verbs, shorts = ",".join(one["verbs"]), ",".join(one.get("shortNames", ()))
                yield "\t".join((api_version, one["name"], one["kind"], scope, verbs, shorts))

    # types

    def types(self) -> Iterator[str]:
        """The lines of types.txt: a name and a body for each type that some kind reaches, behind the versions."""
        yield "versions"
        yield json.dumps(sorted(self.versions), separators=(",", ":"))
        bodies: dict[str, object] = {}
        todo = sorted({definition for definition, _ in self.roots().values()} | {LIST_META})
        seen = set(todo)
        while todo:
            name = todo.pop()
            for reached in self.references(name):
                if reached not in seen:
                    seen.add(reached)
                    todo.append(reached)
            if short(name) in bodies:
                raise SystemExit(f"two definitions are called {short(name)}")
            bodies[short(name)] = self.body(name)
        for enum in sorted(self.enums_used(seen)):
            bodies[enum] = self.enum_body(enum)
        for type_name, body in sorted(bodies.items()):
            yield type_name
            yield json.dumps(body, separators=(",", ":"), ensure_ascii=False)

    def references(self, name: str) -> set[str]:
        """The definitions that a definition's properties hold, in any version."""
        if name in ALTERNATIVES:
            return {name.rpartition(".")[0] + ".JSONSchemaProps"}
        found: set[str] = set()
        for definitions in self.versions.values():
            for schema in definitions.get(name, {}).get("properties", {}).values():
                found.update(ref.rpartition("/")[2] for ref in re.findall(r'"\$ref": "([^"]+)"', json.dumps(schema)))
        return found - SCALARS.keys()

    def body(self, name: str) -> object:
        """A type as types.txt writes it: fields for an object, alternatives for a type that decodes itself."""
        if name in ALTERNATIVES:
            schema = short(name.rpartition(".")[0] + ".JSONSchemaProps")
            return "|".join({"": schema, "[]": f"[{schema}]"}.get(one, one) for one in ALTERNATIVES[name])
        variants: dict[str, dict[str, set[int]]] = {}
        unions: dict[str, set[int]] = {}
        said: dict[str, str] = {}
        present = {minor for minor, definitions in self.versions.items() if name in definitions}
        for minor in sorted(present, reverse=True):
            definition = self.versions[minor][name]
            if not definition.get("properties") and set(definition) - {"type", "description"}:
                raise SystemExit(f"{name} is no object and none of the scalars that this script knows")
            for property_name, schema in definition.get("properties", {}).items():
                code = expression(schema, self.enum_of(minor, name, property_name))
                # How lists merge was always so, and written down late: what a version first says goes for those before.
                bare = f"{property_name} {MERGE.sub(']', code)}"
                code = said[bare] = code if MERGE.search(code) else said.get(bare, code)
                if self.is_pointer(minor, name, property_name):
                    code += "*"
                if property_name in definition.get("required", ()):
                    code += "!"
                if DEPRECATED.search(schema.get("description", "")):
                    code += "~"
                variants.setdefault(property_name, {}).setdefault(code, set()).add(minor)
            if "x-kubernetes-unions" in definition:
                unions.setdefault(json.dumps(definition["x-kubernetes-unions"], sort_keys=True), set()).add(minor)
        first, last = min(present), max(present)
        body: dict[str, object] = {}
        if (first, last) != (self.first, self.last):
            body["@"] = spans(present, self.first, self.last)
        if unions:
            newest = max(unions, key=lambda union: max(unions[union]))
            body["|"] = [
                [union.get("discriminator", ""), union["fields-to-discriminateBy"]] for union in json.loads(newest)
            ]
        for property_name, codes in sorted(variants.items()):
            # Versions are relative to the type's own: a field as old as its type needs none.
            written = [code + self.suffix(minors, present) for code, minors in codes.items()]
            body[property_name] = written[0] if len(written) == 1 else written
        return body

    def suffix(self, minors: set[int], present: set[int]) -> str:
        """`@29..`, or "" where `minors` are all the versions that have the type."""
        return "" if minors == present else f"@{spans(minors, min(present), max(present))}"

    def enums_used(self, definitions: set[str]) -> set[str]:
        """The enumerations that properties of these definitions hold."""
        found = set()
        for minor, all_of_version in self.versions.items():
            for name in definitions & all_of_version.keys():
                for property_name in all_of_version[name].get("properties", {}):
                    enum = self.enum_of(minor, name, property_name)
                    if enum:
                        found.add(enum)
        return found

    def enum_body(self, enum: str) -> list[str]:
        """The values of an enumeration, each with the versions that have it."""
        values: dict[str, set[int]] = {}
        present = {minor for minor, facts in self.api.items() if enum in facts.enums}
        if not present:  # a type of the other modules, which are read in one version only
            return sorted(next(facts.enums[enum] for facts in self.others if enum in facts.enums))
        for minor in present:
            for value in self.api[minor].enums[enum]:
                values.setdefault(value, set()).add(minor)
        return [value + self.suffix(minors, present) for value, minors in sorted(values.items())]


# --- fetching ------------------------------------------------------------------------------------------------------


def fetch_wheel(into: Path) -> Path:
    """Downloads the wheel with pip."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(into), WHEEL]
    subprocess.run(command, check=True)
    (wheel,) = into.glob("*.whl")
    return wheel


def fetch_module(module: str) -> Path:
    """Downloads a Go module (`path@version`) into Go's module cache; gives its folder."""
    command = ["go", "mod", "download", "-json", module]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tempfile.gettempdir())
    return Path(json.loads(done.stdout)["Dir"])


def build(wheel: Path) -> dict[str, str]:
    """The files of the tables: name to text."""
    versions = read_wheel(wheel)
    api = {minor: read_module(fetch_module(f"k8s.io/api@v0.{minor}.0")) for minor in versions}
    others = [read_module(fetch_module(module)) for module in OTHER_MODULES]
    builder = Builder(versions, api, others, read_discovery(fetch_module(KUBERNETES)))
    return {
        "types.txt": "\n".join(builder.types()) + "\n",
        "kinds.tsv": "\n".join(builder.kinds()) + "\n",
        "resources.tsv": "\n".join(builder.resources()) + "\n",
    }


def main() -> int:
    """Writes the tables, or with --check compares them: exit 1 if they differ."""
    parser = argparse.ArgumentParser(description="Make the type tables of the built-in kinds.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the committed tables differ")
    parser.add_argument("--wheel", type=Path, help=f"a wheel of kubernetes-validate (default: download {WHEEL})")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        made = build(arguments.wheel or fetch_wheel(Path(scratch)))
    stale = [name for name, text in made.items() if not (DATA / name).exists() or (DATA / name).read_text() != text]
    if arguments.check:
        for name in stale:
            print(f"{DATA / name} is not what scripts/build_tables.py makes", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (DATA / name).write_text(made[name])
        print(f"wrote {DATA / name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
