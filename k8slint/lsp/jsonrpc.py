"""JSON-RPC 2.0 as the Language Server Protocol has it: messages with a header each, over a pair of pipes.

One thread reads, and calls what is known by a message's method; any thread may write. Nothing here knows what the messages mean, but for those that every
server must understand: which may come before `initialize` and after `shutdown`, `exit`, and `$/cancelRequest`.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from k8slint.lsp.protocol import ResponseError

Json: TypeAlias = Any

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603
SERVER_NOT_INITIALIZED: Final = -32002
REQUEST_CANCELLED: Final = -32800

CHUNK: Final = 2**18
"""Bytes to read at once: more than a pipe holds, so that all there is comes together."""

LONGEST_LINE: Final = 2**13
LONGEST_BODY: Final = 2**30
"""What is longer, in bytes, is no message."""

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CHARSET = re.compile(rb"""charset\s*=\s*"?([^\s";]+)""", re.IGNORECASE)
# One encoder for all: to make one takes as long as to encode a small message. All but ASCII is escaped, so that half a character does no harm.
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Garbage(Exception):  # noqa: N818 - what comes in is at fault
    """What comes in is no message, and nobody can tell where the next one begins."""


class Failure(Exception):  # noqa: N818 - an answer like any other
    """Why a request cannot be answered, as its sender is to hear it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Body(NamedTuple):
    """The content of a message, not decoded yet."""

    data: bytes
    charset: str


