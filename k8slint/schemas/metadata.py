"""What the API server asks of the metadata of every object beyond its types: owners, finalizers, the generation.

Names, namespaces, labels and annotations have rules of their own. `managedFields` are not looked at: on create the server replaces what it cannot use.
Source: k8s.io/apimachinery/pkg/api/validation/objectmeta.go; k8s.io/kubernetes/pkg/apis/core/validation: validateKubeFinalizerName.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from k8slint.views import InvalidValue, Manifest, Mistake

if TYPE_CHECKING:
    from k8slint.nodes import Node

_STANDARD_FINALIZERS: Final = frozenset({"foregroundDeletion", "kubernetes", "orphan"})
# Groups whose objects may have no other finalizer without a domain; the remaining ones, and custom resources, may.
_STRICT_GROUPS: Final = frozenset(
    {
        "",
        "apps",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "discovery.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    }
)
_ANNOTATIONS_SIZE: Final = 256 * 1024
_LENIENT_KINDS: Final = frozenset({"Binding", "ComponentStatus", "Event"})
# On create the other kinds' generation is set to 1 whatever it is. Source: PrepareForCreate in k8s.io/kubernetes/pkg/registry/*/strategy.go.
_GENERATION_STAYS: Final = frozenset(
    {
        "CSIDriver",
        "CSINode",
        "CSIStorageCapacity",
        "ClusterRole",
        "ClusterRoleBinding",
        "ConfigMap",
        "Endpoints",
        "LimitRange",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "ResourceClaimTemplate",
        "ResourceQuota",
        "Role",
        "RoleBinding",
        "Secret",
        "Service",
        "ServiceAccount",
        "StorageClass",
        "VolumeAttachment",
    }
)


def check(manifest: Manifest, *, builtin: bool) -> Iterator[Mistake]:
    """The mistakes in an object's metadata; `builtin` tells whether the kind is one of Kubernetes itself."""
    fields = manifest.metadata.fields
    if "ownerReferences" in fields:
        yield from _owners(manifest, fields["ownerReferences"])
    if "finalizers" in fields:
        strict = builtin and manifest.group in _STRICT_GROUPS and manifest.kind not in _LENIENT_KINDS
        yield from _finalizers(manifest, fields["finalizers"], strict)
    if "generation" in fields and builtin and manifest.kind in _GENERATION_STAYS:
        yield from _generation(manifest, fields["generation"])


def _generation(manifest: Manifest, generation: Node) -> Iterator[Mistake]:
    if (generation.integer or 0) < 0:
        yield InvalidValue(generation, manifest, "a generation is not negative")


def _owners(manifest: Manifest, owners: Node) -> Iterator[Mistake]:
    controller: Node | None = None
    for owner in owners:
        api_version = owner["apiVersion"].string
        if api_version:
            if api_version.count("/") > 1 or api_version.endswith("/"):
                yield InvalidValue(
                    owner["apiVersion"],
                    manifest,
                    f'"{api_version}" is no apiVersion; these are written group/version, or v1',
                )
            elif (api_version.removeprefix("/"), owner["kind"].string) == ("v1", "Event"):
                yield InvalidValue(owner, manifest, "an Event cannot own anything")
        if owner["controller"].boolean:
            if controller is not None:
                yield InvalidValue(owner["controller"], manifest, "only one owner can be the controller", owners)
            controller = owner


def _finalizers(manifest: Manifest, finalizers: Node, strict: bool) -> Iterator[Mistake]:
    from k8slint import names

    given = set()
    for finalizer in finalizers:
        # A null in a list of strings is an empty one.
        value = "" if finalizer.is_null else finalizer.string
        if value is None:
            continue
        given.add(value)
        reason = names.label_key(value)
        if reason:
            yield InvalidValue(finalizer, manifest, f'"{value}" is no finalizer: {reason}', finalizers)
        elif strict and "/" not in value and value not in _STANDARD_FINALIZERS:
            yield InvalidValue(finalizer, manifest, f'"{value}" needs a domain: example.com/{value}')
    if {"foregroundDeletion", "orphan"} <= given:
        yield InvalidValue(finalizers, manifest, "foregroundDeletion and orphan exclude each other")


def embedded(manifest: Manifest, node: Node) -> list[Mistake]:
    """The mistakes in what every object says of itself, of one that stands within a custom resource (x-kubernetes-embedded-resource).

    Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta.
    """
    from k8slint import names
    from k8slint.schemas import tables
    from k8slint.schemas.walk import walk

    found: list[Mistake] = []
    api_version, kind, metadata = node["apiVersion"], node["kind"], node["metadata"]
    if api_version.string and api_version.string.count("/") > 1:
        found.append(
            InvalidValue(
                api_version, manifest, f'"{api_version}" is no apiVersion; these are written group/version, or v1'
            )
        )
    if kind.string:
        reason = names.label_1035(kind.string.lower())
        if reason:
            found.append(InvalidValue(kind, manifest, f'"{kind}" is no kind: {reason}'))
    if not metadata:
        return found
    typed = walk(manifest, tables.load(tables.newest()).type("meta.v1.ObjectMeta"), metadata)
    if typed or not metadata.is_mapping:
        return found + typed
    judged: list[tuple[Node, Callable[[str], str], Node]] = [
        (metadata["name"], names.path_segment, metadata["name"]),
        (metadata["generateName"], partial(names.generate_name, "path-segment"), metadata["generateName"]),
        (metadata["namespace"], names.label, metadata["namespace"]),
        *((value, names.label_value, metadata["labels"]) for value in metadata["labels"].values()),
    ]
    for value, syntax, field in judged:
        reason = syntax(value.string) if value.string else ""
        if reason:
            found.append(InvalidValue(value, manifest, f'"{value}": {reason}', field))
    for holder, key_syntax in ((metadata["labels"], names.label_key), (metadata["annotations"], names.annotation_key)):
        for key, value in holder.items():
            reason = key_syntax(key)
            if reason:
                found.append(InvalidValue(value, manifest, f'the key "{key}": {reason}', holder))
    found += _owners(manifest, metadata["ownerReferences"])
    found += _finalizers(manifest, metadata["finalizers"], strict=False)
    found += _generation(manifest, metadata["generation"])
    size = sum(len(f"{key}{value.string or ''}".encode()) for key, value in metadata["annotations"].items())
    if size > _ANNOTATIONS_SIZE:
        found.append(InvalidValue(metadata["annotations"], manifest, f"{size} bytes are more than 256 KiB"))
    return found
