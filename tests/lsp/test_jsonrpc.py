"""The base protocol: how messages are cut out of what comes in, and what is said of those that cannot be answered."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, TypeAlias

import pytest

from k8slint.lsp.jsonrpc import Connection, Failure, Frames, Garbage, Request

from .strict import check

Json: TypeAlias = Any


def framed(body: Json, headers: str = "", encoding: str = "utf-8") -> bytes:
    data = json.dumps(body, ensure_ascii=False).encode(encoding) if not isinstance(body, bytes) else body
    return f"{headers}Content-Length: {len(data)}\r\n\r\n".encode() + data


def said(method: str, **message: Json) -> bytes:
    return framed({"jsonrpc": "2.0", "method": method, **message})


# ---------------------------------------------------------------------------------------------------- cutting


TEXTS = ["{}", '{"a": "\u00e4\u20ac\U0001f600"}', "", "x" * 300, "Content-Length: 3\r\n\r\nabc"]
STREAM = b"".join(framed(text.encode(), "Content-Type: a/b; charset=utf-8\r\n" * (len(text) % 2)) for text in TEXTS)


def texts(frames: Frames, *chunks: bytes) -> list[str]:
    return [body.data.decode() for chunk in chunks for body in frames.feed(chunk)]


def test_messages_that_come_in_two_pieces() -> None:
    for at in range(len(STREAM) + 1):
        frames = Frames()
        assert texts(frames, STREAM[:at], STREAM[at:]) == TEXTS, at
        assert frames.empty


def test_messages_that_come_byte_by_byte_or_all_at_once() -> None:
    assert texts(Frames(), STREAM) == TEXTS
    assert texts(Frames(), *(STREAM[at : at + 1] for at in range(len(STREAM)))) == TEXTS


def test_a_message_is_there_with_its_last_byte() -> None:
    frames = Frames()
    whole = framed("\u00e4".encode())
    assert texts(frames, whole[:-1]) == []
    assert not frames.empty
    assert texts(frames, whole[-1:]) == ["\u00e4"]
    assert frames.empty


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("CONTENT-LENGTH: 2\r\n", "utf-8"),
        ("content-length:2\r\n", "utf-8"),
        ("Content-Length:  2 \r\n", "utf-8"),
        ("Content-Length: 2\n", "utf-8"),
        ("X-Unknown: 7\r\nContent-Length: 2\r\n", "utf-8"),
        ("Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n", "utf8"),
        ('Content-Type: text/x; charset = "UTF-16"; q=1\r\nContent-Length: 2\r\n', "UTF-16"),
        ("Content-Type: application/json\r\nContent-Length: 2\r\n", "utf-8"),
    ],
)
def test_headers(header: str, charset: str) -> None:
    [body] = Frames().feed(header.encode() + b"\r\n{}")
    assert body == (b"{}", charset)


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\n",
        b"\r\n",
        b"\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"Content-Length: x\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 1.5\r\n",
        b"Content-Length: 1_0\r\n",
        b"Content-Length: \r\n",
        b"Content-Length: \xd9\xa3\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Content-Length: 2000000000\r\n",
        b"Content-Type: a/b\r\n\r\n",
        b": 3\r\n",
        b"\x00\x01\x02\xff" * 5000,
        b'{"jsonrpc": "2.0"}\n',
    ],
)
def test_garbage_is_no_message(garbage: bytes) -> None:
    frames = Frames()
    found = frames.feed(framed(b"{}") + garbage)
    assert next(found).data == b"{}"
    with pytest.raises(Garbage):
        next(found)


# ---------------------------------------------------------------------------------------------------- talking


class Talk:
    """A connection in a thread of its own, and the other end of it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Json]] = []
        self.asked: dict[str, Request] = {}
        self.lock = threading.RLock()
        there, self._out = os.pipe()
        self._in, back = os.pipe()
        requests: dict[str, Callable[[Request], None]] = {
            "initialize": lambda request: request.answer({"capabilities": {}}),
            "echo": lambda request: request.answer(request.params),
            "later": lambda request: self.asked.__setitem__(str(request.id), request),
            "wrong": self._wrong,
            "refused": self._refused,
        }
        notifications: dict[str, Callable[[Json], None]] = {
            "say": lambda params: self.heard.append(("say", params)),
            "wrong": self._wrong,
            "refused": self._refused,
        }
        self.connection = Connection(there, back, requests, notifications, self.lock)
        self.status: int | None = None
        self._frames = Frames()
        self._bodies: list[Json] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self.status = self.connection.run()

    def _wrong(self, what: object) -> None:
        raise ZeroDivisionError("by zero")

    def _refused(self, what: object) -> None:
        raise Failure(-32602, "params.x is to be a string")

    def write(self, *chunks: bytes) -> None:
        os.write(self._out, b"".join(chunks))

    def read(self) -> Json:
        while not self._bodies:
            self._bodies += [json.loads(body.data) for body in self._frames.feed(os.read(self._in, 2**16))]
        message = self._bodies.pop(0)
        check(message, {id: "shutdown" for id in (message.get("id"),) if message.get("result", 0) is None})
        return message

    def ask(self, method: str, id: Json = 1, **message: Json) -> Json:
        self.write(said(method, id=id, **message))
        return self.read_any()

    def read_any(self) -> Json:
        """A message whose result may be anything."""
        while not self._bodies:
            self._bodies += [json.loads(body.data) for body in self._frames.feed(os.read(self._in, 2**16))]
        return self._bodies.pop(0)

    def error(self) -> tuple[int, Json]:
        """Code and id of the error that comes."""
        message = self.read_any()
        if message["id"] is not None:
            check(message, {message["id"]: "echo"})
        else:
            check(message, {})
        return message["error"]["code"], message["id"]

    def end(self) -> int | None:
        """The exit status after the input has ended."""
        if self._out >= 0:
            os.close(self._out)
            self._out = -1
        self._thread.join(10)
        return self.status

    def close(self) -> None:
        self.end()
        os.close(self._in)


