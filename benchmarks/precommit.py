"""What the hooks cost in a commit: the real pre-commit, a repository of 300 manifests, other hooks for YAML beside ours.

    python benchmarks/precommit.py [--manifests N] [--repeat N]

Each hook gets an environment of its own, made by pre-commit and not counted. Measured are, from the call of `pre-commit run`
to its end:

- cold: the first run over all files, right after the environment was made;
- warm: the shortest of several runs after that, the hooks in turn, so that noise hits all alike;
- one file: the same for a single changed file, which is what most commits are.

"nothing" is a hook that does nothing, which is what pre-commit costs by itself. It needs git, and a package index for pip.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {namespace}
  labels:
    app.kubernetes.io/name: {name}
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      containers:
        - name: {name}
          image: registry.example.com/{name}:1.0
          envFrom:
            - configMapRef:
                name: {name}
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /ready
              port: http
          livenessProbe:
            httpGet:
              path: /alive
              port: http
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 128Mi
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: {namespace}
spec:
  selector:
    app.kubernetes.io/name: {name}
  ports:
    - name: http
      port: 80
      targetPort: http
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  namespace: {namespace}
data:
  LOG_LEVEL: info
  GREETING: hello from {name}
"""
KINDS = {"deployment": DEPLOYMENT, "service": SERVICE, "settings": SETTINGS}

CONFIG = """\
repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - id: k8slint
      - id: k8slint-fix
  - repo: local
    hooks:
      - id: nothing
        name: nothing
        language: system
        entry: "true"
        types: [yaml]
        require_serial: true
      - id: check-yaml
        name: check yaml
        language: python
        additional_dependencies: [pre-commit-hooks]
        entry: check-yaml
        types: [yaml]
      - id: yamllint
        name: yamllint
        language: python
        additional_dependencies: [yamllint]
        entry: yamllint -d relaxed
        types: [yaml]
"""
PARALLEL = """\
repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - id: k8slint
        require_serial: false
"""
HOOKS = {
    "nothing": ("nothing",),
    "check-yaml": ("check-yaml",),
    "yamllint": ("yamllint",),
    "k8slint": ("k8slint",),
    "k8slint, parallel": ("k8slint", "--config", ".pre-commit-parallel.yaml"),
    "k8slint-fix": ("k8slint-fix",),
}
"""What `pre-commit run` is given for each; "parallel" is with the files cut up for several processes."""


class Bench:
    """A repository to commit to, and pre-commit in it."""

    def __init__(self, folder: Path, manifests: int) -> None:
        self.folder = folder / "project"
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PYTHON", "PRE_COMMIT"))},
            "PRE_COMMIT_HOME": str(folder / "home"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{
                f"GIT_{who}_{what}": f"{what.lower()}@example.com"
                for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")
            },
        }
        hooks = self._hooks(folder / "hooks")
        self.folder.mkdir()
        for number in range(manifests):
            kind, text = list(KINDS.items())[number % len(KINDS)]
            name = f"app-{number // len(KINDS):03}"
            path = self.folder / "apps" / name / f"{kind}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(name=name, namespace="shop"))
        revision = self.call("git", "rev-parse", "HEAD", folder=hooks).stdout.strip()
        for name, text in ((".pre-commit-config.yaml", CONFIG), (".pre-commit-parallel.yaml", PARALLEL)):
            (self.folder / name).write_text(text.format(hooks=hooks.as_posix(), revision=revision))
        self._commit(self.folder)

    def _hooks(self, folder: Path) -> Path:
        """A repository of k8slint as it is now, committed or not."""
        folder.mkdir()
        for name in ("k8slint", "rules"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
            shutil.copy(ROOT / name, folder)
        self._commit(folder)
        return folder

    def _commit(self, folder: Path) -> None:
        for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Everything"]):
            self.call("git", *command, folder=folder)

    def call(self, *command: str, folder: Path, fails: bool = False) -> subprocess.CompletedProcess[str]:
        """Runs a command, and ends the benchmark where it fails and may not."""
        done = subprocess.run(command, cwd=folder, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode and not fails:
            sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return done

    def pre_commit(self, *arguments: str) -> float:
        """Seconds that a call of pre-commit takes."""
        start = time.perf_counter()
        self.call(sys.executable, "-m", "pre_commit", *arguments, folder=self.folder)
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifests", type=int, default=300)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="k8slint-bench-") as folder:
        bench = Bench(Path(folder), given.manifests)
        installed = bench.pre_commit("install-hooks")
        print(f"{given.manifests} manifests, {os.cpu_count()} cores; environments made in {installed:.0f} s\n")
        cold = {hook: bench.pre_commit("run", *how, "--all-files") for hook, how in HOOKS.items()}
        warm = dict.fromkeys(HOOKS, float("inf"))
        single = dict.fromkeys(HOOKS, float("inf"))
        for _ in range(given.repeat):
            for hook, how in HOOKS.items():
                warm[hook] = min(warm[hook], bench.pre_commit("run", *how, "--all-files"))
                one = bench.pre_commit("run", *how, "--files", "apps/app-000/deployment.yaml")
                single[hook] = min(single[hook], one)
        print(f"{'hook':18} {'cold':>8} {'warm':>8} {'one file':>9}")
        for hook in HOOKS:
            print(f"{hook:18} {cold[hook]:7.2f}s {warm[hook]:7.2f}s {single[hook]:8.2f}s")


if __name__ == "__main__":
    main()
