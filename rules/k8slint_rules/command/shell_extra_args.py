"""See the rule."""

from __future__ import annotations

import re

from k8slint.api import Claim, CommandLine, Problems, rule, shell


@rule(on=CommandLine, since="0.1", source="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sh.html: -c")
def shell_extra_args(line: CommandLine) -> Problems:
    """`sh -c` is given more than its one script.

    After `-c` a shell takes one string as its script. Whatever follows becomes `$0`, `$1`, and so on, and a script that does not ask for them never
    sees it: `["sh", "-c", "echo", "hello"]` prints an empty line. Without any script it fails.

    Write the whole script as one string.

    ```yaml bad
    name: shop
    image: shop:1.0
    command: [sh, -c, server, --verbose]  # <- sh -c runs only "server", so what follows is not part of it
    ```

    ```yaml good
    name: shop
    image: shop:1.0
    command: [sh, -c, server --verbose]
    ```
    """
    words = line.words
    found = shell.find_shell(words)
    # Of another shell than the first word, what its own options are is less certain.
    if found is None or found.at != 0:
        return
    if found.script is None:
        if line.command and re.fullmatch(r"-[a-zA-Z]*c", words[-1]) and shell.runs_alone(found):
            effect = line.handler.failure if line.handler else "the container cannot start"
            yield line.nodes[-1].problem(
                f"{shell.program(words[0])} -c has no script to run, so {effect}", claim=Claim.BROKEN
            )
        return
    script, operands = words[found.script], found.operands
    # A lone name for $0 is good style, and `--` a habit.
    idle = len(operands) == 1 and (operands[0] in ("--", "-", "_", "") or shell.program(operands[0]) in shell.SHELLS)
    # Of a whole command that follows, shell-script-in-args tells.
    idle = idle or (bool(operands) and shell.program(script) in shell.SHELLS and operands[0] == "-c")
    if operands and not idle and not re.search(_POSITIONAL, script):
        shown = script if len(script) <= 40 and "\n" not in script else script.split("\n", 1)[0][:37] + "..."
        yield line.nodes[found.script + 1].problem(
            f'{shell.program(words[0])} -c runs only "{shown}", so what follows is not part of it',
            related=[(line.nodes[found.script], "the script")],
        )


_POSITIONAL = r"\$(?:[@*#0-9]|\{[@*#!]?[@*#0-9])|\bshift\b|\bgetopts\b|\bfor\s+\w+\s*(?:;|\n|do\b)"
