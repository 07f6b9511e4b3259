"""The type tables of the built-in kinds: which fields each type has, what they hold, and since when.

    tables = load("1.31")
    deployment = tables.kind("apps/v1", "Deployment")
    spec = deployment.fields["spec"].type
    spec.fields["replicas"].type.holds        # "integer"
    spec.fields["selector"].required          # True

The tables are made by `scripts/build_tables.py` from Kubernetes' published OpenAPI definitions and Go sources, and
committed in `data/` (Apache-2.0, see the licence there). A type is read only when a walk reaches it, so that opening a
version costs about a millisecond, and the types of a Deployment another.

The files
---------
`types.txt` has two lines a type: its name (`core.v1.Container`: the last three parts of the OpenAPI name), and its body
in JSON. The first two lines are `versions` and the minor versions that the tables cover. A body is one of:

- an object, field name to code: `{"name": "string!", "ports": "[core.v1.ContainerPort]map:containerPort,protocol"}`;
- a list, the values of an enumeration of strings: `["SCTP", "TCP", "UDP"]`;
- a string, the types that it may be one of: `"apiextensions.v1.JSONSchemaProps|boolean"`.

A code is an expression, then `*` if the field is a pointer in Go, `!` if it is required, `~` if it is deprecated. An
expression is a word (`string`, `int32`, `int64`, `number`, `boolean`, `bytes`, `time`, `microtime`, `duration`,
`quantity`, `int-or-string`, `raw-extension`, `any`), the name of a type, `[X]` for a list of X, or `{X}` for a map of
strings to X. Behind a list stands how it merges, where that is said: `set`, `atomic`, or `map:` and the keys that
identify an item.

Versions share all of this. What not every version has carries the versions that do, as `@29..` (1.29 to the newest),
`@..31`, or `@26..28`; a field that changed has a list of codes. The bounds left out are those of the type the field is
in, and those of a type are under its key `"@"`, if it was not always there. The key `"|"` has the unions:
`[discriminator, {field: value of the discriminator}]`.

`kinds.tsv` has a line a kind that is or was a resource; `served` are its versions in the same notation. Where `type` is
empty, it was gone before the oldest version here. What no source says any more is in `removed.py`.

What the API server makes of a value
------------------------------------
Source: k8s.io/apimachinery/pkg/runtime/serializer/json, sigs.k8s.io/json (`UnmarshalStrict`), and the `UnmarshalJSON`
methods of the Go types named.

Field names are compared with their case; an unknown one is refused, and nothing below it is looked at. `null` is
accepted for every field, every item of a list, and every value of a map: it stands for a value that is not given, so an
item is then empty. Of all values of a wrong type the server reports one, and unknown fields and keys given twice only
where there is none.

==================  ==================================================================================================
string              a string and nothing else: numbers and booleans are refused
integer             a number that is written as an integer in JSON, and fits the bits. YAML's `1.0` and `1e3` arrive as
                    `1` and `1000`, as do all integral floats below 1e21; `1.5` does not
number              any number
boolean             `true` or `false`
bytes               a string in standard base64 with padding (line breaks are skipped, blanks are not), or a list of
                    integers from 0 to 255
quantity            a string or a number, blanks around it allowed (resource.Quantity); whatever else there is, "" too,
                    fails to parse as one, though a bare suffix (`Gi`) is 0
int-or-string       a string, or an integer of 32 bits (intstr.IntOrString)
time                a string in RFC 3339: `2006-01-02T15:04:05Z`, with a fraction of a second or not (metav1.Time);
                    "" is refused
microtime           the same with exactly six digits of fraction (metav1.MicroTime)
duration            a string like `1h30m` (metav1.Duration)
raw-extension, any  anything at all
one-of              one of `Type.alternatives`. These are JSONSchemaPropsOrBool, -OrArray and -OrStringArray, which
                    decode what they hold on their own and leniently: below them unknown fields are dropped in
                    silence, wrong types are still refused. -OrArray and -OrStringArray take a scalar for nothing at
                    all, -OrBool refuses it
object              an object with the fields of the type
list, map           a list; an object with any keys
==================  ==================================================================================================

All of this goes for `status` too, although the server then drops the status of a new object and validates nothing of
it.

Enums and required fields are no part of decoding. Validation, kind by kind, refuses what is not in an enum, everywhere
but in `status`; "" is the same as nothing unless the field is a pointer or the string an item of a list, and some
values in an enum need an alpha feature. It refuses an object without a required field unless the empty value of it will
do: false (`served`, `storage`), 0 (`lun`), an empty list (LimitRange `limits`) or object (CSIDriver `spec`), a quantity
of 0 (DeviceCapacity `value`), and the name in `hints.forZones`. Recorded for Kubernetes 1.37: of some 160 required
fields that manifests left out, these seven were accepted.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Final, Literal, NamedTuple, TypeAlias

Holds: TypeAlias = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "bytes",
    "quantity",
    "int-or-string",
    "time",
    "microtime",
    "duration",
    "raw-extension",
    "any",
    "object",
    "list",
    "map",
    "one-of",
]
"""What a type holds; the table in this module's docstring says which values the API server accepts for each."""

