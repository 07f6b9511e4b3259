"""`--diff-base`: only what is in resources that changed since a revision. In real repositories."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from k8slint.cli.changes import _File

K8slint = Callable[..., Result]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def twice(name: str, *more: str) -> str:
    """A ConfigMap with a duplicate key."""
    return "\n".join(
        ("apiVersion: v1", "kind: ConfigMap", "metadata:", f"  name: {name}", "data:", "  a: b", "  a: c", *more, "")
    )


class Repository:
    """A repository in `folder`, where commands run."""

    def __init__(self, folder: Path, k8slint: K8slint) -> None:
        self.folder = folder
        self.k8slint = k8slint

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
        done = subprocess.run(("git", *who, *arguments), cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout

    def commit(self, **files: str) -> None:
        for name, text in files.items():
            self.write(f"{name}.yaml", text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=x")

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")

    def found(self, *arguments: str, base: str = "main") -> list[str]:
        """The names of the ConfigMaps in which a key is there twice."""
        result = self.k8slint(
            "check", "--select", "duplicate-key", "-f", "json", "--diff-base", base, *(arguments or (".",))
        )
        assert result.exit_code in (0, 1), result.output
        return [finding["resource"]["name"] for finding in json.loads(result.stdout)["findings"]]


@pytest.fixture
def repository(folder: Path, k8slint: K8slint) -> Repository:
    (folder / ".git").rmdir()
    made = Repository(folder, k8slint)
    made.git("init", "--quiet", "--initial-branch=main")
    return made


def test_what_has_not_changed_is_not_reported(repository: Repository) -> None:
    repository.commit(a=twice("a"), b=twice("b"))
    repository.git("checkout", "--quiet", "-b", "topic")
    assert repository.found() == []

    repository.write("b.yaml", twice("b", "  z: 1"))
    assert repository.found() == ["b"]
    repository.commit(c=twice("c"))
    assert repository.found() == ["b", "c"]

    result = repository.k8slint("check", "--diff-base", "main")
    assert result.exit_code == 1
    assert result.stdout.endswith("\nNot shown: 1 in what has not changed\n")


def test_where_nothing_changed_the_run_passes(repository: Repository) -> None:
    repository.commit(a=twice("a"))
    result = repository.k8slint("check", "--diff-base", "HEAD")

    assert result.exit_code == 0
    assert result.stdout.startswith("No problems in 1 file")


def test_files_that_are_not_tracked_are_new_even_if_ignored(repository: Repository) -> None:
    repository.commit(a=twice("a"))
    repository.write("new.yaml", twice("new"))
    repository.write("rendered.yaml", twice("rendered"))
    repository.write(".gitignore", "rendered.yaml\n")

    assert repository.found() == ["new"]
    assert repository.found("a.yaml", "rendered.yaml") == ["rendered"]


def test_staged_changes_count(repository: Repository) -> None:
    repository.commit(a=twice("a"))
    repository.write("a.yaml", twice("a", "  z: 1"))
    repository.git("add", "--all")

    assert repository.found() == ["a"]


def test_only_the_documents_with_a_changed_line_count(repository: Repository) -> None:
    repository.commit(all="---\n".join(map(twice, "abc")))
    repository.write("all.yaml", "---\n".join((twice("a"), twice("b", "  z: 1"), twice("c"))))

    assert repository.found() == ["b"]


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        pytest.param("abc", "bc", [], id="the first goes"),
        pytest.param("abc", "ac", [], id="one in the middle goes"),
        pytest.param("abc", "ab", [], id="the last goes"),
        pytest.param("ac", "abc", ["b"], id="one comes in the middle"),
        pytest.param("bc", "abc", ["a"], id="one comes first"),
        pytest.param("ab", "abc", ["c"], id="one comes last"),
    ],
)
def test_documents_that_come_and_go_leave_the_others_alone(
    repository: Repository, before: str, after: str, changed: list[str]
) -> None:
    repository.commit(all="---\n".join(map(twice, before)))
    repository.write("all.yaml", "---\n".join(map(twice, after)))

    assert repository.found() == changed


@pytest.mark.parametrize("more", [("  z: 1",), ("  y: 1", "  z: 1"), ("", "# the end", "")])
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_lines_taken_out_at_the_end_of_a_document_change_it(
    repository: Repository, name: str, more: tuple[str, ...]
) -> None:
    repository.commit(all="---\n".join(twice(one, *(more if one == name else ())) for one in "abc"))
    repository.write("all.yaml", "---\n".join(map(twice, "abc")))

    assert repository.found() == ([name])


def test_a_separator_changes_what_it_separates(repository: Repository) -> None:
    repository.commit(all=twice("a") + "---\n" + twice("b") + "---\n" + twice("c"))
    repository.write("all.yaml", twice("a") + twice("b") + "---\n" + twice("c"))
    result = repository.k8slint("check", "-f", "json", "--diff-base", "main")

    assert "c" not in [finding["resource"]["name"] for finding in json.loads(result.stdout)["findings"]]
    assert result.exit_code == 1


def test_documents_that_move_to_another_file_are_not_new_but_copies_are(repository: Repository) -> None:
    repository.commit(all="---\n".join(map(twice, "abc")), other=twice("d"))
    repository.write("all.yaml", "---\n".join(map(twice, "ac")))
    repository.write("b.yaml", twice("b"))
    repository.write("copy.yaml", twice("a") + "---\n" + twice("d"))

    assert repository.found() == ["a", "d"]


def test_other_line_ends_are_no_change(repository: Repository) -> None:
    repository.commit(a=twice("a"))
    repository.write("a.yaml", twice("a").replace("\n", "\r\n"))

    assert repository.found() == []


def test_a_document_that_cannot_be_read_is_a_document(repository: Repository) -> None:
    broken = "a: [\n---\n"
    repository.commit(a=broken + twice("a"))
    repository.write("a.yaml", broken + twice("a", "  z: 1"))
    result = repository.k8slint("check", "-f", "concise", "-q", "--diff-base", "HEAD")
    assert [line.partition(":")[2].partition(":")[0] for line in result.stdout.splitlines()] == ["9", "10"]

    repository.write("a.yaml", "a: [1\n---\n" + twice("a"))
    result = repository.k8slint("check", "-f", "concise", "-q", "--diff-base", "HEAD")
    assert "yaml-syntax" in result.stdout
    assert "duplicate-key" not in result.stdout


GO = """\
package v1

