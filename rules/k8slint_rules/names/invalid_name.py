"""See the rule."""

from __future__ import annotations

from typing import Any

from k8slint.api import (
    Change,
    Claim,
    Container,
    Manifest,
    Node,
    PodSpec,
    Problems,
    Project,
    name_syntax,
    names,
    references,
    rule,
)


@rule(
    on=Manifest,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/apimachinery/pkg/api/validation/objectmeta.go: ValidateObjectMetaAccessor",
        "k8s.io/kubernetes/pkg/apis/*/validation: the name function of each kind",
    ),
)
def invalid_name(manifest: Manifest, project: Project, settings: Any) -> Problems:
    """The name of an object breaks the syntax of its kind.

    Most kinds want a DNS subdomain: lowercase letters, digits, dashes and dots, a letter or digit at both ends, and up to
    253 characters. A Namespace, a Service or a StatefulSet is a single label of up to 63, without dots, and a CronJob has
    52. Some have a name of a given form: that of an APIService is its version and its group. Roles and their bindings may
    be called nearly anything.

    The fix proposes the name in lower case with dashes, and renames the references to it in the same input: the Service
    of an Ingress, the ConfigMap of a container. It is not safe, for others may know the object by its name.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: Web_Settings  # <- ConfigMap name "Web_Settings" is invalid: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: web:1.0
        envFrom:
        - configMapRef:
            name: Web_Settings
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-settings
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: web:1.0
        envFrom:
        - configMapRef:
            name: web-settings
    ```
    """
    versions = settings.kubernetes_version
    oldest = versions.oldest.minor if versions else None
    syntax = name_syntax(manifest.group, manifest.kind, oldest)
    info = manifest.info
    if syntax is None or (info and not info.named):
        return
    length = info.name_length if info else names.SUBDOMAIN_LENGTH
    name, prefix = manifest.metadata["name"], manifest.metadata["generateName"]
    value = name.string
    if prefix.string:
        yield from _judge_prefix(manifest, prefix, syntax, length)
    if manifest.kind == "StatefulSet":
        for position, claim in enumerate(manifest.node["spec", "volumeClaimTemplates"]):
            yield from _judge_claim(manifest, claim, position)
    required = _required(manifest)
    if not value or (manifest.kind == "CustomResourceDefinition" and required not in ("", value)):
        # What a CRD has to be called is for a rule of its own: crd-name.
        return
    reason = names.object_name(syntax, value) or _too_long(value, length)
    reason = reason or _own_form(manifest, value) or _reserved(manifest, value, versions)
    field = name
    if not reason and _becomes_label(manifest, value):
        reason = "must be no more than 63 characters, for the server makes it a label of the pods"
        field = manifest.node["spec", "template", "labels"]
    if reason:
        proposal = required or names.proposal(value, syntax, length)
        yield name.problem(
            f'{manifest.kind} name "{names.shown(value)}" is invalid: {reason}',
            fix=_renamed(manifest, proposal, project),
            safe=False,
            fix_title=f"Rename {manifest.kind} {names.shown(value)} to {proposal}",
            field=field,
        )


def _judge_prefix(manifest: Manifest, prefix: Node, syntax: names.NameSyntax, length: int) -> Problems:
    value = prefix.string or ""
    info = manifest.info
    reason = names.generate_name(syntax, value) if info is None or info.prefixed else ""
    reason = reason or _own_form(manifest, value, prefix=True)
    proposal = names.proposal(value, syntax, length - len(names.generated("")) - 1)
    field = prefix
    if not reason and not manifest.name:
        made = names.generated(value)
        reason = names.object_name(syntax, made) or _too_long(made, length)
        reason = reason and f"the name made of it {reason}" if reason.startswith("must") else reason
        field = manifest.metadata["name"]
    if reason:
        yield prefix.problem(
            f'{manifest.kind} generateName "{names.shown(value)}" is invalid: {reason}',
            fix=prefix.set(f"{proposal}-") if proposal and not _required(manifest) else None,
            safe=False,
            field=field,
        )


