"""The language server as an editor sees it, over stdio."""

from __future__ import annotations

import json
import os
import queue
import random
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from k8slint import __version__, apply, run
from k8slint.finding import Finding
from k8slint.lsp.jsonrpc import Frames, Request
from k8slint.lsp.server import Server
from k8slint.lsp.workspace import Workspace

from . import project
from .client import Client, Json, path_of, uri_of

SEVERITIES = {"error": 1, "warning": 2, "info": 3}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = project.write(tmp_path / "shop")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def calm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which nothing is wrong."""
    root = write_calm(tmp_path / "calm")
    monkeypatch.chdir(root)
    return root


def write_calm(root: Path) -> Path:
    files = {name: project.FILES[name] for name in ("web.yaml", "ingress.yaml")}
    return project.write(root, {**files, ".k8slint.yaml": "extends: essential\n"})


def as_diagnostics(client: Client, text: str, findings: list[Finding]) -> list[tuple[str, int, str, Json]]:
    """Rule, severity, message and range of findings as the protocol has them."""
    lines = text.split("\n")

    def place(line: int, column: int) -> Json:
        before = "\n".join(lines[: line - 1])
        return client.place(text, min(len(before) + (line > 1) + column - 1, len(text)))

    return [
        (
            finding.rule,
            SEVERITIES[finding.severity],
            finding.message,
            {"start": place(finding.line, finding.column), "end": place(finding.end_line, finding.end_column)},
        )
        for finding in findings
    ]


def shown(diagnostics: list[Json]) -> list[tuple[str, int, str, Json]]:
    found = [(one["code"], one["severity"], one["message"], one["range"]) for one in diagnostics]
    return [one for one in found if one[0] != "unchecked-kind"]


def compare(client: Client, root: Path, path: Path, why: object) -> None:
    if not path.exists():
        # A run looks for files on disk.
        path.write_text("", encoding="utf-8")
    texts = {path_of(uri): text for uri, text in client.texts.items() if Path(path_of(uri)).exists()}
    # Half a character is none that a file can hold.
    texts[str(path)] = texts[str(path)].replace("\ud83d", "\ufffd")
    expected = as_diagnostics(client, texts[str(path)], project.checked(root, texts).get(str(path), []))
    assert shown(client.diagnostics(path)) == expected, why


def test_typing_saving_and_closing(shop: Path) -> None:
    chance = random.Random(7)
    with Client(shop) as client:
        web, ingress = shop / "web.yaml", shop / "ingress.yaml"
        for path in (web, ingress):
            client.open(path, path.read_text(encoding="utf-8"))
        compare(client, shop, web, "as it was")
        for step in range(200):
            path = chance.choice((web, web, ingress))
            new = project.changed(client.texts[uri_of(path)], chance, project.FILES[path.name])
            client.change(path, new.replace("\r", ""), whole=not step % 9)
            if step % 8 == 0:
                compare(client, shop, path, step)
        client.save(web)
        compare(client, shop, web, "saved")
        client.change(web, project.WEB)
        client.close(web)
        client.until(lambda: client.published[uri_of(web)][-1]["diagnostics"] == [], "nothing for what is closed")
        # What was not saved is gone, and what counts is on disk.
        client.change(ingress, project.INGRESS)
        client.quiet(0.3)
        compare(client, shop, ingress, "beside what is on disk")
    assert not client.errors, client.errors.decode()


def test_another_open_file_hears_of_a_change(calm: Path) -> None:
    with Client(calm) as client:
        web, ingress = calm / "web.yaml", calm / "ingress.yaml"
        for path in (web, ingress):
            client.open(path, path.read_text(encoding="utf-8"))
        assert not shown(client.diagnostics(ingress))
        client.change(web, project.WEB.replace("    - name: http\n      port: 80", "    - name: web\n      port: 80"))
        client.until(lambda: client.published[uri_of(ingress)][-1]["diagnostics"], "a finding in the Ingress")
        [found] = client.diagnostics(ingress)
        assert found["code"] == "ingress-port-not-found"
        assert found["codeDescription"]["href"].endswith("/rules/ingress-port-not-found")
        places = [one["location"] for one in found["relatedInformation"]]
        assert [place["uri"] for place in places] == [uri_of(web)]


def test_a_burst_is_answered_once_for_the_last_text(calm: Path) -> None:
    with Client(calm) as client:
        web = calm / "web.yaml"
        client.open(web, project.WEB)
        client.diagnostics(web)
        with client.at_once():
            for number in range(500):
                client.change(web, project.WEB.replace("replicas: 2", f"replicas: {number}x"))
        [found] = shown(client.diagnostics(web))
        client.quiet(0.2)
        versions = [one["version"] for one in client.published[uri_of(web)]]
        assert found[0] == "wrong-type"
        assert "499x" in found[2]
        assert versions == sorted(versions)
        assert versions[-1] == 501
        assert len(versions) < 250


def test_of_changes_that_come_together_only_the_last_is_looked_at(calm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, where what comes together can be said."""
    web = calm / "web.yaml"
    looked: list[str] = []
    take_in = Workspace.open

    def opened(workspace: Workspace, path: str, text: str) -> None:
        looked.append(text)
        take_in(workspace, path, text)

    monkeypatch.setattr(Workspace, "open", opened)
    chunks: queue.Queue[bytes] = queue.Queue()
    there, back = os.pipe()
    server = Server(-1, back)
    monkeypatch.setattr(server.connection, "_read", chunks.get)
    thread = threading.Thread(target=server.run)
    thread.start()
    frames, answers = Frames(), list[Json]()

    def say(*messages: Json) -> None:
        bodies = (json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages)
        chunks.put(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies))

    def answer(asked: int) -> Json:
        while not answers or answers[-1].get("id") != asked:
            answers.extend(json.loads(body.data) for body in frames.feed(os.read(there, 2**16)))
        return answers[-1]["result"]

    document = {"uri": uri_of(web), "languageId": "yaml", "version": 0, "text": project.WEB}
    pulling: Json = {"textDocument": {"diagnostic": {}}}
    say(
        {"id": 1, "method": "initialize", "params": {"rootUri": uri_of(calm), "capabilities": pulling}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 2, "method": "textDocument/diagnostic", "params": {"textDocument": {"uri": uri_of(web)}}},
    )
    assert answer(2)["items"] == []
    changes = [
        {
            "method": "textDocument/didChange",
            "params": {
                "textDocument": {"uri": uri_of(web), "version": number},
                "contentChanges": [{"text": project.WEB.replace("replicas: 2", f"replicas: {number}x")}],
            },
        }
        for number in range(1, 501)
    ]
    say(*changes, {"id": 3, "method": "textDocument/diagnostic", "params": {"textDocument": {"uri": uri_of(web)}}})
    [found] = answer(3)["items"]
    assert "500x" in found["message"]
    assert [text.count("500x") for text in looked] == [0, 1]
    chunks.put(b"")
    thread.join(10)
    server.worker.join(10)
    assert not thread.is_alive()
    assert not server.worker.is_alive()
    os.close(there)
    os.close(back)


