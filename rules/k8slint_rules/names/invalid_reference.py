"""See the rule."""

from typing import Any

from k8slint.api import Claim, Container, Manifest, PodSpec, Problems, Project, name_syntax, names, references, rule

SERVICE_NAME_JUDGED_SINCE = 33
"""The minor version of Kubernetes that looks at the serviceName of a StatefulSet."""


@rule(
    on=Manifest,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/*/validation: the name function of the kind that is referred to",
        "kubernetes pull request 130233",
    ),
)
def invalid_reference(manifest: Manifest, project: Project, settings: Any) -> Problems:
    """Something is referred to by a name that it cannot have.

    A ConfigMap, a Secret or a ServiceAccount has a lowercase DNS name. What refers to it by another name is refused, or
    accepted and then waits for something that nobody can create, as a volume does.

    ```yaml bad
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web-runner
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      serviceAccountName: Web_Runner  # <- no ServiceAccount can be called "Web_Runner": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (did you mean web-runner?)
      containers:
      - name: web
        image: web:1.0
    ```

    ```yaml good
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web-runner
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      serviceAccountName: web-runner
      containers:
      - name: web
        image: web:1.0
    ```
    """
    versions = settings.kubernetes_version
    oldest = versions.oldest.minor if versions else None
    for container in manifest.views(Container):
        yield from _nameless(container)
    good: set[tuple[str | None, str, str]] = set()
    for reference in references(manifest):
        group, kind, name = named = reference.group, reference.kind, reference.name
        if named in good:
            continue
        syntax = name_syntax(group, kind, oldest) if group is not None and kind != "Namespace" else None
        reason = names.object_name(syntax, name) if syntax is not None else ""
        if not reason or syntax is None:
            good.add(named)
            continue
        judged = {
            "kind": reason,
            "prefix": names.generate_name(syntax, name),
            "path-segment": names.path_segment(name),
            "": "",
        }[reference.judged]
        if reference.node.key == "serviceName" and oldest is not None and oldest < SERVICE_NAME_JUDGED_SINCE:
            judged = ""
        namesakes = project.named(kind, name, group)
        if not (judged and manifest.builtin) and namesakes:
            # It is here by that name, where it is refused.
            continue
        proposal = names.proposal(name, syntax)
        meant = proposal if proposal and project.named(kind, proposal, group) else ""
        yield reference.node.problem(
            f'no {kind} can be called "{names.shown(name)}": {reason}' + (f" (did you mean {meant}?)" if meant else ""),
            claim=None if judged and manifest.builtin else Claim.UNINTENDED if reference.optional else Claim.BROKEN,
            fix=reference.node.set(meant) if meant else None,
            safe=False,
            # `serviceAccount` is an older name of the field.
            field=manifest.views(PodSpec)[0]["serviceAccountName"] if reference.node.key == "serviceAccount" else None,
        )


def _nameless(container: Container) -> Problems:
    """The keys of no ConfigMap, no Secret: elsewhere a missing name is missing, here the server takes it for a bad one."""
    for origin in container.node.each("env.*.valueFrom"):
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            source = origin[field]
            if source.is_mapping and (not source["name"] or source["name"].string == ""):
                yield source["name"].problem(
                    f"{field} names no {kind}, so nothing says whose key is meant",
                    claim=None if container.manifest.builtin else Claim.BROKEN,
                )
