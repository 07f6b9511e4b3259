"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Mount, Problems, Project, rule

_KINDS = {"configMap": "ConfigMap", "secret": "Secret"}


@rule(
    on=Mount,
    since="0.1",
    claim=Claim.ADVICE,
    source="Kubernetes documentation: a container using a ConfigMap as a subPath volume mount will not receive updates",
)
def subpath_never_updates(mount: Mount, project: Project) -> Problems:
    """A file of a ConfigMap or Secret is mounted by subPath, and never changes while the pod lives.

    The kubelet keeps a volume of a ConfigMap, a Secret or the downward API up to date by exchanging a link at its root. A
    mount by subPath leads past that link to the file as it was when the container started: a rotated certificate or a
    changed setting does not arrive before the pod is made anew.

    That may well be what you want, for a program that reads its file once. Otherwise mount the whole volume into a folder of
    its own, and point the program there. Pods that end by themselves are not looked at, nor those that are replaced when
    the content changes: by a hash in the object's name (kustomize), a checksum among the annotations (Helm), or Reloader.

    ```yaml bad
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.29
        volumeMounts:
        - name: settings
          mountPath: /etc/nginx/conf.d/web.conf
          subPath: web.conf  # <- a file mounted by subPath stays as it was when the pod started, whatever becomes of ConfigMap web
      volumes:
      - name: settings
        configMap:
          name: web
    ```

    ```yaml good
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.29
        volumeMounts:
        - name: settings
          mountPath: /etc/nginx/conf.d
      volumes:
      - name: settings
        configMap:
          name: web
    ```
    """
    written = mount["subPath"] or mount["subPathExpr"]
    if not written.string or not mount.pod.endless:
        return
    field, source = mount.source
    if field not in ("configMap", "secret", "downwardAPI", "projected"):
        return
    pod, manifest = mount.pod, mount.manifest
    if any("checksum" in key or "reloader" in key for key in (*pod.annotations, *manifest.annotations)):
        return
    name = source["name"].string or source["secretName"].string or ""
    kind = _KINDS.get(field, "")
    owner = f"{kind} {name}" if kind and name else f"volume {mount.name}"
    if kind and name:
        if project.generates(kind, name, manifest):
            return
        lookup = project.find(kind, name, mount, group="")
        if lookup and all(found.node["immutable"].boolean for found in lookup.found):
            return
    yield written.problem(
        f"a file mounted by subPath stays as it was when the pod started, whatever becomes of {owner}",
        related=[(source, "the volume")],
    )
