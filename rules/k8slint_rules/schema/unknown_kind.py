"""See the rule."""

from k8slint.api import Claim, Problems, UnknownKind, rule


@rule(
    on=UnknownKind,
    since="0.1",
    claim=Claim.REJECTED,
    source="the discovery documents of kube-apiserver: api/discovery in k8s.io/kubernetes",
)
def unknown_kind(kind: UnknownKind) -> Problems:
    """An apiVersion and kind that no version of Kubernetes ever had.

    The group is one of Kubernetes' own, so no CRD can bring it. The version or the kind is misspelt, or the kind is in another group. kubectl says
    `no matches for kind` and sends nothing. Nor can a CRD bring a group without a dot, such as `app`. A group that nobody defines and that is a letter
    or two from the kind's own (`networking.k8.io`) is a warning: some cluster may have it.

    ```yaml bad
    apiVersion: v1  # <- v1 has no kind "Deployment", so the object is refused; it is in apps/v1
    kind: Deployment
    metadata:
      name: web
    ```

    ```yaml good
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
    ```
    """
    api_version, name = kind.manifest.api_version, kind.manifest.kind
    effect = ", so the object is refused" if kind.claim is not Claim.UNINTENDED else ""
    message = f'{api_version} has no kind "{name}"{effect}'
    if kind.malformed:
        message = f'"{api_version}" is no apiVersion, so the object is refused; these are written group/version, or v1'
    elif kind.elsewhere:
        message += f"; it is in {' and '.join(kind.elsewhere)}"
    elif kind.near is not None:
        where = f" of {kind.near[0]}" if kind.near[0] != api_version else ""
        message += f'; did you mean "{kind.near[1]}"{where}?'
    elif kind.versions_of_group:
        # Of a custom kind one version may be served and another not.
        message = f"there is no {api_version}" if kind.manifest.builtin else f"{name} is not served in {api_version}"
        message += f", so the object is refused; there is {' and '.join(kind.versions_of_group)}"
    yield kind.tell(message)
