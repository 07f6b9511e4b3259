"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, PodSpec, Problems, Project, rule


@rule(on=PodSpec, since="0.1", claim=Claim.ADVICE, source="concepts/configuration/liveness-readiness-startup-probes")
def missing_liveness_probe(pod: PodSpec, project: Project) -> Problems:
    """A container that is meant to run for good has no livenessProbe.

    The kubelet restarts a container whose process ends. One whose process hangs, in a deadlock or a loop, it leaves alone, unless a
    livenessProbe tells it. A readinessProbe takes such a pod out of its Services, and there it stays.

    Let the probe ask only what a restart can mend. A check that also asks the database restarts every replica when the database is slow.

    Pods that run to their end, those of Jobs and of Helm's hooks, are not looked at.

    ```yaml bad
    containers:
    - name: web  # <- container web has no livenessProbe, so it is not restarted when it hangs
      image: shop:1.0
    ```

    ```yaml good
    containers:
    - name: web
      image: shop:1.0
      livenessProbe:
        httpGet:
          path: /livez
          port: 8080
        failureThreshold: 6
    ```
    """
    if not pod.endless or pod.hook:
        return
    for container in pod.listening:
        # A Pod of its own that serves nothing is somebody's toolbox.
        if container["livenessProbe"] or (pod.bare and not container["ports"]):
            continue
        if not project.patched(pod.manifest, "livenessProbe"):
            yield container["livenessProbe"].problem(
                f"{container} has no livenessProbe, so it is not restarted when it hangs"
            )