@pytest.fixture
def fresh() -> Iterator[Talk]:
    talk = Talk()
    yield talk
    talk.close()


@pytest.fixture
def talk(fresh: Talk) -> Talk:
    assert fresh.ask("initialize", "first")["result"] == {"capabilities": {}}
    return fresh


def test_requests_are_answered_and_notifications_heard(talk: Talk) -> None:
    assert talk.ask("echo", params={"a": "\u00e4\U0001f600"}) == {
        "jsonrpc": "2.0",
        "id": 1,
        "result": {"a": "\u00e4\U0001f600"},
    }
    assert talk.ask("echo", "seven", params=None) == {"jsonrpc": "2.0", "id": "seven", "result": None}
    talk.write(said("say", params=[1]), said("say"), said("echo", id=2))
    assert talk.read_any()["id"] == 2
    assert talk.heard == [("say", [1]), ("say", None)]
    assert talk.end() == 0


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_the_charset_that_a_header_names(talk: Talk, charset: str) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "echo", "params": ["\u00e4"]}
    talk.write(framed(message, f"Content-Type: application/vscode-jsonrpc; charset={charset}\r\n", charset))
    assert talk.read_any()["result"] == ["\u00e4"]


def test_half_a_character_comes_and_goes(talk: Talk) -> None:
    talk.write(framed(b'{"jsonrpc": "2.0", "id": 1, "method": "echo", "params": ["\\ud83d"]}'))
    assert talk.read_any()["result"] == ["\ud83d"]


