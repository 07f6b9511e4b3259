"""apiextensions.k8s.io/v1beta1: a CustomResourceDefinition could say once, for all versions, what belongs to each of them now.

Source: k8s.io/apiextensions-apiserver v0.21, pkg/apis/apiextensions: v1beta1/defaults.go, v1/conversion.go; docs/reference/using-api/deprecation-guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.schemas import copies
from k8slint.schemas.reshape import Obstacle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.nodes import Node, Plain
    from k8slint.problem import Change

_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_APPROVED = "api-approved.kubernetes.io"
_ANY = (
    "properties",
    "additionalProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "$ref",
    _PRESERVE,
    "x-kubernetes-embedded-resource",
)
"""Where a schema of an object has none of these, nothing that is in the object can be known to it."""


def definition(root: Node) -> list[Change]:
    """The changes that make a CustomResourceDefinition one of v1, beside its apiVersion. Raises Obstacle."""
    spec = root["spec"]
    if not spec.is_mapping:
        raise Obstacle("which needs spec")
    if spec["preserveUnknownFields"].boolean:
        raise Obstacle(f"which refuses spec.preserveUnknownFields: true (a schema says {_PRESERVE} instead)")
    group = f".{spec['group'].string}"
    if group.endswith((".k8s.io", ".kubernetes.io")) and not root["metadata", "annotations", _APPROVED]:
        # Source: apihelpers.IsProtectedCommunityGroup.
        raise Obstacle(f"which needs metadata.annotations[{_APPROVED}] for groups of Kubernetes")
    scope = [] if spec["scope"] else [spec["scope"].set("Namespaced")]
    return [*scope, *_versions(spec), *_conversion(spec["conversion"])]


def _versions(spec: Node) -> Iterator[Change]:
    """Each version with its schema, subresources and columns; a single one becomes a list."""
    version, versions = spec["version"], spec["versions"]
    keeps = spec["preserveUnknownFields"].boolean is None
    schema, subresources, columns = spec["validation"], spec["subresources"], spec["additionalPrinterColumns"]
    gone = [node for node in (schema, subresources, columns) if node.exists]
    if version.exists and versions.exists:
        gone.append(version)
    shared: dict[str, Plain] = {}
    if schema:
        if not schema["openAPIV3Schema"]:
            raise Obstacle(f"which needs a schema in {schema['openAPIV3Schema'].route}")
        shared["schema"] = copies.edited(schema, lambda copy: _kept(copy["openAPIV3Schema"]) if keeps else ())
    if subresources:
        shared["subresources"] = subresources
    if columns:
        shared["additionalPrinterColumns"] = copies.edited(columns, _renamed)
    for node in gone:
        yield node.remove()
    if not len(versions):
        if not version.string:
            raise Obstacle("which needs spec.versions")
        if "schema" not in shared:
            raise Obstacle("which needs a schema in spec.validation")
        only = {"name": version, "served": True, "storage": True, **shared}
        yield version.remove()
        yield versions.set([only])
        return
    for one in versions:
        if not one["schema"] and "schema" not in shared:
            raise Obstacle(f"which needs {one['schema'].route}")
        for name, value in shared.items():
            if not one[name]:
                yield one[name].set(value)
        for column in one["additionalPrinterColumns"]:
            yield from _renamed_column(column)
        if one["schema"] and keeps:
            yield from _kept(one["schema", "openAPIV3Schema"])


def _conversion(conversion: Node) -> Iterator[Change]:
    client, reviews = conversion["webhookClientConfig"], conversion["conversionReviewVersions"]
    if conversion["strategy"].string != "Webhook":
        # What is said of a webhook that nobody calls had to be nothing already.
        return
    if not client:
        raise Obstacle(f"which needs {client.route}")
    gone = [node for node in (client, reviews) if node.exists]
    # Without a word on it, it was the only version that there was.
    versions = reviews if len(reviews) else ["v1beta1"]
    yield conversion["webhook"].set({"clientConfig": client, "conversionReviewVersions": versions})
    for node in gone:
        yield node.remove()


def _renamed(columns: Node) -> Iterator[Change]:
    for column in columns:
        yield from _renamed_column(column)


def _renamed_column(column: Node) -> Iterator[Change]:
    if column["JSONPath"].exists:
        yield column["JSONPath"].rename("jsonPath")


def _kept(schema: Node) -> Iterator[Change]:
    """What keeps the API server from emptying objects of which the schema says nothing but that they are objects.

    In v1beta1 nothing was dropped unless `preserveUnknownFields: false` asked for it.
    """
    waiting = [(schema, True)]
    while waiting:
        part, is_root = waiting.pop()
        if part["type"].string == "object" and not any(part[name] for name in _ANY):
            yield part[_PRESERVE].set(value=True)
        for name, child in part["properties"].items():
            # What is in the metadata of an object is known without a schema.
            if not (is_root and name == "metadata"):
                waiting.append((child, False))
        waiting += [(part[name], False) for name in ("items", "additionalProperties") if part[name].is_mapping]
