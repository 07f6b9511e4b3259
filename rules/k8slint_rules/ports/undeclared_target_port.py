"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Problems, Project, ServicePort, rule


@rule(on=ServicePort, since="0.1", fixable="unsafe", source="k8s.io/endpointslice/utils.go: FindPort")
def undeclared_target_port(port: ServicePort, project: Project) -> Problems:
    """A Service leads to a port number that none of its pods' containers declares, while they declare others.

    `port` is where the Service listens, `targetPort` where the container does; without a targetPort both are the same
    number. Kubernetes sends requests there whether anything listens or not. A pod whose declared ports are all different
    most likely listens on one of them.

    Set targetPort to the port that the container listens on, or declare that port. Where a pod declares no port at all
    this is only a remark: declaring ports is good custom and nothing more.

    ```yaml bad
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80  # <- port 80 leads to port 80 of Deployment web, whose containers declare 8080
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
            ports:
            - containerPort: 8080
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
        targetPort: 8080
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
            ports:
            - containerPort: 8080
    ```
    """
    number = port.target.integer
    if not number:
        return
    pods = project.behind(port.service)
    lacking = [pod for pod in pods if number not in {other.number for other in pod.ports}]
    if not lacking or project.patched(port.manifest, "ports", "targetPort", "selector"):
        return
    place = port["targetPort"] if port.target.key == "targetPort" else port["port"]
    for pod in lacking:
        if not pod.ports_known or project.patched(pod.manifest, "ports"):
            continue
        declared = [other for other in pod.ports if other.number]
        way = "" if place.key == "targetPort" else f"port {number} leads to "
        if not declared:
            yield place.problem(
                f"{way}port {number} of {pod.manifest}, whose containers declare no port"
                if way
                else f"targetPort {number} is declared by no container of {pod.manifest}, nor is any other port",
                claim=Claim.ADVICE,
                related=[(pod["containers"], f"the containers of {pod.manifest}")],
            )
            continue
        numbers = list(dict.fromkeys(other.number for other in declared))
        shown = ", ".join(str(other) for other in numbers)
        fitting = [other for other in declared if other.protocol == port.protocol]
        yield place.problem(
            f"{way}port {number} of {pod.manifest}, whose containers declare {shown}"
            if way
            else f"targetPort {number} is declared by no container of {pod.manifest} (they declare {shown})",
            fix=port["targetPort"].set(fitting[0].name or fitting[0].number) if len(fitting) == 1 else None,
            safe=False,
            related=[(declared[0].node, f"the ports of {pod.manifest}")],
        )