def test_what_it_can_do(calm: Path) -> None:
    with Client(calm) as client:
        assert client.server == {"name": "k8slint", "version": __version__}
        assert client.capabilities == {
            "positionEncoding": "utf-16",
            "textDocumentSync": {"openClose": True, "change": 2, "save": True},
            "hoverProvider": True,
            "codeActionProvider": {"codeActionKinds": ["quickfix", "source.fixAll.k8slint"], "resolveProvider": True},
            "diagnosticProvider": {
                "identifier": "k8slint",
                "interFileDependencies": True,
                "workspaceDiagnostics": False,
            },
            "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
        }


@pytest.mark.parametrize(
    ("general", "agreed"),
    [
        (None, "utf-16"),
        ({}, "utf-16"),
        ({"positionEncodings": []}, "utf-16"),
        ({"positionEncodings": ["ebcdic"]}, "utf-16"),
        ({"positionEncodings": ["ebcdic", "utf-32", "utf-8"]}, "utf-32"),
        ({"positionEncodings": ["utf-8", "utf-16"]}, "utf-8"),
        ({"positionEncodings": "utf-8"}, "utf-16"),
    ],
)
def test_the_encoding_is_the_one_that_the_editor_likes_best(general: Json, agreed: str) -> None:
    there, back = os.pipe()
    server = Server(-1, back)
    server.worker.start = lambda: None  # type: ignore[method-assign]
    server._initialize(Request(server.connection, 1, "initialize", {"capabilities": {"general": general}}))
    [body] = Frames().feed(os.read(there, 2**16))
    assert json.loads(body.data)["result"]["capabilities"]["positionEncoding"] == server.encoding == agreed
    os.close(there)
    os.close(back)


