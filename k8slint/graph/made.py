"""What controllers in the cluster make of objects, so that whoever names it names nothing that is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from k8slint.views import Container

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.nodes import Node
    from k8slint.views import Manifest


class Made(NamedTuple):
    """An object that a controller makes: `node` is the place that says its name. A namespace of "" may be any."""

    node: Node
    kind: str
    namespace: str
    name: str


_OWN_NAME = "metadata.name"

# Group and kind -> where the names of the Secrets stand.
_SECRETS: dict[tuple[str, str], tuple[str, ...]] = {
    ("bitnami.com", "SealedSecret"): (_OWN_NAME,),
    ("cert-manager.io", "Certificate"): ("spec.secretName",),
    # Of its account with the CA.
    ("cert-manager.io", "Issuer"): ("spec.acme.privateKeySecretRef.name",),
    ("cert-manager.io", "ClusterIssuer"): ("spec.acme.privateKeySecretRef.name",),
    ("clustersecret.io", "ClusterSecret"): (_OWN_NAME,),
    ("isindir.github.com", "SopsSecret"): ("spec.secretTemplates.*.name",),
    ("kafka.strimzi.io", "KafkaUser"): (_OWN_NAME,),
    ("kubernetes-client.io", "ExternalSecret"): (_OWN_NAME,),
    ("onepassword.com", "OnePasswordItem"): (_OWN_NAME,),
    ("ricoberger.de", "VaultSecret"): (_OWN_NAME,),
    ("secrets-store.csi.x-k8s.io", "SecretProviderClass"): ("spec.secretObjects.*.secretName",),
    ("secrets.doppler.com", "DopplerSecret"): ("spec.managedSecret.name",),
    ("secrets.hashicorp.com", "VaultDynamicSecret"): ("spec.destination.name",),
    ("secrets.hashicorp.com", "VaultPKISecret"): ("spec.destination.name",),
    ("secrets.hashicorp.com", "VaultStaticSecret"): ("spec.destination.name",),
    ("secrets.infisical.com", "InfisicalSecret"): (
        "spec.managedSecretReference.secretName",
        "spec.managedKubeSecretReferences.*.secretName",
    ),
    ("spv.no", "AzureKeyVaultSecret"): ("spec.output.secret.name",),
}
_ISSUERS = (
    "cert-manager.io/cluster-issuer",
    "cert-manager.io/issuer",
    "certmanager.k8s.io/cluster-issuer",
    "certmanager.k8s.io/issuer",
    "kubernetes.io/tls-acme",
)
# `kube-webhook-certgen create --secret-name=x`, which the webhooks of ingress-nginx and of Prometheus' operator get their certificate from.
_SECRET_NAME = re.compile(r"--secret-name[= ](.+)")


def made_by(manifest: Manifest) -> Iterator[Made]:
    """What a controller makes of a manifest under a name that stands in it."""
    root, space = manifest.node, manifest.namespace
    if manifest.kind == "Job" and manifest.group == "batch":
        for container in manifest.views(Container):
            for word in container["args"] if "create" in container.args else ():
                if match := _SECRET_NAME.fullmatch(word.string or ""):
                    yield Made(word, "Secret", space, match[1])
        return
    for node, kind, namespace in _named(manifest):
        if name := node.string:
            yield Made(node, kind, space if namespace is None else namespace, name)
    if not manifest.builtin:
        # Crossplane's.
        wanted = root["spec", "writeConnectionSecretToRef"]
        if name := wanted["name"].string:
            yield Made(wanted["name"], "Secret", wanted["namespace"].string or space, name)


def _named(manifest: Manifest) -> Iterator[tuple[Node, str, str | None]]:
    """Name, kind and namespace (None for the manifest's own) of what is made by those that say no more than a name."""
    root = manifest.node
    match manifest.group, manifest.kind:
        case "external-secrets.io", "ExternalSecret":
            # The others only add to a Secret that somebody else has made, or make none.
            if root["spec", "target", "creationPolicy"].string not in ("Merge", "None"):
                yield root["spec", "target", "name"] or root["metadata", "name"], "Secret", None
        case "external-secrets.io", "ClusterExternalSecret":
            spec = root["spec"]
            name = (
                spec["externalSecretSpec", "target", "name"] or spec["externalSecretName"] or root["metadata", "name"]
            )
            yield name, "Secret", ""
        case "trust.cert-manager.io", "Bundle":
            for field, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
                if root["spec", "target", field]:
                    yield root["metadata", "name"], kind, ""
        case (("networking.k8s.io" | "extensions"), "Ingress") if _has_issuer(manifest):
            for entry in root["spec", "tls"]:
                yield entry["secretName"], "Secret", None
        case "gateway.networking.k8s.io", "Gateway" if _has_issuer(manifest):
            for certificate in root.each("spec.listeners.*.tls.certificateRefs.*"):
                yield certificate["name"], "Secret", certificate["namespace"].string
        case own:
            for path in _SECRETS.get(own, ()):
                yield from ((node, "Secret", None) for node in root.each(path))


def _has_issuer(manifest: Manifest) -> bool:
    return any(key in manifest.annotations for key in _ISSUERS)


_ORDINAL = re.compile(r"-\d+")


def is_claim_of(name: str, manifest: Manifest) -> bool:
    """Whether a StatefulSet makes a claim of this name: `data-db-0` from the template `data` of the set `db`.

    Source: k8s.io/kubernetes/pkg/controller/statefulset/stateful_set_utils.go: getPersistentVolumeClaimName.
    """
    templates = (template["metadata", "name"].string for template in manifest.node["spec", "volumeClaimTemplates"])
    starts = (f"{template}-{manifest.name}" for template in templates if template and manifest.name)
    return any(name.startswith(start) and _ORDINAL.fullmatch(name, len(start)) for start in starts)
