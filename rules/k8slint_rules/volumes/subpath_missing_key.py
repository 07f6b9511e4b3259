"""See the rule."""

from __future__ import annotations

import posixpath

from k8slint.api import Claim, Mount, Problems, Project, near, rule

_SHOWN = 6


@rule(
    on=Mount,
    since="0.1",
    claim=Claim.BROKEN,
    fixable="unsafe",
    source="k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go: makeMounts",
)
def subpath_missing_key(mount: Mount, project: Project) -> Problems:
    """A subPath names a file that its ConfigMap or Secret does not have.

    Each key of a ConfigMap or Secret is a file of the volume, called like the key, or as `items` call it. A subPath that is
    none of them is taken for a folder to be made: the container starts, and finds an empty directory where it expects its
    file.

    Where the object is not in the input, or kustomize generates it, nothing is said.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      nginx.conf: events {}
    ---
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
          mountPath: /etc/nginx/nginx.conf
          subPath: nginx.cfg  # <- subPath "nginx.cfg" is no file of ConfigMap web (nginx.conf), so an empty directory appears; did you mean "nginx.conf"?
      volumes:
      - name: settings
        configMap:
          name: web
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      nginx.conf: events {}
    ---
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
          mountPath: /etc/nginx/nginx.conf
          subPath: nginx.conf
      volumes:
      - name: settings
        configMap:
          name: web
    ```
    """
    path = mount.sub_path
    if not path or path.startswith(("/", "..")) or "/.." in path:
        return
    field, source = mount.source
    files = project.files_in(mount)
    # An item whose path cannot be read may be any file.
    if files is None or "" in files:
        return
    wanted = posixpath.normpath(path)
    held = {posixpath.normpath(file) for file in files}
    if wanted == "." or wanted in held or any(file.startswith(f"{wanted}/") for file in held):
        return
    if project.patched(mount.manifest, "volumes", "subPath"):
        return
    meant = near(wanted, sorted(held))
    names = sorted(files)
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    name = source["name"].string or source["secretName"].string
    owner = f"{'Secret' if field == 'secret' else 'ConfigMap'} {name}" if name else f"volume {mount.name}"
    yield mount["subPath"].problem(
        f'subPath "{path}" is no file of {owner} ({shown}), so an empty directory appears'
        + (f'; did you mean "{meant}"?' if meant else ""),
        fix=mount["subPath"].set(meant) if meant else None,
        safe=False,
        related=[(source, "what the volume holds")],
    )
