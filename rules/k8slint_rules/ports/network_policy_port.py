"""See the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.api import Manifest, Node, PodSpec, Problem, Problems, Project, rule, selector

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    on=Manifest,
    since="0.1",
    fixable="unsafe",
    source="API reference: NetworkPolicyPort v1 networking.k8s.io: the port on the given protocol of the pod",
)
def network_policy_port(manifest: Manifest, project: Project) -> Problems:
    """A NetworkPolicy names a port that the pods it speaks of do not have.

    A policy is applied where a packet meets the pod, after the Service has been left behind: its ports are those of the
    containers. A policy that names the Service's port lets nothing through. A named port is looked up in each pod, and one
    that no pod has means nothing.

    ```yaml bad
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: web
    spec:
      podSelector:
        matchLabels:
          app: web
      ingress:
      - ports:
        - port: 80  # <- port 80 is that of Service web, and policies see the port of the pod, which is 8080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
        targetPort: 8080
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: web:1.0
        ports:
        - containerPort: 8080
    ```

    ```yaml good
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: web
    spec:
      podSelector:
        matchLabels:
          app: web
      ingress:
      - ports:
        - port: 8080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
        targetPort: 8080
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: web:1.0
        ports:
        - containerPort: 8080
    ```
    """
    if manifest.kind != "NetworkPolicy" or manifest.group != "networking.k8s.io":
        return
    for selectors, ports in _rules(manifest):
        if not ports:
            continue
        pods = [
            pod
            for pod in project.pods_together(manifest)
            if any(selector.matches(wanted, pod.labels) is True for wanted in selectors)
            and not project.patched(pod.manifest, "ports", "labels")
        ]
        for port in ports if pods else ():
            problem = _judge(port, pods, project)
            if problem is not None and not project.patched(manifest, "ports", "port"):
                yield problem


def _rules(manifest: Manifest) -> Iterator[tuple[list[Node], list[Node]]]:
    """The selectors of the pods whose ports are meant, and the ports, of each rule that says both."""
    spec = manifest.node["spec"]
    for rule_node in spec["ingress"]:
        yield [spec["podSelector"]], rule_node["ports"].elements
    for rule_node in spec["egress"]:
        # Where something else than pods of the namespace may be at the other end, the ports are its own.
        peers = rule_node["to"].elements
        if peers and all(peer["podSelector"].exists and not peer["namespaceSelector"].exists for peer in peers):
            yield [peer["podSelector"] for peer in peers], rule_node["ports"].elements


def _judge(node: Node, pods: list[PodSpec], project: Project) -> Problem | None:
    port = node["port"]
    protocol = node["protocol"].string or "TCP"
    declared = [inner for pod in pods for inner in pod.ports if inner.protocol == protocol]
    name, number = port.string, port.integer
    if name and not name.isdecimal():
        if any(inner.name == name for inner in declared):
            return None
        shown = ", ".join(dict.fromkeys(inner.name for inner in declared if inner.name)) or "none"
        return port.problem(
            f'no pod that the policy speaks of has a port named "{name}" (names: {shown}), so the rule lets nothing through'
        )
    if not number or node["endPort"] or any(inner.number == number for inner in declared):
        return None
    for pod in pods:
        for service in project.services_for(pod):
            for outer in service.ports:
                inside = outer.target.integer
                if outer.target.string:
                    inside = next((inner.number for inner in declared if inner.name == outer.target.string), None)
                if outer.number == number and outer.protocol == protocol and inside and inside != number:
                    return port.problem(
                        f"port {number} is that of {service.manifest}, and policies see the port of the pod, which is {inside}",
                        fix=port.set(inside),
                        safe=False,
                        related=[(outer.node, f"the port of {service.manifest}")],
                    )
    return None
