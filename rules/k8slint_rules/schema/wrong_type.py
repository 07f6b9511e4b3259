"""See the rule."""

from k8slint.api import Claim, Node, Problems, WrongType, rule


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
    if _is_command(value.node):
        # A rule of its own: command-not-a-list.
        return
    what = f"and YAML reads {value.node} as {value.found}" if value.surprise else f"not {value.found}"
    message = f"{value.name} takes {value.expected}, {what}, so the object is refused"
    if isinstance(value.meant, str):
        message += "; quote it"
    elif isinstance(value.meant, list):
        message += f'; write ["{value.meant[0]}"]'
    elif value.meant is not None:
        message += "; take the quotes off"
    elif value.expected.startswith("a list") and value.node.is_mapping:
        message += '; put "- " before it'
    fix = value.set(value.meant) if value.meant is not None else None
    yield value.tell(message, fix=fix, fix_title=f"Quote {value.node}" if isinstance(value.meant, str) else "")


def _is_command(node: Node) -> bool:
    """Whether a value is the command or args of a container or handler, or an element of them."""
    field = node.parent if isinstance(node.key, int) and node.parent is not None and node.parent.key in _LISTS else node
    holder = field.parent
    if field.key not in _LISTS or holder is None:
        return False
    listed = holder.parent is not None and holder.parent.key in ("containers", "initContainers", "ephemeralContainers")
    return listed or (holder.key == "exec" and field.key == "command")


_LISTS = ("command", "args")
