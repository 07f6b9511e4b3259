"""See the rule."""

from __future__ import annotations

import re

from k8slint.api import CommandLine, Problems, rule, shell

# Programs that do one thing and end, whatever they are given.
_BRIEF = frozenset(
    "echo printf ls true false date env printenv pwd hostname id whoami uname mkdir touch chmod chown cp mv rm export set cd sleep".split()  # noqa: SIM905
)
_DAY = 24 * 3600
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": _DAY}


@rule(
    on=CommandLine,
    since="0.1",
    source="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy",
)
def one_shot_command(line: CommandLine) -> Problems:
    """A workload that is meant to run for good runs a command that ends at once.

    When the command of a Deployment's, StatefulSet's or DaemonSet's container ends, well or not, the container is started again, and again, with
    longer and longer pauses: `CrashLoopBackOff`, back-off restarting failed container. Nothing in it keeps running.

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
    container = line.container
    if line.handler is not None or not line.command or container.role != "main":
        return
    if container.pod.bare or not container.pod.endless:
        return
    brief = _ends(line.words)
    if brief:
        yield line["command"].problem(
            f"{brief} ends at once, so the container is restarted again and again (CrashLoopBackOff)"
            if brief != "sleep"
            else "sleep ends after a while, so the container is restarted again and again (CrashLoopBackOff)"
        )


def _ends(words: list[str]) -> str:
    """The last program that a command line runs, where all that it runs is known to end; "" where it is not."""
    found = shell.find_shell(words)
    if found is None:
        return _brief(words)
    if found.at != 0 or found.script is None:
        return ""
    script = words[found.script]
    # Anything but plain commands in a row (loops, pipes, background jobs, functions) may stay.
    if re.search(r"[|&(){}<`]|\$\(", script.replace("&&", ";")) or _KEYWORD.search(script):
        return ""
    commands = [
        part.split() for part in re.split(r"&&|[;\n]", script) if part.strip() and not part.strip().startswith("#")
    ]
    ends = [_brief(command) for command in commands]
    return ends[-1] if ends and all(ends) else ""


_KEYWORD = re.compile(
    r"\b(?:while|until|for|if|case|exec|wait|trap|read|select|function|source)\b|^\s*\.\s", re.MULTILINE
)


def _brief(words: list[str]) -> str:
    name = shell.program(words[0]) if words else ""
    if name not in _BRIEF:
        return ""
    if name == "env" and len(words) > 1:
        return ""
    if name == "sleep":
        times = [re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", word) for word in words[1:]]
        if not times or None in times:
            return ""
        seconds = sum(float(time[1]) * _UNITS[time[2]] for time in times if time is not None)
        # Who sleeps for days wants a container that stays.
        return name if seconds < _DAY else ""
    return name
