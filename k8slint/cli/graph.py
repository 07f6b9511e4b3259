"""`k8slint graph`: what leads to what, as a picture."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from k8slint.cli import terminal
from k8slint.cli.base import Choice, Command, did_you_mean, section
from k8slint.cli.checking import load_plugins
from k8slint.cli.failures import CommandError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.graph.collect import Collected
    from k8slint.graph.model import Graph, Node

_part = section("Part of the graph")
_input = section("Input")
_output = section("Output")

_PATH = click.Path(allow_dash=True)
_FILE = click.Path(dir_okay=False)
_FORMATS = ("mermaid", "dot", "json", "html")
_FORMAT_HELP = "mermaid (the default), dot, json or html. By default what the ending of FILE says."
_ENDINGS = {".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".json": "json", ".html": "html"}
_DEPTH = click.IntRange(min=0)
_MOST_NAMED = 10
"""How many files that were not read are named."""

_NO_OBJECTS = frozenset(("values", "chart", "compose", "ci", "not-an-api-object", "not-a-manifest"))
"""Why files are left out that nobody would look for in the graph (see `classify.Category`)."""

_SHORT = {
    "cj": "CronJob",
    "cm": "ConfigMap",
    "crd": "CustomResourceDefinition",
    "deploy": "Deployment",
    "ds": "DaemonSet",
    "ep": "Endpoints",
    "hpa": "HorizontalPodAutoscaler",
    "ing": "Ingress",
    "netpol": "NetworkPolicy",
    "pc": "PriorityClass",
    "pdb": "PodDisruptionBudget",
    "po": "Pod",
    "pv": "PersistentVolume",
    "pvc": "PersistentVolumeClaim",
    "rc": "ReplicationController",
    "rs": "ReplicaSet",
    "sa": "ServiceAccount",
    "sc": "StorageClass",
    "sts": "StatefulSet",
    "svc": "Service",
    "vpa": "VerticalPodAutoscaler",
}
"""The short names of kubectl."""


@click.command("graph", cls=Command, short_help="Show what selects, mounts, calls and routes to what.")
@click.argument("paths", nargs=-1, type=_PATH)
@_part("--kind", "-k", multiple=True, metavar="KIND", help="Only objects of this kind, or of several.")
@_part("--namespace", "-n", multiple=True, metavar="NAME", help="Only what is in this namespace, or belongs to it.")
@_part("--around", multiple=True, metavar="KIND/NAME", help="Only this object, and what leads to it and from it.")
@_part("--depth", type=_DEPTH, metavar="N", help="How many steps --around goes (default: 2).")
@_input("--config", type=_FILE, metavar="FILE", help="Use this config file.")
@_input("--no-config", is_flag=True, help="Use no config file, even if there is one.")
@_output("--format", "-f", "format_", type=Choice(_FORMATS), metavar="NAME", help=_FORMAT_HELP)
@_output("--output-file", "-o", type=_FILE, metavar="FILE", help="Write the graph to this file.")
@_output("--title", metavar="TEXT", help="The title of the HTML page.")
def command(**given: Any) -> None:
    """Show what leads from one object to another: the files and folders of PATHS, the current folder by default. `-`
    reads standard input.

    References to what is not there stand out: missing, where k8slint can know, and unknown, where it may be elsewhere.
    """
    from k8slint.config import ConfigError
    from k8slint.graph.collect import collect
    from k8slint.plugins import PluginError

    paths: list[str] = list(given["paths"]) or ["."]
    if given["config"] and given["no_config"]:
        raise click.UsageError("--config does not go with --no-config.")
    if given["depth"] is not None and not given["around"]:
        raise click.UsageError("--depth goes with --around.")
    format_ = _format(given["format_"], given["output_file"])
    try:
        found = collect(paths, settings=False if given["no_config"] else given["config"], plugins=load_plugins())
    except (ConfigError, PluginError) as error:
        raise CommandError(str(error)) from None
    _say_what_was_left_out(found)
    graph = _chosen(found.graph, given)
    if not found.graph.nodes and not found.errors:
        terminal.say(f"warning: nothing to show: no objects in {', '.join(paths)}")
    text = _rendered(graph, format_, given["title"] or _title(paths))
    _write(text, given["output_file"])
    for sentence in found.errors:
        terminal.say(f"error: {sentence}")
    if found.errors:
        raise SystemExit(2)


def _format(name: str | None, file: str | None) -> str:
    if file in _FORMATS:
        # As kubectl takes it.
        raise UsageError(
            f"-o names a file, and '{file}' is a format: --format {file}. (For a file of that name, -o ./{file}.)"
        )
    ending = os.path.splitext(file or "")[1].lower()
    if name or not ending or ending in (".md", ".txt"):
        return name or "mermaid"
    if ending not in _ENDINGS:
        known = ", ".join(_ENDINGS)
        hint = "; dot -Tsvg makes pictures of a .dot file" if ending in (".svg", ".png", ".pdf") else ""
        raise UsageError(
            f"No format is known for {ending}: name one with --format, or end the file with {known}{hint}."
        )
    return _ENDINGS[ending]


def _title(paths: list[str]) -> str:
    """What is shown, for the page's title: the name of the only folder or file."""
    only = paths[0] if len(paths) == 1 and paths != ["-"] else ""
    return os.path.basename(os.path.abspath(only)) if only else "k8slint graph"