ListType: TypeAlias = Literal["", "atomic", "set", "map"]
"""How a list merges (x-kubernetes-list-type): as a whole, as a set of scalars, or by keys; "" where it is not said."""

_EMPTY_WILL_DO: Final = frozenset(
    {
        ("CSINodeSpec", "drivers"),
        ("DeviceCapacity", "value"),
        ("EventSeries", "count"),
        ("ForZone", "name"),
        ("HTTPHeader", "value"),
        ("ISCSIPersistentVolumeSource", "lun"),
        ("ISCSIVolumeSource", "lun"),
        ("LimitRangeSpec", "limits"),
        ("PodFailurePolicy", "rules"),
        ("ResourcePool", "generation"),
        ("SleepAction", "seconds"),
        ("StorageClass", "reclaimPolicy"),
        ("Sysctl", "value"),
        ("TokenRequest", "audience"),
    }
)
"""Fields (of the type, by its last name) of which validation takes an empty value for none, or does not ask for one; see above."""

_NEVER_ENDS: Final = 10**6
_OFF: Final[Mapping[tuple[str, str], int]] = {
    ("BasicDevice", "consumesCounters"): 36,
    ("BasicDevice", "taints"): 36,
    ("Container", "resizePolicy"): 33,
    ("Container", "restartPolicyRules"): 35,
    ("CustomResourceDefinitionVersion", "selectableFields"): 31,
    ("DeviceCapacity", "requestPolicy"): 36,
    ("DeviceRequest", "derivedAttributes"): _NEVER_ENDS,
    ("DeviceRequest", "firstAvailable"): 34,
    ("DeviceRequest", "tolerations"): 36,
    ("DeviceSubRequest", "derivedAttributes"): _NEVER_ENDS,
    ("EndpointHints", "forNodes"): 34,
    ("EnvVarSource", "fileKeyRef"): 35,
    ("ExactDeviceRequest", "derivedAttributes"): _NEVER_ENDS,
    ("GRPCAction", "mode"): _NEVER_ENDS,
    ("HTTPGetAction", "protocol"): _NEVER_ENDS,
    ("JobSpec", "podReplacementPolicy"): 29,
    ("JobSpec", "scheduling"): _NEVER_ENDS,
    ("JobSpec", "successPolicy"): 31,
    ("Lifecycle", "stopSignal"): _NEVER_ENDS,
    ("MetricIdentifier", "selector"): _NEVER_ENDS,
    ("MutatingWebhook", "matchConditions"): 28,
    ("PersistentVolumeClaimSpec", "dataSource"): _NEVER_ENDS,
    ("PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy"): 27,
    ("PodSecurityContext", "supplementalGroupsPolicy"): 33,
    ("PodSpec", "evictionResponders"): _NEVER_ENDS,
    ("PodSpec", "resourceClaims"): 34,
    ("PodSpec", "resources"): 34,
    ("PodSpec", "schedulingGates"): 27,
    ("ResourceAttributes", "fieldSelector"): 32,
    ("ResourceAttributes", "labelSelector"): 32,
    ("ResourceRequirements", "claims"): 34,
    ("ResourceSliceSpec", "sharedCounters"): 36,
    ("ResourceSliceSpec", "skipNodeOperations"): _NEVER_ENDS,
    ("ValidatingWebhook", "matchConditions"): 28,
    ("Volume", "image"): 35,
    ("VolumeProjection", "clusterTrustBundle"): 37,
    ("VolumeProjection", "podCertificate"): 35,
}
"""Fields of which nothing is validated before a minor version, because their feature is off by default until then. Source: k8s.io/kubernetes/pkg/features/kube_features.go. A claim's dataSource is dropped where it is of no known kind, the
selector of a metric is handed on as it is."""

