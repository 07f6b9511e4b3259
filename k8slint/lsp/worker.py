"""The thread that looks at texts, so that the one that talks to the editor never waits.

What the editor says comes in at once (`change`, `ask`, `disk`), and is taken in the order of what it is needed for: the file that was changed last, then
requests, then other open files whose findings may be others now, then what can wait. A newer text takes the place of one that has not been looked at,
and ends what is being made of an older one.
"""

from __future__ import annotations

import gc
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from k8slint.lsp.workspace import Superseded, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from k8slint.finding import Finding


QUIET = 0.03
"""Seconds without a word from the editor after which what can wait is done."""


class Buffer(NamedTuple):
    """A text that an editor has, by its number there."""

    text: str
    version: int | None


class Question(NamedTuple):
    """Something to find out with the workspace, and who is told: what it is, or why nobody can say."""

    find: Callable[[Workspace], Any]
    answer: Callable[[Any], None]
    refuse: Callable[[Exception], None]


class Worker(threading.Thread):
    """Owns the workspace; only this thread touches it."""

    def __init__(
        self,
        make: Callable[[], Workspace],
        deliver: Callable[[Workspace, str, Buffer, list[Finding]], None],
        failed: Callable[[str, Exception], None],
        settled: Callable[[Workspace], None],
    ) -> None:
        """All four are called in this thread.

        `make` makes the workspace. `deliver` gets the findings of an open file when they are new; `failed` a sentence on what went wrong, and the
        error. `settled` is called when configs have been read.
        """
        super().__init__(name="k8slint", daemon=True)
        self._make = make
        self._deliver = deliver
        self._failed = failed
        self._settled = settled
        self._news = threading.Condition()
        self.together = self._news
        """Held while things are said that have come together: of what is said then, the last is known before the first is looked at."""
        self._changes: dict[str, Buffer | None] = {}
        self._disk: set[str] = set()
        self._asked: deque[Question] = deque()
        self._commands: deque[Callable[[Workspace], Any]] = deque()
        self._ended = False
        # From here on in the thread only.
        self.buffers: dict[str, Buffer] = {}
        self._due: dict[str, None] = {}
        self._told: dict[str, list[Finding]] = {}
        self._version_told: dict[str, int | None] = {}
        self._stale: dict[str, None] = {}
        self._rescan = False
        self._complained: set[str] = set()
        self._unasked: set[str] = set()
        """Files that were changed, of an editor that asks by itself."""
        self.eager = True
        """Whether findings are delivered unasked."""

    # ---- from other threads

    def change(self, path: str, buffer: Buffer | None) -> None:
        """A file has another text in the editor; None for one that was closed."""
        with self._news:
            self._changes.pop(path, None)
            self._changes[path] = buffer
            self._news.notify()

    def disk(self, paths: Iterable[str]) -> None:
        """Files may have changed on disk; none means that nobody knows which."""
        with self._news:
            self._disk.update(paths)
            self._news.notify()

    def ask(self, question: Question) -> None:
        """Finds something out, when the newest texts have been taken in."""
        with self._news:
            self._asked.append(question)
            self._news.notify()

    def tell(self, command: Callable[[Workspace], Any]) -> None:
        """Calls something that changes the workspace, before all else."""
        with self._news:
            self._commands.append(command)
            self._news.notify()

    def end(self) -> None:
        """Lets the thread end soon."""
        with self._news:
            self._ended = True
            self._news.notify()

    # ---- in the thread

    def run(self) -> None:
        """Works until `end` is called."""
        # Nodes hold each other, so they are garbage only the collector takes away; it runs when there is nothing better to do.
        gc.disable()
        try:
            workspace = self._make()
        except Exception as error:  # noqa: BLE001 - whatever it is, the editor has to show it
            self._failed(f"k8slint cannot start: {error}", error)
            self._refuse_all(error)
            return
        more = True
        asked = False
        while True:
            with self._news:
                while not (asked or self._pending() or self._due or self._stale or self._rescan or more):
                    self._news.wait()
                if self._ended:
                    return
                changes, self._changes = self._changes, {}
                disk, self._disk = self._disk, set()
                commands, self._commands = self._commands, deque()
            try:
                if changes or disk or commands:
                    more = True
                    self._take_in(workspace, changes, disk, commands)
                if self._step(workspace):
                    asked = True
                    continue
                if asked:
                    # What can wait does, a moment: an editor that has said one thing often says another, and both threads share one interpreter.
                    asked = False
                    self._pause()
                elif self._rescan:
                    self._rescan = False
                    if workspace.rescan():
                        self._recheck()
                elif more:
                    more = workspace.work()
                    if not more:
                        # All has been read, and that may be seen in what was looked at before.
                        self._recheck()
            except Exception as error:  # noqa: BLE001 - one file that makes the engine fail must not end it for all
                more = False
                self._complain(error)

    def _refuse_all(self, error: Exception) -> None:
        """Leaves no question open where there is no workspace to answer it."""
        while True:
            with self._news:
                while not (self._asked or self._ended):
                    self._news.wait()
                if self._ended:
                    return
                question = self._asked.popleft()
            question.refuse(error)

    def _complain(self, error: Exception) -> None:
        sentence = f"k8slint failed, which is a bug in it or in a plugin: {type(error).__name__}: {error}"
        if sentence not in self._complained:
            # Once is enough: it may well happen at every keystroke.
            self._complained.add(sentence)
            self._failed(sentence, error)

    def _pause(self) -> None:
        with self._news:
            if not self._pending():
                self._news.wait(QUIET)

    def _pending(self) -> bool:
        return bool(self._changes or self._disk or self._asked or self._commands or self._ended)

    def _take_in(
        self,
        workspace: Workspace,
        changes: dict[str, Buffer | None],
        disk: set[str],
        commands: Iterable[Callable[[Workspace], Any]],
    ) -> None:
        for command in commands:
            command(workspace)
        for path, buffer in changes.items():
            if buffer is None:
                self.buffers.pop(path, None)
                self._told.pop(path, None)
                self._version_told.pop(path, None)
                self._due.pop(path, None)
                self._stale.pop(path, None)
                workspace.close(path)
            else:
                self.buffers[path] = buffer
                workspace.open(path, buffer.text)
                if not self.eager:
                    self._unasked.add(path)
                # The last one that was changed is the one that somebody looks at.
                self._due = {path: None, **self._due}
        if "" in disk:
            # To look at the whole tree takes a while, and what is open is more urgent.
            disk.discard("")
            self._rescan = True
        if disk and workspace.changed(disk):
            self._recheck()
        if changes or commands:
            self._recheck()
        if commands or disk or changes:
            self._settled(workspace)

    def _recheck(self) -> None:
        """All open files may have other findings now."""
        self._stale = {path: None for path in self.buffers if path not in self._due}

    def _step(self, workspace: Workspace) -> bool:
        """Does the one thing that is most wanted; False where nothing was."""
        question = None if self._due else self._question()
        if question is not None:
            self._answer(workspace, question)
            return True
        for waiting in (self._due, self._stale):
            path = next(iter(waiting), None)
            if path is not None:
                del waiting[path]
                if path in self.buffers:
                    self._look(workspace, path)
                return True
        return False

    def _answer(self, workspace: Workspace, question: Question) -> None:
        try:
            question.answer(question.find(workspace))
        except Superseded:
            # Whoever has asked wants to know it of the newer text.
            with self._news:
                self._asked.appendleft(question)
        except Exception as error:  # noqa: BLE001 - whoever has asked gets to know
            question.refuse(error)

    def _question(self) -> Question | None:
        """The first question; none while there are texts that were said before it and are not taken in."""
        with self._news:
            return self._asked.popleft() if self._asked and not (self._changes or self._commands) else None

    def _look(self, workspace: Workspace, path: str) -> None:
        buffer = self.buffers[path]
        try:
            findings = self.findings(workspace, path)
        except Superseded:
            return
        if path in self._unasked:
            # The editor will ask, and the answer is ready by then.
            return
        known = self._told.get(path)
        # The editor wants to hear of each text, and otherwise only of what has changed.
        if known is None or known != findings or buffer.version != self._version_told.get(path):
            self._told[path] = findings
            self._version_told[path] = buffer.version
            self._deliver(workspace, path, buffer, findings)

    def findings(self, workspace: Workspace, path: str) -> list[Finding]:
        """The findings in an open file. Raises Superseded when a newer text of it comes meanwhile."""
        workspace.wanted = lambda: path not in self._changes
        try:
            return workspace.findings(path)
        finally:
            workspace.wanted = lambda: True

    def told(self, path: str, findings: list[Finding]) -> None:
        """Notes what the editor has been told in answer to a question."""
        self._unasked.discard(path)
        self._told[path] = findings
