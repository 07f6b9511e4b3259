"""See the rule."""

from k8slint.api import Claim, CommandLine, Problems, WrongType, rule


@rule(
    on=WrongType,
    since="0.1",
    claim=Claim.REJECTED,
    source="the decoder of kube-apiserver: sigs.k8s.io/json; sigs.k8s.io/yaml for what YAML makes of a scalar",
)
def wrong_type(value: WrongType) -> Problems:
    """A value of another type than the field takes.

    Often it is YAML that surprises: `on`, `yes` and `no` are booleans, `0644` is the number 420, `1.0` and `8080` are numbers, and `"8080"` is
    a string. The API server does not convert one into the other; it refuses the object.

    The fix puts quotes around a value, or takes them away, where that says the same in the right type.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      cache: on  # <- cache takes a string, and YAML reads on as the boolean true, so the object is refused; quote it
      workers: 4  # <- workers takes a string, not the number 4, so the object is refused; quote it
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      cache: "on"
      workers: "4"
    ```
    """
    if _is_command(value):
        # A rule of its own: command-not-a-list.
        return
    what = f"and YAML reads {value.node} as {value.found}" if value.surprise else f"not {value.found}"
    message = f"{value.name} takes {value.expected}, {what}, so the object is refused"
    remedy = _remedy(value)
    fix = None if value.meant is None or value.node.is_mapping else value.set(value.meant)
    title = f"Quote {value.node}" if isinstance(value.meant, str) else ""
    yield value.tell(f"{message}; {remedy}" if remedy else message, fix=fix, fix_title=title)


def _remedy(value: WrongType) -> str:
    """What to write instead; "" where that cannot be told."""
    node, meant = value.node, value.meant
    if node.is_sequence and len(node) == 1 and node[0].is_mapping and value.expected == "a map":
        return 'take the "- " away'
    if meant is None:
        return ""
    if isinstance(meant, str):
        return "quote it"
    if isinstance(meant, list):
        return 'put "- " before it' if node.is_mapping else f'write ["{meant[0]}"]'
    written = str(meant).lower()
    return "take the quotes off" if str(node).lower() == written else f"write {written}"


def _is_command(value: WrongType) -> bool:
    """Whether a value is the command or args of a container or handler, or an element of them."""
    node = value.node
    field = node.parent if isinstance(node.key, int) and node.parent is not None else node
    lines = value.manifest.views(CommandLine) if field.key in ("command", "args") else ()
    return any(line.node is field.parent for line in lines)