_NEEDED_ALL_THE_SAME: Final[Mapping[str, frozenset[str]]] = {
    "AggregationRule": frozenset({"clusterRoleSelectors"}),
    "ConfigMapEnvSource": frozenset({"name"}),
    "ConfigMapProjection": frozenset({"name"}),
    "ConfigMapVolumeSource": frozenset({"name"}),
    "Container": frozenset({"image"}),
    "ExecAction": frozenset({"command"}),
    "IngressClassSpec": frozenset({"controller"}),
    "NamedRuleWithOperations": frozenset({"apiGroups", "apiVersions", "operations", "resources"}),
    "ParamKind": frozenset({"apiVersion", "kind"}),
    "ParamRef": frozenset({"parameterNotFoundAction"}),
    "PersistentVolumeClaimSpec": frozenset({"accessModes"}),
    "PersistentVolumeSpec": frozenset({"accessModes", "capacity"}),
    "RuleWithOperations": frozenset({"apiGroups", "apiVersions", "operations", "resources"}),
    "SecretEnvSource": frozenset({"name"}),
    "SecretProjection": frozenset({"name"}),
    "SecretVolumeSource": frozenset({"secretName"}),
    "ServiceCIDRSpec": frozenset({"cidrs"}),
    "ServiceReference": frozenset({"name", "namespace"}),
}
"""Fields that are optional by their declaration, and that validation asks for under all circumstances."""

_DEPRECATED_CORE: Final[Mapping[str, tuple[str, tuple[str, str] | None]]] = {
    "ComponentStatus": ("1.19", None),
    "Endpoints": ("1.33", ("discovery.k8s.io/v1", "EndpointSlice")),
}
"""Kinds of v1 that stay, and are deprecated all the same; no generated source says so. Source: the API server's warnings,
k8s.io/kubernetes/pkg/apis/core/types.go."""

_DATA: Final = os.path.join(os.path.dirname(__file__), "data")
_OPT_IN_BETAS_SINCE: Final = 24
"""From 1.24 on, new beta APIs are off by default (KEP-3136)."""


class Versions(NamedTuple):
    """The versions that have something: `("1.29", None)` is from 1.29 on.

    None is a bound that the tables do not know of: there in the oldest version (or as long as what it is part of), or
    still there in the newest.
    """

    first: str | None
    last: str | None


class Field:
    """A field of an object."""

    __slots__ = ("deprecated", "name", "off", "pointer", "required", "since", "type")

    def __init__(
        self, name: str, held: Type, pointer: bool, required: bool, deprecated: bool, since: str, off: bool
    ) -> None:
        self.name = name
        self.type = held
        self.pointer = pointer
        """Whether an explicit "", 0, false or {} differs from a field that is not there (a pointer in Go)."""
        self.required = required
        """As OpenAPI has it. Whether the API server insists is up to the validation of the kind."""
        self.deprecated = deprecated
        """The API documentation says so."""
        self.since = since
        """The version that added the field ("1.29"); "" if it is as old as its type, or as the oldest version here."""
        self.off = off
        """Whether what stands in it is decoded, then dropped or left alone: `status`, and what a feature brings that is off by default."""

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {self.type!r}, required={self.required})"


