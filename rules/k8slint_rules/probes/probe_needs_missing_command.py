"""See the rule."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from k8slint.api import Change, Claim, CommandLine, Handler, Node, Problem, Problems, Settings, image_of, rule, shell

# Words that only shells know; no file has such a name. `cd`, `[[` and others are left out, for in some images there is one.
_BUILTINS = frozenset(
    ". ! case declare eval exec exit export for function if let local return set shift source unset until while".split()  # noqa: SIM905
)
_OF_BASH = ("declare", "function", "let", "local", "source")
_WRAP = "Give the whole line to a shell"
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


@rule(
    on=CommandLine,
    since="0.1",
    fixable="unsafe",
    source=(
        "reference/kubernetes-api: ExecAction.command",
        "k8s.io/kubernetes/pkg/kubelet/prober/prober.go: runProbe",
        "k8s.io/kubernetes/pkg/kubelet/container/helpers.go: ExpandContainerCommandOnlyStatic",
        "k8s.io/kubernetes/pkg/kubelet/lifecycle/handlers.go: Run",
    ),
)
def probe_needs_missing_command(line: CommandLine, settings: Settings) -> Problems:
    """What a probe or lifecycle hook executes needs a shell that does not run, or a program that the image does not have.

    The container runtime starts the program of an `exec` itself, with its arguments as they are written. `&&`, `|`, `>` and `$(date)` are
    arguments like any other then. Most programs fail on them: a probe always does, and a hook does not do its work. Some do not mind, and a probe
    such as `["echo", "ok", "&&", "check"]` succeeds whatever happens. Words such as `exit` and `source` are no programs at all.

    Give the whole line to a shell, in one string: `["/bin/sh", "-c", "test -f /tmp/ready && check"]`. In an image without shell, as distroless
    ones are, let the program itself answer a probe: with `httpGet` or `grpc`, or with a subcommand of its own.

    Of variables, Kubernetes replaces less than it does in `command` and `args`. In a probe `$(NAME)` becomes what stands in `value`; of a
    variable that is set by `valueFrom` it becomes nothing, and a reference within `value` stays. In a hook all of them stay as they are. A shell
    knows every variable, as `$NAME`.

    ```yaml bad
    name: shop
    image: shop:1.0
    readinessProbe:
      exec:
        command: [test, -f, /tmp/ready, "&&", check]  # <- no shell reads the command of the readinessProbe, so "&&" is an argument of test and joins no commands
    ```

    ```yaml good
    name: shop
    image: shop:1.0
    readinessProbe:
      exec:
        command: [/bin/sh, "-c", test -f /tmp/ready && check]
    ```
    """
    handler = line.handler
    # The API server refuses probes and hooks of containers that run to their end.
    if handler is None or line.container.role not in ("main", "sidecar") or not line.command:
        return
    problem = _script_as_file(line, handler) or _unread(line, handler, settings) or _lacking(line, handler, settings)
    if problem:
        yield problem
    yield from _unexpanded(line, handler)


def _unread(line: CommandLine, handler: Handler, settings: Settings) -> Problem | None:
    """What only a shell understands, and none reads."""
    words = line.words
    first = words[0]
    if first in _BUILTINS:
        return line.command[0].problem(
            f'"{first}" is a word of shells and no program, so {handler.failure}',
            claim=Claim.BROKEN,
            fix=_wrapped(line, settings),
            safe=False,
            fix_title=_WRAP,
        )
    assigned = re.match(r"[A-Za-z_]\w*=", first)
    # What has blanks is a whole line in one string: command-in-one-string tells.
    if assigned and len(first.split()) == 1:
        return line.command[0].problem(
            f"only a shell sets a variable with {assigned[0]}, so this is taken for the name of a program, and {handler.failure}",
            claim=Claim.BROKEN,
            fix=_wrapped(line, settings),
            safe=False,
            fix_title=_WRAP,
        )
    defined = [f"$({name})" for name, _ in line.container.env]
    for found in shell.syntax(words):
        if found.text in defined:
            continue
        word = words[found.at]
        taken = "an argument" if found.text == word else "part of an argument"
        taken = f"{taken} of {shell.program(first)}" if found.at else "part of the program's name"
        return line.command[found.at].problem(
            f'no shell reads the command of the {handler}, so "{found.text}" is {taken} and {found.lacks}',
            within=found.text,
            fix=_wrapped(line, settings),
            safe=False,
            fix_title=_WRAP,
        )
    return None


def _script_as_file(line: CommandLine, handler: Handler) -> Problem | None:
    """A script that a shell takes for the name of a file, for lack of `-c`."""
    words = line.words
    name = shell.program(words[0])
    if name not in shell.SHELLS or len(words) < 2:
        return None
    text = words[1]
    first, *more = text.split() or [""]
    if text == "c" and len(words) > 2:
        fix = line.command[1].set("-c")
    elif more and text[0] not in "-+":
        # `sh "/scripts/check.sh web"`: a file, and an argument of it.
        is_file = "/" in first or first.endswith(".sh")
        parts = shell.split(text) if is_file and not shell.needs_shell(text) else ["-c", text]
        fix = line["command"].set([words[0], *(parts or ["-c", text]), *(node.value for node in line.command[2:])])
    else:
        return None
    shown = text if len(text) <= 60 and "\n" not in text else f"{text.splitlines()[0][:40].rstrip()}..."
    return line.command[1].problem(
        f'without -c {name} takes "{shown}" for the name of a file, so {handler.failure}',
        claim=Claim.BROKEN,
        fix=fix,
        safe=False,
    )


def _lacking(line: CommandLine, handler: Handler, settings: Settings) -> Problem | None:
    """A program that is not in the image."""
    info = image_of(line.container, settings)
    if info is None:
        return None
    words = line.words
    started = shell.find_shell(words)
    image = line.container.image
    if started is None:
        name = shell.program(words[0])
        if name in info.lacks and not _may_come_from_elsewhere(line, words[0]):
            return line.command[0].problem(f"{image} has no {name}, so {handler.failure}", claim=Claim.BROKEN)
    # Of a shell that is not there shell-missing tells.
    elif started.script is not None and info.has_shell:
        begins = re.match(r"\s*(?:exec\s+)?([\w./-]+)", words[started.script])
        name = shell.program(begins[1]) if begins else ""
        if begins and name in info.lacks and not _may_come_from_elsewhere(line, begins[1]):
            return line.command[started.script].problem(
                f"{image} has no {name}, so the {handler} fails where its script begins", within=begins[1]
            )
    return None


def _may_come_from_elsewhere(line: CommandLine, word: str) -> bool:
    """Whether a program may lie in a volume, or be installed by what the container runs."""
    paths = [word] if "/" in word else [f"{folder}/{word}" for folder in _PATH]
    container = line.container
    for mount in container.mounts:
        path = (mount["mountPath"].string or "").rstrip("/")
        if path and any(candidate == path or candidate.startswith(f"{path}/") for candidate in paths):
            return True
    if any(name == "PATH" for name, _ in container.env):
        return True
    name = shell.program(word)
    return any(name in text or text.endswith(".sh") for text in (*container.command, *container.args))


def _unexpanded(line: CommandLine, handler: Handler) -> Iterable[Problem]:
    """References to variables of the container that are not replaced by their values."""
    variables = dict(line.container.env)
    started = shell.find_shell(line.words)
    script = started.script if started else None
    for position, node in enumerate(line.command):
        kept = {}
        for name in shell.references(node.string or ""):
            # `$(hostname)` runs a program, whatever variables there are.
            if name in variables and (position != script or name == name.upper()):
                kept[name] = _reason(name, variables[name], handler, variables)
        names = [name for name, reason in kept.items() if reason]
        if names:
            yield node.problem(
                kept[names[0]],
                within=f"$({names[0]})",
                fix=node.set(_for_shell(node.text, names)) if position == script else None,
                safe=False,
                fix_title="Let the shell expand it",
            )


def _reason(name: str, variable: Node, handler: Handler, variables: dict[str, Node]) -> str:
    """Why a reference is not replaced by the value of the variable; "" where it is."""
    value = variable["value"].string
    if not handler.field.endswith("Probe"):
        return f"$({name}) stays as it is, because Kubernetes expands nothing in a {handler} hook"
    if not value and variable["valueFrom"]:
        return f"$({name}) becomes an empty string, because a probe knows only variables with a plain value"
    if any(other in variables for other in shell.references(value or "")):
        return f"$({name}) keeps the references in its value, because a probe expands only once"
    return ""


def _for_shell(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace(f"$({name})", f"${{{name}}}")
    return text


def _wrapped(line: CommandLine, settings: Settings) -> Change | None:
    """The change that gives all words to a shell, as one line."""
    info = image_of(line.container, settings)
    words = line.words
    if words[0] in _OF_BASH or (info is not None and info.has_shell is False):
        return None
    lacks = {found.at: found.lacks for found in shell.syntax(words)}
    # What a command prints is one argument, even if it is nothing: `test -n "$(find /tmp/up)"`.
    if any('"' in words[at] for at, lack in lacks.items() if lack == "runs nothing"):
        return None
    quoted = [_quoted(word, lacks.get(at, "")) for at, word in enumerate(words)]
    return line["command"].set(["/bin/sh", "-c", " ".join(quoted)])


def _quoted(word: str, lacks: str) -> str:
    """A word as a shell reads it, in which operators, variables and patterns are what they look like."""
    if lacks == "runs nothing":
        return f'"{word}"'
    if lacks or re.fullmatch(r"[\w@%+=:,./~*?$\[\]{}!^;-]+", word):
        return word
    if "$" in word and not re.search(r'["\\`]', word):
        return f'"{word}"'
    return shlex.quote(word)