def _judge_claim(manifest: Manifest, claim: Node, position: int) -> Problems:
    """A claim template: each pod has a volume of its name, which the server puts before those of the pod template."""
    name = claim["metadata", "name"]
    reason = names.label(name.string) if name.string else ""
    if reason:
        proposal = names.proposal(name.string or "", "label")
        others = {volume for pod in manifest.views(PodSpec) for volume, _ in pod.volumes}
        mounts = [
            mount["name"].set(proposal)
            for container in manifest.views(Container)
            for mount in container.mounts
            if mount["name"].string == name.string
        ]
        yield name.problem(
            f'volumeClaimTemplates name "{names.shown(name.string or "")}" is invalid: {reason}',
            fix=[name.set(proposal), *mounts] if proposal and proposal not in others else None,
            safe=False,
            field=manifest.node["spec", "template", "spec", "volumes", position, "name"],
        )


def _too_long(value: str, length: int) -> str:
    return f"must be no more than {length} characters" if len(value) > length else ""


def _required(manifest: Manifest) -> str:
    """The name that what the manifest says elsewhere demands; "" where it demands none, or does not say."""
    match manifest.group, manifest.kind:
        case "apiextensions.k8s.io", "CustomResourceDefinition":
            spec = manifest.node["spec"]
            plural, group = spec["names", "plural"].string, spec["group"].string
            return f"{plural}.{group}" if plural and group else ""
        case "apiregistration.k8s.io", "APIService":
            # The group of the oldest API, v1, is empty.
            spec = manifest.node["spec"]
            version, group = spec["version"].string, spec["group"].string if spec["group"] else ""
            return f"{version}.{group}" if version and group is not None else ""
        case _:
            return ""


def _own_form(manifest: Manifest, value: str, *, prefix: bool = False) -> str:
    """Why a name has not the form that its kind alone asks for; "" where it has."""
    required = _required(manifest)
    if required and value != required:
        form = "spec.names.plural" if manifest.kind == "CustomResourceDefinition" else "spec.version"
        return f'must be {form}+"."+spec.group, "{required}"'
    if (manifest.group, manifest.kind) == ("batch", "Job") and not prefix:
        return _unable(manifest, value)
    if (manifest.group, manifest.kind) != ("certificates.k8s.io", "ClusterTrustBundle"):
        return ""
    signer = manifest.node["spec", "signerName"].string
    start = f"{signer.replace('/', ':')}:" if signer else ""
    if not value.startswith(start):
        return f"ClusterTrustBundle for signerName {signer} must be named with prefix {start}"
    if not signer and ":" in value:
        return 'ClusterTrustBundle without signer name must not have ":" in its name'
    rest = value.removeprefix(start)
    return names.generate_name("subdomain", rest) if prefix else names.subdomain(rest)


def _unable(job: Manifest, value: str) -> str:
    """The pods of an indexed Job have its name and their number for hostname."""
    completions = job.node["spec", "completions"].integer or 0
    if job.node["spec", "completionMode"].string != "Indexed" or completions <= 0:
        return ""
    hostname = f"{value}-{completions - 1}"
    return (
        f"will not able to create pod with invalid DNS label: {names.shown(hostname)}" if names.label(hostname) else ""
    )


def _becomes_label(manifest: Manifest, value: str) -> bool:
    """Whether a name is too long for the label `batch.kubernetes.io/job-name`, which a Job's pods get with its selector."""
    if (manifest.group, manifest.kind) != ("batch", "Job") or len(value) <= names.LABEL_LENGTH:
        return False
    return manifest.node["spec", "manualSelector"].boolean is not True


def _reserved(manifest: Manifest, value: str, versions: Any) -> str:
    reserved = manifest.group == "admissionregistration.k8s.io" and value.endswith(".static.k8s.io")
    if not reserved or (versions and versions.newest.minor < 37):
        return ""
    return 'names ending with ".static.k8s.io" are reserved for static manifest-based configurations'


def _renamed(manifest: Manifest, name: str, project: Project) -> list[Change]:
    """The changes that give an object another name, here and where the input names it; none where the name is taken."""
    namesakes = project.named(manifest.kind, name, manifest.group) if name else ()
    if not name or any(project.same_scope(manifest, other) for other in namesakes):
        return []
    changes = [manifest.metadata["name"].set(name)]
    for other in project.own:
        if project.same_scope(manifest, other):
            changes += [reference.node.set(name) for reference in references(other) if reference.means(manifest)]
    return changes