class Union(NamedTuple):
    """Fields of an object of which one is to be set (x-kubernetes-unions)."""

    discriminator: str
    """The field that tells which ("type"), or ""."""
    fields: Mapping[str, str]
    """Field name to the value of the discriminator."""


class Type:
    """What a value may be. Attributes that do not apply to what it `holds` are empty.

    `name` is that of a named type (`core.v1.Container`, `core.v1.Protocol`), or the expression (`[string]`, `int32`).
    """

    def __init__(self, tables: Tables, name: str, holds: Holds, body: str = "") -> None:
        self._tables = tables
        self._body = body
        self.name = name
        self.holds: Holds = holds
        self.item: Type | None = None
        """What a list or a map is of."""
        self.bits = 0
        """Of an integer: 32 or 64."""
        self.enum: tuple[str, ...] = ()
        """The values of a string that this version knows, alphabetically; "" may be one. Source: `+enum` in Go."""
        self.list_type: ListType = ""
        self.list_keys: tuple[str, ...] = ()
        """The fields that identify an item of a list of type "map"."""
        self.alternatives: tuple[Type, ...] = ()
        """The types of which a value may be one; below them unknown fields are dropped."""

    @cached_property
    def _raw(self) -> dict[str, str | list[str]]:
        """The body of an object, field name to codes, as written; without the keys that are no fields."""
        raw: dict[str, str | list[str]] = json.loads(self._body) if self._body else {}
        raw.pop("@", None)
        raw.pop("|", None)
        return raw

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields of an object that this version has, by name. Empty for what is no object."""
        minor, type_of = self._tables.minor, self._tables.type
        own_name = self.name.rpartition(".")[2]
        found = {}
        for name, codes in self._raw.items():
            if isinstance(codes, str) and "@" not in codes:
                code, since = codes, ""
            else:
                chosen, (first, _) = _choose(codes, minor)
                if chosen is None:
                    continue
                code, since = chosen, f"1.{first}" if first else ""
            deprecated = code.endswith("~")
            if deprecated:
                code = code[:-1]
            required = code.endswith("!")
            if required:
                code = code[:-1]
            pointer = code.endswith("*")
            if pointer:
                code = code[:-1]
            key = own_name, name
            pointer = pointer and key not in _EMPTY_WILL_DO
            off = name == "status" or (key in _OFF and minor < _OFF[key])
            found[name] = Field(name, type_of(code), pointer, required, deprecated, since, off)
        return found

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The names of the required fields of an object."""
        return tuple(name for name, field in self.fields.items() if field.required)

    @cached_property
    def needs(self) -> tuple[tuple[str, str], ...]:
        """The fields of an object that the API server insists on: name, and the route below the object of what it misses.

        The two are the same, but where a field may be left out as such, and something in it may not: without the `spec` of a
        Deployment there is no `spec.selector`. A field that must be there must not be empty either ("", [] or null).
        """
        newest_type = self._newest
        also = _NEEDED_ALL_THE_SAME.get(self.name.rpartition(".")[2], ())
        found = []
        for name, field in self.fields.items():
            held = field.type
            if held.holds == "object" and not field.pointer:
                # A struct is there with empty fields, written or not.
                inner = held.needs if name != "status" else ()
                if inner:
                    found.append((name, f"{name}.{inner[0][1]}"))
            elif name in also or (field.required and self._insists(field, newest_type)):
                found.append((name, name))
        return tuple(found)

    def _insists(self, field: Field, newest_type: Type | None) -> bool:
        if field.type.holds in ("boolean", "quantity", "any") and not field.pointer:
            return False
        if (self.name.rpartition(".")[2], field.name) in _EMPTY_WILL_DO:
            return False
        if newest_type is None:
            return field.type.holds == "string" or field.pointer
        # Where the requirement was dropped later, it never was one.
        later = newest_type.fields.get(field.name)
        return later is None or later.required

    @property
    def _newest(self) -> Type | None:
        """The same type in the newest version; None where that has it no longer."""
        tables = load(newest())
        if tables is self._tables:
            return self
        body = _lines().get(self.name, "{}")
        span = json.loads(body).get("@", "") if body[0] == "{" else ""
        return tables.type(self.name) if _within_bounds(_bounds(span), tables.minor) else None

    @cached_property
    def unions(self) -> tuple[Union, ...]:
        """The unions of an object, where the API declares them; most of its unions it does not."""
        body = json.loads(self._body) if self._body else {}
        return tuple(Union(discriminator, fields) for discriminator, fields in body.get("|", ()))

    def fields_named(self, name: str, limit: int = 20) -> tuple[str, ...]:
        """Where a field of this name stands below the type; see `Tables.fields_named`."""
        return self._tables.fields_named(name, self, limit)

    def field_versions(self, name: str) -> Versions | None:
        """The versions in which this type has a field, None if it never had. What it holds may differ in them."""
        codes = self._raw.get(name)
        if codes is None:
            return None
        _, (first, last) = _choose(codes, self._tables.minor)
        return _versions(first, last)

    def __repr__(self) -> str:
        return f"<Type {self.name}>"