@pytest.mark.parametrize(
    ("body", "code", "id"),
    [
        (b"", -32700, None),
        (b"{", -32700, None),
        (b"{'a': 1}", -32700, None),
        (b"\xff\xfe\xfd", -32700, None),
        (b"[" * 100_000, -32700, None),
        (b"[]", -32600, None),
        (b'[{"jsonrpc": "2.0", "id": 1, "method": "echo"}]', -32600, None),
        (b"7", -32600, None),
        (b"null", -32600, None),
        (b"{}", -32600, None),
        (b'{"jsonrpc": "2.0"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 3}', -32600, 3),
        (b'{"jsonrpc": "2.0", "id": 3, "method": 4}', -32600, 3),
        (b'{"jsonrpc": "1.0", "id": 3, "method": "echo"}', -32600, 3),
        (b'{"id": "x", "method": "echo"}', -32600, "x"),
        (b'{"jsonrpc": "2.0", "id": null, "method": "echo"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": true, "method": "echo"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": [1], "method": "echo"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 1.5, "method": "echo"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 3, "method": "nothing"}', -32601, 3),
        (b'{"jsonrpc": "2.0", "id": 3, "method": "$/nothing"}', -32601, 3),
        (b'{"jsonrpc": "2.0", "id": 3, "method": "say"}', -32601, 3),
        (b'{"jsonrpc": "2.0", "id": 3, "method": "initialize"}', -32600, 3),
        (b'{"jsonrpc": "2.0", "id": 3, "method": "refused"}', -32602, 3),
        (b'{"jsonrpc": "2.0", "id": 3, "method": "wrong"}', -32603, 3),
    ],
)
def test_what_cannot_be_answered(talk: Talk, body: bytes, code: int, id: Json) -> None:
    talk.write(framed(body))
    assert talk.error() == (code, id)
    # It goes on.
    assert talk.ask("echo", params=[1])["result"] == [1]


def test_a_charset_that_nobody_knows(talk: Talk) -> None:
    talk.write(framed({"jsonrpc": "2.0", "id": 1, "method": "echo"}, "Content-Type: a/b; charset=klingon\r\n"))
    assert talk.error() == (-32700, None)
    assert talk.ask("echo", params=[1])["result"] == [1]


