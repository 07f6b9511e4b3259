"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, PodSpec, Problem, Problems, Project, ServicePort, near, rule


@rule(
    on=ServicePort,
    since="0.1",
    claim=Claim.BROKEN,
    fixable="unsafe",
    source="k8s.io/endpointslice/utils.go: FindPort",
)
def undefined_target_port(port: ServicePort, project: Project) -> Problems:
    """A Service's targetPort is a name that the pods it selects have not given to any port.

    A named targetPort is looked up in each pod, among the ports of its containers and sidecars. A pod without a port of
    that name is left out of the Service's endpoints, and nothing says so: the Service is there, has an address, and
    refuses every connection.

    Give targetPort the name that the container's port has, or the container's port the name that the Service asks for.

    ```yaml bad
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
      - port: 80
        targetPort: http  # <- targetPort "http" is not a port of Deployment web (ports: web), so the Service gets no endpoints
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
          - name: nginx
            image: nginx:1.29
            ports:
            - name: web
              containerPort: 8080
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
        targetPort: web
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
          - name: nginx
            image: nginx:1.29
            ports:
            - name: web
              containerPort: 8080
    ```
    """
    name = port.target.string
    # A number in quotes is another mistake: quoted-target-port.
    if not name or name.isdecimal():
        return
    pods = project.behind(port.service)
    # One that has the name for another protocol is target-port-protocol's.
    lacking = [pod for pod in pods if name not in {candidate.name for candidate in pod.ports}]
    if not lacking or project.patched(port.manifest, "ports", "targetPort", "selector"):
        return
    for pod in lacking:
        if pod.ports_known and not project.patched(pod.manifest, "ports"):
            yield _problem(port, name, pod, alone=len(lacking) == len(pods))


def _problem(port: ServicePort, name: str, pod: PodSpec, *, alone: bool) -> Problem:
    declared = [candidate for candidate in pod.ports if candidate.name or candidate.number]
    shown = ", ".join(candidate.name or str(candidate.number) for candidate in declared)
    known = f"ports: {shown}" if shown else "it declares none"
    effect = "the Service gets no endpoints" if alone else "its pods get no traffic from this Service"
    fitting = [candidate for candidate in declared if candidate.protocol == port.protocol]
    meant = near(name, [candidate.name for candidate in fitting if candidate.name])
    # Where other pods have the port, what the Service asks for is right.
    fix = None
    if alone and meant:
        fix = port["targetPort"].set(meant)
    elif alone and len(fitting) == 1:
        fix = port["targetPort"].set(fitting[0].name or fitting[0].number)
    return port["targetPort"].problem(
        f'targetPort "{name}" is not a port of {pod.manifest} ({known}), so {effect}',
        fix=fix,
        safe=False,
        related=[(declared[0].node if declared else pod["containers"], f"the ports of {pod.manifest}")],
    )