class Kind(NamedTuple):
    """A kind that is or was a resource of the API server, in one group and version."""

    api_version: str
    kind: str
    type_name: str
    """The name of its type, "" if it was gone before the oldest version here."""
    versions: Versions
    """Those that serve it."""
    namespaced: bool
    resource: str
    """Its name in the plural: "deployments"."""
    introduced: str
    """The version that introduced it ("1.9"), or "" where no source says."""
    deprecated: str
    """The version in which it is deprecated, which may be one to come, or ""."""
    removed: str
    """The first version without it, which may be one to come, or ""."""
    replacement: tuple[str, str] | None
    """apiVersion and kind to use instead, as Kubernetes announces it; see `Tables.successor`."""

    @property
    def opt_in(self) -> bool:
        """Whether a server has it only where someone turned it on: alpha APIs, and beta APIs since 1.24."""
        version = self.api_version.rpartition("/")[2]
        if "alpha" in version:
            return True
        # flowcontrol's later betas took over from one that was on.
        if "beta" not in version or self.api_version.startswith("flowcontrol."):
            return False
        return bool(self.introduced) and _minor(self.introduced) >= _OPT_IN_BETAS_SINCE


class Tables:
    """The API types of one version of Kubernetes. Made by `load`."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.minor = _minor(version)
        self._types: dict[str, Type] = {}

    # kinds

    @cached_property
    def _served(self) -> dict[str, dict[str, Kind]]:
        """apiVersion to kind to what is known of it, for what this version serves."""
        found: dict[str, dict[str, Kind]] = {}
        for api_version, kind in _rows():
            info = self.info(api_version, kind)
            if info is not None:
                found.setdefault(api_version, {})[kind] = info
        return found

    @property
    def api_versions(self) -> tuple[str, ...]:
        """What this version serves: "v1", "apps/v1", ..."""
        return tuple(self._served)

    @cached_property
    def groups(self) -> frozenset[str]:
        """The API groups of Kubernetes itself, of any version: "" (core), "apps", "extensions", ..."""
        return frozenset(kind.api_version.rpartition("/")[0] for kind in all_kinds())

    def kinds(self, api_version: str) -> tuple[str, ...]:
        """The kinds of an apiVersion that are resources (lists are not), alphabetically; none if it is not served."""
        return tuple(self._served.get(api_version, ()))

    def info(self, api_version: str, kind: str) -> Kind | None:
        """What is known of a kind that this version serves. `known` looks in all versions."""
        row = _row(api_version, kind)
        return row if row is not None and row.type_name and _within(row.versions, self.minor) else None

    def kind(self, api_version: str, kind: str) -> Type | None:
        """The type of a kind's objects, or None if this version does not serve it.

        Lists have types too: `DeploymentList` of apps/v1, and `List` of v1, whose items may be anything.
        """
        info = self.info(api_version, kind)
        if info is not None:
            return self.type(info.type_name)
        if kind.endswith("List"):
            if api_version == "v1" and kind == "List":
                return self._list("core.v1.List", "raw-extension")
            item = self.info(api_version, kind.removesuffix("List"))
            if item is not None:
                return self._list(f"{item.type_name}List", item.type_name)
        return None

    def _list(self, name: str, item: str) -> Type:
        """The type of a list, which is the same for every kind."""
        if name not in self._types:
            fields = {"apiVersion": "string", "items": f"[{item}]!", "kind": "string", "metadata": "meta.v1.ListMeta"}
            self._types[name] = Type(self, name, "object", json.dumps(fields))
        return self._types[name]

    def find_kind(self, kind: str) -> tuple[str, ...]:
        """The apiVersions that serve a kind, the most stable first."""
        return tuple(sorted((api for api, kinds in self._served.items() if kind in kinds), key=stability))

    def successor(self, api_version: str, kind: str) -> tuple[str, str] | None:
        """apiVersion and kind to use in this version for one that is removed or deprecated; None if there is none.

        Follows Kubernetes' own announcements, from one replacement to the next, then looks for the kind in its group.
        """
        seen = {(api_version, kind)}
        known_kind = known(api_version, kind)
        while known_kind is not None and known_kind.replacement is not None and known_kind.replacement not in seen:
            seen.add(known_kind.replacement)
            known_kind = known(*known_kind.replacement)
            if known_kind is not None and self._lasting(known_kind):
                return known_kind.api_version, known_kind.kind
        group = api_version.rpartition("/")[0]
        for candidate in self.find_kind(kind):
            info = self._served[candidate][kind]
            if candidate != api_version and candidate.rpartition("/")[0] == group and self._lasting(info):
                return candidate, kind
        return None

    def _lasting(self, known_kind: Kind) -> bool:
        """Whether this version serves the kind by default and has not deprecated it."""
        deprecated = bool(known_kind.deprecated) and _minor(known_kind.deprecated) <= self.minor
        return (
            self.info(known_kind.api_version, known_kind.kind) is not None and not known_kind.opt_in and not deprecated
        )

    # types

    def type(self, expression: str) -> Type:
        """The type that an expression of the tables stands for: `core.v1.Container`, `[string]set`, `{quantity}`.

        Raises KeyError for one that no version has.
        """
        found = self._types.get(expression)
        if found is None:
            found = self._types[expression] = self._read(expression)
        return found

    def _read(self, expression: str) -> Type:
        scalar = _SCALARS.get(expression)
        if scalar is not None:
            made = Type(self, expression, scalar)
            made.bits = _BITS.get(expression, 0)
            return made
        if expression[0] == "[":
            end = expression.rindex("]")
            made = Type(self, expression, "list")
            made.item = self.type(expression[1:end])
            how, _, keys = expression[end + 1 :].partition(":")
            made.list_type = _LIST_TYPES[how]
            made.list_keys = tuple(keys.split(",")) if keys else ()
            return made
        if expression[0] == "{":
            made = Type(self, expression, "map")
            made.item = self.type(expression[1:-1])
            return made
        body = _lines()[expression]
        if body[0] == "{":
            return Type(self, expression, "object", body)
        if body[0] == "[":
            made = Type(self, expression, "string")
            made.enum = tuple(
                value
                for value, _, span in (entry.partition("@") for entry in json.loads(body))
                if not span or _within_bounds(_bounds(span), self.minor)
            )
            return made
        made = Type(self, expression, "one-of")
        made.alternatives = tuple(self.type(one) for one in json.loads(body).split("|"))
        return made

    # where fields live

    def types_with(self, name: str) -> tuple[str, ...]:
        """The names of the types that have a field of this name in this version."""
        key = json.dumps(name) + ":"
        return tuple(
            type_name
            for type_name, body in _lines().items()
            if body[0] == "{" and key in body and name in self.type(type_name).fields
        )

    def fields_named(self, name: str, within: Type, limit: int = 20) -> tuple[str, ...]:
        """Where a field of this name stands below a type, as in `spec.template.spec.containers[].image`.

        Items of lists are `[]`, values of maps `.*`. Shortest first, those in `status` last, `limit` at most. A type is
        not entered again below itself.
        """
        found: list[str] = []
        level: list[tuple[Type, str, tuple[str, ...]]] = [(within, "", ())]
        leads: dict[str, bool] = {}
        while level and len(found) < limit:
            below: list[tuple[Type, str, tuple[str, ...]]] = []
            for held, route, above in level:
                if held.name in above or not self._leads_to(held, name, leads):
                    continue
                for field in held.fields.values():
                    here = f"{route}.{field.name}" if route else field.name
                    if field.name == name:
                        found.append(here)
                    for inner, suffix in _objects(field.type):
                        below.append((inner, here + suffix, (*above, held.name)))
            level = below
        found.sort(key=lambda route: (route.startswith("status."), route.count(".")))
        return tuple(found[:limit])

    def _leads_to(self, held: Type, name: str, leads: dict[str, bool]) -> bool:
        """Whether a field of this name stands anywhere below a type. `leads` remembers the answers by type."""
        known_answer = leads.get(held.name)
        if known_answer is not None:
            return known_answer
        # All that can be reached, rather than a recursive answer: types hold themselves (JSONSchemaProps).
        seen = {held.name}
        todo = [held]
        while todo:
            one = todo.pop()
            if name in one.fields or leads.get(one.name):
                leads[held.name] = True
                return True
            for field in one.fields.values():
                for inner, _ in _objects(field.type):
                    if inner.name not in seen and leads.get(inner.name) is not False:
                        seen.add(inner.name)
                        todo.append(inner)
        leads.update(dict.fromkeys(seen, False))
        return False


# --- all versions --------------------------------------------------------------------------------------------------


@cache
def versions() -> tuple[str, ...]:
    """The versions of Kubernetes that the tables cover, oldest first: ("1.25", "1.26", ...)."""
    return tuple(f"1.{minor}" for minor in json.loads(_lines()["versions"]))


def newest() -> str:
    """The newest version that the tables cover."""
    return versions()[-1]


@cache
def load(version: str) -> Tables:
    """The tables of a version ("1.31", also as "v1.31.4"). Raises ValueError for one that the tables do not cover."""
    plain = ".".join(version.removeprefix("v").split(".")[:2])
    if plain not in versions():
        raise ValueError(f"Kubernetes {version} is not among the versions known: {versions()[0]} to {newest()}")
    return load(plain) if plain != version else Tables(version)


def known(api_version: str, kind: str) -> Kind | None:
    """What is known of a kind in any version, those that were removed long ago included."""
    return _row(api_version, kind) or _gone().get((api_version, kind))


def all_kinds() -> tuple[Kind, ...]:
    """Every kind of every version."""
    rows = (_row(api_version, kind) for api_version, kind in _rows())
    return (*(row for row in rows if row is not None), *_gone().values())


def history(api_version: str, kind: str) -> Versions | None:
    """The versions that serve a kind: `(None, "1.25")` was gone in 1.26; None if the kind is unknown."""
    found = known(api_version, kind)
    return found.versions if found else None


# --- reading the files ---------------------------------------------------------------------------------------------

_SCALARS: Final[Mapping[str, Holds]] = {
    "string": "string",
    "int32": "integer",
    "int64": "integer",
    "number": "number",
    "boolean": "boolean",
    "bytes": "bytes",
    "quantity": "quantity",
    "int-or-string": "int-or-string",
    "time": "time",
    "microtime": "microtime",
    "duration": "duration",
    "raw-extension": "raw-extension",
    "any": "any",
}
_BITS: Final = {"int32": 32, "int64": 64}
_LIST_TYPES: Final[Mapping[str, ListType]] = {"": "", "atomic": "atomic", "set": "set", "map": "map"}


def text(name: str) -> str:
    """A file of the data folder."""
    with open(os.path.join(_DATA, name), encoding="utf-8") as file:
        return file.read()


@cache
def _lines() -> dict[str, str]:
    """types.txt: name to body."""
    lines = text("types.txt").split("\n")
    return dict(zip(lines[0::2], lines[1::2], strict=False))


@cache
def _rows() -> dict[tuple[str, str], str]:
    """kinds.tsv: apiVersion and kind to the rest of the line."""
    found = {}
    for line in text("kinds.tsv").split("\n")[1:-1]:
        api_version, kind, rest = line.split("\t", 2)
        found[api_version, kind] = rest
    return found


@cache
def _row(api_version: str, kind: str) -> Kind | None:
    """What kinds.tsv says of a kind."""
    rest = _rows().get((api_version, kind))
    if rest is None:
        return None
    type_name, served, scope, resource, introduced, deprecated, removed, replacement = rest.split("\t")
    bounds = _versions(*_bounds(served))
    if not type_name:
        bounds = Versions(None, f"1.{_minor(removed) - 1}")
    elif bounds.last is not None:
        # What is gone is gone, whatever was announced.
        removed = f"1.{_minor(bounds.last) + 1}"
    group_version, _, other_kind = replacement.partition(" ")
    successor = (group_version, other_kind) if replacement else None
    if api_version == "v1" and kind in _DEPRECATED_CORE:
        deprecated, successor = _DEPRECATED_CORE[kind]
    return Kind(
        api_version,
        kind,
        type_name,
        bounds,
        scope == "Namespaced",
        resource,
        introduced,
        deprecated,
        removed,
        successor,
    )


@cache
def _gone() -> dict[tuple[str, str], Kind]:
    """What only removed.py remembers."""
    from k8slint.schemas.removed import REMOVED

    return {
        (api_version, kind): Kind(
            api_version,
            kind,
            "",
            Versions(None, f"1.{_minor(removed) - 1}"),
            namespaced,
            resource,
            "",
            deprecated,
            removed,
            replacement,
        )
        for api_version, kind, resource, namespaced, deprecated, removed, replacement in REMOVED
    }


def _minor(version: str) -> int:
    """29 for "1.29"."""
    return int(version.partition(".")[2])


def _bounds(span: str) -> tuple[int, int]:
    """The first and last minor version of `29..`, `..31`, `26..28` or ""; 0 and _NEVER_ENDS for what is left out."""
    first, _, last = span.partition("..")
    return int(first or 0), int(last or _NEVER_ENDS)


def _versions(first: int, last: int) -> Versions:
    return Versions(f"1.{first}" if first else None, f"1.{last}" if last != _NEVER_ENDS else None)


def _within_bounds(bounds: tuple[int, int], minor: int) -> bool:
    return bounds[0] <= minor <= bounds[1]


def _within(bounds: Versions, minor: int) -> bool:
    return (bounds.first is None or _minor(bounds.first) <= minor) and (
        bounds.last is None or minor <= _minor(bounds.last)
    )


def _choose(codes: str | list[str], minor: int) -> tuple[str | None, tuple[int, int]]:
    """The one of a field's codes that holds in a version, if one does, and the first and last version of them all."""
    chosen = None
    firsts, lasts = [], []
    for entry in [codes] if isinstance(codes, str) else codes:
        code, _, span = entry.partition("@")
        first, last = _bounds(span)
        if first <= minor <= last:
            chosen = code
        firsts.append(first)
        lasts.append(last)
    return chosen, (min(firsts), max(lasts))


def _objects(held: Type) -> list[tuple[Type, str]]:
    """The objects in a type, and how a route goes on to them: `[]` for a list's items, `.*` for a map's values."""
    suffix = ""
    while held.item is not None:
        suffix += "[]" if held.holds == "list" else ".*"
        held = held.item
    if held.holds == "object":
        return [(held, suffix)]
    return [(inner, suffix + more) for one in held.alternatives for inner, more in _objects(one)]


def stability(api_version: str) -> tuple[int, int, int, str]:
    """A key that sorts v2 before v1, v1 before v1beta2, that before v1beta1 and v1alpha1."""
    match = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", api_version.rpartition("/")[2])
    if match is None:
        return 3, 0, 0, api_version
    stage = {None: 0, "beta": 1, "alpha": 2}[match[2]]
    return stage, -int(match[1]), -int(match[3] or 0), api_version