DOCUMENT = {"textDocument": {"uri": "file:///a.yaml"}}


@pytest.mark.parametrize(
    ("method", "params", "lacks"),
    [
        ("textDocument/diagnostic", None, "params is to be an object"),
        ("textDocument/diagnostic", [], "params is to be an object"),
        ("textDocument/diagnostic", {}, "params.textDocument is to be an object"),
        ("textDocument/diagnostic", {"textDocument": {"uri": 7}}, "params.textDocument.uri is to be a string"),
        ("textDocument/hover", DOCUMENT, "params.position is to be an object"),
        (
            "textDocument/hover",
            {**DOCUMENT, "position": {"line": 1, "character": "x"}},
            "params.position.character is to be an integer",
        ),
        (
            "textDocument/codeAction",
            {**DOCUMENT, "range": {"start": {"line": 0, "character": 0}}, "context": {}},
            "params.range.end is to be an object",
        ),
        ("codeAction/resolve", "x", "params is to be an object"),
    ],
)
def test_requests_that_lack_something(server: Client, method: str, params: Json, lacks: str) -> None:
    answer = server.answer(server.ask(method, params))
    assert answer["error"] == {"code": -32602, "message": lacks}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One for those who leave it as it was."""
    with Client(write_calm(tmp_path_factory.mktemp("project") / "calm")) as client:
        yield client


def test_notifications_that_lack_something_are_passed_over(calm: Path) -> None:
    web = calm / "web.yaml"
    with Client(calm) as client:
        client.open(web, project.WEB)
        client.diagnostics(web)
        client.notify("textDocument/didOpen", {"textDocument": {"uri": uri_of(web)}})
        client.notify(
            "textDocument/didChange", {"textDocument": {"uri": uri_of(web), "version": 2}, "contentChanges": 7}
        )
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{}]})
        client.change(web, project.WEB.replace("replicas: 2", "replicas: x"))
        assert [one["code"] for one in client.diagnostics(web)] == ["wrong-type"]
    logged = client.errors.decode().splitlines()
    assert logged == [
        "k8slint: textDocument/didOpen cannot be understood: params.textDocument.text is to be a string",
        "k8slint: textDocument/didChange cannot be understood: params.contentChanges is to be a list",
        "k8slint: workspace/didChangeWatchedFiles cannot be understood: params.changes[0].uri is to be a string",
    ]


def test_a_request_that_is_cancelled(calm: Path) -> None:
    web = calm / "web.yaml"
    with Client(calm, pull=True) as client:
        client.open(web, project.WEB)
        asked = {"textDocument": {"uri": uri_of(web)}}
        with client.at_once():
            # One that nobody waits for any more when its turn comes, and one after it.
            first = client.ask("textDocument/diagnostic", asked)
            client.notify("$/cancelRequest", {"id": first})
            second = client.ask("textDocument/diagnostic", asked)
        assert client.answer(first)["error"]["code"] == -32800
        assert client.answer(second)["result"]["items"] == []
        # Too late.
        client.notify("$/cancelRequest", {"id": second})
        assert client.pull(web)["kind"] == "full"


def test_a_question_about_an_older_text_is_answered_for_the_newer_one(calm: Path) -> None:
    web = calm / "web.yaml"
    with Client(calm, pull=True) as client:
        client.open(web, project.WEB)
        client.pull(web)
        asked = []
        for number in range(50):
            client.change(web, project.WEB.replace("replicas: 2", f"replicas: {number}x"))
            asked.append(client.ask("textDocument/diagnostic", {"textDocument": {"uri": uri_of(web)}}))
        messages = [client.answer(one)["result"]["items"][0]["message"] for one in asked]
        numbers = [int(re.search(r"(\d+)x", message)[1]) for message in messages]  # type: ignore[index]
        assert all(number >= at for at, number in enumerate(numbers))
        assert numbers == sorted(numbers)
        assert numbers[-1] == 49


def test_an_action_comes_back_as_it_was_with_its_edit(calm: Path) -> None:
    web = calm / "web.yaml"
    resolving: Json = {"codeAction": {"resolveSupport": {"properties": ["edit"]}}}
    wrong = project.WEB.replace("replicas: 2", 'replicas: "2"').replace("port: 80", 'port: "80"')
    with Client(calm, text=resolving) as client:
        client.open(web, wrong)
        [action] = client.actions(web, everywhere(wrong), "source.fixAll")
        assert "edit" not in action
        resolved = client.request("codeAction/resolve", {**action, "disabled": {"reason": "none"}})
        edit = resolved.pop("edit")
        assert resolved == {**action, "disabled": {"reason": "none"}}
        assert client.applied({**action, "edit": edit})[str(web)] == project.WEB
        # Of a file that is not open, or of somebody else's.
        for other in ({"title": "x"}, {"title": "x", "data": 7}, {"title": "x", "data": {"uri": "file:///no.yaml"}}):
            assert client.request("codeAction/resolve", other) == other


def test_folders_come_and_go(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    # Without a config file or a repository, the folder that is open is the project.
    for root in (one, two):
        project.write(
            root, {"web.yaml": project.WEB, "sub/ingress.yaml": project.INGRESS.replace("name: http", "name: x")}
        )
    with Client(root_uri=uri_of(one)) as client:
        for root in (one, two):
            client.open(root / "sub" / "ingress.yaml", (root / "sub" / "ingress.yaml").read_text())

        def found(root: Path) -> bool:
            reports = client.published.get(uri_of(root / "sub" / "ingress.yaml"), [])
            return (
                any(one["code"] == "ingress-port-not-found" for one in reports[-1]["diagnostics"]) if reports else False
            )

        client.diagnostics(two / "sub" / "ingress.yaml")
        client.until(lambda: found(one), "a finding in the folder that was open from the start")
        assert not found(two)
        folder = {"uri": uri_of(two), "name": "two"}
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
        client.until(lambda: found(two), "a finding in the other")
        assert found(one)
        # Another name for the same one.
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": [folder]}})
        client.notify(
            "workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [{**folder, "uri": uri_of(one)}]}}
        )
        client.until(lambda: not found(one), "nothing where no folder is open")
        assert found(two)


@pytest.mark.parametrize("folders", [{"workspaceFolders": []}, {"workspaceFolders": None, "rootUri": None}])
def test_an_old_editor_that_names_a_path(tmp_path: Path, folders: Json) -> None:
    there, back = os.pipe()
    server = Server(-1, back)
    server.worker.start = lambda: None  # type: ignore[method-assign]
    params = {"rootPath": str(tmp_path), "capabilities": {}, **folders}
    server._initialize(Request(server.connection, 1, "initialize", params))
    assert server._roots() == [str(tmp_path)]
    os.close(there)
    os.close(back)


WRONG = """\
apiVersion: v1
kind: Service
metadata:
  name: "\U0001f600\U0001f600"  # \U0001f600
