"""See the rule."""

from __future__ import annotations

from k8slint.api import CommandLine, Problems, Settings, image_of, rule, shell


@rule(
    on=CommandLine,
    since="0.1",
    fixable="unsafe",
    source="https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/",
)
def args_repeat_entrypoint(line: CommandLine, settings: Settings) -> Problems:
    """`args` begin with the program that the image's ENTRYPOINT starts already.

    `args` replace the image's CMD and follow its ENTRYPOINT. With the program's name in front it runs as `nginx nginx -g ...`, and takes its own
    name for an argument.

    Take the name out, or write the whole line into `command`. What the image holds is known from `images` in the config.

    ```yaml config
    images:
      nginx:
        entrypoint: [nginx]
    ```

    ```yaml bad
    name: web
    image: nginx:1.29
    args:
    - nginx  # <- the image's ENTRYPOINT is nginx already, so it runs "nginx nginx -g ..."
    - -g
    - daemon off;
    ```

    ```yaml good
    name: web
    image: nginx:1.29
    args:
    - -g
    - daemon off;
    ```
    """
    if line.handler is not None or line.command or not line.args:
        return
    info = image_of(line.container, settings)
    if info is None or not isinstance(info.entrypoint, tuple) or not info.entrypoint:
        return
    first = line.args[0]
    # Behind a launcher such as tini the program is its last word.
    program = info.entrypoint[-1]
    if first.string and shell.program(first.string) == shell.program(program) not in shell.SHELLS:
        more = "" if len(line.args) == 1 else f" {line.words[1]} ..." if len(line.args) > 2 else f" {line.words[1]}"
        yield first.problem(
            f'the image\'s ENTRYPOINT is {program} already, so it runs "{program} {first}{more}"',
            fix=first.remove(),
            safe=False,
        )
