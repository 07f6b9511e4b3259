"""See the rule."""

from __future__ import annotations

from k8slint.api import CommandLine, Problems, Settings, image_of, rule, shell


@rule(
    on=CommandLine,
    since="0.1",
    source="https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/",
)
def entrypoint_drops_cmd(line: CommandLine, settings: Settings) -> Problems:
    """`command` starts the image's own program, and without the arguments that the image would give it.

    `command` replaces the image's ENTRYPOINT, and with it goes its CMD: the program starts bare. Where the image needs its CMD, that is another
    program than the one its author tested.

    Leave `command` out, or write the arguments into `args`. What the image holds is known from `images` in the config.

    ```yaml config
    images:
      nginx:
        entrypoint: [nginx]
        cmd: [-g, daemon off;]
    ```

    ```yaml bad
    name: web
    image: nginx:1.29
    command: [nginx]  # <- command replaces ENTRYPOINT and drops CMD too, so nginx starts without "-g daemon off;"
    ```

    ```yaml good
    name: web
    image: nginx:1.29
    command: [nginx]
    args: [-g, daemon off;]
    ```
    """
    if not line.command or line.args or line.handler is not None:
        return
    info = image_of(line.container, settings)
    if info is None or not isinstance(info.cmd, tuple) or not isinstance(info.entrypoint, tuple) or not info.entrypoint:
        return
    words = line.words
    # With arguments of its own the command says what the program is to do.
    bare = tuple(words) == info.entrypoint[: len(words)] or len(words) == 1
    if info.cmd and bare and shell.program(words[0]) == shell.program(info.entrypoint[0]):
        dropped = " ".join([*info.entrypoint[len(words) :], *info.cmd])
        yield line["command"].problem(
            f'command replaces ENTRYPOINT and drops CMD too, so {words[0]} starts without "{dropped}"'
        )