spec: {clusterip: None, ports: [{port: "80"}, {port: "81", name: second}]}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: "3"
"""


@pytest.mark.parametrize("encoding", ["", "utf-8", "utf-32"])
def test_places_are_counted_as_agreed(shop: Path, encoding: str) -> None:
    text = WRONG.replace("spec: {", 'spec: {"\U0001f600": 1, ')
    with Client(shop, encoding=encoding) as client:
        assert client.capabilities["positionEncoding"] == (encoding or "utf-16")
        path = shop / "smile.yaml"
        client.open(path, text)
        compare(client, shop, path, encoding)
        line = next(line for line in text.split("\n") if "clusterip" in line)
        at = line.index("clusterip")
        size = {"utf-8": at + 3, "utf-32": at}.get(encoding, at + 1)
        places = [found["range"]["start"]["character"] for found in client.diagnostics(path)]
        assert size in places
        # A change behind the characters that take two units.
        client.change(path, text.replace("clusterip", "clusterIP"))
        compare(client, shop, path, encoding)


def everywhere(text: str) -> Json:
    return {"start": {"line": 0, "character": 0}, "end": {"line": text.count("\n"), "character": 0}}


def test_actions_make_the_texts_they_promise(shop: Path) -> None:
    path = shop / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    with Client(shop) as client:
        client.open(path, WRONG)
        before = client.diagnostics(path)
        found = client.actions(path, everywhere(WRONG), "quickfix")
        by_title = {action["title"]: action for action in found}
        fixes = [action for action in found if action.get("isPreferred")]
        assert len(fixes) >= 3
        for title in [action["title"] for action in fixes]:
            found = client.actions(path, everywhere(WRONG), "quickfix")
            action = next(one for one in found if one["title"] == title)
            [diagnostic] = action["diagnostics"]
            client.change(path, client.applied(action)[str(path)])
            after = [(one["code"], one["message"]) for one in client.diagnostics(path)]
            assert (diagnostic["code"], diagnostic["message"]) not in after
            client.change(path, WRONG)
            assert len(client.diagnostics(path)) == len(before)

        def fixed(*rules: str) -> str:
            def lint(text: str) -> list[Finding]:
                options = run.CheckOptions(texts={"wrong.yaml": text})
                return [
                    one
                    for one in run.check(["."], options).findings
                    if one.path == "wrong.yaml" and (not rules or one.rule in rules)
                ]

            return apply.fix_file("wrong.yaml", WRONG, lint)[0]

        assert fixed() != fixed("wrong-type") != WRONG
        client.diagnostics(path)
        found = client.actions(path, everywhere(WRONG), "quickfix")
        by_title = {action["title"]: action for action in found}
        assert client.applied(by_title["Fix all wrong-type in this file"])[str(path)] == fixed("wrong-type")
        assert client.applied(by_title["Fix all in this file"])[str(path)] == fixed()
        for only in ("source.fixAll", "source.fixAll.k8slint"):
            [action] = client.actions(path, everywhere(WRONG), only)
            assert action["kind"] == "source.fixAll.k8slint"
            assert client.applied(action)[str(path)] == fixed()
        assert not client.actions(path, everywhere(WRONG), "source.organizeImports")


SUPPRESSIBLE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: "a long
    name"
spec:
  replicas: "3"
  selector:
    matchLabels: {app: web}  # k8slint: ignore[wrong-type]
  template:
    metadata:
      labels: {app: wep}
    spec:
      hostNetwork: "true"
      containers:
        - name: web
          image: |
            nginx
          command: [1]
"""


