"""The server as a process: how it ends, what it prints, and what it is made of."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from . import project
from .client import Client, uri_of

Json: TypeAlias = Any
COMMAND = (sys.executable, "-m", "k8slint", "lsp")


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    """A project in which nothing is wrong."""
    files = {name: project.FILES[name] for name in ("web.yaml", "ingress.yaml")}
    return project.write(tmp_path / "calm", {**files, ".k8slint.yaml": "extends: essential\n"})


def framed(*messages: Json) -> bytes:
    bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
    return b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies)


INITIALIZE: Json = {"id": 1, "method": "initialize", "params": {"capabilities": {}}}
SHUTDOWN: Json = {"id": 2, "method": "shutdown"}
EXIT: Json = {"method": "exit"}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (framed(INITIALIZE, SHUTDOWN, EXIT), 0),
        (framed(INITIALIZE, EXIT), 1),
        (framed(EXIT), 1),
        # Nobody is there any more.
        (framed(INITIALIZE), 0),
        (b"", 0),
    ],
)
@pytest.mark.parametrize("command", [COMMAND, (*COMMAND, "--stdio")])
def test_how_it_ends(said: bytes, status: int, command: tuple[str, ...]) -> None:
    ended = subprocess.run(command, input=said, capture_output=True, timeout=20, check=False)
    assert (ended.returncode, ended.stderr) == (status, b"")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (b"hello\n", "'hello' is no header of a message"),
        (framed(INITIALIZE) + b"Content-Length: many\r\n\r\n", "'many' is no length of a message"),
        (b"\r\n", "a message has no Content-Length"),
        (os.urandom(16).replace(b"\n", b"") * 1000, "is no header of a message"),
        (framed(INITIALIZE)[:-1], "the input ends within a message"),
    ],
)
def test_garbage_ends_it_with_a_sentence(said: bytes, sentence: str) -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(said)
        process.stdin.flush()
        if "ends" in sentence:
            process.stdin.close()
        # Otherwise it does not wait for the end of the input.
        assert process.wait(20) == 1
        [line] = process.stderr.read().decode().splitlines()
    assert line.startswith("k8slint: standard input is not what an editor says: ")
    assert line.endswith(sentence)


def test_it_ends_when_the_editor_hangs_up(calm: Path) -> None:
    client = Client(calm)
    client.open(calm / "web.yaml", project.WEB)
    client.diagnostics(calm / "web.yaml")
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.process.wait(10) == 0
    with client:
        assert not client.errors, client.errors.decode()


@pytest.mark.skipif(os.name != "posix", reason="there the end of the input has to do")
def test_it_ends_when_the_editor_is_gone_and_somebody_holds_its_input(calm: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as editor:
        client = Client(calm, editor=editor.pid)
        client.open(calm / "web.yaml", project.WEB)
        assert client.diagnostics(calm / "web.yaml") == []
        editor.kill()
    assert client.process.wait(20) == 1
    with client:
        assert not client.errors, client.errors.decode()


@pytest.mark.skipif(os.name != "posix", reason="there nobody looks")
def test_an_editor_that_was_never_seen_is_not_missed(calm: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as editor:
        pass
    with Client(calm, editor=editor.pid) as client:
        client.open(calm / "web.yaml", project.WEB)
        assert client.diagnostics(calm / "web.yaml") == []
        client.quiet(0.2)
        assert client.process.poll() is None


NOISY = """\
import os, subprocess, sys
from k8slint.api import Manifest, hookimpl, rule

print("when it is imported")

@rule(on=Manifest, since="1.0", preset="essential")
def noisy(manifest: Manifest):
    '''Says much.'''
    print("printed")
    sys.__stdout__.write("written\\n")
    sys.__stdout__.flush()
    os.write(1, b"below Python\\n")
    subprocess.run([sys.executable, "-c", "print('by a program'); print(repr(input()))"], check=False)
    yield manifest.node["kind"].problem("noise")

@hookimpl
def k8slint_rules():
    return [noisy]
