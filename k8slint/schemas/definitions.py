"""The CRDs of a project, and those that the config names, as schemas for the custom resources of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from k8slint.nodes import MISSING, Node, from_plain
from k8slint.schemas.check import merged, misspelt_group
from k8slint.schemas.custom import Schema, walk
from k8slint.schemas.sources import Sources
from k8slint.views import DeprecatedApi, InvalidValue, Manifest, Mistake, UncheckedKind, UnknownField, UnknownKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from k8slint.project import Project


class Definition(NamedTuple):
    """One version of a custom kind."""

    version: str
    served: bool
    schema: Schema | None
    """None where nothing is said of what objects look like."""
    prunes: bool = True
    """Whether fields that the schema does not have are dropped, which strict validation refuses."""
    has_status: bool = False
    """Whether the status is a subresource, so that the status of a new object is dropped."""
    has_rules: bool = False
    """Whether there are rules in CEL in the schema."""
    replicas: str = ""
    """The route of the number of replicas, where the kind can be scaled."""
    deprecated: bool = False
    warning: str = ""


class Definitions:
    """The custom kinds that are known."""

    def __init__(self, project: Project, sources: Sources | None = None, minors: Sequence[int] = (99,)) -> None:
        """`project` has the CRDs of the input and around it; `sources` are what the config names beside. `minors` are the target versions of
        Kubernetes, oldest first."""
        self.project = project
        self.sources = sources or Sources()
        self.minors = tuple(minors)
        self._crds: dict[tuple[str, str], list[Manifest]] = {}
        self._catalogue: dict[tuple[str, str, str], list[Definition]] = {}
        self._made: dict[int, list[Definition]] = {}
        self._told: set[tuple[str, str]] = set()

    def start_over(self) -> None:
        """Forgets which kinds were said not to be checked: what comes next is another run over resources, with the same CRDs."""
        self._told.clear()

    def check(self, manifest: Manifest) -> list[Mistake]:
        """All that is wrong with a custom resource by its CRD; where several define it, by the one that it fits best."""
        defined = self._definitions(manifest)
        if not defined:
            return self._without_definition(manifest)
        serving = [one for one in defined if one.version == manifest.version and one.served]
        if not serving:
            return [self._no_version(manifest, defined)]
        best: list[Mistake] | None = None
        for one in serving:
            mistakes = self._judge(manifest, one)
            if best is None or len(mistakes) < len(best):
                best = mistakes
        return best or []

    def _judge(self, manifest: Manifest, definition: Definition) -> list[Mistake]:
        mistakes: list[Mistake] = []
        if definition.schema is not None:
            mistakes, valid = self._walk(manifest, definition, self.minors[-1])
            if mistakes and len(self.minors) > 1:
                # What the API server thinks of a custom resource has changed little.
                by_version = {f"1.{minor}": self._walk(manifest, definition, minor)[0] for minor in self.minors[:-1]}
                mistakes = merged({f"1.{self.minors[-1]}": mistakes, **by_version})
            mistakes += _scale(manifest, definition)
            if definition.has_rules and valid and not any(isinstance(mistake, UnknownField) for mistake in mistakes):
                mistakes += self._rules(manifest, definition.schema, without_status=definition.has_status)
        if definition.deprecated:
            found = DeprecatedApi(manifest.node["apiVersion"], manifest)
            found.warning = definition.warning
            mistakes.append(found)
        return mistakes

    def _walk(self, manifest: Manifest, definition: Definition, minor: int) -> tuple[list[Mistake], bool]:
        assert definition.schema is not None
        return walk(
            manifest,
            definition.schema,
            prunes=definition.prunes,
            without_status=definition.has_status,
            minor=minor,
        )

    def _rules(self, manifest: Manifest, schema: Schema, *, without_status: bool) -> Iterable[Mistake]:
        from k8slint.schemas import cel

        return cel.check(manifest, schema, without_status=without_status)

    # ---- kinds without a schema

    def _without_definition(self, manifest: Manifest) -> list[Mistake]:
        from k8slint.near import near

        crds = self.project.definitions(manifest.group)
        others = [crd.node["spec", "names", "kind"].string or "" for crd in crds]
        kinds = {*others, *self.sources.kinds(manifest.group)} - {""}
        close = near(manifest.kind, sorted(kinds))
        if close and _same_word(close, manifest.kind):
            # Two kinds of a group cannot differ by case or number alone: their resources would have one name.
            found = UnknownKind(manifest.node["kind"], manifest, manifest.node["apiVersion"])
            found.near = (manifest.api_version, close)
            return [found]
        misspelt = misspelt_group(manifest)
        return [misspelt] if misspelt is not None else self._unchecked(manifest)

    def _unchecked(self, manifest: Manifest) -> list[Mistake]:
        """Says once a kind that objects of it are not checked."""
        key = manifest.api_version, manifest.kind
        if key in self._told:
            return []
        self._told.add(key)
        return [UncheckedKind(manifest.node["kind"], manifest)]

    def _no_version(self, manifest: Manifest, defined: list[Definition]) -> UnknownKind:
        found = UnknownKind(manifest.node["apiVersion"], manifest, manifest.node["apiVersion"])
        served = dict.fromkeys(one.version for one in defined if one.served)
        found.versions_of_group = tuple(f"{manifest.group}/{version}" for version in served)
        return found

    # ---- definitions

    def _crds_of(self, group: str, kind: str) -> list[Manifest]:
        """The CRDs that define a kind: those of the project, else those that the config names."""
        key = group, kind
        if key not in self._crds:
            self._crds[key] = self.project.definitions(group, kind) or self.sources.crds(group, kind)
        return self._crds[key]

    def _definitions(self, manifest: Manifest) -> list[Definition]:
        """All versions of a kind in the CRDs that are nearest."""
        crds = self._crds_of(manifest.group, manifest.kind)
        if not crds:
            return self._catalogued(manifest)
        nearest = self.project.near_ones(manifest, crds) if len(crds) > 1 else crds
        found = []
        for crd in nearest:
            if id(crd) not in self._made:
                self._made[id(crd)] = definitions_of(crd)
            found += self._made[id(crd)]
        return found

    def _catalogued(self, manifest: Manifest) -> list[Definition]:
        """What a JSON Schema of this version of a kind says, where the config names a folder of such."""
        if not manifest.group or not manifest.version or "/" in manifest.group:
            return []
        key = manifest.group, manifest.kind, manifest.version
        if key not in self._catalogue:
            plain = self.sources.schema(*key)
            if plain is None:
                self._catalogue[key] = []
            else:
                node = from_plain(plain)
                # It does not tell whether the status is a subresource, as nearly every status is; then nobody judges it.
                self._catalogue[key] = [
                    Definition(
                        manifest.version,
                        True,
                        Schema(node),
                        prunes=False,
                        has_status=True,
                        has_rules=_mentions_rules(node),
                    )
                ]
        return self._catalogue[key]


def _scale(manifest: Manifest, definition: Definition) -> list[Mistake]:
    """What can be scaled has a number of replicas that fits into 32 bits. Source: ValidateScaleSpec of the apiextensions-apiserver."""
    steps = definition.replicas.removeprefix(".").split(".")
    node = manifest.node[tuple(steps)]
    number = node.integer
    if number is None or 0 <= number < 2**31:
        return []
    return [InvalidValue(node, manifest, "is no number of replicas", definition.replicas)]


def definitions_of(crd: Manifest) -> list[Definition]:
    """The versions that a CRD defines."""
    spec = crd.node["spec"]
    shared = spec["validation", "openAPIV3Schema"]
    # Only v1beta1 keeps what it does not know, unless it says that it does not.
    keeps = spec["preserveUnknownFields"].boolean
    prunes = not keeps if crd.version == "v1" else keeps is False
    found = [_definition(version["name"].string or "", version, spec, shared, prunes) for version in spec["versions"]]
    if not found and spec["version"].string:
        found.append(_definition(spec["version"].string or "", Node(None, "", MISSING), spec, shared, prunes))
    return found


def _definition(name: str, version: Node, spec: Node, shared: Node, prunes: bool) -> Definition:
    schema = version["schema", "openAPIV3Schema"] or shared
    subresources = version["subresources"] or spec["subresources"]
    served = version["served"].boolean
    return Definition(
        name,
        served is not False,
        _schema(schema),
        prunes,
        subresources["status"].is_mapping,
        _mentions_rules(schema),
        subresources["scale", "specReplicasPath"].string or "",
        bool(version["deprecated"].boolean),
        version["deprecationWarning"].string or "",
    )


def _mentions_rules(schema: Node) -> bool:
    """Whether a schema may have rules in CEL; asked of the text, for schemas are large."""
    word = "x-kubernetes-validations"
    if schema.string:
        return word in schema.string
    document = schema.root.document
    if document is not None and schema.start >= 0:
        return document.file.text.find(word, document.start + schema.start, document.start + schema.end) >= 0
    return any(word in node.fields for node in schema.walk())


def _schema(node: Node) -> Schema | None:
    if node.is_mapping:
        return Schema(node)
    document = node.root.document
    if node.string and (document is None or not document.file.text):
        # Of a CRD that was let go the schemas are kept as JSON (`custom.compact`), and no text. A string in a file is the author's mistake.
        import json

        try:
            kept = from_plain(json.loads(node.string))
        except ValueError:
            # What stood there was no schema, and has been kept as it was.
            return None
        return Schema(kept) if kept.is_mapping else None
    return None


def _same_word(left: str, right: str) -> bool:
    return left.lower().rstrip("s") == right.lower().rstrip("s")
