"""See the rule."""

from __future__ import annotations

import re

from k8slint.api import Claim, Problems, Project, Workload, rule

# Folders that pods share on purpose, by what they are called.
_FOR_ALL = r"upload|media|static|asset|public|content|share|theme|plugin|model|data-?set|html|www|config|conf\b|cert|import|export|backup"


@rule(
    on=Workload,
    since="0.1",
    claim=Claim.ADVICE,
    source="API reference: VolumeMount v1 core, subPath and subPathExpr",
)
def shared_subpath(workload: Workload, project: Project) -> Problems:
    """The replicas of a workload write to the same folder of a shared volume.

    A ReadWriteMany claim shows the same files to every pod, and a subPath is the same in every pod. What each pod keeps for
    itself, its log, its cache or its state, is then overwritten by the others.

    `subPathExpr` gives each pod a folder of its own: `$(POD_NAME)`, with POD_NAME from the pod's metadata. Where the pods
    share the folder on purpose, all is well. Nothing is said of folders whose name tells so, such as `uploads`, nor of
    mounts that are readOnly.

    ```yaml bad
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: files
    spec:
      accessModes: [ReadWriteMany]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 3
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
            volumeMounts:
            - name: files
              mountPath: /var/log/web
              subPath: logs  # <- the 3 replicas write to the same folder logs of claim files; subPathExpr with the pod's name gives each its own
          volumes:
          - name: files
            persistentVolumeClaim:
              claimName: files
    ```

    ```yaml good
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: files
    spec:
      accessModes: [ReadWriteMany]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 3
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
            env:
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            volumeMounts:
            - name: files
              mountPath: /var/log/web
              subPathExpr: logs/$(POD_NAME)
          volumes:
          - name: files
            persistentVolumeClaim:
              claimName: files
    ```
    """
    replicas = workload.replicas
    if not replicas or replicas < 2:
        return
    for pod in workload.pods:
        claims = {
            name: source
            for name, volume in pod.volumes
            if (source := volume["persistentVolumeClaim"])["claimName"].string
            and source["readOnly"].boolean is not True
        }
        if not claims:
            continue
        for container in pod.running:
            for mount in container.mounts:
                used = claims.get(mount["name"].string or "")
                path = mount["subPath"].string
                if used is None or not path or mount["readOnly"].boolean is True:
                    continue
                if re.search(_FOR_ALL, f"{path} {mount['mountPath']}", re.IGNORECASE):
                    continue
                lookup = project.find("PersistentVolumeClaim", str(used["claimName"]), workload, group="")
                modes = [{mode.string for mode in claim["spec", "accessModes"]} for claim in lookup.found]
                if not lookup or not all("ReadWriteMany" in each for each in modes):
                    continue
                if project.patched(workload.manifest, "replicas", "volumes", "volumeMounts"):
                    return
                yield mount["subPath"].problem(
                    f"the {replicas} replicas write to the same folder {path} of claim {used['claimName']}; "
                    "subPathExpr with the pod's name gives each its own",
                    related=[
                        (lookup.found[0]["spec", "accessModes"], str(lookup.found[0])),
                        (workload["spec", "replicas"], "how many pods share it"),
                    ],
                )