def test_suppressing_takes_one_finding_away_and_brings_none(shop: Path) -> None:
    path = shop / "suppressed.yaml"
    with Client(shop) as client:
        client.open(path, SUPPRESSIBLE)
        found = client.diagnostics(path)
        assert len(found) > 4
        suppressed = set()
        for diagnostic in found:
            offered = {one["title"]: one for one in client.actions(path, diagnostic["range"], "quickfix")}
            action = offered.get(f"Suppress {diagnostic['code']} here")
            if diagnostic["code"] == "unused-suppression":
                assert action is None, "no comment here can suppress that"
                continue
            assert action is not None, diagnostic
            text = client.applied(action)[str(path)]
            assert "k8slint: ignore[" in text
            client.change(path, text)
            left = [(one["code"], one["message"]) for one in client.diagnostics(path)]
            assert (diagnostic["code"], diagnostic["message"]) not in left
            suppressed.add(diagnostic["code"])
            assert {code for code, _ in left} <= {one["code"] for one in found}
            client.change(path, SUPPRESSIBLE)
            client.diagnostics(path)
        assert {"wrong-type", "invalid-name"} <= suppressed


def test_hover_shows_the_page_of_the_rule(calm: Path) -> None:
    path = calm / "web.yaml"
    with Client(calm) as client:
        client.open(path, project.WEB.replace("replicas: 2", 'replicas: "2"'))
        [found] = client.diagnostics(path)
        asked = {"textDocument": {"uri": uri_of(path)}, "position": found["range"]["start"]}
        hover = client.request("textDocument/hover", asked)
        assert hover["contents"]["kind"] == "markdown"
        assert hover["contents"]["value"].startswith("### wrong-type\n")
        assert "```yaml\n" in hover["contents"]["value"]
        assert hover["range"] == found["range"]
        asked["position"] = {"line": 0, "character": 0}
        assert client.request("textDocument/hover", asked) is None


