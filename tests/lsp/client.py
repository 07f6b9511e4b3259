"""An editor without a screen: starts the server, speaks to it over stdio, and keeps texts as the protocol says. It takes no message that is not as specified."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

from .strict import check

Json: TypeAlias = Any
PATIENCE = 20.0


def uri_of(path: Path | str) -> str:
    return "file://" + quote(str(path))


def shared(left: str, right: str) -> int:
    """How many characters two texts have in common at the beginning."""
    return next(
        (at for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), min(len(left), len(right))
    )


def path_of(uri: str) -> str:
    return unquote(uri.removeprefix("file://"))


class Client:
    """One editor, with folders open; a context manager that ends the server."""

    def __init__(
        self,
        *roots: Path,
        pull: bool = False,
        encoding: str = "",
        command: Sequence[str] = (sys.executable, "-m", "k8slint", "lsp"),
        editor: int | None = None,
        site: Path | None = None,
        root_uri: str | None = None,
        text: Json = None,
        **capabilities: Json,
    ) -> None:
        """`editor` is the process that the server may outlive by a moment only, this one where none is given; `site` a folder of installed packages; `capabilities`
        are those of the workspace, and `text` those of texts."""
        self.unit = {"utf-8": "utf-8", "utf-32": "utf-32-le"}.get(encoding, "utf-16-le")
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.published: dict[str, list[Json]] = {}
        """What was published for each uri, in order."""
        self.shown: list[str] = []
        self.refreshes = 0
        self.registered: list[Json] = []
        self._last_id = 0
        self._held: bytearray | None = None
        self._answers: dict[int, Json] = {}
        self._asked: dict[int | str, str] = {}
        self._messages: queue.Queue[Json] = queue.Queue()
        self.process = subprocess.Popen(
            command,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, (str(site or ""), os.environ.get("PYTHONPATH")))),
            },
            cwd=os.path.dirname(roots[0]) if roots else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        threading.Thread(target=self._read, daemon=True).start()
        self.errors = bytearray()
        threading.Thread(target=self._complain, daemon=True).start()
        space: Json = {
            "didChangeWatchedFiles": {"dynamicRegistration": True},
            "diagnostics": {"refreshSupport": True},
            "workspaceEdit": {"documentChanges": True},
        } | capabilities
        text = {"publishDiagnostics": {"relatedInformation": True, "versionSupport": True}, **(text or {})}
        if pull:
            text["diagnostic"] = {}
        general = {"positionEncodings": [encoding]} if encoding else {}
        told = self.request(
            "initialize",
            {
                "processId": editor or os.getpid(),
                "rootUri": uri_of(roots[0]) if roots else root_uri,
                "workspaceFolders": [{"uri": uri_of(root), "name": root.name} for root in roots] or None,
                "capabilities": {"workspace": space, "textDocument": text, "general": general},
            },
        )
        self.capabilities, self.server = told["capabilities"], told["serverInfo"]
        self.notify("initialized", {})

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self.process.poll() is None:
                self.request("shutdown", None)
                self.notify("exit", None)
                assert self.process.wait(10) == 0
        finally:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                assert stream is not None
                stream.close()

    # ---- messages

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        try:
            while line := stream.readline():
                length = 0
                while line.strip():
                    name, _, value = line.decode().partition(":")
                    length = int(value) if name.lower() == "content-length" else length
                    line = stream.readline()
                self._messages.put(json.loads(stream.read(length)))
        except ValueError:
            # The stream was closed while this was reading.
            return

    def _complain(self) -> None:
        stream = self.process.stderr
        assert stream is not None
        try:
            while chunk := stream.read1(4096):  # type: ignore[attr-defined]
                self.errors += chunk
        except ValueError:
            return

    def send(self, body: Json) -> None:
        data = json.dumps({"jsonrpc": "2.0", **body}).encode()
        assert self.process.stdin is not None
        framed = b"Content-Length: %d\r\n\r\n%b" % (len(data), data)
        if self._held is not None:
            self._held += framed
            return
        self.process.stdin.write(framed)
        self.process.stdin.flush()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Sends what is said inside in one go."""
        self._held = held = bytearray()
        yield
        self._held = None
        assert self.process.stdin is not None
        self.process.stdin.write(held)
        self.process.stdin.flush()

    def notify(self, method: str, params: Json) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: Json) -> int:
        """Sends a request; returns its id."""
        self._last_id += 1
        self._asked[self._last_id] = method
        self.send({"id": self._last_id, "method": method, "params": params})
        return self._last_id

    def answer(self, asked: int) -> Json:
        """The response to a request, with a result or an error."""
        self.until(lambda: asked in self._answers, self._asked[asked])
        return self._answers.pop(asked)

    def request(self, method: str, params: Json) -> Json:
        answer = self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    def until(self, done: Any, what: str = "") -> None:
        """Takes messages in until something is so."""
        end = time.monotonic() + PATIENCE
        while not done():
            try:
                self._take(self._messages.get(timeout=max(end - time.monotonic(), 0)))
            except queue.Empty:
                raise AssertionError(f"never came: {what}; stderr: {self.errors.decode()}") from None

    def quiet(self, seconds: float) -> None:
        """Takes in what comes until nothing has for some time."""
        while True:
            try:
                self._take(self._messages.get(timeout=seconds))
            except queue.Empty:
                return

    def _take(self, message: Json) -> None:
        check(message, self._asked)
        method = message.get("method")
        if method is None:
            self._answers[message["id"]] = message
        elif "id" in message:
            self.refreshes += method == "workspace/diagnostic/refresh"
            if method == "client/registerCapability":
                self.registered += message["params"]["registrations"]
            self.send({"id": message["id"], "result": None})
        elif method == "textDocument/publishDiagnostics":
            self.published.setdefault(message["params"]["uri"], []).append(message["params"])
        elif method == "window/showMessage":
            self.shown.append(message["params"]["message"])

    # ---- texts

    def open(self, path: Path | str, text: str, language: str = "yaml") -> None:
        uri = str(path) if "://" in str(path) or str(path).startswith("untitled:") else uri_of(path)
        self.texts[uri], self.versions[uri] = text, 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, path: Path | str, text: str, *, whole: bool = False) -> None:
        """Gives a file another text: says only what is between what both have at the beginning and at the end."""
        uri = uri_of(path)
        old = self.texts[uri]
        change: Json = {"text": text}
        if not whole:
            head = shared(old, text)
            tail = shared(old[head:][::-1], text[head:][::-1])
            # Between the two halves of a line break there is no place.
            while head and old[head - 1] == "\r":
                head -= 1
            while tail and old[len(old) - tail] == "\n":
                tail -= 1
            span = {"start": self.place(old, head), "end": self.place(old, len(old) - tail)}
            change = {"range": span, "text": text[head : len(text) - tail]}
        self.versions[uri] += 1
        self.texts[uri] = text
        document = {"uri": uri, "version": self.versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def save(self, path: Path) -> None:
        path.write_text(self.texts[uri_of(path)], encoding="utf-8", newline="")
        self.notify("textDocument/didSave", {"textDocument": {"uri": uri_of(path)}})

    def close(self, path: Path) -> None:
        del self.texts[uri_of(path)], self.versions[uri_of(path)]
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri_of(path)}})

    def on_disk(self, *paths: Path) -> None:
        """Says that files have changed on disk."""
        changes = [{"uri": uri_of(path), "type": 2 if path.exists() else 3} for path in paths]
        self.notify("workspace/didChangeWatchedFiles", {"changes": changes})

    def place(self, text: str, offset: int) -> Json:
        start = text.rfind("\n", 0, offset) + 1
        size = {"utf-8": 1, "utf-16-le": 2, "utf-32-le": 4}[self.unit]
        return {"line": text.count("\n", 0, offset), "character": len(text[start:offset].encode(self.unit)) // size}

    def offset(self, text: str, place: Json) -> int:
        lines = text.split("\n")
        start = sum(len(line) + 1 for line in lines[: place["line"]])
        size = {"utf-8": 1, "utf-16-le": 2, "utf-32-le": 4}[self.unit]
        return start + len(lines[place["line"]].encode(self.unit)[: size * place["character"]].decode(self.unit))

    # ---- what is asked

    def diagnostics(self, path: Path | str) -> list[Json]:
        """What is published for the text that a file has now."""
        uri = str(path) if "://" in str(path) or str(path).startswith("untitled:") else uri_of(path)
        version = self.versions[uri]
        self.until(
            lambda: any(one.get("version") == version for one in self.published.get(uri, ())), f"{path} {version}"
        )
        found: list[Json] = self.published[uri][-1]["diagnostics"]
        return found

    def pull(self, path: Path, previous: str | None = None) -> Json:
        asked = {"textDocument": {"uri": uri_of(path)}, "previousResultId": previous}
        return self.request("textDocument/diagnostic", {key: value for key, value in asked.items() if value})

    def actions(self, path: Path, span: Json, *only: str) -> list[Json]:
        context: Json = {"diagnostics": []}
        if only:
            context["only"] = list(only)
        asked = {"textDocument": {"uri": uri_of(path)}, "range": span, "context": context}
        found: list[Json] = self.request("textDocument/codeAction", asked)
        return found

    def applied(self, action: Json) -> dict[str, str]:
        """The texts of the files that an action changes, by path."""
        new = {}
        edit = action["edit"] if "edit" in action else self.request("codeAction/resolve", action)["edit"]
        for change in edit["documentChanges"]:
            uri = change["textDocument"]["uri"]
            assert change["textDocument"]["version"] == self.versions.get(uri)
            text = self.texts[uri] if uri in self.texts else Path(path_of(uri)).read_text(encoding="utf-8")
            spans = [
                (self.offset(text, one["range"]["start"]), self.offset(text, one["range"]["end"]), one["newText"])
                for one in change["edits"]
            ]
            for start, end, put in sorted(spans, reverse=True):
                text = text[:start] + put + text[end:]
            new[path_of(uri)] = text
        return new
