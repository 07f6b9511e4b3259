"""See the rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from k8slint.api import CommandLine, Container, Problems, Project, near, program_before, rule, shell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from k8slint.api import Node, Problem

# Variables that the kubelet makes of the Services of the namespace, and always of the API server's.
_OF_SERVICES = (
    r"[A-Z0-9_]+_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)"
)

# Variables that webhooks add to pods: those for the identity of a workload at AWS and Azure, of TPUs at Google, of OpenTelemetry's operator, and of
# Jenkins for its agents.
_INJECTED = (
    r"AWS_(?:ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|(?:DEFAULT_)?REGION|STS_REGIONAL_ENDPOINTS|CONTAINER_\w+)"
    r"|AZURE_(?:CLIENT_ID|TENANT_ID|FEDERATED_TOKEN_FILE|AUTHORITY_HOST)|TPU_\w+|OTEL_\w+|JENKINS_\w+"
)

# Values that some shell may evaluate in the end: a prompt, a command, options for a start script.
_EVALUATED = r"PS\d|PROMPT|COMMAND|CMD|SCRIPT|HOOK|OPTS"


@rule(
    on=(CommandLine, Container),
    since="0.1",
    fixable="unsafe",
    source=(
        "k8s.io/kubernetes/third_party/forked/golang/expansion/expand.go",
        "k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go: makeEnvironmentVariables, getServiceEnvVarMap",
        "k8s.io/kubernetes/pkg/kubelet/container/helpers.go: ExpandContainerCommandAndArgs, ExpandContainerCommandOnlyStatic",
    ),
)
def undefined_variable(view: CommandLine | Container, settings: Any, project: Project) -> Problems:
    """`$(NAME)` refers to a variable that is not defined there.

    In `command` and `args` Kubernetes replaces `$(NAME)` by the value of a variable of the container: one of `env` or `envFrom`, or of those that it
    makes of Services. Whatever else the name is, the text stays as it is, brackets and all, and nobody complains. The variables of the image, those
    of ENV in its Dockerfile, do not count. If a shell reads it, it takes `NAME` for a program to run.

    In the `value` of a variable only those that stand before it in the list are known. So no variable can refer to itself: `$(PATH):/opt/bin` becomes
    no longer path. In what a probe executes only `env` counts, and in a lifecycle hook nothing is replaced.

    Define the variable, before its first use. What the image defines, and all that a probe or hook needs, is for a shell to expand:
    `["/bin/sh", "-c", "exec server --home ${JAVA_HOME}"]`. Where the text is meant as it stands, write `$$(NAME)`.

    ```yaml bad
    name: web
    image: shop:1.0
    args: ["--database=$(DB_HOTS)"]  # <- $(DB_HOTS) is not defined in env, so it stays as text; did you mean $(DB_HOST)?
    env:
    - name: DB_HOST
      value: database
    ```

    ```yaml good
    name: web
    image: shop:1.0
    args: ["--database=$(DB_HOST)"]
    env:
    - name: DB_HOST
      value: database
    ```
    """
    if isinstance(view, CommandLine):
        if view.handler is None:
            yield from _arguments(view, settings, project)
        else:
            yield from _handled(view, settings, project)
    else:
        yield from _values(view, project)


class _Text(NamedTuple):
    """A text that Kubernetes expands, and who reads it then.

    `plain` is a value that is taken as it is: one word, for no shell and no interpreter. `scripted` is a shell's script.
    """

    node: Node
    plain: bool
    scripted: bool = False

    def references(self, known: Collection[str]) -> list[str]:
        """The names in it that are meant for variables, as far as can be told, and are not known."""
        names = [name for name in shell.references(self.node.string or "") if re.fullmatch(r"[A-Za-z_][\w-]*", name)]
        return [name for name in dict.fromkeys(names) if name not in known and self._is_variable(name, known)]

    def _is_variable(self, name: str, known: Collection[str]) -> bool:
        # Everything else in a script is the name of a program.
        if self.plain or name.isupper():
            return True
        return not name.islower() and bool(_meant(name, known))


def _texts(line: CommandLine, settings: Any) -> Iterator[_Text]:
    nodes = line.nodes
    if not any("$(" in node.text for node in nodes):
        return
    words = [*(program_before(line, settings) or ()), *line.words]
    literal, found = set(shell.literal(words)), shell.find_shell(words)
    for position, node in enumerate(nodes, len(words) - len(nodes)):
        plain = position in literal and len(words[position].split()) == 1
        yield _Text(node, plain, scripted=found is not None and position == found.script)


def _arguments(line: CommandLine, settings: Any, project: Project) -> Problems:
    container = line.container
    known = dict(container.env)
    for text in _texts(line, settings):
        for name in text.references(known):
            # Of programs such as `date`, shell-syntax-without-shell tells.
            if shell.is_command(name) or _comes_from_elsewhere(container, name, project):
                continue
            if name == "JOB_COMPLETION_INDEX" and _is_indexed(container):
                continue
            yield from _undefined(text, name, known, container, project)


def _handled(line: CommandLine, settings: Any, project: Project) -> Problems:
    """What a probe or hook executes. Of variables that are defined, and of programs, probe-needs-missing-command tells."""
    container = line.container
    probed = line.handler is not None and line.handler.field.endswith("Probe")
    known = dict(container.env)
    for text in _texts(line, settings):
        for name in text.references(known):
            if shell.is_command(name) or not _is_for_kubernetes(container, name, project):
                continue
            if probed:
                where = "env, which is all that a probe's command knows"
                yield from _undefined(text, name, known, container, project, where)
            else:
                message = f"$({name}) is not expanded in a lifecycle hook, so {_effect(text)}"
                yield _problem(text, name, message, f"${{{name}}}" if text.scripted else "")


def _values(container: Container, project: Project) -> Problems:
    """References from the value of one variable to another."""
    variables = container.env
    known: dict[str, Node] = {}
    for position, (own, variable) in enumerate(variables):
        value = variable["value"]
        if "$(" not in value.text:
            known[own] = variable
            continue
        text = _Text(value, plain=len(value.text.split()) == 1)
        for name in text.references(known):
            later = next((node for other, node in variables[position:] if other == name), None)
            # Whoever defines DB_PORT does not mean the one that is made of a Service, tcp://10.0.0.1:3306.
            owned = later is not None and name != own and not _is_linked(name, project)
            if shell.is_command(name) or _comes_from_elsewhere(container, name, project, linked=not owned):
                continue
            if later is None:
                yield from _undefined(text, name, known, container, project)
            elif name == own:
                reason = "is the variable itself, and what the image defines is not expanded"
                yield _problem(text, name, f"$({name}) {reason}, so it stays as text")
            else:
                reason = "is defined further down, and only what stands before is expanded"
                yield _problem(text, name, f"$({name}) {reason}, so it stays as text", "", later)
        if not re.search(_EVALUATED, own):
            yield from _commands(text, known)
        known[own] = variable


def _commands(text: _Text, known: Collection[str]) -> Problems:
    """What looks like the substitution of a command, in the value of a variable."""
    written = text.node.string or ""
    for name in shell.references(written):
        # In the midst of other words it may be for whatever reads them.
        alone = text.plain or written.strip() == f"$({name})"
        if alone and name not in known and shell.is_command(name.partition(" ")[0]):
            yield text.node.problem(
                f"no shell reads the value of a variable, so $({name}) is not run and stays as text",
                within=f"$({name})",
            )


def _comes_from_elsewhere(container: Container, name: str, project: Project, *, linked: bool = True) -> bool:
    """Whether something other than `env` may define a variable, or put something in the place of its name before Kubernetes sees it."""
    return (
        (linked and _is_of_a_service(container, name))
        or re.fullmatch(_INJECTED, name) is not None
        or any(_may_hold(source, name, container, project) for source in container["envFrom"])
        or not _is_for_kubernetes(container, name, project)
    )


def _is_of_a_service(container: Container, name: str) -> bool:
    if re.fullmatch(_OF_SERVICES, name) is None:
        return False
    return name.startswith("KUBERNETES_") or container.pod["enableServiceLinks"].boolean is not False


def _is_linked(name: str, project: Project) -> bool:
    """Whether a Service is at hand that a variable is made of, or its name says so."""
    ports = (service.manifest.name.replace("-", "_").upper() + "_PORT" for service in project.services())
    return not name.endswith("_PORT") or "_SERVICE_" in name or name in ports


def _may_hold(source: Node, name: str, container: Container, project: Project) -> bool:
    """Whether a source of `envFrom` defines a variable, as far as is known."""
    prefix = source["prefix"].string or ""
    if not name.startswith(prefix):
        return False
    for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
        named = source[field, "name"].string
        keys = project.keys(kind, named, container.manifest) if named else None
        if keys is not None:
            return name.removeprefix(prefix) in keys
    return True


def _is_for_kubernetes(container: Container, name: str, project: Project) -> bool:
    """Whether `$(NAME)` is no placeholder for whatever applies the manifest."""
    manifest = container.manifest
    images = (other.image for other in manifest.views(Container))
    fixed = (manifest.name, manifest.namespace, *manifest.labels.values(), *images)
    return not any("$(" in text for text in fixed) and not project.fills_in(manifest, name)


def _is_indexed(container: Container) -> bool:
    """Whether the Job controller adds the index of the pod. Source: k8s.io/kubernetes/pkg/controller/job/indexed_job_utils.go."""
    job = container.pod.template.parent
    return job is not None and job["completionMode"].string == "Indexed"


def _undefined(
    text: _Text, name: str, known: dict[str, Node], container: Container, project: Project, where: str = "env"
) -> Problems:
    manifest = container.manifest
    meant = _meant(name, known)
    # The controllers of most other kinds give variables of their own to the containers, and patches may add some.
    certain = manifest.builtin or manifest.group in ("argoproj.io", "apps.kruise.io")
    if not meant and (not certain or project.patched(manifest, "env", "envFrom")):
        return
    instead = f"$({meant})" if meant else ""
    if text.scripted and re.search(rf"\b{name}=", text.node.text):
        # The script has one of this name.
        meant, instead = "", f"${{{name}}}"
    others = [other for other in container.pod.containers if any(key == name for key, _ in other.env)]
    hint = f"; did you mean {instead}?" if instead else f"; container {others[0].name} has it" if others else ""
    message = f"$({name}) is not defined in {where}, so {_effect(text)}{hint}"
    yield _problem(text, name, message, instead, known.get(meant))


def _effect(text: _Text) -> str:
    return "the shell takes it for a command" if text.scripted else "it stays as text"


def _problem(text: _Text, name: str, message: str, instead: str = "", related: Node | None = None) -> Problem:
    node, written = text.node, f"$({name})"

    def replaced(match: re.Match[str]) -> str:
        return instead if match[0] == written else match[0]

    return node.problem(
        message,
        fix=node.set(re.sub(rf"\$\$|{re.escape(written)}", replaced, node.text)) if instead else None,
        fix_title=f"Write {instead}",
        safe=False,
        within=written,
        related=[(related["name"], "defined here")] if related is not None else (),
    )


def _meant(name: str, known: Collection[str]) -> str:
    """The variable that a misspelt name was probably meant for, or "".

    Names are made of words, and those of one container look alike: DB_HOST and DB_PORT are two things. So each word has to be close.
    """
    words = re.split("[_-]", name)
    for other in known:
        if _digits(name) != _digits(other):
            continue
        others = re.split("[_-]", other)
        if len(words) == len(others):
            pairs = [(a.lower(), b.lower()) for a, b in zip(words, others, strict=True)]
            if all(a == b or near(a, [b]) for a, b in pairs):
                return other
        elif "".join(words).lower() == "".join(others).lower():
            return other
    ends = [other for other in known if other.endswith(f"_{name}")]
    return ends[0] if len(ends) == 1 else ""


def _digits(name: str) -> list[str]:
    return re.findall(r"\d+", name)
