"""See the rule."""

from __future__ import annotations

import re
from typing import NamedTuple

from k8slint.api import CommandLine, Container, Node, Problems, Settings, image_of, rule, shell

# Programs that do one thing and end, whatever they are given.
_BRIEF = frozenset(
    "[ cat cd chmod chown cp date df du echo env exit export false head hostname id ls mkdir mv printenv printf ps pwd rm set "  # noqa: SIM905
    "sleep test touch true uname unset uptime wc which whoami".split()
)
_BACKOFF_FORGOTTEN = 600
"""Seconds after which a container that ends is no longer made to wait: twice MaxContainerBackOff, in pkg/kubelet/kubelet.go."""
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 24 * 3600}


@rule(
    on=Container,
    since="0.1",
    source="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy",
)
def one_shot_command(container: Container, settings: Settings) -> Problems:
    """A workload that is meant to run for good runs a command that ends at once.

    When the command of a Deployment's, StatefulSet's or DaemonSet's container ends, well or not, the container is started again, and again, with
    longer and longer pauses: `CrashLoopBackOff`, back-off restarting failed container. Nothing in it keeps running. A shell without a script ends
    at once, too, unless `stdin` or `tty` gives it something to wait for; images of distributions start one where no command is given.

    Run something that stays, or make it a Job.

    ```yaml bad
    name: hello
    image: busybox:1.37
    command: [echo, hello]  # <- echo ends at once, so the container is restarted again and again (CrashLoopBackOff)
    ```

    ```yaml good
    name: hello
    image: busybox:1.37
    command: [sleep, infinity]
    ```
    """
    pod = container.pod
    if pod.bare or not pod.endless or pod.hook or container.role not in ("main", "sidecar"):
        return
    if container.role == "main" and container["restartPolicy"].string in ("Never", "OnFailure"):
        return
    run = _run(container, settings)
    again = "so the container is restarted again and again (CrashLoopBackOff)"
    found = shell.find_shell(run.words)
    if found is not None and not found.at and shell.runs_alone(found):
        waits = container["stdin"].boolean or container["tty"].boolean
        if not waits and not _reads_script(run.words):
            what = run.words[0] if run.given else f"{container.image} starts {run.words[0]}, which"
            yield run.place.problem(f"{what} has nothing to run and ends at once, {again}")
        return
    brief = _ends(run.words)
    if brief:
        ends = "ends after a while" if brief == "sleep" else "ends at once"
        yield run.place.problem(f"{brief} {ends}, {again}")


class _Run(NamedTuple):
    """What a container runs, as far as it is known, and where that is written."""

    words: list[str]
    place: Node
    given: bool = True


def _run(container: Container, settings: Settings) -> _Run:
    line = CommandLine(container.node, container)
    if line.command:
        return _Run(line.words, container["command"])
    info = image_of(container, settings)
    misshapen = any(field and not field.is_sequence for field in (container["command"], container["args"]))
    if info is None or not info.configured or misshapen:
        return _Run([], container.node)
    if line.args and not info.shell_form:
        return _Run([*info.program, *line.words], container["args"])
    return _Run(list(info.starts), container["image"], given=False)


def _reads_script(words: list[str]) -> bool:
    """Whether a shell is given `-c` and lacks its script: shell-extra-args says that."""
    return any(re.fullmatch(r"-[a-zA-Z]*c[a-zA-Z]*", word) for word in words)


def _ends(words: list[str]) -> str:
    """The last program that a command line runs, where all that it runs is known to end; "" where it is not."""
    found = shell.find_shell(words)
    if found is None:
        return _brief(words)
    if found.at != 0 or found.script is None:
        return ""
    script = words[found.script]
    # Anything but plain commands in a row (loops, pipes, background jobs, functions) may stay.
    if re.search(r"[|&(){}<`]|\$\(", script.replace("&&", ";")) or re.search(_KEYWORD, script, re.MULTILINE):
        return ""
    commands = [
        part.split() for part in re.split(r"&&|[;\n]", script) if part.strip() and not part.strip().startswith("#")
    ]
    ends = [_brief(command) for command in commands]
    return ends[-1] if ends and all(ends) else ""


_KEYWORD = r"\b(?:while|until|for|if|case|exec|wait|trap|read|select|function|source)\b|^\s*\.\s"


def _brief(words: list[str]) -> str:
    name = shell.program(words[0]) if words else ""
    if name not in _BRIEF:
        return ""
    # `env` runs what follows, and `cat` its input where nothing does.
    if (name == "env" and len(words) > 1) or (name == "cat" and (len(words) == 1 or "-" in words)):
        return ""
    if name == "sleep":
        times = [re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", word) for word in words[1:]]
        if not times or None in times:
            return ""
        seconds = sum(float(time[1]) * _UNITS[time[2]] for time in times if time is not None)
        return name if seconds < _BACKOFF_FORGOTTEN else ""
    return name