def test_an_error_of_its_own_is_one_sentence_and_a_trace_in_the_log(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    message = talk.ask("wrong")["error"]["message"]
    assert message == "wrong failed, which is a bug in k8slint or in a plugin: ZeroDivisionError: by zero"
    talk.write(said("wrong"), said("refused"), said("nothing"), said("$/nothing"))
    assert talk.ask("echo", params=[1])["result"] == [1]
    logged = capsys.readouterr().err
    assert logged.count("Traceback") == 2
    assert "refused cannot be understood: params.x is to be a string" in logged
    assert "nothing" not in logged


def test_nothing_comes_before_initialize(fresh: Talk) -> None:
    assert fresh.ask("echo")["error"]["code"] == -32002
    assert fresh.ask("shutdown")["error"]["code"] == -32002
    fresh.write(said("say"))
    assert "result" in fresh.ask("initialize")
    assert fresh.heard == []


def test_nothing_comes_after_shutdown_but_exit(talk: Talk) -> None:
    assert talk.ask("shutdown") == {"jsonrpc": "2.0", "id": 1, "result": None}
    for method in ("echo", "initialize", "shutdown", "nothing"):
        assert talk.ask(method)["error"]["code"] == -32600
    talk.write(said("say"), said("exit"), said("echo", id=5))
    assert talk.end() == 0
    assert talk.heard == []


def test_exit_without_shutdown_is_a_failure(talk: Talk) -> None:
    talk.write(said("exit"))
    assert talk.end() == 1


def test_exit_may_come_first(fresh: Talk) -> None:
    fresh.write(said("exit"))
    assert fresh.end() == 1


def test_cancelling(talk: Talk) -> None:
    for id in (7, "x"):
        talk.write(said("later", id=id), said("$/cancelRequest", params={"id": id}))
        assert talk.error() == (-32800, id)
        request = talk.asked[str(id)]
        assert request.done
        # Too late.
        request.answer([])
        request.fail(ValueError("late"))
        talk.write(said("$/cancelRequest", params={"id": id}))
    strange: list[Json] = [{"id": 99}, {"id": [1]}, {}, [], None]
    for params in strange:
        talk.write(said("$/cancelRequest", params=params))
    assert talk.ask("echo", params=[1]) == {"jsonrpc": "2.0", "id": 1, "result": [1]}


def test_what_is_open_at_shutdown_is_cancelled(talk: Talk) -> None:
    talk.write(said("later", id=7), said("shutdown", id=8))
    assert talk.error() == (-32800, 7)
    assert talk.read()["id"] == 8


def test_another_thread_answers(talk: Talk) -> None:
    talk.write(said("later", id=7), said("echo", id=8, params=[1]))
    assert talk.read_any()["id"] == 8
    threading.Thread(target=talk.asked["7"].answer, args=[{"a": 1}]).start()
    assert talk.read_any() == {"jsonrpc": "2.0", "id": 7, "result": {"a": 1}}


def test_asking_the_editor(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        talk.connection.request("workspace/diagnostic/refresh")
    one, two = talk.read(), talk.read()
    assert one["id"] != two["id"]
    talk.write(framed({"jsonrpc": "2.0", "id": one["id"], "result": None}))
    talk.write(framed({"jsonrpc": "2.0", "id": two["id"], "error": {"code": -32601, "message": "no refresh here"}}))
    # Answers to what nobody has asked, and to what nobody could read.
    talk.write(framed({"jsonrpc": "2.0", "id": 99, "result": 1}), framed({"jsonrpc": "2.0", "id": None, "error": {}}))
    assert talk.ask("echo", params=[1])["result"] == [1]
    assert capsys.readouterr().err == "k8slint: the editor could not do workspace/diagnostic/refresh: no refresh here\n"


def test_what_comes_together_is_handed_over_together(talk: Talk) -> None:
    with talk.lock:
        talk.write(*(said("say", params=[number]) for number in range(50)))
        talk.write(said("echo", id=1))
        assert talk.heard == []
    talk.read_any()
    assert [params for _, params in talk.heard] == [[number] for number in range(50)]


def test_garbage_ends_it(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.write(said("echo", id=1), b"garbage\n")
    assert talk.read_any()["id"] == 1
    assert talk.end() == 1
    assert capsys.readouterr().err == (
        "k8slint: standard input is not what an editor says: 'garbage' is no header of a message\n"
    )


def test_input_that_ends_within_a_message(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.write(said("echo", id=1)[:-5])
    assert talk.end() == 1
    assert "the input ends within a message" in capsys.readouterr().err


def test_an_editor_that_does_not_listen_any_more() -> None:
    there, out = os.pipe()
    listening, back = os.pipe()
    os.close(listening)
    connection = Connection(there, back, {"initialize": lambda request: request.answer({})}, {}, nullcontext())
    os.write(out, said("initialize", id=1))
    assert connection.run() == 0
    for descriptor in (there, out, back):
        os.close(descriptor)


# ---------------------------------------------------------------------------------------------------- the check itself


PLACE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
PUBLISHED = {
    "jsonrpc": "2.0",
    "method": "textDocument/publishDiagnostics",
    "params": {"uri": "file:///x", "version": 1, "diagnostics": [{"range": PLACE, "message": "m", "severity": 1}]},
}


@pytest.mark.parametrize(
    "slip",
    [
        lambda message: message.update(methode="x"),
        lambda message: message.pop("jsonrpc"),
        lambda message: message.update(method="textDocument/publishDiagnostic"),
        lambda message: message["params"].pop("uri"),
        lambda message: message["params"].update(version="1"),
        lambda message: message["params"].update(varsion=1),
        lambda message: message["params"]["diagnostics"][0].pop("message"),
        lambda message: message["params"]["diagnostics"][0].update(severity=9),
        lambda message: message["params"]["diagnostics"][0].update(code_description={"href": "x"}),
        lambda message: message["params"]["diagnostics"][0].update(codeDescription="x"),
        lambda message: message["params"]["diagnostics"][0]["range"]["start"].update(line=True),
        lambda message: message["params"]["diagnostics"][0]["range"]["start"].pop("line"),
        lambda message: message["params"]["diagnostics"][0].update(tags=["unused"]),
    ],
)
def test_a_slip_does_not_pass_the_check(slip: Callable[[Json], object]) -> None:
    message = json.loads(json.dumps(PUBLISHED))
    check(message, {})
    slip(message)
    # Whatever lsprotocol or the comparison says to it.
    with pytest.raises(Exception):  # noqa: B017, PT011
        check(message, {})
