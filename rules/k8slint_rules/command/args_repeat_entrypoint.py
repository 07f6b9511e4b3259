"""See the rule."""

from __future__ import annotations

from k8slint.api import CommandLine, Problems, Settings, program_before, rule, shell


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
    if line.handler is not None or not line.args:
        return
    if line.command:
        # A command of several words has said its say; one word and its own name again is a slip.
        launched, owner = tuple(line.words[:1]) if len(line.command) == 1 else (), "command"
    else:
        launched, owner = program_before(line, settings) or (), "the image's ENTRYPOINT"
    first = line.args[0]
    name = shell.program(first.string or "")
    if not launched or not name or name in shell.SHELLS or name in _FREE_OF_SPEECH:
        return
    # Behind a launcher such as tini the program is its last word.
    program = next((word for word in (launched[-1], launched[0]) if shell.program(word) == name), None)
    if program is None:
        return
    rest = line.words[len(line.command) + 1 :]
    more = "".join([f" {rest[0]}" if rest else "", " ..." if len(rest) > 1 else ""])
    yield first.problem(
        f'{owner} is {program} already, so it runs "{program} {first}{more}"', fix=first.remove(), safe=False
    )


# Programs whose own name may well be what they are given.
_FREE_OF_SPEECH = frozenset(
    ("echo", "printf", "env", "exec", "which", "type", "man", "sudo", "busybox", "pgrep", "pkill")
)
