"""See the rule."""

from __future__ import annotations

import posixpath

from k8slint.api import Mount, Problems, Project, rule

# Endings of files that configure, certify or start a program. Folders end in none of them, as far as is known.
_FILES = frozenset(
    "bash cer cfg cnf conf config crt css csv env hcl htm html ini jks js json jwt key keystore kubeconfig license lua "  # noqa: SIM905
    "p12 pem pfx php pl properties pub py rb rules sh sock sql sqlite toml truststore ts tf tfvars txt xml yaml yml".split()
)
_DOT_FILES = frozenset(
    (".env", ".npmrc", ".htpasswd", ".pgpass", ".netrc", ".my.cnf", ".dockerconfigjson", ".gitconfig")
)
# What a container cannot do without.
_NEEDED = frozenset("/ /bin /etc /lib /lib64 /sbin /usr /usr/bin /usr/lib /usr/local /usr/local/bin /usr/sbin".split())  # noqa: SIM905


@rule(on=Mount, since="0.1", fixable="unsafe", source="API reference: VolumeMount v1 core, mountPath and subPath")
def mount_hides_directory(mount: Mount, project: Project) -> Problems:
    """A volume is mounted where a file is meant, or over a directory that the image needs.

    mountPath mounts the whole volume, as a directory, over whatever the image has at that place. Where the path is called
    like a file, the program finds a directory of that name: `is a directory`. To mount one file, name it with subPath as
    well, or mount the volume into a directory of its own.

    A volume over /etc, /usr or /bin hides all that the image has there, and the container hardly starts. Nothing is said of
    one that an init container fills first, nor of the node's own files at the same place.

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
          mountPath: /etc/nginx/nginx.conf  # <- mountPath "/etc/nginx/nginx.conf" is called like a file, and the whole volume is mounted there as a directory
      volumes:
      - name: settings
        configMap:
          name: web
          items:
          - key: main
            path: nginx.conf
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
          mountPath: /etc/nginx/nginx.conf
          subPath: nginx.conf
      volumes:
      - name: settings
        configMap:
          name: web
          items:
          - key: main
            path: nginx.conf
    ```
    """
    path = mount.path
    base = path.rpartition("/")[2]
    # A relative path begins at the root, too.
    place = posixpath.normpath(f"/{path.lstrip('/')}") if path else ""
    if place in _NEEDED:
        yield from _over(mount, place)
    elif not mount.partial and _is_file(base):
        field, _ = mount.source
        # A hostPath may be a single file.
        if field in ("", "hostPath") or project.patched(mount.manifest, "subPath"):
            return
        files = project.files_in(mount) or frozenset()
        yield mount["mountPath"].problem(
            f'mountPath "{path}" is called like a file, and the whole volume is mounted there as a directory',
            fix=mount["subPath"].set(base) if base in files else None,
            safe=False,
        )


def _is_file(base: str) -> bool:
    stem, dot, ending = base.rpartition(".")
    return bool(dot and stem and ending.lower() in _FILES) or base in _DOT_FILES


def _over(mount: Mount, place: str) -> Problems:
    field, source = mount.source
    if not field or (field == "hostPath" and place != "/" and source["path"].string == place):
        return
    filled = field not in ("configMap", "secret", "downwardAPI", "projected") and any(
        other["name"].string == mount.name
        for container in mount.pod.containers
        if container.role == "init"
        for other in container.mounts
    )
    if not filled:
        what = "the image's root" if place == "/" else f"the image's {place}"
        yield mount["mountPath"].problem(
            f'mountPath "{mount.path}" puts volume {mount.name} over {what}, so all that the image has there is hidden'
        )
