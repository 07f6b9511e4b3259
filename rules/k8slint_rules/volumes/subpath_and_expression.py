"""See the rule."""

from __future__ import annotations

import re

from k8slint.api import Claim, Container, Mount, Problems, Settings, near, rule

# `$$` is a dollar sign; what follows it is no reference.
_REFERENCE = r"\$\$|\$\(([^)]*)\)"
# Variables that the kubelet makes of the Services of the namespace, and of the API server's.
_OF_SERVICES = r"[A-Z0-9_]+_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\w+)?)"


@rule(
    on=Mount,
    since="0.1",
    claim=Claim.REJECTED,
    fixable="unsafe",
    source=(
        "k8s.io/kubernetes/pkg/apis/core/validation/validation.go: ValidateVolumeMounts",
        "k8s.io/kubernetes/pkg/kubelet/container/helpers.go: ExpandContainerVolumeMounts",
    ),
)
def subpath_and_expression(mount: Mount, settings: Settings) -> Problems:
    """A mount has both subPath and subPathExpr, or an expression whose variables the container does not have.

    subPath is taken as it stands. subPathExpr is the same with variables: `$(NAME)` becomes the value of the container's
    environment variable. A mount has one of them; the API server refuses both. A variable that `env` does not define, or
    defines as empty, is noticed later: the pod is made and its container never starts.

    The other way round a `$(NAME)` in subPath is no variable: the folder is called so, for every pod the same.

    ```yaml bad
    name: logs
    mountPath: /var/log/app
    subPath: app
    subPathExpr: app/current  # <- subPath and subPathExpr exclude each other, so the pod is refused
    ```

    ```yaml good
    name: logs
    mountPath: /var/log/app
    subPath: app
    ```
    """
    path, expression = mount.sub_path, mount["subPathExpr"].string or ""
    if not path and not expression:
        return
    if path and expression:
        claim = mount.pod.fate(settings.minor)
        effect = "the pod is refused" if claim is Claim.REJECTED else "no pod is ever made"
        yield mount["subPathExpr"].problem(
            f"subPath and subPathExpr exclude each other, so {effect}",
            claim=claim,
            related=[(mount["subPath"], "subPath")],
        )
    elif path:
        literal = [name for name in _names(path) if name in dict(mount.container.env)]
        if literal:
            yield mount["subPath"].problem(
                f"subPath does not expand variables, so the folder is called $({literal[0]}); subPathExpr does",
                claim=Claim.UNINTENDED,
                fix=mount["subPath"].rename("subPathExpr"),
                safe=False,
                within=f"$({literal[0]})",
            )
    yield from _undefined(mount, expression)


def _names(text: str) -> list[str]:
    """The variables that a text refers to."""
    return [name for name in re.findall(_REFERENCE, text) if name] if "$(" in text else []


def _undefined(mount: Mount, expression: str) -> Problems:
    names = _names(expression)
    # What comes by envFrom is known to nobody here.
    if not names or mount.container["envFrom"]:
        return
    defined, empty = _variables(mount.container)
    for name in dict.fromkeys(names):
        if name in defined or re.fullmatch(_OF_SERVICES, name):
            continue
        meant = near(name, defined)
        reason = "is empty" if name in empty else "is not defined in env"
        yield mount["subPathExpr"].problem(
            f"$({name}) {reason}, so the container never starts" + (f"; did you mean $({meant})?" if meant else ""),
            claim=Claim.BROKEN,
            fix=mount["subPathExpr"].set(expression.replace(f"$({name})", f"$({meant})")) if meant else None,
            safe=False,
            within=f"$({name})",
        )


def _variables(container: Container) -> tuple[set[str], set[str]]:
    """The names of variables that have a value, as far as can be told, and of those that are empty."""
    defined: set[str] = set()
    empty: set[str] = set()
    for name, variable in container.env:
        (defined if variable["value"].string or variable["valueFrom"] else empty).add(name)
    return defined, empty - defined
