"""A small project with some of everything, ways to change its files at random, and what `k8slint check` says of it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from k8slint import run
from k8slint.finding import Finding

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    app: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.2
          ports:
            - name: http
              containerPort: 8080
          envFrom:
            - configMapRef:
                name: web
          resources:
            limits:
              memory: 64Mi
          volumeMounts:
            - name: settings
              mountPath: /etc/web
      volumes:
        - name: settings
          configMap:
            name: web
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector:
    app: web
  ports:
    - name: http
      port: 80
      targetPort: http
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  namespace: shop
data:
  greeting: "hello \U0001f600 there"
  settings.yaml: |
    listen: :8080
    --- no separator
"""

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
spec:
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  name: http
"""

WORKER = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: worker
spec:
  selector:
    matchLabels: {app: worker}
  template:
    metadata:
      labels: {app: worker}
    spec:
      hostNetwork: true  # k8slint: ignore[host-network-dns] it only looks outside
      containers:
        - name: worker
          image: registry.example.com/worker:2
          ports:
            - containerPort: 9090
              hostPort: 9090
"""

FILES: dict[str, str] = {
    ".k8slint.yaml": "extends: strict\n",
    "web.yaml": WEB,
    "ingress.yaml": INGRESS,
    "jobs/worker.yaml": WORKER,
    "jobs/service.yaml": (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: worker\nspec:\n  selector:\n    app: worker\n"
        "  ports:\n    - port: 9090\n      targetPort: 9091\n"
    ),
    "crds/gadget.yaml": (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: gadgets.example.com\n"
        "spec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: gadgets, singular: gadget, kind: Gadget, listKind: GadgetList}\n"
        "  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n"
        "          properties:\n            spec:\n              type: object\n              required: [size]\n              properties:\n"
        "                size: {type: integer}\n"
    ),
    "gadget.yaml": "apiVersion: example.com/v1\nkind: Gadget\nmetadata:\n  name: big\nspec:\n  size: large\n",
    "base/kustomization.yaml": "resources:\n  - cache.yaml\nconfigMapGenerator:\n  - name: cache\n    literals: [a=b]\n",
    "base/cache.yaml": (
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: cache\nspec:\n  serviceName: cache\n  selector:\n    matchLabels:\n      app: cache\n"
        "  template:\n    metadata:\n      labels:\n        app: cache\n    spec:\n      containers:\n        - name: cache\n          envFrom:\n"
        "            - configMapRef:\n                name: cache\n"
    ),
    "overlays/prod/kustomization.yaml": "resources:\n  - ../../base\npatches:\n  - path: image.yaml\n",
    "overlays/prod/image.yaml": (
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: cache\nspec:\n  template:\n    spec:\n      containers:\n"
        "        - name: cache\n          image: registry.example.com/cache:1\n"
    ),
    "list.yaml": (
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ServiceAccount\n    metadata:\n      name: robot\n      namespace: shop\n"
        "  - apiVersion: v1\n    kind: ConfigMap\n    metadata:\n      name: web\n      namespace: shop\n    data: {a: b}\n"
    ),
    "plain.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "namespace": "other"}, "data": {"a": 1}}\n',
    "values.yaml": "image:\n  tag: 1\nreplicas: 2\n",
}

SNIPPETS = [
    "  name: web\n", "      app: worker\n", "---\n", "--- # another\n", "---broken\n", "kind: Service\n", "  replicas: many\n", "\t\n", "\U0001f600",
    "          image: nginx:latest\n", "      hostNetwork: true\n", "# k8slint: ignore-file[wrong-type]\n", "  # k8slint: ignore[invalid-name]\n",
    "- {\n", '"', "'", ": ", "\r\n", "{{ .Values.x }}\n", "              protocol: tcp\n", "  targetPort: htpp\n", "\ufeff", "\x07",
]  # fmt: skip


def write(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    """Writes a project's files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def changed(text: str, chance: random.Random, original: str) -> str:
    """A text after something that somebody may have done to it."""
    lines = text.splitlines(keepends=True) or [""]
    at, place = chance.randrange(len(lines)), chance.randrange(len(text) + 1)
    match chance.randrange(9):
        case 0:
            return text[:place] + text[place + 1 :]
        case 1:
            return text[:place] + chance.choice("abc: -#\n") + text[place:]
        case 2:
            return "".join(lines[:at] + lines[at + 1 :])
        case 3:
            return "".join([*lines[: at + 1], lines[at], *lines[at + 1 :]])
        case 4 | 5:
            return "".join([*lines[:at], chance.choice(SNIPPETS), *lines[at:]])
        case 6:
            documents = text.split("\n---\n")
            chance.shuffle(documents)
            return "\n---\n".join(documents)
        case 7:
            return text.replace("web", chance.choice(["web", "wep", "shop"]), 1)
        case _:
            return original


def checked(root: Path, texts: Mapping[str, str]) -> dict[str, list[Finding]]:
    """What `k8slint check` finds in the current folder, which is `root`, by absolute path; some files with another text.

    A kind that is not checked is said once a run, so not in each file it is in: that is left out.
    """
    shown = {Path(path).relative_to(root).as_posix(): text for path, text in texts.items()}
    found = run.check(["."], run.CheckOptions(texts=shown))
    by_path: dict[str, list[Finding]] = {}
    for finding in found.findings:
        if finding.rule != "unchecked-kind":
            by_path.setdefault(str(root / finding.path), []).append(finding)
    return by_path


def as_run_shows(finding: Finding, root: Path) -> Finding:
    """A finding with its paths as a run in the project's folder shows them."""
    folder = f"{root}/"
    fix = finding.fix
    if fix is not None:
        fix = fix._replace(edits=tuple(edit._replace(path=edit.path.removeprefix(folder)) for edit in fix.edits))
    related = tuple(one._replace(path=one.path.removeprefix(folder)) for one in finding.related)
    return finding._replace(path=finding.path.removeprefix(folder), fix=fix, related=related)
