"""See the rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from k8slint.api import Container, Node, Problems, Project, compute, quantity, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from k8slint.compute import Amounts


@dataclass(frozen=True)
class Options:
    """What can be set in `.k8slint.yaml`."""

    percent: int = 80
    """How much of its memory limit a container's heap may take, in percent."""


class _Heap(NamedTuple):
    """A heap that is asked for: bytes, or else percent of the memory limit."""

    node: Node
    flag: str
    size: int
    percent: float


@rule(
    on=Container,
    since="0.1",
    options=Options,
    source=(
        "https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html",
        "https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib",
        "https://pkg.go.dev/runtime#hdr-Environment_Variables",
    ),
)
def heap_exceeds_limit(container: Container, options: Options, project: Project) -> Problems:
    """A program may fill more than 80 % of its container's memory limit with its heap alone.

    A process needs more than its heap: code, stacks, buffers, the heap of what it starts. With a heap that may grow to the limit, or near it, the
    kernel kills the container (`OOMKilled`) before the garbage collector sees a reason to work harder.

    Told are `-Xmx`, `-XX:MaxHeapSize` and `-XX:MaxRAMPercentage` of Java, `--max-old-space-size` of Node.js and `GOMEMLIMIT` of Go, in the command, its
    arguments and the environment. Of several the smallest counts.

    Lower the heap, or raise the limit. If the share is measured and meant, raise `percent` in the options.

    ```yaml bad
    name: search
    env:
    - name: JAVA_OPTS
      value: -Xms1g -Xmx2g  # <- -Xmx2g is 100 % of the memory limit 2Gi, so the container is killed before the heap is full
    resources:
      requests:
        memory: 2Gi
      limits:
        memory: 2Gi
    ```

    ```yaml good
    name: search
    env:
    - name: JAVA_OPTS
      value: -Xms1g -Xmx1536m
    resources:
      requests:
        memory: 2Gi
      limits:
        memory: 2Gi
    ```
    """
    heaps = list(_heaps(container))
    if not heaps:
        return
    limit, where = _limit(container, project)
    if not limit:
        return
    # Java, Node.js and Go.
    for beginning in ("-X", "--", "GO"):
        found = [heap for heap in heaps if heap.flag.startswith(beginning)]
        # A heap in bytes goes before one in percent, and which of several wins depends on how the program is started.
        sized = [heap for heap in found if heap.size]
        heap = min(sized or found, key=lambda heap: heap.size or heap.percent, default=None)
        if heap is None:
            continue
        percent = heap.size * 100 / limit if heap.size else heap.percent
        if percent > options.percent:
            shown = quantity.show(limit, binary=True)
            effect = (
                "which leaves too little beside it, so the container risks being killed"
                if percent < 100
                else "so the container is killed before the heap is full"
            )
            yield heap.node.problem(
                f"{heap.flag} is {percent:.0f} % of the memory limit {shown}, {effect}",
                related=[(where, "the limit")] if where is not None else [],
            )


def _limit(container: Container, project: Project) -> tuple[int, Node | None]:
    """The memory limit of a container, and where it is written."""
    for place in (container.limits["memory"], container.pod.limits["memory"]):
        if place:
            return compute.amount_of(place) or 0, place
    ranges = project.governing("LimitRange", container.manifest)
    default: Amounts = compute.defaults(ranges).limits if ranges else {}
    return default.get("memory", 0), None


def _heaps(container: Container) -> Iterator[_Heap]:
    for name, variable in container.env:
        if name == "GOMEMLIMIT":
            yield from _go(variable)
        else:
            yield from _flags([variable["value"]])
    yield from _flags(container["command"])
    yield from _flags(container["args"])


def _flags(nodes: Iterable[Node]) -> Iterator[_Heap]:
    for node in nodes:
        text = node.string
        if text is None or not ("-X" in text or "--max" in text):
            continue
        # Of the same flag in one command line the last one counts.
        last: dict[str, _Heap] = {}
        for match in _pattern().finditer(text):
            flag = match[0]
            if match["heap"]:
                last["-Xmx"] = _Heap(node, flag, _bytes(match["heap"], match["unit"]), 0)
            elif match["percent"]:
                last["percent"] = _Heap(node, flag, 0, float(match["percent"]))
            else:
                last["node"] = _Heap(node, flag, _bytes(match["old"], "m"), 0)
        yield from last.values()


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w$-])(?:"
        r"-X(?:mx|X:MaxHeapSize=)(?P<heap>[0-9]+)(?P<unit>[kKmMgGtT]?)"
        r"|-XX:MaxRAMPercentage=(?P<percent>[0-9]+(?:\.[0-9]+)?)"
        r"|--max[-_]old[-_]space[-_]size[= ](?P<old>[0-9]+)"
        r")(?![\w.])"
    )


def _bytes(number: str, unit: str) -> int:
    return (int(number) << 10 * " kmgt".index(unit.lower() or " ")) * quantity.UNIT


def _go(variable: Node) -> Iterator[_Heap]:
    """Go's limit is one of its whole memory. It is kept softly, and not by what is no Go.

    Source: runtime/mgcpacer.go: readGOMEMLIMIT; runtime/string.go: parseByteCount.
    """
    value = variable["value"]
    match = re.fullmatch(r"([0-9]+)(?:([KMGT])iB|B)?", value.string or "")
    if match:
        yield _Heap(value, f"GOMEMLIMIT {value}", _bytes(match[1], match[2] or ""), 0)
    reference = variable["valueFrom", "resourceFieldRef"]
    whole = reference["divisor"].value in (None, 0, 1, "0", "1")
    if reference["resource"].string == "limits.memory" and whole and not reference["containerName"]:
        yield _Heap(reference["resource"], "GOMEMLIMIT", 0, 100)
