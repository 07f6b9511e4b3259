"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Container, PodSpec, Problems, Project, ServicePort, rule


@rule(on=PodSpec, since="0.1", source="k8s.io/kubernetes/pkg/kubelet/prober/prober_manager.go: UpdatePodStatus")
def missing_readiness_probe(pod: PodSpec, project: Project) -> Problems:
    """A container that a Service sends requests to has no readinessProbe.

    Without one a container counts as ready as soon as it has started. The Service sends it requests while it still loads, and goes on
    sending them when it hangs or has lost its database. A rollout takes the old pods away before the new ones can answer. A readinessProbe
    that fails takes the pod out of the Service's endpoints until it succeeds again; nothing is restarted.

    Ask the container what its clients ask of it, or a cheap endpoint that stands for that.

    Where no Service in the input selects the pod this is advice, and no more: a rollout still waits for pods to become ready. Pods that run to
    their end, those of Jobs and of Helm's hooks, are not looked at.

    ```yaml bad
    apiVersion: v1
    kind: Service
    metadata:
      name: shop
    spec:
      selector:
        app: shop
      ports:
      - port: 80
        targetPort: http
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: shop
    spec:
      selector:
        matchLabels:
          app: shop
      template:
        metadata:
          labels:
            app: shop
        spec:
          containers:
          - name: web  # <- container web has no readinessProbe, so Service shop sends it requests before it can answer
            image: shop:1.0
            ports:
            - name: http
              containerPort: 8080
          - name: logs
            image: log-shipper:1.0
    ```

    ```yaml good
    apiVersion: v1
    kind: Service
    metadata:
      name: shop
    spec:
      selector:
        app: shop
      ports:
      - port: 80
        targetPort: http
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: shop
    spec:
      selector:
        matchLabels:
          app: shop
      template:
        metadata:
          labels:
            app: shop
        spec:
          containers:
          - name: web
            image: shop:1.0
            ports:
            - name: http
              containerPort: 8080
            readinessProbe:
              httpGet:
                path: /healthz
                port: http
          - name: logs
            image: log-shipper:1.0
    ```
    """
    if not pod.endless or pod.hook or pod.probed or all(container["readinessProbe"] for container in pod.running):
        return
    if project.patched(pod.manifest, "readinessProbe"):
        return
    # What a gate waits for (a load balancer's own check, for one) keeps a pod out of the endpoints as a probe does.
    gated = bool(pod["readinessGates"].elements)
    reached: dict[int, tuple[Container, ServicePort]] = {}
    for service in project.services_for(pod) if not gated else ():
        indifferent = service["spec", "publishNotReadyAddresses"].boolean
        for port in service.ports if not indifferent else ():
            container = port.leads_to(pod)
            if container is not None:
                reached.setdefault(id(container.node), (container, port))
    for container, port in reached.values():
        if container["readinessProbe"]:
            continue
        late = "when it cannot" if container["startupProbe"] else "before it can"
        yield container["readinessProbe"].problem(
            f"{container} has no readinessProbe, so {port.manifest} sends it requests {late} answer",
            related=[(port.node, f"{port.manifest} leads here")],
        )
    for container in pod.listening if not reached else ():
        # Nobody waits for a Pod of its own that serves nothing.
        if not container["readinessProbe"] and not (pod.bare and not container["ports"]):
            yield container["readinessProbe"].problem(
                f"{container} has no readinessProbe, so it counts as ready as soon as it has started",
                claim=Claim.ADVICE,
            )