def _rendered(graph: Graph, format_: str, title: str) -> str:
    if format_ == "html":
        from k8slint.graph import html

        return html.render(graph, title)
    if format_ == "json":
        from k8slint.graph import json

        return json.render(graph)
    if format_ == "dot":
        from k8slint.graph import dot

        return dot.render(graph)
    from k8slint.graph import mermaid

    text = mermaid.render(graph)
    if not mermaid.drawable(text):
        terminal.say(
            f"warning: this is more than Mermaid draws by default ({mermaid.MOST_EDGES} edges, {mermaid.MOST_CHARACTERS} "
            "characters); --around, --kind and --namespace show a part, --format html shows all"
        )
    return text


def _write(text: str, path: str | None) -> None:
    if path is None:
        terminal.emit(text)
        return
    from k8slint.files import write_atomically

    try:
        write_atomically(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror or error}") from None


def _say_what_was_left_out(found: Collected) -> None:
    from k8slint.report.base import counted, plain

    for sentence in found.broken[:_MOST_NAMED]:
        terminal.say(f"warning: not read: {plain(sentence)}")
    if len(found.broken) > _MOST_NAMED:
        terminal.say(f"warning: not read: {len(found.broken) - _MOST_NAMED} more documents")
    by_reason: dict[str, list[str]] = {}
    for skipped in found.skipped:
        if skipped.reason in _NO_OBJECTS:
            continue
        by_reason.setdefault(skipped.reason, []).append(
            f"{skipped.path}:{skipped.line}" if skipped.line else skipped.path
        )
    for reason, places in by_reason.items():
        shown = ", ".join(plain(place) for place in places[:3]) + (", ..." if len(places) > 3 else "")
        terminal.say(f"warning: not read: {counted(len(places), 'file')} ({reason}): {shown}")


# ---------------------------------------------------------------------------------------------------- a part


def _chosen(graph: Graph, given: dict[str, Any]) -> Graph:
    """The part of the graph that was asked for."""
    whole = graph
    if given["around"]:
        depth = 2 if given["depth"] is None else given["depth"]
        graph = graph.around([node.id for wanted in given["around"] for node in _named(whole, wanted)], depth)
    if given["namespace"]:
        _refuse_unknown("namespace", given["namespace"], {node.namespace for node in whole.nodes if node.namespace})
        graph = graph.of_namespaces(given["namespace"])
    if given["kind"]:
        kinds = {node.kind for node in whole.nodes}
        graph = graph.of_kinds([_kind(word, kinds) for word in given["kind"]])
    return graph


def _refuse_unknown(what: str, words: Iterable[str], known: set[str]) -> None:
    for word in words:
        if word not in known:
            raise click.UsageError(f"No object has the {what} '{word}'.{did_you_mean(word, sorted(known))}")


def _kind(word: str, kinds: set[str]) -> str:
    """The kind that a word means, as kubectl would take it: `svc`, `service`, `Services`."""
    wanted = _SHORT.get(word.lower(), word)
    forms = {wanted.lower(), wanted.lower().removesuffix("s"), wanted.lower().removesuffix("es")}
    if wanted.lower().endswith("ies"):
        forms.add(wanted.lower().removesuffix("ies") + "y")
    for kind in sorted(kinds, key=lambda kind: (kind != wanted, kind)):
        if kind.lower() in forms:
            return kind
    _refuse_unknown("kind", [wanted], kinds)
    raise AssertionError("a kind that is not there is refused")


def _named(graph: Graph, wanted: str) -> list[Node]:
    """The objects that KIND/NAME or KIND/NAMESPACE/NAME means, wherever they are."""
    kind, *words = wanted.split("/")
    if len(words) not in (1, 2) or not all(words) or not kind:
        raise click.UsageError(f"--around takes KIND/NAME or KIND/NAMESPACE/NAME, not '{wanted}'.")
    kind = _kind(kind, {node.kind for node in graph.nodes})
    namespace = words[0] if len(words) == 2 else None
    name = words[-1]
    alike = [node for node in graph.nodes if node.kind == kind and namespace in (None, node.namespace)]
    found = [node for node in alike if node.name == name]
    if not found:
        close = did_you_mean(name, sorted({node.name for node in alike}))
        where = f" in namespace {namespace}" if namespace else ""
        raise click.UsageError(f"There is no {kind} {name}{where}.{close}")
    return found
