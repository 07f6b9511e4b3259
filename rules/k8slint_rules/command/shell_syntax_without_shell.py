"""See the rule."""

from __future__ import annotations

from k8slint.api import CommandLine, Problems, Settings, program_before, rule, shell


@rule(
    on=CommandLine,
    since="0.1",
    source="https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/#run-a-command-in-a-shell",
)
def shell_syntax_without_shell(line: CommandLine, settings: Settings) -> Problems:
    """A command holds what only a shell understands, and no shell runs.

    Kubernetes starts the program with its arguments as they are written. `&&`, `|`, `>` and `2>&1` are arguments like any other then, a `*` is a
    star, `~` no home, and `$(date)` stays what it is. Often the program fails on them; it may as well take them for the name of a file.

    Give the whole line to a shell, in one string: `["/bin/sh", "-c", "migrate && exec server"]`. With `exec` the server gets the signals
    that stop the pod.

    ```yaml bad
    name: web
    image: shop:1.0
    command: [migrate, --all, "&&", server]  # <- no shell reads this, so "&&" is an argument of migrate and joins no commands
    ```

    ```yaml good
    name: web
    image: shop:1.0
    command: [/bin/sh, -c, migrate --all && exec server]
    ```
    """
    # For what probes and hooks execute, probe-needs-missing-command says the same.
    if line.handler is not None:
        return
    before = program_before(line, settings)
    words = [*(before or ()), *line.words]
    for found in shell.syntax(words):
        position, text = found.at - len(words) + len(line.nodes), words[found.at]
        # One argument with blanks, for a program nobody knows, may be a script for it.
        if (
            position < 0
            or any(found.text == f"$({name})" for name, _ in line.container.env)
            or (before is None and len(text.split()) > 1)
        ):
            continue
        named = before is not None
        if named and not found.at:
            taken = "part of the program's name"
        else:
            taken = "an argument" if found.text == text else "part of an argument"
        of = f" of {shell.program(words[0])}" if named and found.at else ""
        yield line.nodes[position].problem(
            f'no shell reads this, so "{found.text}" is {taken}{of} and {found.lacks}', within=found.text
        )
        return