def test_tags_of_what_is_not_needed_and_what_is_old(shop: Path) -> None:
    path = shop / "old.yaml"
    with Client(shop) as client:
        client.open(
            path,
            "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: web  # k8slint: ignore[wrong-type]\n"
            "spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}\n",
        )
        tags = {one["code"]: one.get("tags") for one in client.diagnostics(path)}
        assert tags["removed-api"] == [2]
        assert tags["unused-suppression"] == [1]


def test_pulling(calm: Path) -> None:
    web, ingress = calm / "web.yaml", calm / "ingress.yaml"
    with Client(calm, pull=True) as client:
        assert client.capabilities["diagnosticProvider"]["interFileDependencies"]
        client.open(web, project.WEB)
        client.open(ingress, project.INGRESS)
        first = client.pull(ingress)
        assert first["kind"] == "full"
        assert first["items"] == []
        assert client.pull(ingress, first["resultId"]) == {"kind": "unchanged", "resultId": first["resultId"]}
        client.pull(web)
        for number in range(20):
            wrong = project.WEB.replace("replicas: 2", f"replicas: {number}x")
            client.change(web, wrong)
            report = client.pull(web)
            assert [f"{number}x" in one["message"] for one in report["items"]] == [True], report
        client.change(
            web, project.WEB.replace("      port: 80", "      port: 81").replace("- name: http\n      port", "- port")
        )
        client.pull(web)
        client.until(lambda: client.refreshes, "a word that the other file's findings are others now")
        again = client.pull(ingress, first["resultId"])
        assert [one["code"] for one in again["items"]] == ["ingress-port-not-found"]
        client.quiet(0.3)
        assert not client.published


