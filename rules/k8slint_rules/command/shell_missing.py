"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, CommandLine, Problems, Settings, image_of, rule, shell


@rule(on=CommandLine, since="0.1", claim=Claim.BROKEN, source="https://github.com/GoogleContainerTools/distroless")
def shell_missing(line: CommandLine, settings: Settings) -> Problems:
    """A command runs a shell in an image that has none.

    Distroless images, and images made `FROM scratch`, hold a program and what it needs, and no shell: `exec: "sh": executable file not found`.
    Alpine Linux and busybox have `sh`, and no `bash`. A container cannot start that way, and a probe or hook that runs a shell never succeeds.

    Run the program itself; for debugging, `kubectl debug` brings an image with a shell along.

    ```yaml bad
    name: shop
    image: gcr.io/distroless/static:nonroot
    command: [sh, -c, "/server"]  # <- gcr.io/distroless/static:nonroot has no shell, so the container cannot start
    ```

    ```yaml good
    name: shop
    image: gcr.io/distroless/static:nonroot
    command: [/server]
    ```
    """
    name = shell.program(line.words[0]) if line.command else ""
    if name not in shell.SHELLS:
        return
    info = image_of(line.container, settings)
    if info is None or not (info.has_shell is False or name in info.lacks) or _brought_along(line):
        return
    effect = line.handler.failure if line.handler else "the container cannot start"
    lack = f"{name}, only sh" if info.has_shell else "shell"
    yield line["command"].problem(f"{line.container.image} has no {lack}, so {effect}")


def _brought_along(line: CommandLine) -> bool:
    """Whether the shell's path lies in a volume: a busybox that an init container copied there."""
    return any(
        (path := mount["mountPath"].string) and line.words[0].startswith(path.rstrip("/") + "/") and path != "/"
        for mount in line.container.mounts
    )