class Frames:
    """Cuts what comes in into the bodies of messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._length: int | None = None
        self._charset = "utf-8"
        self._in_body = False

    @property
    def empty(self) -> bool:
        """Whether nothing of a further message has come."""
        return not (self._buffer or self._in_body or self._length is not None)

    def feed(self, chunk: bytes) -> Iterator[Body]:
        """The bodies that are complete with what has come now. Raises Garbage, after those before it."""
        buffer = self._buffer
        buffer += chunk
        while True:
            if self._in_body:
                length = self._length or 0
                if len(buffer) < length:
                    return
                body = Body(bytes(buffer[:length]), self._charset)
                del buffer[:length]
                self._length, self._charset, self._in_body = None, "utf-8", False
                yield body
                continue
            end = buffer.find(b"\n", 0, LONGEST_LINE)
            if end < 0:
                if len(buffer) >= LONGEST_LINE:
                    raise Garbage(f"{_shown(bytes(buffer))} is no header of a message")
                return
            line = bytes(buffer[:end]).rstrip(b"\r")
            del buffer[: end + 1]
            self._header(line)

    def _header(self, line: bytes) -> None:
        if not line:
            if self._length is None:
                raise Garbage("a message has no Content-Length")
            self._in_body = True
            return
        name, colon, value = line.partition(b":")
        if not colon or not _TOKEN.fullmatch(name):
            raise Garbage(f"{_shown(line)} is no header of a message")
        match name.lower():
            case b"content-length":
                digits = value.strip()
                if not digits.isdigit() or len(digits) > 10 or int(digits) > LONGEST_BODY:
                    raise Garbage(f"{_shown(digits)} is no length of a message")
                self._length = int(digits)
            case b"content-type":
                found = _CHARSET.search(value)
                self._charset = found[1].decode("ascii", "replace") if found else "utf-8"


def _shown(data: bytes) -> str:
    text = data[:60].decode("utf-8", "replace")
    return repr(text + "..." if len(data) > 60 else text)


def _framed(message: dict[str, object]) -> bytes:
    data = _encode({"jsonrpc": "2.0", **message}).encode("ascii")
    return b"Content-Length: %d\r\n\r\n%b" % (len(data), data)


class Request:
    """A question of the editor; any thread may answer it, and the first answer counts."""

    __slots__ = ("_connection", "done", "id", "method", "params")

    def __init__(self, connection: Connection, id: int | str, method: str, params: Json) -> None:
        self._connection = connection
        self.id = id
        self.method = method
        self.params = params
        self.done = False
        """Whether it has been answered. One that was cancelled has."""

    def answer(self, result: object) -> None:
        """Sends the result."""
        self._connection.settle(self, {"result": result})

    def fail(self, error: Exception) -> None:
        """Says why there is none. Whatever is no Failure is a bug, of which stderr gets to know all."""
        if isinstance(error, Failure):
            said: ResponseError = {"code": error.code, "message": error.message}
        else:
            sentence = (
                f"{self.method} failed, which is a bug in k8slint or in a plugin: {type(error).__name__}: {error}"
            )
            complain(sentence, error)
            said = {"code": INTERNAL_ERROR, "message": sentence}
        self._connection.settle(self, {"error": said})


def complain(sentence: str, error: Exception | None = None) -> None:
    """Writes to stderr, which editors show in a log: a sentence, and where an error came from."""
    # It may be that nobody reads it.
    with suppress(OSError):
        if error is not None:
            import traceback

            traceback.print_exception(error)
        print(f"k8slint: {sentence}", file=sys.stderr, flush=True)  # noqa: T201 - stderr is all there is for it


class Connection:
    """Talks to an editor.

    `requests` and `notifications` are called by method, in the thread that is in `run`: the ones with the request, which they or somebody else will answer,
    the others with their params. A Failure that a request's function raises is its answer.
    """

    def __init__(
        self,
        stdin: int,
        stdout: int,
        requests: Mapping[str, Callable[[Request], None]],
        notifications: Mapping[str, Callable[[Json], None]],
        together: AbstractContextManager[Any],
    ) -> None:
        """`stdin` and `stdout` are descriptors. `together` is held while messages are handed over that have come together."""
        self._stdin = stdin
        self._stdout = stdout
        self._requests = requests
        self._notifications = notifications
        self._together = together
        self._frames = Frames()
        self.writing = threading.RLock()
        """Held while a message is written; whoever holds it may say several things in a row."""
        self._pending: dict[int | str, Request] = {}
        self._asked: dict[int, str] = {}
        self._questions = 0
        self._initialized = self._shut_down = False
        self._status: int | None = None

    # ---- out

    def notify(self, method: str, params: object) -> None:
        """Says something to the editor."""
        self._send({"method": method, "params": params})

    def request(self, method: str, params: object = None) -> None:
        """Asks something of the editor that it is to do; its answer says nothing, or why it could not."""
        with self.writing:
            self._questions += 1
            self._asked[self._questions] = method
            self._send({"id": self._questions, "method": method} | ({} if params is None else {"params": params}))

    def settle(self, request: Request, outcome: dict[str, object]) -> None:
        """Answers a request, unless it has been."""
        framed = _framed({"id": request.id, **outcome})
        with self.writing:
            if not request.done:
                request.done = True
                self._pending.pop(request.id, None)
                self._write(framed)

    def _send(self, message: dict[str, object]) -> None:
        self._write(_framed(message))

    def _write(self, framed: bytes) -> None:
        rest = memoryview(framed)
        with self.writing:
            try:
                while rest:
                    rest = rest[os.write(self._stdout, rest) :]
            except OSError:
                # An editor that is gone need not be told anything.
                self._status = 0

    # ---- in

    def run(self) -> int:
        """Takes messages in until there are no more, or the editor says so; returns the exit status of the server."""
        try:
            while self._status is None:
                chunk = self._read()
                if not chunk:
                    if not self._frames.empty:
                        raise Garbage("the input ends within a message")
                    return 0
                with self._together:
                    self._hand_over(chunk)
        except Garbage as garbage:
            complain(f"standard input is not what an editor says: {garbage}")
            return 1
        return self._status

    def _hand_over(self, chunk: bytes) -> None:
        for body in self._frames.feed(chunk):
            if self._status is None:
                self._take(body)

    def _read(self) -> bytes:
        try:
            return os.read(self._stdin, CHUNK)
        except OSError:
            # So ends a terminal, or a pipe of Windows.
            return b""

    def _take(self, body: Body) -> None:
        try:
            message = json.loads(body.data.decode(body.charset, "surrogatepass"))
        except LookupError:
            self._refuse(None, PARSE_ERROR, f"nobody knows the charset {body.charset}")
        except (ValueError, RecursionError) as error:
            self._refuse(None, PARSE_ERROR, f"this is no JSON: {error}")
        else:
            self._dispatch(message)

    def _refuse(self, id: int | str | None, code: int, message: str) -> None:
        said: ResponseError = {"code": code, "message": message}
        self._send({"id": id, "error": said})

    def _dispatch(self, message: Json) -> None:
        if not isinstance(message, dict):
            self._refuse(None, INVALID_REQUEST, "a message is an object; there are no batches")
            return
        id, method, params = message.get("id"), message.get("method"), message.get("params")
        known = id if isinstance(id, str) or (isinstance(id, int) and not isinstance(id, bool)) else None
        if "method" not in message and ("result" in message or "error" in message):
            self._answered(known, message.get("error"))
        elif message.get("jsonrpc") != "2.0":
            self._refuse(known, INVALID_REQUEST, 'a message says "jsonrpc": "2.0"')
        elif not isinstance(method, str):
            self._refuse(known, INVALID_REQUEST, "a message has a method, whose name is a string")
        elif known is not None:
            self._ask(Request(self, known, method, params))
        elif "id" in message:
            self._refuse(None, INVALID_REQUEST, "the id of a request is a string or an integer")
        else:
            self._note(method, params)

    def _ask(self, request: Request) -> None:
        self._pending[request.id] = request
        try:
            self._answerer(request.method)(request)
        except Exception as error:  # noqa: BLE001 - whoever has asked gets to know, and the server goes on
            request.fail(error)

    def _answerer(self, method: str) -> Callable[[Request], None]:
        """What answers a request. Raises Failure where nothing does, or not now."""
        if self._shut_down:
            raise Failure(INVALID_REQUEST, f"{method} came after shutdown")
        if method == "initialize":
            if self._initialized:
                raise Failure(INVALID_REQUEST, "initialize came twice")
            return self._initialize
        if not self._initialized:
            raise Failure(SERVER_NOT_INITIALIZED, f"{method} came before initialize")
        if method == "shutdown":
            return self._shutdown
        found = self._requests.get(method)
        if found is None:
            raise Failure(METHOD_NOT_FOUND, f"k8slint does not know the request {method}")
        return found

    def _initialize(self, request: Request) -> None:
        self._requests["initialize"](request)
        self._initialized = True

    def _shutdown(self, request: Request) -> None:
        self._shut_down = True
        for other in list(self._pending.values()):
            if other is not request:
                other.fail(Failure(REQUEST_CANCELLED, f"{other.method} was cancelled by shutdown"))
        request.answer(None)

    def _note(self, method: str, params: Json) -> None:
        if method == "exit":
            self._status = 0 if self._shut_down else 1
            return
        if self._shut_down or not self._initialized:
            return
        if method == "$/cancelRequest":
            self._cancel(params)
            return
        found = self._notifications.get(method)
        if found is None:
            return
        try:
            found(params)
        except Failure as failure:
            complain(f"{method} cannot be understood: {failure}")
        except Exception as error:  # noqa: BLE001 - the next message may well be understood
            complain(f"{method} failed, which is a bug in k8slint or in a plugin", error)

    def _cancel(self, params: Json) -> None:
        id = params.get("id") if isinstance(params, dict) else None
        # What has been answered meanwhile is not there any more.
        request = self._pending.get(id) if isinstance(id, int | str) else None
        if request is not None:
            request.fail(Failure(REQUEST_CANCELLED, f"{request.method} was cancelled"))

    def _answered(self, id: int | str | None, error: Json) -> None:
        method = self._asked.pop(id, None) if isinstance(id, int) else None
        if method is not None and error is not None:
            why = error.get("message") if isinstance(error, dict) else error
            complain(f"the editor could not do {method}: {why}")
