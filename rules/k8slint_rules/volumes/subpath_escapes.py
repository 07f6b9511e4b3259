"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, Mount, Problems, Settings, rule


@rule(
    on=Mount,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/kubernetes/pkg/apis/core/validation/validation.go: validateLocalDescendingPath, validatePathNoBacksteps",
)
def subpath_escapes(mount: Mount, settings: Settings) -> Problems:
    """A subPath leads out of its volume: it is absolute, or climbs with `..`.

    subPath names a file or folder *within* the volume, from the volume's root. A leading slash or a `..` could reach what
    the volume does not hold, so the API server refuses the pod. Where in the container it appears is mountPath's business.

    ```yaml bad
    name: content
    mountPath: /usr/share/nginx/html
    subPath: /site  # <- subPath "/site" is absolute, so the pod is refused; it starts at the volume's root without a slash
    ```

    ```yaml good
    name: content
    mountPath: /usr/share/nginx/html
    subPath: site
    ```
    """
    for field in ("subPath", "subPathExpr"):
        written = mount[field]
        path = written.string
        if not path or not (path.startswith("/") or ".." in path):
            continue
        claim = mount.pod.fate(settings.minor)
        effect = "the pod is refused" if claim is Claim.REJECTED else "no pod is ever made"
        # The server names the list's field and leaves the position out.
        named = mount.container["volumeMounts", field]
        climbs = ".." in path.split("/")
        if path.startswith("/"):
            inner = path.lstrip("/")
            yield written.problem(
                f'{field} "{path}" is absolute, so {effect}; it starts at the volume\'s root without a slash',
                claim=claim,
                # What a path of slashes alone, or one that climbs as well, was meant to be cannot be told.
                fix=written.set(inner) if inner and not climbs else None,
                field=named,
            )
        elif climbs:
            yield written.problem(
                f'{field} "{path}" climbs out of the volume with "..", so {effect}', claim=claim, field=named
            )
