"""See the rule."""

from __future__ import annotations

import re
from typing import Any

from k8slint.api import (
    Claim,
    CommandLine,
    Container,
    Node,
    Problem,
    Problems,
    Project,
    program_before,
    rule,
    shell,
    untagged,
)

_VARIABLE = r"(?<!\$)(?:\$\$)*(\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}|\{([A-Za-z_]\w*):?[-+=?][^{}]*\}))"

# Programs, as they or their images are called, that expand ${VARIABLES} in their arguments themselves.
_EXPANDING = frozenset(
    "java keycloak kc.sh elasticsearch logstash kibana filebeat metricbeat heartbeat auditbeat packetbeat elastic-agent "  # noqa: SIM905
    "apm-server otelcol otelcol-contrib opentelemetry-collector opentelemetry-collector-contrib fluent-bit fluentd "
    "telegraf vector promtail alloy envoy".split()
)


@rule(
    on=(CommandLine, Container),
    since="0.1",
    fixable="safe",
    source=(
        "k8s.io/kubernetes/pkg/kubelet/container/helpers.go: ExpandContainerCommandAndArgs, ExpandContainerCommandOnlyStatic",
        "k8s.io/kubernetes/third_party/forked/golang/expansion/expand.go",
    ),
)
def unexpanded_variable(view: CommandLine | Container, settings: Any, project: Project) -> Problems:
    """A command refers to a variable as `$NAME`, and no shell is there to expand it.

    Kubernetes starts the program itself. In `command` and `args` it replaces `$(NAME)` by variables of the container, and leaves `$NAME` and
    `${NAME}` alone: the program gets a dollar sign and a name. In a probe's command it knows only variables with a plain `value`, and in a
    lifecycle hook it replaces nothing. The value of a variable is treated as an argument is: `$PATH:/opt/bin` becomes no longer path.

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
    if isinstance(view, CommandLine):
        yield from _arguments(view, settings, project)
    else:
        yield from _values(view)


def _arguments(line: CommandLine, settings: Any, project: Project) -> Problems:
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
            if written[1] == "{" and braces_expand:
                continue
            # A name in capitals is hardly anything else; others may be part of a pattern, a password, a template.
            if name in expandable or (
                is_one_word and len(name) > 1 and name.isupper() and _is_meant(line, name, project)
            ):
                found.append(written)
                fixable += [name] if expandable.get(name) and not defaulted else []
        if found:
            them = "it" if len(set(found)) == 1 else "them"
            meant = f" and Kubernetes expands only {_listed(_references(fixable))}" if fixable else ""
            yield _problem(nodes[position - len(words)], found, fixable, f"for no shell reads {them}{meant}")


def _is_meant(line: CommandLine, name: str, project: Project) -> bool:
    """Whether a variable that the container does not define is one all the same, and no placeholder for whatever applies the manifest."""
    manifest = line.manifest
    fixed = (
        manifest.name,
        manifest.namespace,
        *manifest.labels.values(),
        *(c.image for c in manifest.views(Container)),
    )
    return not any("$" in text for text in fixed) and not project.fills_in(manifest, name)


def _values(container: Container) -> Problems:
    """References from the value of one variable to another."""
    names = {name for name, _ in container.env}
    earlier: list[str] = []
    for own, variable in container.env:
        value = variable["value"]
        # What has blanks may be a script for some shell.
        if value.string and "$" in value.text and len(value.text.split()) == 1:
            written = [(text, bare or braced) for text, bare, braced, _ in re.findall(_VARIABLE, value.text)]
            found = [text for text, name in written if name in names]
            fixable = [name for _, name in written if name in earlier]
            if found:
                only = f"Kubernetes expands only {_listed(_references(fixable))}" if fixable else "nothing expands it"
                problem = _problem(value, found, fixable, f"for in the value of a variable {only}", safe=False)
                # Frameworks such as Spring read ${NAME} in what they are configured with.
                bare_name = any(text[1] != "{" for text in found)
                yield problem if bare_name else problem._replace(claim=Claim.ADVICE)
        earlier.append(own)


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


def _problem(node: Node, found: list[str], fixable: list[str], why: str, *, safe: bool = True) -> Problem:
    found = list(dict.fromkeys(found))
    references = _references(fixable)

    def reference(match: re.Match[str]) -> str:
        name = match[2] or match[3]
        return match[0].removesuffix(match[1]) + f"$({name})" if name in fixable else match[0]

    return node.problem(
        f"{_listed(found)} {'stays as it is' if len(found) == 1 else 'stay as they are'}, {why}",
        fix=node.set(re.sub(_VARIABLE, reference, node.text)) if references else None,
        fix_title=f"Write {_listed(references)}" if references else "",
        safe=safe,
        within=found[0] if len(found) == 1 else "",
    )


def _references(names: list[str]) -> list[str]:
    return [f"$({name})" for name in dict.fromkeys(names)]


def _listed(items: list[str]) -> str:
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else items[0]
