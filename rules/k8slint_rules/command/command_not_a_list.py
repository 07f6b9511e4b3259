"""See the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8slint.api import Claim, CommandLine, Problems, rule, shell

if TYPE_CHECKING:
    from k8slint.api import Node


@rule(
    on=CommandLine,
    since="0.1",
    claim=Claim.REJECTED,
    fixable="safe",
    source="reference/kubernetes-api: Container.command and args, ExecAction.command: lists of strings",
)
def command_not_a_list(line: CommandLine) -> Problems:
    """`command` or `args` is no list of strings.

    Both are lists, one string a word, and what YAML reads as a number or boolean is no string: `["--port", 80]` needs `"80"`. The API server
    refuses the object.

    The fix makes a list of one plain word, and puts quotes where they belong. A longer line it cuts as a shell would, which is not safe: nothing says
    that one would have read it. What only a shell understands, such as `&&`, is left to you.

    ```yaml bad
    name: web
    command: server  # <- command is a list of strings, so the object is refused; write ["server"]
    args: [--port, 80]  # <- args[1] is the number 80 where a string belongs, so the object is refused; quote it
    ```

    ```yaml good
    name: web
    command:
    - server
    args: [--port, "80"]
    ```
    """
    # Of other kinds that carry a pod it is the controller that cannot use them.
    claim = None if line.manifest.builtin else Claim.BROKEN
    for field in ("command", "args") if line.handler is None else ("command",):
        node = line[field]
        if node.is_scalar and node:
            text = str(node)
            scripted = shell.needs_shell(text)
            words = (shell.split(text) if field == "command" or not scripted else None) or (
                [text] if text.strip() else []
            )
            is_plain = words in ([], [text])
            shown = ", ".join(f'"{word}"' for word in words)
            yield node.problem(
                f"{field} is a list of strings, so the object is refused; write [{shown}]",
                claim=claim,
                fix=node.set(words) if is_plain or not scripted else None,
                safe=is_plain,
            )
        elif node.is_mapping:
            yield node.problem(f"{field} is a list of strings, so the object is refused", claim=claim)
        for item in node:
            yield from _element(item, f"{field}[{item.key}]", claim)


def _element(item: Node, name: str, claim: Claim | None) -> Problems:
    if item.is_null or item.string is not None:
        # `null` among strings is the empty string to the server.
        return
    if item.is_scalar:
        kind = "boolean" if item.boolean is not None else "number"
        yield item.problem(
            f"{name} is the {kind} {item} where a string belongs, so the object is refused; quote it",
            claim=claim,
            fix=item.set(str(item)),
        )
    else:
        yield item.problem(
            f"{name} is a {'map' if item.is_mapping else 'list'} where a string belongs, so the object is refused",
            claim=claim,
        )
