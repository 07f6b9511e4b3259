"""The hooks of `.pre-commit-hooks.yaml`, installed by the real pre-commit into repositories that are committed to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from k8slint import run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

# What runs the tests may be a hook of git itself, or a Python with its own idea of where modules are.
ENVIRONMENT = {
    **{
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "PYTHON", "COV_", "PRE_COMMIT"))
    },
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{
        f"GIT_{who}_{what}": f"{what.lower()}@example.com"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
    "NO_COLOR": "1",
    "PRE_COMMIT_COLOR": "never",
}

Commit = Callable[[Mapping[str, str]], subprocess.CompletedProcess[str]]


def call(*command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=ENVIRONMENT | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environments that it makes for hooks: one for all tests here."""
    home = tmp_path_factory.mktemp("pre-commit")
    index = call(
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(home / "download"),
        "hatchling",
        folder=home,
    )
    if index.returncode:
        pytest.skip("pre-commit installs hooks from a package index, and there is none to be reached")
    return home


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of k8slint as it is now, committed or not."""
    folder = tmp_path_factory.mktemp("k8slint")
    for name in ("k8slint", "rules"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder)
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Everything"]):
        assert call("git", *command, folder=folder).returncode == 0
    return folder


@pytest.fixture
def repository(tmp_path: Path, hooks: Path, home: Path) -> Callable[..., Commit]:
    """Makes a repository with hooks, and returns what writes files there, stages these alone, and commits."""
    folder = tmp_path / "project"

    def make(*hooks_of_it: str) -> Commit:
        revision = call("git", "rev-parse", "HEAD", folder=hooks).stdout.strip()
        folder.mkdir()
        (folder / ".pre-commit-config.yaml").write_text(
            f"repos:\n  - repo: {hooks.as_posix()}\n    rev: {revision}\n    hooks:\n"
            + "".join(f"      - {hook}\n" if hook[0] == "{" else f"      - id: {hook}\n" for hook in hooks_of_it)
        )
        assert call("git", "init", "--quiet", folder=folder).returncode == 0
        installed = call(
            sys.executable, "-m", "pre_commit", "install", "--install-hooks", folder=folder, PRE_COMMIT_HOME=str(home)
        )
        assert installed.returncode == 0, installed.stdout
        return commit

    def commit(files: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        assert call("git", "add", *files, folder=folder).returncode == 0
        return call("git", "commit", "--message", "Change", folder=folder, PRE_COMMIT_HOME=str(home))

    return make


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
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
          image: registry.example.com/web:1.0
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            tcpSocket:
              port: http
          resources:
            requests:
              memory: 512Mi
            limits:
              memory: 512Mi  # the most it ever needs
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: web
"""


def test_a_mistake_stops_the_commit_at_line_and_column(repository: Callable[..., Commit]) -> None:
    commit = repository("k8slint")
    stopped = commit(
        {"deploy/web.yaml": DEPLOYMENT.replace("kind: Deployment\n", "kind: Deployment\nkind: Deployment\n")}
    )
    assert stopped.returncode == 1
    assert "error[duplicate-key]" in stopped.stdout
    assert "--> deploy/web.yaml:3:1 " in stopped.stdout
    done = commit({"deploy/web.yaml": DEPLOYMENT})
    assert done.returncode == 0, done.stdout


