"""What the schemas of the target versions say of an object: which kind it is, and every place where it is not of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from k8slint.finding import Claim
from k8slint.schemas import tables
from k8slint.schemas.walk import walk
from k8slint.views import (
    CustomResourceDefinition,
    DeprecatedApi,
    InvalidValue,
    Manifest,
    MissingField,
    Mistake,
    RemovedApi,
    Superseded,
    UnknownField,
    UnknownKind,
    WrongType,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.nodes import Node
    from k8slint.schemas.tables import Tables, Type


_LOOKED_INTO: Final = frozenset({"finalizers", "generation", "ownerReferences"})


class Schemas:
    """The schemas of the built-in kinds in the versions of Kubernetes that manifests have to work on."""

    def __init__(self, oldest: int | None = None, newest: int | None = None) -> None:
        """`oldest` and `newest` are minor versions, both included; None for the newest that the tables cover.

        Versions that the tables do not cover are left out; where they cover none of them, the nearest one stands in.
        """
        covered = [int(version.partition(".")[2]) for version in tables.versions()]
        last = covered[-1] if newest is None else newest
        first = last if oldest is None else oldest
        minors = [minor for minor in covered if first <= minor <= last]
        self.versions = [f"1.{minor}" for minor in minors or [covered[-1] if last > covered[-1] else covered[0]]]
        """The target versions that are checked, oldest first."""
        # By version and kind: the type, and what is known of the kind where that version has deprecated it.
        self._known: dict[tuple[int, str, str], tuple[Type | None, tables.Kind | None]] = {}

    @cached_property
    def tables(self) -> list[Tables]:
        """The tables of the target versions, newest first."""
        return [tables.load(version) for version in reversed(self.versions)]

    def check(self, manifest: Manifest) -> list[Mistake]:
        """All that is wrong with an object by the schema of its kind; nothing for custom kinds but what goes for every object."""
        if manifest.node.is_sequence:
            return [WrongType(manifest.node, manifest, 'one object, or several with "---" between them', "a list")]
        if not manifest.api_version or not manifest.kind:
            return _unnamed(manifest)
        newest, *older = self.tables
        mistakes = self._check(manifest, newest)
        if older:
            by_version = {newest.version: mistakes}
            by_version.update((one.version, self._check(manifest, one)) for one in older)
            mistakes = merged(by_version)
        if not _LOOKED_INTO.isdisjoint(manifest.metadata.fields):
            from k8slint.schemas import metadata

            mistakes += metadata.check(manifest, builtin=manifest.group in newest.groups)
        return mistakes

    def knows(self, manifest: Manifest) -> bool:
        """Whether the kind is one of Kubernetes itself, or none of a cluster's at all, so that no CRD can say more of it."""
        if not manifest.kind or not manifest.version or "/" in manifest.group:
            return True
        return manifest.group in self.tables[0].groups or manifest.group == "kustomize.config.k8s.io"

    def _check(self, manifest: Manifest, version: Tables) -> list[Mistake]:
        # "/v1" is the core group as well.
        api_version, kind = manifest.api_version.removeprefix("/"), manifest.kind
        known = self._known.get((version.minor, api_version, kind))
        if known is None:
            info = version.info(api_version, kind)
            deprecated = info is not None and info.deprecated and _minor(info.deprecated) <= version.minor
            known = version.kind(api_version, kind), info if deprecated else None
            self._known[version.minor, api_version, kind] = known
        held, deprecated_info = known
        if held is not None:
            mistakes = walk(manifest, held)
            if mistakes and kind == "CustomResourceDefinition":
                _renamed(mistakes, manifest)
            if deprecated_info is not None:
                mistakes.append(_superseded(DeprecatedApi, manifest, version, deprecated_info))
            if kind == "StatefulSet" and version.minor < 34:
                spec = manifest.node["spec"]
                _unseen(mistakes, spec["template"], spec["volumeClaimTemplates"])
            return mistakes
        if manifest.group not in version.groups and "/" not in manifest.group and manifest.version:
            metadata = manifest.metadata
            return walk(manifest, version.type("meta.v1.ObjectMeta"), metadata) if metadata.exists else []
        info = tables.known(api_version, kind)
        if info is not None:
            return [_superseded(RemovedApi, manifest, version, info)]
        return [_unknown(manifest, version)]


def _unnamed(manifest: Manifest) -> list[Mistake]:
    """The mistakes of an object that does not say what it is: apiVersion or kind are missing, or no strings."""
    found: list[Mistake] = []
    for name in ("apiVersion", "kind"):
        node = manifest.node[name]
        if node.string:
            continue
        if node and node.string is None:
            from k8slint.schemas import words

            mistake = WrongType(node, manifest, "a string", words.found(node))
            mistake.meant = words.meant(node, "string") if node.is_scalar else None
            found.append(mistake)
        else:
            found.append(_misspelt(manifest, name) or MissingField(node, manifest))
    return found


def _misspelt(manifest: Manifest, name: str) -> UnknownField | None:
    """The mistake of a key that was meant to be `apiVersion` or `kind`; None where none looks like it."""
    from k8slint.near import near

    keys = [key for key, child in manifest.node.items() if child.string and key not in ("apiVersion", "kind")]
    meant = near(name, keys)
    if not meant:
        return None
    found = UnknownField(manifest.node[meant], manifest, name)
    found.near, found.fits = name, name not in manifest.node
    return found


def _unseen(mistakes: list[Mistake], *templates: Node) -> None:
    """A StatefulSet's templates were decoded only, and their mistakes came out when the first pod was made (pull request 131790)."""
    for mistake in mistakes:
        validated = isinstance(mistake, MissingField) or (isinstance(mistake, InvalidValue) and mistake.allowed)
        if validated and any(_is_below(mistake.node, template) for template in templates):
            mistake.claim = Claim.BROKEN


