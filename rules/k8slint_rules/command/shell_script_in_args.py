"""See the rule."""

from __future__ import annotations

from k8slint.api import CommandLine, Problems, Settings, image_of, rule, shell

# What runs the program that it is given, after it has prepared something. Entrypoint scripts do, as a rule: `exec "$@"`.
_LAUNCHERS = frozenset(
    "bundle busybox catatonit chamber chpst chroot conda consul-template ddtrace-run docker dockerize doppler dumb-init "  # noqa: SIM905
    "env envconsul exec flock gosu infisical ionice kubectl mpiexec mpirun nerdctl newrelic-admin nice nohup npx nsenter "
    "numactl op opentelemetry-instrument perf pipenv poetry run runuser s6-setuidgid setpriv setsid sops ssh stdbuf strace "
    "su su-exec sudo supercronic taskset time timeout tini torchrun unshare uv vault wait-for xargs xvfb-run".split()
)
_LAUNCHING = ("entry", "init", "wrap", "launch", "exec", "run", "wait", "start", "env", "with", ".sh", ".bash")


@rule(
    on=CommandLine,
    since="0.1",
    source="https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/",
)
def shell_script_in_args(line: CommandLine, settings: Settings) -> Problems:
    """`args` hold a shell and its script, where `command` or the image's ENTRYPOINT already says what runs.

    `args` are arguments. With `command: [server]` and `args: [sh, -c, ...]` the container runs `server sh -c ...`, and the script is never read.

    Write the shell into `command` if it is to run instead, as one list, or as `command: [sh, -c]` with the script alone in `args`. What the image's
    ENTRYPOINT is, is known from `images` in the config; entrypoint scripts and launchers that run what they are given are left alone.

    ```yaml bad
    name: web
    image: shop:1.0
    command: [/app/server]
    args: [sh, -c, migrate && serve]  # <- command runs /app/server, so "sh -c" are arguments of it and no shell runs
    ```

    ```yaml good
    name: web
    image: shop:1.0
    command: [sh, -c]
    args: [migrate && serve]
    ```
    """
    if line.handler is not None or not line.args:
        return
    first = line.args[0].string or ""
    given = shell.find_shell(line.words[len(line.command) :])
    if given is None or given.at or given.script is None or not given.words:
        return
    info = image_of(line.container, settings)
    if line.command:
        launched, owner = line.words[: len(line.command)], "command"
    elif info is not None and info.configured and not info.shell_form:
        launched, owner = list(info.program), "the image's ENTRYPOINT"
    else:
        return
    if not launched or _launches(launched):
        return
    if shell.find_shell(launched):
        effect = f'takes "{first}" for its script, so what follows is not run'
        yield line.args[0].problem(f"{owner} is {' '.join(launched)}, which {effect}")
    else:
        yield line.args[0].problem(f'{owner} runs {launched[0]}, so "{first} -c" are arguments of it and no shell runs')


def _launches(words: list[str]) -> bool:
    """Whether a command line runs the words that are added to it."""
    found = shell.find_shell(words)
    if found is not None:
        # `sh -c` without its script takes the second shell's name for it.
        return found.script is not None or not shell.runs_alone(found) or not words[-1].endswith("c")
    name = shell.program(words[0])
    return words[-1] == "--" or name in _LAUNCHERS or any(part in name for part in _LAUNCHING)
