"""See the rule."""

from k8slint.api import Claim, Container, Manifest, Problems, names, rule


@rule(
    on=(Manifest, Container),
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation/validation.go: ValidateConfigMap, ValidateSecret",
        "k8s.io/apimachinery/pkg/util/validation/validation.go: IsConfigMapKey",
    ),
)
def invalid_data_key(view: Manifest | Container) -> Problems:
    """A key of a ConfigMap or Secret breaks its syntax.

    A key becomes the name of a file: letters, digits, dashes, underscores and dots, up to 253 characters, and not `..` to
    begin with. There are no folders: to mount `conf.d/web.conf`, give the key the `path` that it should have in the volume's
    `items`. A variable that takes its value from a key is held to the same.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      conf.d/web.conf: ""  # <- key "conf.d/web.conf" is invalid: a valid config key must consist of alphanumeric characters, '-', '_' or '.'
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      web.conf: ""
    ```
    """
    if isinstance(view, Container):
        yield from _references(view)
    elif view.group == "" and view.kind in _FIELDS:
        yield from _keys(view)


_FIELDS = {"ConfigMap": {"data": "data", "binaryData": "binaryData"}, "Secret": {"data": "data", "stringData": "data"}}
"""What holds keys, and where the server judges them: it puts stringData into data first."""


def _keys(manifest: Manifest) -> Problems:
    for field, judged in _FIELDS[manifest.kind].items():
        for key, value in manifest.node[field].items():
            reason = names.config_map_key(key)
            if reason:
                shown = names.shown(key)
                where = manifest.node[judged, key]
                yield value.problem(f'key "{shown}" is invalid: {reason}', at="key", field=where)
    if manifest.kind == "ConfigMap":
        binary = manifest.node["binaryData"]
        for key, value in manifest.node["data"].items():
            if key in binary:
                yield value.problem(
                    f'key "{key}" is also a key of binaryData, and a key has one value',
                    at="key",
                    related=[(binary[key], "also here")],
                )


def _references(container: Container) -> Problems:
    for _, variable in container.env:
        if "valueFrom" not in variable:
            continue
        for source in ("configMapKeyRef", "secretKeyRef"):
            key = variable["valueFrom", source, "key"]
            reason = names.config_map_key(key.string) if key.string else ""
            if reason:
                claim = None if container.manifest.builtin else Claim.BROKEN
                yield key.problem(f'key "{key}" is invalid: {reason}', claim=claim)
