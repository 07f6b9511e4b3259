"""See the rule."""

from k8slint.api import Claim, Container, Problems, rule


@rule(
    on=Container,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/kubernetes/pkg/apis/core/validation: validateLocalDescendingPath, validatePathNoBacksteps",
)
def subpath_escapes(container: Container) -> Problems:
    """A subPath leads out of its volume: it is absolute, or climbs with `..`.

    subPath names a file or folder *within* the volume, from the volume's root. A leading slash or a `..` could reach what the volume does not hold,
    so the API server refuses the pod. Where in the container it appears is mountPath's business.

    ```yaml bad
    name: web
    image: nginx:1.29
    volumeMounts:
    - name: content
      mountPath: /usr/share/nginx/html
      subPath: /site  # <- subPath "/site" is absolute, so the pod is refused; it starts at the volume's root without a slash
    ```

    ```yaml good
    name: web
    image: nginx:1.29
    volumeMounts:
    - name: content
      mountPath: /usr/share/nginx/html
      subPath: site
    ```
    """
    for mount in container.mounts:
        for field in ("subPath", "subPathExpr"):
            written = mount[field]
            path = written.string
            if not path:
                continue
            if path.startswith("/"):
                inner = path.lstrip("/")
                # What a path of slashes alone, or one that climbs as well, was meant to be cannot be told.
                certain = bool(inner) and ".." not in inner.split("/")
                yield written.problem(
                    f'{field} "{path}" is absolute, so the pod is refused; it starts at the volume\'s root without a slash',
                    fix=written.set(inner) if certain else None,
                )
            elif ".." in path.split("/"):
                yield written.problem(f'{field} "{path}" climbs out of the volume with "..", so the pod is refused')