// +kubebuilder:object:root=true
type Fleet struct {
	Spec FleetSpec `json:"spec"`
}

type FleetSpec struct {
	Size int `json:"size"`
}
"""


def test_of_what_is_no_manifest_lines_count(repository: Repository) -> None:
    old = _File("types.go", GO, GO.replace("Size int", "Size uint"))

    assert [line for line in range(1, 12) if old.touches(line, line, Counter())] == [9]
    assert old.touches(8, 10, Counter())


@pytest.mark.parametrize("name", ["new name.yaml", 'a"b\\c.yaml', "naïve\t.yaml", "-x.yaml", "b/c.yaml"])
@pytest.mark.parametrize("add", [(), ("  z: 1",)])
def test_a_file_that_was_renamed_is_the_same_file(repository: Repository, name: str, add: tuple[str, ...]) -> None:
    long = tuple(f"  key{number}: value" for number in range(20))
    repository.commit(old="---\n".join((twice("a", *long), twice("b", *long))))
    (repository.folder / name).parent.mkdir(exist_ok=True)
    repository.git("mv", "--", "old.yaml", name)
    repository.write(name, "---\n".join((twice("a", *long), twice("b", *long, *add))))

    assert repository.found() == (["b"] if add else [])


def test_what_happened_on_the_other_branch_since_is_not_ours(repository: Repository) -> None:
    """As in a pull request, whose base has moved on."""
    repository.commit(a=twice("a"))
    repository.git("branch", "topic")
    repository.commit(a=twice("a", "  z: 1"))
    repository.git("checkout", "--quiet", "topic")
    repository.commit(b=twice("b"))

    assert repository.found() == ["b"]


SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: http
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0
          ports:
            - name: http
              containerPort: 8080
"""


def test_what_a_change_breaks_elsewhere_counts(repository: Repository) -> None:
    """The Service is as it was; the port that it names is not."""
    repository.commit(service=SERVICE, deployment=DEPLOYMENT)
    repository.write("deployment.yaml", DEPLOYMENT.replace("name: http", "name: metrics"))
    result = repository.k8slint("check", "-f", "json", "--select", "undefined-target-port", "--diff-base", "main")

    assert [finding["path"] for finding in json.loads(result.stdout)["findings"]] == ["service.yaml"]


