"""See the rule."""

from k8slint.api import Container, Node, Problems, rule


@rule(
    on=Container,
    since="0.1",
    source="k8s.io/kubernetes/pkg/api/pod/warnings.go: hides previous definition",
)
def duplicate_env_name(container: Container) -> Problems:
    """A container sets the same environment variable twice.

    The last one wins, and `kubectl apply` may drop either of them at the next change, because it tells variables apart by
    their names. The API server warns of it.

    A later one that is made of the earlier, such as `$(PATH):/opt/bin`, is meant and passes.

    ```yaml bad
    name: web
    image: web:1.0
    env:
    - name: MODE
      value: fast
    - name: MODE  # <- MODE is set twice, so the last value counts, and kubectl apply may drop either
      value: safe
    ```

    ```yaml good
    name: web
    image: web:1.0
    env:
    - name: MODE
      value: safe
    ```
    """
    if len(container["env"]) < 2:
        return
    seen: dict[str, Node] = {}
    for name, variable in container.env:
        if name not in seen:
            seen[name] = variable["name"]
            continue
        reference = f"$({name})"
        value = variable["value"].string or ""
        if variable["valueFrom"] or value == reference or reference not in value:
            yield variable["name"].problem(
                f"{name} is set twice, so the last value counts, and kubectl apply may drop either",
                related=[(seen[name], "first set here")],
            )
