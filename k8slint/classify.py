"""What a file or document is: a manifest, or one of the many other things that YAML and JSON are written for.

Decided once, here: first from a file's name, what stands around it and its raw text (`classify_text`), and where those
do not tell, from each document as it was read (`classify_document`). docs/files.md is the same in words for users.
"""

from __future__ import annotations

import os
import re
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.document import Document, File
    from k8slint.nodes import Node


class Category(StrEnum):
    """What something is. The value is the word that reports name as the reason where it is not checked."""

    MANIFEST = "manifest"
    """Objects for the API server, complete or not."""
    KUSTOMIZATION = "kustomization"
    """What kustomize builds from: a Kustomization or a Component."""
    PATCH = "patch"
    """A part of an object that kustomize, kubectl or kubeadm puts into a whole one."""
    TEMPLATE = "unrendered-template"
    """Text that becomes manifests when Helm, Jinja, ytt or another template engine has rendered it."""
    VALUES = "values"
    """The input of a chart."""
    CHART = "chart"
    """What describes a chart or a repository of charts."""
    COMPOSE = "compose"
    CI = "ci"
    """Pipelines and settings of a forge or a CI service."""
    CONFIG = "not-an-api-object"
    """It has apiVersion and kind, and is read by a program from a file: kubeconfig, kubeadm, kind, Skaffold, ..."""
    ENCRYPTED = "encrypted"
    """Encrypted by SOPS: the values are not those that the cluster will get."""
    OTHER = "not-a-manifest"


class Surroundings(Protocol):
    """What is known of the files around one; `kustomize.Surroundings` is that of real trees."""

    def role(self, path: str) -> Category | None:
        """What the files around a file make of it; None where they say nothing."""

    def patches(self, path: str) -> frozenset[tuple[str, str]]:
        """Kind and field of all that kustomizations change in it; "" stands for any."""


# ---------------------------------------------------------------------------------------------------- names

