"""What runs in a container, and what the kubelet asks of it: the views of probes, hooks and commands."""

from __future__ import annotations

from k8slint.document import read
from k8slint.views import CommandLine, Handler, Manifest, PodSpec, Probe

_POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  initContainers:
  - name: proxy
    restartPolicy: Always
    readinessProbe:
      tcpSocket:
        port: proxy
  containers:
  - name: web
    command: [web]
    args: [--port, 8080]
    livenessProbe:
      periodSeconds: 0
      timeoutSeconds: 5
      exec:
        command: [check]
    lifecycle:
      preStop:
        exec:
          command: [drain]
  - name: null
    readinessProbe: none
    lifecycle: [preStop]
"""


def _manifest(text: str = _POD) -> Manifest:
    document = read("pod.yaml", text).documents[0]
    return Manifest(document.resources[0], document)


def test_handlers_are_the_probes_and_hooks_of_every_container() -> None:
    found = [(handler.container.name, handler.field) for handler in _manifest().views(Handler)]
    assert found == [("proxy", "readinessProbe"), ("web", "livenessProbe"), ("web", "preStop")]


def test_a_probe_knows_its_port_and_its_defaults() -> None:
    proxy, web = _manifest().views(Probe)
    assert proxy.port.string == "proxy"
    assert not web.port
    assert (web.setting("periodSeconds"), web.setting("timeoutSeconds"), web.setting("failureThreshold")) == (10, 5, 3)


def test_command_lines_are_those_of_containers_probes_and_hooks() -> None:
    found = [(line.handler and line.handler.field, line.words) for line in _manifest().views(CommandLine)]
    assert found == [(None, ["web", "--port", ""]), ("livenessProbe", ["check"]), ("preStop", ["drain"])]


def test_the_container_that_declares_a_port_answers_requests() -> None:
    two = "kind: Pod\napiVersion: v1\nspec: {containers: [{name: log}, {name: web, ports: [{containerPort: 80}]}]}\n"
    assert [container.name for container in _manifest(two).views(PodSpec)[0].listening] == ["web"]
    one = "kind: Pod\napiVersion: v1\nspec: {initContainers: [{name: setup}], containers: [{name: web}]}\n"
    assert [container.name for container in _manifest(one).views(PodSpec)[0].listening] == ["web"]
    assert _manifest().views(PodSpec)[0].listening == []


def test_hooks_of_a_release_are_told_by_their_annotation() -> None:
    hook = "kind: Pod\napiVersion: v1\nmetadata: {annotations: {helm.sh/hook: test}}\nspec: {containers: []}\n"
    assert _manifest(hook).views(PodSpec)[0].hook
    assert not _manifest().views(PodSpec)[0].hook
