"""See the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.api import Claim, Manifest, Node, PodSpec, Problems, name_syntax, names, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    on=Manifest,
    since="0.1",
    claim=Claim.ADVICE,
    preset="strict",
    source="RFC 1035, section 2.3.1: preferred name syntax",
)
def unconventional_name(manifest: Manifest) -> Problems:
    """A name is allowed, and not the plain lowercase name that works everywhere.

    A name that begins with a letter, goes on with lowercase letters, digits and dashes, and does not end with a dash can be
    the name of anything: of a host, a Service of any version of Kubernetes, a label, a file. Names with dots, colons or a
    digit at the front meet a tool sooner or later that takes them for something else.

    This looks at objects, containers, volumes and ports. Kinds whose names have a form of their own are left alone: a
    CustomResourceDefinition, an APIService, a Node.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: 2nd.settings  # <- name "2nd.settings" is not of lowercase letters, digits and dashes with a letter first
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: second-settings
    ```
    """
    syntax = name_syntax(manifest.group, manifest.kind)
    info = manifest.info
    stored = syntax is not None and (info is None or info.named) and (manifest.group, manifest.kind) not in _OWN_FORM
    if stored and syntax is not None:
        name, prefix = manifest.metadata["name"], manifest.metadata["generateName"]
        if name.string and not names.object_name(syntax, name.string):
            yield from _judge(name, name.string)
        if prefix.string and not names.generate_name(syntax, prefix.string):
            yield from _judge(prefix, prefix.string + "x")
    for node in _inner(manifest):
        # What is no name at all is refused, and for other rules.
        if node.string and not names.label(node.string):
            yield from _judge(node, node.string)


_OWN_FORM = frozenset(
    {
        ("", "Node"),
        ("", "Event"),
        ("events.k8s.io", "Event"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("certificates.k8s.io", "ClusterTrustBundle"),
        ("internal.apiserver.k8s.io", "StorageVersion"),
        ("networking.k8s.io", "IPAddress"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "CSINode"),
    }
)


def _inner(manifest: Manifest) -> Iterator[Node]:
    """The names within an object."""
    for pod in manifest.views(PodSpec):
        for container in pod.containers:
            yield container["name"]
            yield from (port["name"] for port in container["ports"])
        yield from (volume["name"] for volume in pod["volumes"])
    if (manifest.group, manifest.kind) == ("apps", "StatefulSet"):
        yield from manifest.node.each("spec.volumeClaimTemplates.*.metadata.name")
    elif (manifest.group, manifest.kind) == ("", "Service"):
        yield from manifest.node.each("spec.ports.*.name")


def _judge(node: Node, name: str) -> Problems:
    plain = name.isascii() and name == name.lower() and name.replace("-", "0").isalnum()
    if not plain or not name[0].isalpha() or name[-1] == "-":
        yield node.problem(f'name "{node}" is not of lowercase letters, digits and dashes with a letter first')