KUSTOMIZATION_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names kustomize looks for. Source: sigs.k8s.io/kustomize/api/konfig, RecognizedKustomizationFileNames."""

ENDINGS = (".yaml", ".yml", ".json")
"""The endings of the files that are looked for in folders."""

# The regexes are compiled when they are first needed (`re` remembers them): a plain manifest needs one.
_VALUES_NAME = r"(?:|.*[-._])values(?:[-._].*)?\.ya?ml(?:\.gotmpl)?"
_COMPOSE_NAME = r"(?:docker-)?compose(?:[-._].*)?\.ya?ml"
_OTHER_NAME = r"helmfile.*\.ya?ml(?:\.gotmpl)?|values\.schema\.json"
_CI_NAME = (
    r"\.gitlab-ci.*|.*\.gitlab-ci\.ya?ml|\.travis\.yml|azure-pipelines.*\.ya?ml|cloudbuild.*\.(?:ya?ml|json)"
    r"|bitbucket-pipelines\.yml|\.drone\.ya?ml|\.woodpecker\.ya?ml|\.?appveyor\.yml|buildspec.*\.ya?ml"
    r"|codefresh\.ya?ml|\.cirrus\.ya?ml|\.pre-commit-(?:config|hooks)\.yaml|\.?prow\.yaml"
)
_CI_FOLDER = r"/\.(?:github|gitlab|circleci|buildkite|woodpecker|semaphore|azure-pipelines)/"
_TEMPLATE_ENDINGS = (".tpl", ".tmpl", ".gotmpl", ".j2", ".jinja", ".jinja2", ".erb")
# Source: k8s.io/kubernetes/cmd/kubeadm/app/util/patches, parseFilename and knownTargets.
_KUBEADM_PATCH = (
    r".*/patches/(?:etcd|kube-apiserver|kube-controller-manager|kube-scheduler|kubeletconfiguration|corednsdeployment"
    r"|kubeproxydaemonset)[^.+/\n]*(?:\+(?:strategic|merge|json))?\.(?:json|yaml)"
)

# ---------------------------------------------------------------------------------------------------- text

# `apiVersion:` at the very left: the file has an object of its own, whatever its name says.
_API_VERSION = r"(?m)^[\"']?apiVersion[\"']?[ \t]*:"
# A key that objects have, at any depth, and what stands before a key. A text without one holds no manifest.
_OBJECT_KEY = r"(?:apiVersion|kind|metadata|spec)[\"']?[ \t]*:"
_BEFORE_KEY = r"(?m)(?:^[ \t]*(?:- +|--- +)?|[{,]\s*)[\"']?\Z"
_TOP_KEY = r"(?m)^[\"']?[A-Za-z_$][\w.$-]*[\"']?[ \t]*:(?=\s)"
_JSON_KEY = r"\"[^\"\n]*\"\s*:"
_FIRST_LINE = r"(?:[ \t]*(?:#.*)?\r?\n)*(?:---|[ \t]*(?:[\"']?\w+[\"']?:(?=\s)|\{))"

# Asked of every file: a regex that begins with a plain character finds it many times faster than `in` finds two.
_BRACES = r"\{(?=[{%#])"
_YTT = r"(?m)[:-] +#@ |^[ \t]*#@(?: *(?:load|if|for|def|end)\b|(?:data|overlay|schema|library|yaml)/)"


def classify_text(path: str, text: str, surroundings: Surroundings | None = None) -> Category | None:
    """What a file is, as far as its name, what stands around it and its raw text tell; None where its documents have to
    be asked.

    Only the content counts without surroundings, and for what is no file (`<stdin>`).
    """
    if surroundings is not None and not path.startswith("<"):
        found = _by_place(path, text, surroundings)
        if found is not None:
            return found
    if first_placeholder(text) >= 0:
        return Category.TEMPLATE
    return None


def _by_place(path: str, text: str, surroundings: Surroundings) -> Category | None:
    full = os.path.abspath(path).replace(os.sep, "/")
    name = full.rpartition("/")[2]
    role = surroundings.role(path)
    if role is not None and (role is not Category.TEMPLATE or "{{" in text):
        return role
    if "/patches/" in full and re.fullmatch(_KUBEADM_PATCH, full):
        return Category.PATCH
    if name.endswith(_TEMPLATE_ENDINGS) and any(mark in text for mark in ("{{", "{%", "<%")):
        return Category.TEMPLATE
    usual = name.endswith(ENDINGS)
    if name in KUSTOMIZATION_NAMES or (usual and "apiVersion" in text and re.search(_API_VERSION, text)):
        return None
    found = _by_name(full, name)
    if found is not None:
        return found
    if not _holds_object_key(text):
        # Of something that plainly is no manifest it does not even matter whether it can be read.
        if not usual:
            return Category.OTHER
        if _holds_keys(text):
            return Category.COMPOSE if "services:" in text and re.search(r"(?m)^services:", text) else Category.OTHER
    elif not usual and not re.match(_FIRST_LINE, text):
        return Category.OTHER
    return None


def _by_name(full: str, name: str) -> Category | None:
    """What a name says of a file that has no object at its top."""
    if re.fullmatch(_VALUES_NAME, name):
        return Category.VALUES
    if re.fullmatch(_COMPOSE_NAME, name):
        return Category.COMPOSE
    if re.fullmatch(_CI_NAME, name) or re.search(_CI_FOLDER, full):
        return Category.CI
    return Category.OTHER if re.fullmatch(_OTHER_NAME, name) else None


def _holds_object_key(text: str) -> bool:
    """Whether a key that objects have stands in a text, at any depth."""
    # The words are rare. To look for places where a key can begin would take ten times as long, and dashboards are large.
    return any(
        re.search(_BEFORE_KEY, text[max(0, word.start() - 200) : word.start()])
        for word in re.finditer(_OBJECT_KEY, text)
    )


def _holds_keys(text: str) -> bool:
    """Whether a text has keys enough to judge it by those it has not."""
    keys = re.finditer(_JSON_KEY if text.lstrip()[:1] in ("{", "[") else _TOP_KEY, text)
    return sum(1 for _ in islice(keys, 3)) == 3


def first_placeholder(text: str) -> int:
    """Where the first placeholder of a template engine stands that makes a text no YAML; -1 where there is none.

    `{{ }}` within strings, block scalars and comments is content: alerting rules, workflows and dashboards are full of
    it. Where a value or a key begins, YAML reads it as a map that is the key of a map, which kubectl refuses.
    """
    if "@" in text and "#@" in text:
        ytt = re.search(_YTT, text)
        if ytt is not None:
            return ytt.start() + ytt.group().index("#@")
    candidates = _placeholders(text)
    first = next(candidates, -1)
    if first < 0:
        return -1
    from k8slint.nodes import scalars

    places = scalars(text)
    start, end = next(places)
    for candidate in chain((first,), candidates):
        while start < end <= candidate:
            start, end = next(places)
        if start == end < candidate:
            return -1  # behind a mistake that is not a template's
        line = text[text.rfind("\n", 0, candidate) + 1 : candidate]
        if not start <= candidate < end and not re.match(r"(?:.*\s)?#", line):
            return candidate
    return -1


def _placeholders(text: str) -> Iterator[int]:
    """Where braces stand at the beginning of a key, a value or an element: the only places where they are not just letters of a text."""
    for braces in re.finditer(_BRACES, text):
        at = braces.start()
        before = text[max(0, at - 200) : at].rpartition("\n")[2].rstrip(" \t")[-1:]
        if not before or (before in "-:?,[{" and text[at + 1] != "#"):
            yield at


# ---------------------------------------------------------------------------------------------------- documents

# API groups of files that programs read, and no API server serves. First Kubernetes' own: those GroupName constants of
# k8s.io/kubernetes that have no storage. Most end in `.config.k8s.io`.
_LOCAL_GROUPS = frozenset(
    {
        "abac.authorization.kubernetes.io",
        "admission.k8s.io",
        "apidiscovery.k8s.io",
        "apiserver.k8s.io",
        "audit.k8s.io",
        "client.authentication.k8s.io",
        "credentialprovider.kubelet.k8s.io",
        "imagepolicy.k8s.io",
        "kubeadm.k8s.io",
        "output.kubeadm.k8s.io",
        # The ecosystem's.
        "backstage.io",
        "builtin",  # kustomize's own generators and transformers
        "chainsaw.kyverno.io",
        "cli.kyverno.io",
        "config.kubernetes.io",
        "ctlptl.dev",
        "eksctl.io",
        "garden.io",
        "k0sctl.k0sproject.io",
        "k3d.io",
        "kind.x-k8s.io",
        "kops.k8s.io",
        "kpt.dev",
        "krew.googlecontainertools.github.com",
        "kubeone.k8c.io",
        "kuttl.dev",
        "meta.pkg.crossplane.io",
        "scorecard.operatorframework.io",
        "score.dev",
        "skaffold",
        "tanka.dev",
    }
)
# Of v1, which says no more than that someone began to count: kubeconfig, and the policy of old schedulers.
_LOCAL_KINDS = frozenset({"Config", "Policy"})
_LOCAL_ENDINGS = (".config.k8s.io", ".admission.k8s.io")
_OBJECT_FIELDS = frozenset({"metadata", "spec", "data", "items", "rules", "roleRef", "subjects", "webhooks", "status"})
_VERSION = r"v\d+(?:(?:alpha|beta)\d+)?"


def classify_document(file: File, document: Document, surroundings: Surroundings | None = None) -> Category:
    """What one document is, of a file that `classify_text` did not know.

    A document that cannot be read counts as a manifest, because it may be one.
    """
    root = document.root
    if document.error is not None:
        return Category.MANIFEST
    if root is None or not root.is_mapping:
        if root is not None and _is_json_patch(root):
            return Category.PATCH
        return Category.MANIFEST if root is not None and _holds_objects(root) else Category.OTHER
    group, version, kind = _type_of(root)
    named = surroundings is not None and os.path.basename(file.path) in KUSTOMIZATION_NAMES
    if _is_kustomization(group, version, kind, named):
        return Category.KUSTOMIZATION
    if _is_patch(document, root, group):
        return Category.PATCH
    if root["sops", "mac"]:
        return Category.ENCRYPTED
    if (
        group in _LOCAL_GROUPS
        or group.endswith(_LOCAL_ENDINGS)
        or (not group and version == "v1" and kind in _LOCAL_KINDS)
    ):
        return Category.CONFIG
    if "apiVersion" in root.fields or "kind" in root.fields:
        return _with_type(root, version, kind)
    if root["metadata"].is_mapping and root["spec"].is_mapping:
        return Category.MANIFEST
    return Category.COMPOSE if _is_compose(root) else Category.OTHER


def _type_of(root: Node) -> tuple[str, str, str]:
    """Group, version and kind as far as they are strings."""
    group, _, version = (root["apiVersion"].string or "").rpartition("/")
    return group, version, root["kind"].string or ""


def _is_kustomization(group: str, version: str, kind: str, named: bool) -> bool:
    if group == "kustomize.config.k8s.io":
        return True
    # Flux has a Kustomization too, an object like any other, and some keep it in a file of that name.
    return named and group in ("", "kustomize") and (kind in ("Kustomization", "Component") or not (kind or version))


def _is_patch(document: Document, root: Node, group: str) -> bool:
    if "$patch" not in document.text:
        return False
    if "$patch" in root.fields:
        return True
    # Policies for custom engines hold patches as data; an object of Kubernetes itself does not.
    builtin = "." not in group or group.endswith(".k8s.io")
    return builtin and any("$patch" in node.fields for node in root.walk())


def _is_json_patch(root: Node) -> bool:
    return len(root) > 0 and all("op" in item.fields and "path" in item.fields for item in root)


def _holds_objects(root: Node) -> bool:
    """Whether a list has whole objects for items: somebody took it for a way to put several into one document."""
    return len(root) > 0 and all(
        item["apiVersion"].string and item["kind"].string and item["metadata"].is_mapping for item in root
    )


def _with_type(root: Node, version: str, kind: str) -> Category:
    """A mapping that has apiVersion or kind, or both."""
    fields = root.fields
    if "kind" not in fields:
        if "metadata" not in fields and "spec" not in fields and fields.keys() & {"version", "entries", "dependencies"}:
            return Category.CHART  # Chart.yaml, or the index of a chart repository
        if "baseDomain" in fields:
            return Category.CONFIG  # OpenShift's install-config.yaml
        named = "metadata" in fields or "spec" in fields
        return Category.MANIFEST if named or re.fullmatch(_VERSION, version) else Category.OTHER
    if "apiVersion" not in fields:
        # Values of charts and pipelines have a `kind` as well.
        likely = kind[:1].isupper() and (len(fields) < 4 or not fields.keys().isdisjoint(_OBJECT_FIELDS))
        return Category.MANIFEST if likely or "metadata" in fields or "spec" in fields else Category.OTHER
    return Category.MANIFEST


def _is_compose(root: Node) -> bool:
    return any("image" in service.fields or "build" in service.fields for service in root["services"].values())