def test_paths_are_those_of_the_repository_wherever_it_is_started(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("apps/web/a.yaml", twice("a"))
    repository.write("apps/b.yaml", twice("b"))
    repository.commit()
    repository.write("apps/web/a.yaml", twice("a", "  z: 1"))
    monkeypatch.chdir(repository.folder / "apps" / "web")

    assert repository.found("..") == ["a"]


def test_a_link_changes_with_what_it_leads_to(repository: Repository) -> None:
    repository.commit(a=twice("a"))
    (repository.folder / "link.yaml").symlink_to("a.yaml")
    repository.commit()
    assert repository.found("link.yaml", base="HEAD") == []
    repository.write("a.yaml", twice("a", "  z: 1"))

    assert repository.found("link.yaml", base="HEAD") == ["a"]


def test_of_files_outside_of_the_repository_nobody_can_say_that_they_are_old(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "x.yaml"
    other.write_text(twice("x"))
    repository.commit(a=twice("a"))

    assert repository.found(".", str(other)) == ["x"]


def test_a_repository_within_speaks_for_itself(repository: Repository) -> None:
    repository.commit(a=twice("a"))
    (repository.folder / "inner" / ".git").mkdir(parents=True)
    repository.write("inner/b.yaml", twice("b"))

    assert repository.found() == ["b"]


def test_in_a_worktree(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit(a=twice("a"))
    repository.git("worktree", "add", "--quiet", "-b", "topic", "../tree")
    monkeypatch.chdir(repository.folder.parent / "tree")
    Path("b.yaml").write_text(twice("b"))

    assert repository.found() == ["b"]


def test_in_a_hook_of_another_repository(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit(a=twice("a"))
    repository.write("a.yaml", twice("a", "  z: 1"))
    monkeypatch.setenv("GIT_DIR", "/no/such/folder")
    monkeypatch.setenv("GIT_INDEX_FILE", "/no/such/index")

    assert repository.found() == ["a"]


def test_contents_that_are_not_there_are_2(repository: Repository) -> None:
    repository.commit(a=twice("a"))
    blob = repository.git("rev-parse", "HEAD:a.yaml").strip()
    (repository.folder / "a.yaml").unlink()
    (repository.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    result = repository.k8slint("check", "--diff-base", "HEAD")

    assert result.exit_code == 2
    assert "--diff-base HEAD: git does not have the contents of some files" in result.stderr


# ---- what cannot be


def test_a_revision_that_is_not_there_is_2(repository: Repository) -> None:
    repository.commit()
    result = repository.k8slint("check", "--diff-base", "origin/main")

    assert result.exit_code == 2
    assert result.stderr == (
        "error: --diff-base origin/main: git knows no such revision (in a shallow clone, fetch it first)\n"
    )


def test_histories_that_have_nothing_in_common_are_2(repository: Repository) -> None:
    repository.commit(a=twice("a"))
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.commit(b=twice("b"))
    result = repository.k8slint("check", "--diff-base", "main")

    assert result.exit_code == 2
    assert "--diff-base main: it has no commit in common with what is checked out" in result.stderr


def test_without_a_repository_it_is_2(k8slint: K8slint, folder: Path) -> None:
    (folder / ".git").rmdir()
    result = k8slint("check", "--diff-base", "main")

    assert result.exit_code == 2
    assert result.stderr == "error: --diff-base main: this folder is in no git repository\n"


def test_without_git_it_is_2(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    result = repository.k8slint("check", "--diff-base", "main")

    assert result.exit_code == 2
    assert result.stderr == "error: --diff-base needs git, which is not installed\n"


@pytest.mark.parametrize("revision", ["--output=stolen", "-x", "HEAD:a.yaml", "--upload-pack=touch stolen"])
def test_a_revision_is_never_an_option(repository: Repository, revision: str) -> None:
    repository.commit(a=twice("a"))
    result = repository.k8slint("check", f"--diff-base={revision}")

    assert result.exit_code == 2
    assert "git knows no such revision" in result.stderr
    assert not (repository.folder / "stolen").exists()


def test_nothing_that_the_repository_names_is_executed(repository: Repository) -> None:
    trap = repository.folder / "trap.sh"
    trap.write_text("#!/bin/sh\ntouch sprung\ncat\n")
    trap.chmod(0o755)
    repository.write(".gitattributes", "*.yaml diff=trap\n")
    repository.commit(a=twice("a"))
    for name in ("diff.external", "diff.trap.command", "diff.trap.textconv", "core.fsmonitor", "core.pager"):
        repository.git("config", name, "./trap.sh")
    repository.write("a.yaml", twice("a", "  z: 1"))
    (repository.folder / "sprung").unlink(missing_ok=True)

    assert repository.found() == ["a"]
    assert not (repository.folder / "sprung").exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.context", "5"),
        ("diff.interHunkContext", "5"),
        ("diff.relative", "true"),
        ("diff.renames", "false"),
        ("color.ui", "always"),
        ("core.quotePath", "false"),
    ],
)
def test_however_git_is_configured(repository: Repository, key: str, value: str) -> None:
    repository.write("naïve.yaml", "---\n".join(map(twice, "abc")))
    repository.commit()
    repository.git("config", key, value)
    repository.write("naïve.yaml", "---\n".join((twice("a"), twice("b", "  z: 1"), twice("c"))))

    assert repository.found() == ["b"]


@pytest.mark.parametrize("option", ["--fix", "--diff", "--write-baseline=b.json"])
def test_it_does_not_go_with_what_changes_files(k8slint: K8slint, option: str) -> None:
    result = k8slint("check", "--diff-base", "main", option)

    assert result.exit_code == 2
    assert "--diff-base does not go with" in result.stderr


def test_it_does_not_go_with_standard_input(k8slint: K8slint) -> None:
    assert k8slint("check", "-", "--diff-base", "main", stdin="").exit_code == 2
