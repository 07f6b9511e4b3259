"""See the rule."""

from __future__ import annotations

from k8slint.api import Claim, CommandLine, Problems, Settings, image_of, rule, shell


@rule(on=CommandLine, since="0.1", claim=Claim.BROKEN, source="https://github.com/GoogleContainerTools/distroless")
def shell_missing(line: CommandLine, settings: Settings) -> Problems:
    """A command runs a shell in an image that has none.

    Distroless images, and images made `FROM scratch`, hold a program and what it needs, and no shell: `exec: "sh": executable file not found`. A
    container cannot start that way, and a probe or hook that runs a shell fails each time.

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
    if not line.command or not line.words[0] or shell.program(line.words[0]) not in shell.SHELLS:
        return
    info = image_of(line.container, settings)
    if info is not None and info.has_shell is False and not _brought_along(line):
        effect = "the container cannot start" if line.handler is None else f"the {line.handler.field} fails each time"
        yield line["command"].problem(f"{line.container.image} has no shell, so {effect}")


def _brought_along(line: CommandLine) -> bool:
    """Whether the shell's path lies in a volume: a busybox that an init container copied there."""
    return any(
        (path := mount["mountPath"].string) and line.words[0].startswith(path.rstrip("/") + "/") and path != "/"
        for mount in line.container.mounts
    )
