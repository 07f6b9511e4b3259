"""See the rule."""

from k8slint.api import Claim, Manifest, Node, PodSpec, Problems, names, rule

LIMIT = 256 * 1024


@rule(
    on=Manifest,
    since="0.1",
    claim=Claim.REJECTED,
    source="k8s.io/apimachinery/pkg/api/validation/objectmeta.go: ValidateAnnotations, TotalAnnotationSizeLimitB",
)
def invalid_annotation(manifest: Manifest) -> Problems:
    """The key of an annotation breaks its syntax, or the annotations of an object are too large.

    A key is a name of up to 63 letters, digits, dashes, underscores and dots, after a domain and a slash if it has one:
    `example.com/owner`. The value may be any text, but all keys and values of an object together may not be larger than
    256 KiB. `kubectl apply` keeps the whole manifest in an annotation, so that what is large may fail with it and succeed
    with `--server-side`.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
      annotations:
        owned by: web team  # <- annotation key "owned by" is invalid: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
      annotations:
        owned-by: web team
    ```
    """
    yield from _annotations(manifest.metadata["annotations"])
    if (manifest.group, manifest.kind) == ("resource.k8s.io", "ResourceClaimTemplate"):
        yield from _annotations(manifest.node["spec", "metadata", "annotations"])
    for path in _UNCHECKED.get((manifest.group, manifest.kind), ()):
        # Nobody judges these before a controller makes an object of them, and then it is refused.
        for node in manifest.node.each(path):
            yield from (problem._replace(claim=Claim.BROKEN, field=None) for problem in _annotations(node))
    for pod in manifest.views(PodSpec):
        problems = _pod(pod)
        yield from problems if manifest.builtin else (problem._replace(claim=Claim.BROKEN) for problem in problems)


_UNCHECKED = {
    ("batch", "CronJob"): ["spec.jobTemplate.metadata.annotations"],
    ("apps", "StatefulSet"): ["spec.volumeClaimTemplates.*.metadata.annotations"],
}


def _pod(pod: PodSpec) -> Problems:
    if not pod.bare:
        # The server leaves `metadata` out of the field's path here.
        yield from _annotations(pod.template["metadata", "annotations"], pod.template["annotations"])
    for annotations in pod.node.each("volumes.*.ephemeral.volumeClaimTemplate.metadata.annotations"):
        yield from _annotations(annotations)


def _annotations(annotations: Node, field: Node | None = None) -> Problems:
    """A map of annotations; the server names the map itself, or `field`, whichever of them is wrong."""
    field = annotations if field is None else field
    size = 0
    for key, value in annotations.items():
        reason = names.annotation_key(key)
        if reason:
            shown = names.shown(key)
            yield value.problem(f'annotation key "{shown}" is invalid: {reason}', at="key", field=field)
        size += len(key.encode()) + len((value.string or "").encode())
    if size > LIMIT:
        yield annotations.problem(f"annotations have {size} bytes, and the API server takes {LIMIT}", field=field)
