"""See the rule."""

from __future__ import annotations

from k8slint.api import Change, Claim, CommandLine, Problems, rule, shell


@rule(
    on=CommandLine,
    since="0.1",
    claim=Claim.BROKEN,
    source="reference/kubernetes-api: Container.command, ExecAction.command",
)
def command_in_one_string(line: CommandLine) -> Problems:
    """A program and its arguments stand in one string, where each is a string of its own.

    No shell reads `command`. Its first element is the name of a program, blanks and all, and the container runtime looks for a file of that
    name: `exec: "nginx -g": executable file not found in $PATH`. The same goes for what a probe or lifecycle hook executes.

    Write each word as an element. Where the string is a script for a shell, with `&&`, pipes or `$VARIABLES`, give it to one:
    `["/bin/sh", "-c", "..."]`. The fix splits the string as a shell would; look at what it makes of quotes.

    ```yaml bad
    name: web
    image: shop:1.0
    command: ["python -m http.server"]  # <- "python -m http.server" is taken for the name of one program, so the container cannot start
    ```

    ```yaml good
    name: web
    image: shop:1.0
    command: ["python", "-m", "http.server"]
    ```
    """
    command = line.command
    text = command[0].string if command else None
    if not text or not text.strip() or text.split() == [text] or _windows(line, text):
        return
    taken = "is taken for the name of one program"
    if len(text.split()) == 1:
        taken = "has a blank or line break before or after it that is taken for a part of the program's name"
    effect = line.handler.failure if line.handler else "the container cannot start"
    yield command[0].problem(
        f'"{_shown(text)}" {taken}, so {effect}',
        fix=_fix(line, text),
        safe=False,
    )


def _windows(line: CommandLine, text: str) -> bool:
    """Whether blanks may well be part of a name: C:\\Program Files."""
    pod = line.container.pod
    system = pod["os", "name"].string or pod["nodeSelector", "kubernetes.io/os"].string
    return system == "windows" or "\\" in text or text[1:3] == ":/"


def _shown(text: str) -> str:
    first, *rest = text.strip().splitlines()
    return f"{first[:40].rstrip()}..." if rest or len(first) > 60 else first


def _fix(line: CommandLine, text: str) -> Change | None:
    words = shell.split(text)
    if words is None:
        return None
    made = shell.find_shell(words)
    if made and made.script is not None and len(line.nodes) > 1:
        # What a script would make of the words that follow it was not meant.
        return None
    return line["command"].set([*words, *(node.value for node in line.command[1:])])
