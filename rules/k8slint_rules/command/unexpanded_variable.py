"""See the rule."""

from __future__ import annotations

import re
from typing import Any

from k8slint.api import CommandLine, Node, Problem, Problems, program_before, rule, shell, untagged

_VARIABLE = r"(?<!\$)(?:\$\$)*(\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}|\{([A-Za-z_]\w*):?[-+=?][^{}]*\}))"

# Programs, as they or their images are called, that expand ${VARIABLES} in their arguments themselves.
_EXPANDING = frozenset(
    "java keycloak kc.sh elasticsearch logstash kibana filebeat metricbeat heartbeat auditbeat packetbeat elastic-agent "  # noqa: SIM905
    "apm-server otelcol otelcol-contrib opentelemetry-collector opentelemetry-collector-contrib fluent-bit fluentd "
    "telegraf vector promtail alloy envoy".split()
)


@rule(
    on=CommandLine,
    since="0.1",
    fixable="safe",
    source=(
        "k8s.io/kubernetes/pkg/kubelet/container/helpers.go: ExpandContainerCommandAndArgs, ExpandContainerCommandOnlyStatic",
        "k8s.io/kubernetes/third_party/forked/golang/expansion/expand.go",
    ),
)
def unexpanded_variable(line: CommandLine, settings: Any) -> Problems:
    """A command refers to a variable as `$NAME`, and no shell is there to expand it.

    Kubernetes starts the program itself. In `command` and `args` it replaces `$(NAME)` by variables of the container, and leaves `$NAME` and
    `${NAME}` alone: the program gets a dollar sign and a name. In a probe's command it knows only variables with a plain `value`, and in a
    lifecycle hook it replaces nothing.

    Write `$(NAME)`; the fix does so where the container defines the variable. For one that only the image defines, run a shell:
    `["/bin/sh", "-c", "exec server --port $PORT"]`.

    ```yaml bad
    name: web
    image: shop:1.0
    args: ["--listen=$POD_IP:8080"]  # <- $POD_IP stays as it is, for no shell reads it and Kubernetes expands only $(POD_IP)
    env:
    - name: POD_IP
      valueFrom:
        fieldRef:
          fieldPath: status.podIP
    ```

    ```yaml good
    name: web
    image: shop:1.0
    args: ["--listen=$(POD_IP):8080"]
    env:
    - name: POD_IP
      valueFrom:
        fieldRef:
          fieldPath: status.podIP
    ```
    """
    nodes = line.nodes
    if not any("$" in node.text for node in nodes):
        return
    before = program_before(line, settings)
    words = [*(before or ()), *line.words]
    braces_expand = _name(line.container.image) in _EXPANDING or shell.program(words[0]) in _EXPANDING
    expandable = _expandable(line)
    for position in shell.literal(words):
        if position < len(words) - len(nodes):
            continue
        text = words[position]
        # Of words with blanks that go to a program nobody knows, some are scripts for it.
        is_one_word = len(text.split()) == 1
        if not is_one_word and before is None:
            continue
        found: list[str] = []
        fixable: list[str] = []
        for written, bare, braced, defaulted in re.findall(_VARIABLE, text):
            name = bare or braced or defaulted
            # A name in capitals is hardly anything else; others may be part of a pattern, a password, a template.
            telling = name in expandable or (is_one_word and len(name) > 1 and name == name.upper())
            if telling and not (written[1] == "{" and braces_expand):
                found.append(written)
                fixable += [name] if expandable.get(name) and not defaulted else []
        if found:
            yield _problem(nodes[position - len(words)], text, found, fixable)


def _expandable(line: CommandLine) -> dict[str, bool]:
    """The variables that the container defines, and whether Kubernetes expands `$(NAME)` here."""
    if line.handler is None:
        return {name: True for name, _ in line.container.env}
    is_probe = line.handler.field.endswith("Probe")
    return {name: is_probe and _is_plain(variable["value"].string) for name, variable in line.container.env}


def _is_plain(value: str | None) -> bool:
    return bool(value) and "$(" not in (value or "")


def _name(image: str) -> str:
    return untagged(image).rpartition("/")[2]


def _problem(node: Node, text: str, found: list[str], fixable: list[str]) -> Problem:
    found, references = list(dict.fromkeys(found)), [f"$({name})" for name in dict.fromkeys(fixable)]
    stays = "stays as it is, for no shell reads it" if len(found) == 1 else "stay as they are, for no shell reads them"
    meant = f" and Kubernetes expands only {_listed(references)}" if references else ""

    def reference(match: re.Match[str]) -> str:
        name = match[2] or match[3]
        return match[0].removesuffix(match[1]) + f"$({name})" if name in fixable else match[0]

    return node.problem(
        f"{_listed(found)} {stays}{meant}",
        fix=node.set(re.sub(_VARIABLE, reference, text)) if references else None,
        fix_title=f"Write {_listed(references)}" if references else "",
        within=found[0] if len(found) == 1 else "",
    )


def _listed(items: list[str]) -> str:
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else items[0]