def _renamed(mistakes: list[Mistake], manifest: Manifest) -> None:
    """Validation of a CRD names the fields of another form of it (see `CustomResourceDefinition.reported`), and takes the name of a webhook's Service for
    its namespace. Source: k8s.io/apiserver/pkg/util/webhook/validation.go: ValidateWebhookService.
    """
    for crd in manifest.views(CustomResourceDefinition):
        for mistake in mistakes:
            node = mistake.node
            decoded = isinstance(mistake, InvalidValue) and not mistake.allowed
            if mistake.field is not None or not isinstance(mistake, MissingField | InvalidValue) or decoded:
                continue
            if node.parent is not None and node.parent.key == "service" and node.key in _MIXED_UP:
                node = node.parent[_MIXED_UP[node.key]]
            mistake.field = crd.reported(node)


_MIXED_UP = {"name": "namespace", "namespace": "name"}


def _is_below(node: Node, ancestor: Node) -> bool:
    above = node.parent
    while above is not None and above is not ancestor:
        above = above.parent
    return above is not None


def _superseded(view: type[Superseded], manifest: Manifest, version: Tables, info: tables.Kind) -> Superseded:
    found = view(manifest.node["apiVersion"], manifest)
    found.since = info.versions.first or info.introduced
    found.deprecated = info.deprecated
    # In a version that has not got it yet it is not gone.
    found.removed = info.removed if version.minor >= _minor(found.since or version.version) else ""
    found.successor = version.successor(info.api_version, info.kind)
    if found.successor is not None:
        from k8slint.schemas.conversion import convert

        held = version.kind(*found.successor)
        if held is not None:
            found.conversion, found.obstacle = convert(manifest, *found.successor, held)
    return found


def _unknown(manifest: Manifest, version: Tables) -> UnknownKind:
    """The mistake of a kind that its apiVersion never had."""
    from k8slint.near import near

    api_version, kind = manifest.api_version, manifest.kind
    if api_version.count("/") > 1 or api_version.endswith("/"):
        found = UnknownKind(manifest.node["apiVersion"], manifest)
        found.malformed = True
        return found
    kinds = version.kinds(api_version)
    elsewhere = version.find_kind(kind)
    node, field = manifest.node["apiVersion"], manifest.node["apiVersion"]
    found = UnknownKind(node, manifest, field)
    if kinds and not elsewhere:
        found = UnknownKind(manifest.node["kind"], manifest, field)
        close = near(kind, kinds)
        found.near = (api_version, close) if close else None
    found.elsewhere = elsewhere
    if not kinds:
        found.versions_of_group = tuple(one for one in version.api_versions if one.rpartition("/")[0] == manifest.group)
    if found.near is None and not elsewhere:
        everything = {one: api for api in version.api_versions for one in version.kinds(api)}
        close = near(kind, everything)
        if close:
            found.near = (version.find_kind(close)[0], close)
    return found


def misspelt_group(manifest: Manifest) -> UnknownKind | None:
    """The mistake of an object of a kind of Kubernetes, in a group that nobody has defined and that looks like the kind's own; else None.

    A group without a dot can be no CRD's. Source: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go: "should be a domain with at
    least one dot".
    """
    from k8slint.near import edit_distance

    newest = tables.load(tables.versions()[-1])
    elsewhere = newest.find_kind(manifest.kind)
    found = UnknownKind(manifest.node["apiVersion"], manifest, manifest.node["apiVersion"])
    if "." not in manifest.group:
        found.elsewhere = elsewhere
        return found if elsewhere else None
    for api_version in elsewhere:
        if edit_distance(manifest.group, api_version.rpartition("/")[0], 3) < 3:
            found.near = (api_version, manifest.kind)
            # A cluster may have such a group for all that is known.
            found.claim = Claim.UNINTENDED
            return found
    return None


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


def merged(by_version: dict[str, list[Mistake]]) -> list[Mistake]:
    """The mistakes of several versions of one object, each once, with the versions that see it where not all do."""
    seen: dict[object, tuple[Mistake, list[str]]] = {}
    for version, mistakes in by_version.items():
        for mistake in mistakes:
            seen.setdefault(_key(mistake), (mistake, []))[1].append(version)
    for mistake, versions in seen.values():
        if len(versions) < len(by_version):
            mistake.versions = _span(versions)
    # What is gone from some version on was deprecated before: that goes without saying.
    gone = any(isinstance(mistake, RemovedApi) and mistake.removed for mistake, _ in seen.values())
    return [mistake for mistake, _ in seen.values() if not (gone and isinstance(mistake, DeprecatedApi))]


def _key(mistake: Mistake) -> object:
    node = mistake.node
    # Asking for what is missing makes a node each time.
    place = (id(node.parent), node.key) if not node.exists else (id(node), "")
    told = (
        mistake.name
        if isinstance(mistake, UnknownField)
        else mistake.removed
        if isinstance(mistake, RemovedApi)
        else ""
    )
    return type(mistake), place, told


def _span(versions: Iterable[str]) -> str:
    """Versions as people say them: "1.25 to 1.27", "1.30"."""
    minors = sorted(_minor(version) for version in versions)
    runs: list[list[int]] = []
    for minor in minors:
        if runs and minor == runs[-1][-1] + 1:
            runs[-1].append(minor)
        else:
            runs.append([minor])
    return ", ".join(f"1.{run[0]} to 1.{run[-1]}" if len(run) > 1 else f"1.{run[0]}" for run in runs)
