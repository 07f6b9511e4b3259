"""Command lines: which program runs, whether a shell reads what it is given, and what a script consists of.

Nothing is run. Where a script is beyond what is understood here the answer is that it is not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHELLS = frozenset("sh bash ash dash zsh ksh mksh yash rbash fish csh tcsh".split())  # noqa: SIM905
_WINDOWS_SHELLS = frozenset(("cmd", "powershell", "pwsh"))

# Programs that take code in a language of their own, or a command for another shell: what looks like shell syntax there is none.
_INTERPRETERS = frozenset(
    "awk gawk mawk jq yq sed perl php ruby node deno bun lua tclsh expect python psql mysql mariadb sqlite3 mongo "  # noqa: SIM905
    "mongosh redis-cli ssh su runuser envsubst eval xargs parallel watch script tmux screen find kubectl aws az gcloud".split()
)
# Those of them that hand their words on to another shell, or know them as their own.
_RELAYS = frozenset("expect eval find kubectl parallel runuser screen script ssh su tmux watch xargs".split())  # noqa: SIM905
_CODE_OPTIONS = frozenset(("-c", "-e", "-E", "-r", "-x", "--eval", "--exec", "--execute", "--command", "--expression"))


class Shell(NamedTuple):
    """A shell in a command line: the positions of its word and of the script that follows `-c`; None where it reads a file or its input."""

    at: int
    script: int | None
    words: tuple[str, ...] = ()

    @property
    def operands(self) -> Sequence[str]:
        """What follows the script."""
        return self.words[self.script + 1 :] if self.script is not None else ()


def program(word: str) -> str:
    """The name of a program by its path: `sh` for `/bin/sh`, `cmd` for `C:\\Windows\\cmd.exe`, `python` for `python3.12`."""
    name = word.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
    return "python" if re.fullmatch(r"python[\d.]*", name) else name


def find_shell(words: Sequence[str]) -> Shell | None:
    """The first shell of a command line, wherever it stands: behind `env`, `timeout 5`, `kubectl exec web --`."""
    for position, word in enumerate(words):
        name = program(word)
        if name in SHELLS:
            return Shell(position, _script(words, position + 1), tuple(words))
        if name in _WINDOWS_SHELLS:
            # All that follows is the script, in one way or another.
            return Shell(position, position + 1 if position + 1 < len(words) else None)
    return None


def _script(words: Sequence[str], position: int) -> int | None:
    """The position of the script, for a shell whose options begin at `position`."""
    runs = False
    while position < len(words):
        word = words[position]
        if word == "--" or len(word) < 2 or word[0] not in "-+":
            position += word in ("-", "--")
            break
        if not word.startswith("--"):
            runs = runs or (word[0] == "-" and "c" in word)
            # `-o pipefail`, also within `-euo pipefail`.
            position += word[-1] in "oO"
        elif word in ("--rcfile", "--init-file"):
            position += 1
        position += 1
    return position if runs and position < len(words) else None


def runs_alone(shell: Shell) -> bool:
    """Whether a shell is given nothing to run but what its input holds."""
    return shell.script is None and all(word[:1] in ("-", "+") for word in shell.words[shell.at + 1 :])


def literal(words: Sequence[str]) -> Iterator[int]:
    """The positions of the words that reach a program as they stand, and that it reads as plain values.

    The script of a shell is not among them, nor what follows it; nor is code in another language.
    """
    shell = find_shell(words)
    end = len(words)
    if shell is not None and (shell.script is not None or runs_alone(shell)):
        end = shell.at
    if end and program(words[0]) in _INTERPRETERS:
        return
    for position in range(end):
        if not position or words[position - 1] not in _CODE_OPTIONS:
            yield position


def references(text: str) -> list[str]:
    """The names that Kubernetes expands in a text, as often as they stand there: `NAME` for `$(NAME)`. `$$(NAME)` is none.

    Source: k8s.io/kubernetes/third_party/forked/golang/expansion/expand.go.
    """
    return [name for name in re.findall(r"\$\$|\$\(([^)]*)\)", text) if name] if "$(" in text else []


_QUOTED = r"'[^']*'|\"((?:[^\"\\]|\\.)*)\""
_SYNTAX = r"[|&;<>`\n*]|\$(?!\([A-Z_][A-Z0-9_]*\))"


def needs_shell(text: str) -> bool:
    """Whether a command written as one string does more than to name a program and its arguments.

    >>> needs_shell("nginx -g 'daemon off;'"), needs_shell("cd /app && ./run"), needs_shell('echo "$HOME"')
    (False, True, True)
    """
    kept = lambda quoted: "".join(found for found in quoted[1] or "" if found in "$`")  # noqa: E731
    return re.search(_SYNTAX, re.sub(_QUOTED, kept, text.strip(), flags=re.DOTALL)) is not None


# Programs that people reach for in a line for a shell, and that no other language has for words.
_COMMANDS = frozenset(
    "cat cd chmod chown cp curl date dirname basename echo env exec export find getent grep head hostname id ip ls mkdir "  # noqa: SIM905
    "mv nproc printenv printf ps pwd rm sed seq sleep sort source tail tee test touch tr uname wc wget whoami".split()
)


def is_command(word: str) -> bool:
    """Whether a word is a program that people reach for in a line for a shell, and nothing else: `date`, `hostname`."""
    return word in _COMMANDS


_FILE_PROGRAMS = frozenset(
    (
        "cat",
        "chmod",
        "chown",
        "cp",
        "du",
        "head",
        "ln",
        "ls",
        "mkdir",
        "mv",
        "rm",
        "source",
        "stat",
        "tail",
        "touch",
        "wc",
    )
)
_DELIMITED = frozenset(("[", "column", "cut", "expr", "join", "paste", "sort", "test", "tr"))
_OPERATORS = frozenset(("|", ";", "&", ">", ">>", "<", "<<"))
_REDIRECTION = r"\d?>>?&\d|(?:\d|&)>>?.*|>>?[/.][^<>]*|<[/.][^<>]*"


class Syntax(NamedTuple):
    """What only a shell would understand: the position of its word, the part of the word, and what it fails to do without one."""

    at: int
    text: str
    lacks: str


def syntax(words: Sequence[str]) -> Iterator[Syntax]:
    """Shell syntax in a command line that no shell reads.

    Much that looks like it is data: patterns, URLs, queries, separators. What is found here is none of that, as far as can be told.
    """
    if not words:
        return
    name = program(words[0])
    if name in _INTERPRETERS and name not in _RELAYS:
        # Code has operators as well, but hardly as words of their own: `redis-cli ping | grep PONG`.
        for at, word in enumerate(words):
            piped = word == "|" and not words[at - 1].startswith("-") and (*words, "")[at + 1] in _COMMANDS
            if piped or word in ("&&", "||"):
                yield Syntax(at, word, "joins no commands")
        return
    for at in literal(words):
        word = words[at]
        before = words[at - 1] if at else ""
        if at and word in ("&&", "||"):
            yield Syntax(at, word, "joins no commands")
        elif at and (word in _OPERATORS or re.fullmatch(_REDIRECTION, word)):
            # `--separator ;` is data.
            if name not in _DELIMITED and not before.startswith("--"):
                yield Syntax(at, word, "joins no commands" if word in ("|", ";", "&") else "redirects nothing")
        else:
            yield from _within(at, word, name)


def _within(at: int, word: str, name: str) -> Iterator[Syntax]:
    for text, command, back in re.findall(r"(\$\(\s*([^()\s]+)[^()]*\)|`\s*([^`\s]+)[^`]*`)", word):
        ran = command or back
        # `$(NAME)` alone is a reference that Kubernetes expands.
        if ran.rpartition("/")[2] in _COMMANDS or (
            command and len(text.split()) > 1 and re.fullmatch(r"[\w./-]+", command)
        ):
            yield Syntax(at, text, "runs nothing")
    joined = re.search(r"\s(&&|\|\||;|\|)\s+(\S+)", word) if at else None
    if joined and (joined[2] in _COMMANDS or joined[2].startswith(("./", "/"))):
        yield Syntax(at, joined[1], "joins no commands")
    if word.startswith("~/") and (not at or name in _FILE_PROGRAMS):
        yield Syntax(at, "~", "is nobody's home")
    elif at and name in _FILE_PROGRAMS and not word.startswith("-") and re.search(r"[*?]", word):
        yield Syntax(at, word, "matches no files")


def split(text: str) -> list[str] | None:
    """The words of a command written as one string, as a program would get them; None where they cannot be told.

    >>> split("/bin/sh -c 'sleep 5; nginx'")
    ['/bin/sh', '-c', 'sleep 5; nginx']
    >>> split("cd /app && ./run")
    ['/bin/sh', '-c', 'cd /app && ./run']
    """
    text = text.strip()
    given = re.match(r"(\S+)\s+(-[a-z]*c)\s+(.+)", text, re.DOTALL)
    if given and program(given[1]) in SHELLS:
        script = _words(given[3])
        return [given[1], given[2], script[0] if script and len(script) == 1 else given[3]]
    if needs_shell(text):
        return ["/bin/sh", "-c", text]
    return _words(text)


def _words(text: str) -> list[str] | None:
    import shlex

    try:
        return shlex.split(text) or None
    except ValueError:
        return None