def test_what_a_mistake_depends_on_need_not_be_staged(
    repository: Callable[..., Commit], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repository("k8slint")
    assert commit({"apps/web.yaml": DEPLOYMENT}).returncode == 0
    # The hook is given the name of this file alone.
    stopped = commit({"services/web.yaml": SERVICE})
    assert stopped.returncode == 1
    monkeypatch.chdir(tmp_path / "project")
    (finding,) = [finding for finding in run.check(["."]).findings if finding.path == "services/web.yaml"]
    assert finding.rule == "undefined-target-port"
    assert f"error[undefined-target-port] {finding.message}\n" in stopped.stdout
    assert f"--> services/web.yaml:{finding.line}:{finding.column} " in stopped.stdout


def test_what_is_no_manifest_is_passed_over(repository: Callable[..., Commit]) -> None:
    commit = repository("k8slint")
    files = {
        "package.json": '{"name": "web", "version": "1.0.0", "private": true}\n',
        "chart/values.yaml": "replicas: 3\n",
    }
    done = commit(files)
    assert done.returncode == 0, done.stdout


def test_the_fixing_hook_mends_and_leaves_the_rest_to_the_author(
    repository: Callable[..., Commit], tmp_path: Path
) -> None:
    commit = repository("k8slint-fix")
    without = DEPLOYMENT.replace("            requests:\n              memory: 512Mi\n", "")
    stopped = commit({"web.yaml": without})
    assert stopped.returncode == 1
    assert "files were modified by this hook" in stopped.stdout
    mended = (tmp_path / "project" / "web.yaml").read_text()
    assert mended == without + "            requests:\n              memory: 512Mi\n"
    done = commit({"web.yaml": mended})
    assert done.returncode == 0, done.stdout


WITHOUT = DEPLOYMENT.replace("            requests:\n              memory: 512Mi\n", "")
BROKEN = WITHOUT.replace("kind: Deployment\n", "kind: Deployment\nkind: Deployment\n")
"""With something to mend, and something that only the author can."""


def test_the_fixing_hook_before_the_other_tells_nothing_twice(
    repository: Callable[..., Commit], tmp_path: Path
) -> None:
    commit = repository("k8slint-fix", "k8slint")
    stopped = commit({"web.yaml": BROKEN})
    assert stopped.returncode == 1
    assert stopped.stdout.count("Fixed 1 problem in 1 file:\n  web.yaml: 1 limits-without-requests\n") == 1
    # Counted by the one, shown by the other.
    assert stopped.stdout.count("1  error    [ ] duplicate-key\n") == 1
    assert stopped.stdout.count("error[duplicate-key]") == stopped.stdout.count("--> web.yaml:3:1 ") == 1
    mended = (tmp_path / "project" / "web.yaml").read_text()
    assert mended == BROKEN + "            requests:\n              memory: 512Mi\n"
    done = commit({"web.yaml": mended.replace("kind: Deployment\nkind: Deployment\n", "kind: Deployment\n")})
    assert done.returncode == 0, done.stdout


def test_the_fixing_hook_alone_lets_nothing_pass_that_it_cannot_mend(repository: Callable[..., Commit]) -> None:
    broken = DEPLOYMENT.replace("kind: Deployment\n", "kind: Deployment\nkind: Deployment\n")
    stopped = repository("k8slint-fix")({"web.yaml": broken})
    assert stopped.returncode == 1
    assert "1  error    [ ] duplicate-key\n" in stopped.stdout


def test_one_hook_may_do_both(repository: Callable[..., Commit], tmp_path: Path) -> None:
    stopped = repository("{id: k8slint, args: [--fix]}")({"web.yaml": BROKEN})
    assert stopped.returncode == 1
    assert "files were modified by this hook" in stopped.stdout
    assert stopped.stdout.count("error[duplicate-key]") == 1
    assert "            requests:\n              memory: 512Mi\n" in (tmp_path / "project" / "web.yaml").read_text()


def test_many_files_are_checked_by_one_process(repository: Callable[..., Commit], tmp_path: Path) -> None:
    commit = repository("k8slint")
    files = {f"apps/{number:03}.yaml": DEPLOYMENT.replace("web", f"app-{number}") for number in range(150)}
    # The Service is among others, and what it leads to is as well.
    files["apps/service.yaml"] = SERVICE.replace("app: web", "app: app-149")
    stopped = commit(files)
    assert stopped.returncode == 1
    assert stopped.stdout.count("error[undefined-target-port]") == 1
    assert stopped.stdout.count("Found 1 error") == 1
    assert "in 151 files (151 documents)" in stopped.stdout


def test_many_files_are_mended_by_one_process(repository: Callable[..., Commit], tmp_path: Path) -> None:
    commit = repository("k8slint-fix")
    without = DEPLOYMENT.replace("            requests:\n              memory: 512Mi\n", "")
    stopped = commit({f"apps/{number:03}.yaml": without.replace("web", f"app-{number}") for number in range(60)})
    assert stopped.returncode == 1
    assert stopped.stdout.count("Fixed 60 problems in 60 files:") == 1
    mended = {path.read_text().count("memory: 512Mi") for path in (tmp_path / "project" / "apps").iterdir()}
    assert mended == {2}


CHART = {
    "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "shop/templates/service.yaml": SERVICE.replace("port: 80", "port: {{ .Values.port }}"),
    "shop/templates/_helpers.tpl": "",
}
HELM = f"""\
#!{sys.executable}
print("---\\n# Source: shop/templates/service.yaml")
print({SERVICE.replace("port: 80", "port: 80000")!r}, end="")
"""


def run_rendered(folder: Path, programs: Path, home: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """The hook for some files, with a PATH of our own."""
    git = shutil.which("git")
    assert git is not None
    (programs / "git").symlink_to(git)
    command = (sys.executable, "-m", "pre_commit", "run", "--files", *files)
    return call(*command, folder=folder, PRE_COMMIT_HOME=str(home), PATH=str(programs))


@pytest.mark.skipif(os.name != "posix", reason="programs that are scripts")
def test_a_mistake_in_what_a_chart_renders_stops_the_commit_at_its_template(
    repository: Callable[..., Commit], tmp_path: Path, home: Path
) -> None:
    commit = repository("k8slint-rendered")
    assert commit({"README.md": "# Shop\n"}).returncode == 0
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "helm").write_text(HELM)
    (programs / "helm").chmod(0o755)
    for name, text in CHART.items():
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_text(text)
    # A file that is no YAML belongs to the chart as well.
    stopped = run_rendered(tmp_path / "project", programs, home, "shop/templates/_helpers.tpl")
    assert stopped.returncode == 1, stopped.stdout
    assert "Rendered 1 chart with helm" in stopped.stdout
    assert "--> shop/templates/service.yaml:9:13 " in stopped.stdout


@pytest.mark.skipif(os.name != "posix", reason="programs that are scripts")
def test_without_helm_the_hook_says_that_the_chart_was_not_checked(
    repository: Callable[..., Commit], tmp_path: Path, home: Path
) -> None:
    repository("k8slint-rendered")
    for name, text in CHART.items():
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_text(text)
    programs = tmp_path / "bin"
    programs.mkdir()
    passed = run_rendered(tmp_path / "project", programs, home, *CHART)
    assert passed.returncode == 0, passed.stdout
    assert "helm is not installed, so shop is not checked" in passed.stdout
