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
    if info is None or not info.cmd or info.shell_form:
        return
    words, starts = line.words, info.starts
    if isinstance(info.cmd, str) or (not info.entrypoint and len(info.cmd) < 2):
        # A line for a shell, or a program without arguments: there are none to lose.
        return
    # With arguments of its own the command says what the program is to do.
    bare = len(words) == 1 or tuple(words) == info.program[: len(words)]
    if bare and len(words) < len(starts) and shell.program(words[0]) == shell.program(starts[0]):
        dropped = " ".join(starts[len(words) :])
        replaces = "command replaces ENTRYPOINT and drops CMD too" if info.entrypoint else "command replaces CMD"
        yield line["command"].problem(f'{replaces}, so {words[0]} starts without "{dropped}"')