def test_files_change_on_disk(calm: Path) -> None:
    web, ingress = calm / "web.yaml", calm / "ingress.yaml"
    (calm / ".k8slint.yaml").write_text("extends: essential\nrules: {duplicate-resource: on}\n")
    with Client(calm) as client:
        client.open(ingress, project.INGRESS)
        assert not shown(client.diagnostics(ingress))
        client.until(lambda: client.registered, "a wish to hear of files")
        web.write_text(project.WEB.replace("    - name: http\n      port: 80", "    - name: web\n      port: 80"))
        client.on_disk(web)
        client.until(lambda: client.published[uri_of(ingress)][-1]["diagnostics"], "a finding")
        web.unlink()
        client.on_disk(web)
        client.until(lambda: not client.published[uri_of(ingress)][-1]["diagnostics"], "nothing")
        compare(client, calm, ingress, "deleted")
        (calm / "base").mkdir()
        (calm / "base" / "ingress.yaml").write_text(project.INGRESS)
        (calm / "base" / "kustomization.yaml").write_text("resources: [ingress.yaml, ../web.yaml]\n")
        (calm / "kustomization.yaml").write_text("resources: [ingress.yaml, base]\n")
        web.write_text(project.WEB)
        client.on_disk(calm / "base", calm / "kustomization.yaml", web)
        client.until(lambda: client.published[uri_of(ingress)][-1]["diagnostics"], "a duplicate")
        compare(client, calm, ingress, "a kustomization")


def test_an_editor_that_does_not_tell_of_files(calm: Path) -> None:
    web, ingress = calm / "web.yaml", calm / "ingress.yaml"
    with Client(calm, didChangeWatchedFiles={}) as client:
        client.open(ingress, project.INGRESS)
        assert not shown(client.diagnostics(ingress))
        client.quiet(0.2)
        web.write_text(project.WEB.replace("    - name: http\n      port: 80", "    - name: web\n      port: 80"))
        client.save(ingress)
        client.until(lambda: client.published[uri_of(ingress)][-1]["diagnostics"], "a finding")
        assert not client.registered


def test_the_config_changes(calm: Path) -> None:
    settings, web = calm / ".k8slint.yaml", calm / "web.yaml"
    wrong = project.WEB.replace("replicas: 2", 'replicas: "2"')
    with Client(calm) as client:
        client.open(web, wrong)
        assert [one[0] for one in shown(client.diagnostics(web))] == ["wrong-type"]

        def say(text: str) -> None:
            settings.write_text(text)
            client.on_disk(settings)

        say("extends: essential\nrules:\n  wrong-type: off\n")
        client.until(lambda: not client.published[uri_of(web)][-1]["diagnostics"], "nothing")
        say("extends: essential\nrules:\n  wrong-tipe: off\n")
        client.until(lambda: client.published.get(uri_of(settings)), "a complaint")
        [complaint] = client.published[uri_of(settings)][-1]["diagnostics"]
        assert "wrong-tipe" in complaint["message"]
        assert complaint["range"]["start"] == {"line": 2, "character": 2}
        client.until(lambda: client.shown, "a message")
        # The settings before go on.
        client.change(web, wrong + "\n")
        assert not shown(client.diagnostics(web))
        say("extends: essential\nrules:\n  wrong-type: warning\n")
        client.until(lambda: client.published[uri_of(web)][-1]["diagnostics"], "a finding")
        assert client.published[uri_of(web)][-1]["diagnostics"][0]["severity"] == 2
        client.until(lambda: not client.published[uri_of(settings)][-1]["diagnostics"], "no complaint")


def test_two_roots_are_two_projects(tmp_path: Path) -> None:
    one, two = write_calm(tmp_path / "one"), write_calm(tmp_path / "two")
    (two / ".k8slint.yaml").write_text("extends: essential\nrules:\n  wrong-type: off\n")
    wrong = project.WEB.replace("replicas: 2", 'replicas: "2"')
    with Client(one, two) as client:
        for root in (one, two):
            client.open(root / "web.yaml", wrong)
            client.open(root / "ingress.yaml", project.INGRESS)
        assert [found[0] for found in shown(client.diagnostics(one / "web.yaml"))] == ["wrong-type"]
        assert not shown(client.diagnostics(two / "web.yaml"))
        # What the one has does not help the other.
        client.change(
            two / "web.yaml", project.WEB.replace("- name: http\n      port: 80", "- name: other\n      port: 80")
        )
        client.until(lambda: client.published[uri_of(two / "ingress.yaml")][-1]["diagnostics"], "a finding")
        assert not shown(client.diagnostics(one / "ingress.yaml"))
        folder = {"uri": uri_of(two), "name": "two"}
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}})
        client.change(one / "web.yaml", project.WEB)
        assert not shown(client.diagnostics(one / "web.yaml"))


