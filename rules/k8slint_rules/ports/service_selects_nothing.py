"""See the rule."""

from __future__ import annotations

from typing import NamedTuple

from k8slint.api import Change, Claim, Node, PodSpec, Problem, Problems, Project, Service, near, rule

# Labels that the program in the pod, or its operator, gives to whoever is in charge.
_ROLES = frozenset(("leader", "master", "primary", "replica", "active", "standby"))


class _Difference(NamedTuple):
    """The one label by which a pod spec escapes a selector; `node` is what it has instead, missing where it has nothing."""

    key: str
    node: Node
    change: Change | None


@rule(on=Service, since="0.1", fixable="unsafe", source="API reference: ServiceSpec v1 core, selector")
def service_selects_nothing(service: Service, project: Project) -> Problems:
    """A Service's selector matches none of the pods that are applied with it.

    A selector matches the labels of pods, those of a Deployment's `template` and not its own; all of them have to agree,
    and the namespace too. A Service that selects nothing has no endpoints and refuses every connection.

    It is a warning where a pod is one slip away: all labels agree but one, and that is misspelt or missing, or the pods are
    called like the Service. Where the pods may come from somewhere else it is a remark, and nothing at all where there are
    no pods, or where endpoints are written by hand.

    ```yaml bad
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: wep  # <- no pod has the label app: wep, so the Service leads nowhere; Deployment web has app: web
      ports:
      - port: 80
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: web:1.0
    ```

    ```yaml good
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: web:1.0
    ```
    """
    selector = service.selector
    written = service["spec", "selector"]
    # What is no string, or no label of a template, cannot be looked for.
    if not selector or len(selector) != len(written) or service.type == "ExternalName" or service.singular:
        return
    if project.selected_by(service) or project.broken or project.patched(service.manifest, "selector"):
        return
    manifest = service.manifest
    pods = [pod for pod in project.pods_together(manifest) if not project.patched(pod.manifest, "labels")]
    if _by_hand(service, project) or any(_promoted(service, pod) for pod in pods):
        return
    for pod in pods:
        difference = _difference(service, pod)
        if difference is not None:
            yield _problem(service, pod, difference)
            return
    # What a cluster brings along is in kube-system.
    if project.complete or (pods and manifest.namespace != "kube-system" and not _operated(service, project)):
        shown = ", ".join(f"{key}: {value}" for key, value in selector.items())
        yield written.problem(
            f"no pod that is applied with {manifest} has the label{'s' * (len(selector) > 1)} {shown}",
            claim=Claim.UNINTENDED if project.complete else Claim.ADVICE,
        )


def _by_hand(service: Service, project: Project) -> bool:
    """Whether the endpoints are in the input."""
    name = service.manifest.name
    if project.find("Endpoints", name, service, group=""):
        return True
    slices = project.all("EndpointSlice", "discovery.k8s.io")
    return any(found.labels.get("kubernetes.io/service-name") == name for found in slices)


def _promoted(service: Service, pod: PodSpec) -> bool:
    """Whether a pod lacks nothing but the label of a role, which it gets when it takes that role on."""
    selector, labels = service.selector, pod.labels
    lacking = [key for key, value in selector.items() if labels.get(key) != value]
    return len(lacking) < len(selector) and all(
        key not in labels and ("role" in key or selector[key] in _ROLES) for key in lacking
    )


def _operated(service: Service, project: Project) -> bool:
    """Whether an operator seems to make the pods: their labels are in its own domain, or name a custom resource."""
    selector = service.selector
    domains = (key.rpartition("/")[0] for key in selector)
    if any(domain and not domain.endswith(("kubernetes.io", "k8s.io", "helm.sh")) for domain in domains):
        return True
    values = set(selector.values())
    return any(
        found.name in values
        or any(found.labels.get(key) == value and value == service.manifest.name for key, value in selector.items())
        for found in project.custom_together(service.manifest, *values)
    )


def _difference(service: Service, pod: PodSpec) -> _Difference | None:
    """What keeps a Service from a pod spec that is meant, where it is one label."""
    selector, labels = service.selector, pod.labels
    differing = [key for key, value in selector.items() if labels.get(key) != value]
    if len(differing) != 1:
        return None
    key = differing[0]
    wanted, have = selector[key], labels.get(key)
    nodes = pod.template["metadata", "labels"]
    entry = service["spec", "selector", key]
    if have is not None:
        same_name = pod.manifest.name == service.manifest.name
        slip = near(wanted, [have]) and _letters(wanted) != _letters(have)
        return _Difference(key, nodes[key], entry.set(have)) if slip or same_name else None
    # The key may be what is misspelt: another one has the value.
    others = [other for other, value in labels.items() if value == wanted and other not in selector]
    if len(others) == 1 and (near(key, others) or len(selector) == 1):
        return _Difference(key, nodes[others[0]], entry.rename(others[0]))
    return _Difference(key, nodes[key], None) if len(selector) > 1 else None


def _letters(value: str) -> str:
    """A value without its digits: v1 and v2 are two things and no slip."""
    return "".join(character for character in value if not character.isdigit())


def _problem(service: Service, pod: PodSpec, difference: _Difference) -> Problem:
    key, have, change = difference
    wanted = service.selector[key]
    instead = f"{have.key}: {have.string}" if have else "no such label"
    return service["spec", "selector", key].problem(
        f"no pod has the label {key}: {wanted}, so the Service leads nowhere; {pod.manifest} has {instead}",
        fix=change,
        safe=False,
        related=[(have or pod.template["metadata", "labels"], f"the labels of {pod.manifest}'s pods")],
    )