"""


def test_what_a_plugin_prints_is_no_message(calm: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    metadata = {
        "noisy-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: noisy\nVersion: 1.0\n",
        "noisy-1.0.dist-info/entry_points.txt": "[k8slint]\nnoisy = noisy\n",
    }
    project.write(site, {**metadata, "noisy.py": NOISY})
    (calm / ".k8slint.yaml").write_text("extends: essential\nrules:\n  noisy: on\n")
    with Client(calm, site=site) as client:
        client.open(calm / "web.yaml", project.WEB)
        found = client.diagnostics(calm / "web.yaml")
        # The client has read all of it as messages.
        assert {one["code"] for one in found} == {"noisy"}
    logged = client.errors.decode()
    for line in ("when it is imported", "printed", "written", "below Python", "by a program", "EOFError"):
        assert line in logged


FAILING = """\
from k8slint.api import hookimpl

@hookimpl
def k8slint_rules():
    raise RuntimeError("no rules today")
"""


def test_a_server_that_cannot_start_leaves_no_question_open(calm: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    metadata = {
        "failing-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: failing\nVersion: 1.0\n",
        "failing-1.0.dist-info/entry_points.txt": "[k8slint]\nfailing = failing\n",
    }
    project.write(site, {**metadata, "failing.py": FAILING})
    with Client(calm, site=site, pull=True) as client:
        client.open(calm / "web.yaml", project.WEB)
        for _ in range(2):
            asked = client.ask("textDocument/diagnostic", {"textDocument": {"uri": uri_of(calm / "web.yaml")}})
            error = client.answer(asked)["error"]
            assert error["code"] == -32603
            assert "no rules today" in error["message"]
        [shown] = client.shown
        assert shown.startswith("k8slint cannot start: ")
        assert "no rules today" in shown


HEAVY = "pygls", "lsprotocol", "attrs", "cattrs", "asyncio", "click", "logging"


def test_it_is_made_of_little(calm: Path) -> None:
    """What takes long to import, and what is only there where somebody works on k8slint, is not needed."""
    code = (
        f"import sys, atexit\nheavy = {HEAVY!r}\n"
        "for name in heavy[:4]: sys.modules[name] = None\n"
        "atexit.register(lambda: print([name for name in heavy if sys.modules.get(name)], file=sys.stderr))\n"
        "sys.argv = ['k8slint', 'lsp']\nfrom k8slint.__main__ import main\nmain()"
    )
    with Client(calm, pull=True, command=(sys.executable, "-c", code)) as client:
        client.open(calm / "web.yaml", project.WEB.replace("replicas: 2", "replicas: x"))
        assert [one["code"] for one in client.pull(calm / "web.yaml")["items"]] == ["wrong-type"]
    assert client.errors.decode().strip() == "[]"


def test_a_client_that_somebody_else_has_made(calm: Path) -> None:
    """pygls', which takes what lsprotocol takes."""
    web = calm / "web.yaml"
    wrong = project.WEB.replace("replicas: 2", 'replicas: "2"')
    everywhere = types.Range(types.Position(0, 0), types.Position(99, 0))

    async def session() -> None:
        client = LanguageClient("editor", "1.0")
        published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

        def take(params: types.PublishDiagnosticsParams) -> None:
            published.put_nowait(params)

        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(take)

        await client.start_io(*COMMAND)
        told = await client.initialize_async(
            types.InitializeParams(capabilities=types.ClientCapabilities(), root_uri=uri_of(calm))
        )
        assert told.server_info is not None
        assert told.server_info.name == "k8slint"
        client.initialized(types.InitializedParams())
        item = types.TextDocumentItem(uri_of(web), "yaml", 1, wrong)
        client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        report = await asyncio.wait_for(published.get(), 20)
        [found] = report.diagnostics
        assert found.code == "wrong-type"
        assert found.severity is types.DiagnosticSeverity.Error
        document = types.TextDocumentIdentifier(uri_of(web))
        actions = await client.text_document_code_action_async(
            types.CodeActionParams(document, everywhere, types.CodeActionContext([], [types.CodeActionKind.QuickFix]))
        )
        assert actions is not None
        assert all(isinstance(action, types.CodeAction) for action in actions)
        hover = await client.text_document_hover_async(types.HoverParams(document, found.range.start))
        assert hover is not None
        assert hover.range == found.range
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()  # type: ignore[no-untyped-call]

    asyncio.run(session())
