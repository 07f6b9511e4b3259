"""Finding and reading files."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from k8slint import source
from k8slint.classify import ENDINGS
from k8slint.finding import Skipped


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*paths: str, text: str = "kind: Pod\n") -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def found(
    *paths: str, exclude: tuple[str, ...] = (), respect_ignore: bool = True, force_exclude: bool = False
) -> list[str]:
    discovery = source.discover(
        paths or ["."], base=Path.cwd(), exclude=exclude, respect_ignore=respect_ignore, force_exclude=force_exclude
    )
    assert discovery.errors == []
    return discovery.files


# ---------------------------------------------------------------------------------------------------- folders


def test_a_folder_means_the_yaml_and_json_files_below_it(tree: Path) -> None:
    write("web.yaml", "apps/db.yml", "apps/list.json", "apps/base/Kustomization", "README.md", "apps/main.go")
    assert found() == ["apps/base/Kustomization", "apps/db.yml", "apps/list.json", "web.yaml"]
    assert found("apps") == ["apps/base/Kustomization", "apps/db.yml", "apps/list.json"]


def test_other_endings_can_be_asked_for(tree: Path) -> None:
    write("web.yaml", "docs/guide.md")
    discovery = source.discover(["."], base=tree, endings=(*ENDINGS, ".md"))
    assert discovery.files == ["docs/guide.md", "web.yaml"]


@pytest.mark.parametrize("paths", [["."], ["apps"], ["apps", "."], ["apps/web.yaml"], ["apps/*.yaml"], ["gone", "."]])
def test_files_of_other_endings_are_met_on_the_way(tree: Path, paths: list[str]) -> None:
    write(
        "apps/web.yaml", "main.go", "apps/api.go", "apps/old.go", "vendor/modules.txt", "vendor/lib.go", "shared/go.mod"
    )
    write("apps/.gitignore", text="old.go")
    os.symlink("../shared", "apps/shared")
    os.symlink("../main.go", "apps/again.go")
    found = source.discover(paths, base=tree, beside=[".go", "go.mod"])
    again = source.discover(paths, base=tree, endings=[".go", "go.mod"])
    whole = all(os.path.isdir(path) for path in paths)
    assert (found.beside is not None) == whole
    if whole:
        assert found.beside == [path for path in again.files if path.endswith((".go", "go.mod"))]
        assert "apps/api.go" in (found.beside or ())


def test_a_link_that_leads_nowhere_leaves_open_what_else_there_is(tree: Path) -> None:
    os.symlink("gone.go", "old.go")
    assert source.discover(["."], base=tree, beside=[".go"]).beside is None


def test_a_folder_that_is_a_tools_own_is_not_looked_into_unless_it_is_named(tree: Path) -> None:
    write(".git/config.yaml", ".venv/lib/a.yaml", "node_modules/b.yaml", ".terraform/c.yaml", ".github/deploy/web.yaml")
    assert found() == [".github/deploy/web.yaml"]
    assert found("node_modules") == ["node_modules/b.yaml"]


def test_the_vendor_folder_of_go_is_not_looked_into(tree: Path) -> None:
    write("vendor/k8s.io/api/crd.yaml", "charts/vendor/web.yaml")
    write("vendor/modules.txt", text="# k8s.io/api v0.37.2\n")
    assert found() == ["charts/vendor/web.yaml"]


def test_a_file_named_twice_is_one_file(tree: Path) -> None:
    write("apps/web.yaml")
    assert found("apps", "apps/web.yaml", "./apps/../apps/web.yaml", str(tree / "apps")) == ["apps/web.yaml"]


def test_files_outside_the_current_folder_have_absolute_paths(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("apps/web.yaml", "other/db.yaml")
    monkeypatch.chdir("apps")
    assert found(".", "../other") == [(tree / "other/db.yaml").as_posix(), "web.yaml"]


def test_what_cannot_be_found_is_said(tree: Path) -> None:
    write("web.yaml")
    discovery = source.discover(["web.yaml", "wbe.yaml", "apps/*.yaml"], base=tree)
    assert [os.path.basename(path) for path in discovery.files] == ["web.yaml"]
    assert discovery.errors == ["wbe.yaml: no such file or folder", "apps/*.yaml: no file matches"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_opened_is_said(tree: Path) -> None:
    write("apps/web.yaml", "closed/db.yaml")
    Path("closed").chmod(0)
    discovery = source.discover(["."], base=tree)
    Path("closed").chmod(0o700)
    assert discovery.files == ["apps/web.yaml"]
    assert discovery.errors == ["closed: permission denied"]


def test_a_dash_is_standard_input(tree: Path) -> None:
    discovery = source.discover(["-"], base=tree)
    assert discovery.stdin
    assert discovery.files == []


# ---------------------------------------------------------------------------------------------------- patterns


def test_a_file_that_is_named_is_taken_whatever_its_ending(tree: Path) -> None:
    write("Makefile", "web.yaml.j2")
    assert found("Makefile", "web.yaml.j2") == ["Makefile", "web.yaml.j2"]


def test_patterns_are_for_shells_that_have_none(tree: Path) -> None:
    write("apps/web.yaml", "apps/db.yml", "apps/notes.txt", "apps/shop/cart.yaml", "apps/.hidden.yaml")
    assert found("apps/*.yaml") == ["apps/web.yaml"]
    assert found("apps/*") == ["apps/db.yml", "apps/shop/cart.yaml", "apps/web.yaml"]
    assert found("apps/*.txt") == ["apps/notes.txt"]
    assert found("**/c?rt.yaml") == ["apps/shop/cart.yaml"]
    assert found("apps/**/*.yaml") == ["apps/shop/cart.yaml", "apps/web.yaml"]
    assert found(str(tree / "apps" / "[w]*")) == ["apps/web.yaml"]


def test_a_file_may_have_a_name_like_a_pattern(tree: Path) -> None:
    write("web[1].yaml", "web1.yaml")
    assert found("web[1].yaml") == ["web[1].yaml"]


# ---------------------------------------------------------------------------------------------------- links


def test_a_link_to_a_folder_is_followed_and_each_file_taken_once(tree: Path) -> None:
    write("shared/web.yaml", "apps/db.yaml")
    os.symlink("../shared", "apps/shared")
    assert found("apps") == ["apps/db.yaml", "apps/shared/web.yaml"]
    assert found() == ["apps/db.yaml", "shared/web.yaml"]


def test_links_in_a_circle_end(tree: Path) -> None:
    write("apps/web.yaml", "more/db.yaml")
    os.symlink("../more", "apps/more")
    os.symlink("../apps", "more/apps")
    os.symlink(".", "apps/self")
    os.symlink(os.pardir, "apps/up")
    assert found("apps") == ["apps/more/db.yaml", "apps/web.yaml"]


def test_a_link_to_a_file_is_the_file(tree: Path) -> None:
    write("apps/web.yaml")
    os.symlink("web.yaml", "apps/again.yaml")
    assert found() == ["apps/web.yaml"]
    assert found("apps/again.yaml") == ["apps/again.yaml"]


def test_a_link_that_leads_nowhere_is_named(tree: Path) -> None:
    write("web.yaml")
    os.symlink("gone.yaml", "old.yaml")
    discovery = source.discover(["."], base=tree)
    assert discovery.skipped == [Skipped("old.yaml", "broken-link")]
    assert source.discover(["old.yaml"], base=tree).errors == ["old.yaml: the link leads nowhere"]


# ---------------------------------------------------------------------------------------------------- ignored


def test_what_gitignore_names_is_left_out(tree: Path) -> None:
    write("web.yaml", "rendered/web.yaml", "apps/tmp.yaml", "apps/keep.yaml", "apps/old/web.yaml")
    write(".gitignore", text="/rendered/\ntmp.yaml\n")
    write("apps/.gitignore", text="*.yaml\n!keep.yaml\nold/\n")
    assert found() == ["apps/keep.yaml", "web.yaml"]
    assert len(found(respect_ignore=False)) == 5


def test_the_ignore_files_above_a_folder_count_up_to_the_root_of_the_repository(tree: Path) -> None:
    write(".gitignore", text="*.yaml\n")
    write("repo/.gitignore", text="tmp.yaml\n")
    write("repo/.git/info/exclude", text="/apps/mine.yaml\n")
    write("repo/apps/shop/web.yaml", "repo/apps/shop/tmp.yaml", "repo/apps/mine.yaml")
    assert found("repo/apps") == ["repo/apps/shop/web.yaml"]


def test_k8slintignore_has_the_last_word(tree: Path) -> None:
    write(".gitignore", text="rendered/\n")
    write(".k8slintignore", text="!rendered/\n/fixtures/\n")
    write("web.yaml", "rendered/web.yaml", "fixtures/bad.yaml")
    assert found() == ["rendered/web.yaml", "web.yaml"]


def test_exclude_is_relative_to_the_config(tree: Path) -> None:
    write("apps/web.yaml", "apps/generated/db.yaml", "generated/db.yaml")
    assert found(exclude=("/generated",)) == ["apps/generated/db.yaml", "apps/web.yaml"]
    discovery = source.discover(["."], base=tree, exclude=["/generated"], exclude_base=tree / "apps")
    assert discovery.files == ["apps/web.yaml", "generated/db.yaml"]


def test_a_file_that_is_named_is_taken_even_if_it_is_ignored(tree: Path) -> None:
    write(".gitignore", text="rendered/\n")
    write("rendered/web.yaml", "apps/db.yaml")
    assert found("rendered/web.yaml", "apps/db.yaml", exclude=("apps",)) == ["apps/db.yaml", "rendered/web.yaml"]


def test_a_hook_that_names_every_file_can_leave_the_ignored_ones_out(tree: Path) -> None:
    write(".gitignore", text="rendered/\n")
    write("rendered/web.yaml", "apps/db.yaml", "web.yaml")
    discovery = source.discover(
        ["rendered/web.yaml", "apps/db.yaml", "web.yaml"], base=tree, exclude=["apps"], force_exclude=True
    )
    assert discovery.files == ["web.yaml"]
    assert discovery.skipped == [Skipped("apps/db.yaml", "excluded"), Skipped("rendered/web.yaml", "excluded")]


# ---------------------------------------------------------------------------------------------------- reading


def test_line_breaks_are_kept(tree: Path) -> None:
    Path("web.yaml").write_bytes(b"kind: Pod\r\nname: caf\xc3\xa9\n")
    assert source.load("web.yaml") == source.Loaded("kind: Pod\r\nname: café\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_tells_the_encoding_and_is_no_text(tree: Path, encoding: str) -> None:
    Path("web.yaml").write_text("kind: Pod\n", encoding=encoding)
    assert source.load(Path("web.yaml")).text == "kind: Pod\n"


def test_bytes_that_are_no_text_are_replaced_and_said(tree: Path) -> None:
    Path("web.yaml").write_bytes(b"name: caf\xe9\n")
    loaded = source.load("web.yaml")
    assert loaded.text == "name: caf\ufffd\n"
    assert loaded.complaint is not None
    assert "0xe9" in loaded.complaint


def test_binary_and_huge_files_are_skipped_with_the_reason(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("image.yaml").write_bytes(b"\x7fELF\0\0")
    assert source.load("image.yaml") == source.Loaded(skipped="binary")
    monkeypatch.setattr(source, "MAX_BYTES", 4)
    Path("dump.yaml").write_text("- 1\n- 2\n")
    assert source.load("dump.yaml") == source.Loaded(skipped="too-large")


def test_what_cannot_be_read_is_an_error_that_names_the_file(tree: Path) -> None:
    Path("apps").mkdir()
    assert source.load("gone.yaml").error == "gone.yaml: no such file or directory"
    assert source.load("apps").error == "apps: is a directory"


def test_standard_input_is_read_as_a_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfkind: Pod\r\n")))
    assert source.read_stdin() == source.Loaded("kind: Pod\r\n")


# ---------------------------------------------------------------------------------------------------- the project


def test_a_project_ends_where_its_config_is(tree: Path) -> None:
    write("repo/.git/HEAD", "repo/platform/.k8slint.yaml", "repo/platform/apps/web.yaml", "repo/docs/a.yaml")
    assert Path(source.project_root(tree / "repo/platform/apps")) == tree / "repo/platform"
    assert Path(source.project_root(tree / "repo/docs")) == tree / "repo"


def test_without_config_and_repository_a_folder_is_its_own_project(tree: Path) -> None:
    write("apps/web.yaml")
    assert Path(source.project_root(tree / "apps")) == tree / "apps"