GARBAGE = [
    "",
    "\x00\x01\x02",
    "{" * 3000,
    "- " * 500 + "\n",
    "a: &a [*a, *a]\n",
    "\ud83d",
    "kind: [\n" * 200,
    "---\n" * 300,
    "apiVersion: v1\nkind: Service\nspec: !!binary x\n",
    "? {a: 1}\n: b\n",
    "kind: Service\r\rmetadata: x\r\n",
    "\ufeff\ufeffkind: x",
    "\u2028\u0085\x0capiVersion: v1\nkind: Pod\n",
]


def test_garbage_and_what_is_no_manifest(shop: Path) -> None:
    with Client(shop) as client:
        path = shop / "garbage.yaml"
        client.open(path, "")
        for text in GARBAGE:
            client.change(path, text, whole=True)
            if "\r" in text:
                # Columns here are counted from the line feed, and an editor's from any line break.
                client.diagnostics(path)
            else:
                compare(client, shop, path, text)
        client.open(shop / "values.yaml", "a: b\n")
        assert client.diagnostics(shop / "values.yaml") == []
        client.open(shop / "script.py", "import os\n", "python")
        client.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": "file:///nowhere.yaml", "version": 3}, "contentChanges": [{"text": "x"}]},
        )
        client.open("untitled:Untitled-1", WRONG)
        assert "wrong-type" in {one["code"] for one in client.diagnostics("untitled:Untitled-1")}
        client.open(shop / "last.yaml", WRONG)
        compare(client, shop, shop / "last.yaml", "it still works")
        assert uri_of(shop / "script.py") not in client.published
        assert not client.shown


def test_names_that_a_uri_writes_otherwise(tmp_path: Path) -> None:
    root = write_calm(tmp_path / "Läden & Söhne #1")
    with Client(root) as client:
        web, ingress = root / "web.yaml", root / "ingress.yaml"
        client.open(web, project.WEB.replace("- name: http\n      port: 80", "- name: other\n      port: 80"))
        client.open(ingress, project.INGRESS)
        [found] = client.diagnostics(ingress)
        assert [one["location"]["uri"] for one in found["relatedInformation"]] == [uri_of(web)]
        client.close(web)
        client.until(lambda: not client.published[uri_of(ingress)][-1]["diagnostics"], "what is on disk counts")
        # A place in a file that is not open.
        web.write_text(project.WEB.replace("- name: http\n      port: 80", "- name: other\n      port: 80"))
        client.on_disk(web)
        client.until(lambda: client.published[uri_of(ingress)][-1]["diagnostics"], "a finding")
        [found] = client.published[uri_of(ingress)][-1]["diagnostics"]
        assert [path_of(one["location"]["uri"]) for one in found["relatedInformation"]] == [str(web)]


def test_questions_that_nobody_can_answer(calm: Path) -> None:
    with Client(calm) as client:
        nowhere = {"textDocument": {"uri": "file:///nowhere.yaml"}, "position": {"line": 9, "character": 9}}
        assert client.request("textDocument/hover", nowhere) is None
        assert client.actions(calm / "nowhere.yaml", everywhere("")) == []
        assert client.pull(calm / "nowhere.yaml")["items"] == []
        client.open(calm / "web.yaml", project.WEB)
        far = {"start": {"line": 5000, "character": 7}, "end": {"line": 6000, "character": 0}}
        assert client.actions(calm / "web.yaml", far) == []
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        assert client.diagnostics(calm / "web.yaml") == []
