"""Plugins: each hook as docs/plugins.md shows it, and what happens where a plugin, or every plugin, fails."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import textwrap
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import pluggy
import pytest
import ruamel.yaml
from click.testing import CliRunner, Result

import k8slint
from k8slint import run
from k8slint.cli.commands import group
from k8slint.hooks import HookSpecs
from k8slint.plugins import PluginError, Plugins
from k8slint.run import CheckOptions, Run

from .conftest import Install

DOCS = Path(__file__).parents[2] / "docs" / "plugins.md"
DOCUMENTED = dict(
    re.findall(r"^```python (\S+)\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
)
"""The modules that the page on plugins shows, by file name."""

HOOKS = [name for name in vars(HookSpecs) if name.startswith("k8slint_")]

POD_WITHOUT_REQUEST = """\
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0
          resources:
            limits:
              memory: 512Mi
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, a project of its own."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def k8slint_command(*args: str) -> Result:
    return CliRunner().invoke(group, args, prog_name="k8slint", catch_exceptions=False)


FEW = CheckOptions(select=["limits-without-requests", "duplicate-key"])
"""The rules that the manifests here are made for."""


def findings(result: Run) -> list[tuple[str, int, str]]:
    return [(found.path, found.line, found.rule) for found in result.findings]


# ---------------------------------------------------------------------------------------------------- the documented hooks


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_with_an_example(hook: str) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", getattr(HookSpecs, hook).__doc__, re.DOTALL)
    (function,) = ast.parse(textwrap.dedent(example)).body
    assert isinstance(function, ast.FunctionDef)
    assert function.name == hook
    assert any(f"def {hook}(" in text for text in DOCUMENTED.values())


def test_rules_of_a_package(install: Install, folder: Path) -> None:
    rule = '''
from k8slint.api import Manifest, Problems, rule


@rule(on=Manifest, since="1.0")
def acme_owner(manifest: Manifest) -> Problems:
    """Nobody owns it."""
    if "owner" not in manifest.labels:
        yield manifest.metadata["labels", "owner"].problem("no owner, so nobody is called at night")
'''
    name = "acme_pack/__init__.py"
    install(
        "acme_pack", {name: DOCUMENTED[name], "acme_pack/access/__init__.py": "", "acme_pack/access/owner.py": rule}
    )
    (folder / "settings.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n")
    result = run.check(["."])
    assert findings(result) == [("settings.yaml", 3, "acme-owner")]
    assert result.findings[0].route == "metadata.labels[owner]"


def test_kinds(install: Install, folder: Path) -> None:
    text = (
        f"apiVersion: acme.example/v1\nkind: Fleet\nmetadata:\n  name: web\nspec:\n  template:\n{POD_WITHOUT_REQUEST}"
    )
    (folder / "fleet.yaml").write_text(text)
    only = CheckOptions(select=["limits-without-requests"])
    assert findings(run.check(["."], only)) == []
    install("acme_kinds", {"acme_kinds.py": DOCUMENTED["acme_kinds.py"]})
    assert findings(run.check(["."], only)) == [("fleet.yaml", 13, "limits-without-requests")]


MARKDOWN = """\
# How to run it

- k8slint: it is not silent here {{ .Values }}

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.0
      resources:
        limits:
          memory: 512Mi
```

```console
$ kubectl get pods
```

```yml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  name: options
```

```yaml
replicas: 3
```
"""


def line_of(text: str) -> int:
    return MARKDOWN.splitlines().index(text) + 1


class TestReaders:
    @pytest.fixture(autouse=True)
    def markdown(self, install: Install, folder: Path) -> Path:
        install("acme_markdown", {"acme_markdown.py": DOCUMENTED["acme_markdown.py"]})
        path = folder / "README.md"
        path.write_text(MARKDOWN)
        return path

    def test_findings_have_their_place_in_the_file(self) -> None:
        result = run.check(["."], FEW)
        assert findings(result) == [
            ("README.md", line_of("          memory: 512Mi"), "limits-without-requests"),
            ("README.md", line_of("  name: options"), "duplicate-key"),
        ]
        assert result.documents == 3

    def test_what_is_no_manifest_is_named(self) -> None:
        (skipped,) = run.check(["."], FEW).skipped
        assert (skipped.path, skipped.reason, skipped.line) == ("README.md", "not-a-manifest", line_of("replicas: 3"))

    def test_a_comment_suppresses(self, markdown: Path) -> None:
        text = MARKDOWN.replace("512Mi", "512Mi  # k8slint: ignore[limits-without-requests] an example")
        markdown.write_text(text.replace("  name: options\n", ""))
        result = run.check(["."], FEW)
        assert (findings(result), result.suppressed) == ([], 1)

    def test_fixes_leave_the_rest_alone(self, markdown: Path) -> None:
        markdown.write_text(MARKDOWN.replace("  name: options\n", ""))
        result = k8slint_command("check", "--fix", "--select", "limits-without-requests")
        assert result.exit_code == 0, result.output
        fixed = "          memory: 512Mi\n        requests:\n          memory: 512Mi\n"
        assert markdown.read_text() == MARKDOWN.replace("  name: options\n", "").replace(
            "          memory: 512Mi\n", fixed
        )

    def test_what_they_read_can_be_looked_up(self, folder: Path) -> None:
        (folder / "README.md").write_text(
            "```yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: one\nspec:\n  type: NodePort\n  ports:\n"
            "    - port: 80\n      nodePort: 30080\n```\n"
        )
        (folder / "two.yaml").write_text(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: two\nspec:\n  type: NodePort\n  ports:\n"
            "    - port: 80\n      nodePort: 30080\n"
        )
        result = run.check(["two.yaml"], CheckOptions(select=["duplicate-node-port"]))
        assert findings(result) == [("two.yaml", 9, "duplicate-node-port")]
        assert [related.path for related in result.findings[0].related] == ["README.md"]


def test_a_reader_may_leave_a_file_to_others(install: Install, folder: Path) -> None:
    text = """
from k8slint.api import Reader, hookimpl

@hookimpl
def k8slint_readers():
    return [Reader((".yaml",), lambda path, text: None)]
"""
    install("acme_reader", {"acme_reader.py": text})
    (folder / "twice.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: a\n")
    assert findings(run.check(["."])) == [("twice.yaml", 5, "duplicate-key")]


def test_a_reader_that_fails_is_an_error_and_the_other_files_are_checked(install: Install, folder: Path) -> None:
    text = """
from k8slint.api import Reader, hookimpl

def read(path, text):
    raise ValueError("no heading")

@hookimpl
def k8slint_readers():
    return [Reader((".md",), read)]
"""
    install("acme_reader", {"acme_reader.py": text})
    (folder / "README.md").write_text("# Title\n")
    (folder / "twice.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: a\n")
    result = k8slint_command("check", "--format", "concise")
    assert result.exit_code == 2
    assert "error: README.md: the reader that a plugin brings failed: ValueError: no heading" in result.stderr
    assert "twice.yaml:5:3: error[duplicate-key]" in result.stdout


def test_reporters(install: Install, folder: Path) -> None:
    install("acme_teamcity", {"acme_teamcity.py": DOCUMENTED["acme_teamcity.py"]})
    (folder / "it's.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: a\n")
    result = k8slint_command("check", "--format", "teamcity")
    assert result.exit_code == 1
    assert result.stdout == (
        "##teamcity[inspection typeId='duplicate-key' message='\"name\" is given twice, so only one of the two can count' "
        "file='it|'s.yaml' line='5' SEVERITY='ERROR']\n"
    )


def test_an_executor(install: Install, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[Any] = []

    class Counting(ThreadPoolExecutor):
        def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
            batches.append(args)
            return super().submit(*args, **kwargs)

    install("acme_threads", {"acme_threads.py": DOCUMENTED["acme_threads.py"]})
    monkeypatch.setattr(importlib.import_module("acme_threads"), "ThreadPoolExecutor", Counting)
    for name in "abc":
        (folder / f"{name}.yaml").write_text(
            f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  name: {name}\n"
        )
    assert findings(run.check(["."], CheckOptions(jobs=2))) == [(f"{name}.yaml", 5, "duplicate-key") for name in "abc"]
    assert batches


def test_an_executor_may_be_left_to_others(folder: Path) -> None:
    class Busy:
        @k8slint.hooks.hookimpl
        def k8slint_executor(self, jobs: int) -> None:
            self.jobs = jobs

    busy = Busy()
    (folder / "twice.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: a\n")
    result = run.check(["."], CheckOptions(jobs=2), Plugins([busy]))
    assert findings(result) == [("twice.yaml", 5, "duplicate-key")]
    assert busy.jobs == 2


# ---------------------------------------------------------------------------------------------------- what goes wrong


RAISES = '''
from k8slint.api import Manifest, Problems, hookimpl, rule


@hookimpl
def k8slint_rules():
    return [acme_raises]


@rule(on=Manifest, since="1.0")
def acme_raises(manifest: Manifest) -> Problems:
    """It raises."""
    yield manifest.problem("this still counts")
    raise LookupError("no such thing")
'''


def test_a_rule_that_raises_is_a_finding_and_the_rest_is_intact(install: Install, folder: Path) -> None:
    install("acme_raises", {"acme_raises.py": RAISES})
    for name in "ab":
        (folder / f"{name}.yaml").write_text(
            f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  name: {name}\n"
        )
    result = run.check(["."])
    assert sorted(findings(result)) == [
        (f"{name}.yaml", line, rule)
        for name in "ab"
        for line, rule in ((1, "acme-raises"), (1, "rule-crashed"), (5, "duplicate-key"))
        if (name, rule) != ("b", "rule-crashed")
    ]
    (crash,) = [found for found in result.findings if found.rule == "rule-crashed"]
    failed = r"the rule acme-raises failed here \(LookupError: no such thing, in \w+\.py:\d+\)"
    assert re.fullmatch(f"{failed} and in another place, please report it", crash.message)
    (other,) = crash.related
    assert (other.path, other.line) == ("b.yaml", 1)
    assert re.fullmatch(f"{failed}, please report it", other.message)
    assert crash.severity == "error"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_rule_that_raises_everywhere_is_told_once_and_its_traceback_when_asked(
    install: Install, folder: Path, jobs: int
) -> None:
    install("acme_raises", {"acme_raises.py": RAISES})
    document = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
    for name in "abc":
        (folder / f"{name}.yaml").write_text("---\n".join([document] * 100))
    result = run.check(["."], CheckOptions(select=["acme-raises", "rule-crashed"], jobs=jobs))
    (crash,) = [found for found in result.findings if found.rule == "rule-crashed"]
    assert (crash.path, crash.line) == ("a.yaml", 1)
    assert " and in 299 other places, please report it" in crash.message
    assert len(crash.related) == 299

    arguments = ("check", "--select", "acme-raises,rule-crashed", "--jobs", str(jobs))
    calm = k8slint_command(*arguments)
    assert (calm.exit_code, calm.stderr) == (1, "note: -v shows the traceback\n")
    assert calm.stdout.count("please report it") == 1
    assert "note:" not in calm.stdout
    said = k8slint_command(*arguments, "-v", "--no-cache")
    assert said.stderr.count("Traceback") == 1
    assert "acme_raises.py" in said.stderr
    assert said.stderr.endswith("LookupError: no such thing\n")


@pytest.mark.parametrize(
    ("docs", "url"),
    [("", ""), ('DOCS_URL = "https://acme.example/rules/"\n', "https://acme.example/rules/acme-raises")],
)
def test_a_plugin_may_say_where_its_pages_are(install: Install, folder: Path, docs: str, url: str) -> None:
    install("acme_raises", {"acme_raises.py": docs + RAISES})
    (folder / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
    assert run.check(["."], CheckOptions(select=["acme-raises"])).findings[0].url == url


def unusable(expected: str) -> None:
    """The command fails with one sentence that begins like this, exit code 2, and no traceback."""
    result = k8slint_command("check")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {expected}")
    assert result.stderr.count("\n") == 1
    with pytest.raises((PluginError, run.EngineError)) as caught:
        run.check(["."])
    assert str(caught.value).startswith(expected)


HOOK = "from k8slint.api import hookimpl\n\n\n@hookimpl\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "import no_such_module\n",
            "plugin acme_broken (acme_broken) cannot be imported: ModuleNotFoundError: No module named 'no_such_module'",
            id="an import that fails",
        ),
        pytest.param(
            "def\n", "plugin acme_broken (acme_broken) cannot be imported: SyntaxError: invalid syntax", id="bad syntax"
        ),
        pytest.param(
            HOOK + "def k8slint_rule():\n    return []\n",
            "plugin acme_broken cannot be used: PluginValidationError: unknown hook 'k8slint_rule'",
            id="a hook that does not exist",
        ),
        pytest.param(
            HOOK + "def k8slint_executor(workers):\n    return None\n",
            "plugin acme_broken cannot be used: PluginValidationError: ",
            id="a parameter that the hook does not have",
        ),
        pytest.param(
            HOOK + "def k8slint_rules():\n    return rules_of('acme_broken')\n",
            "plugin acme_broken failed in k8slint_rules: NameError: name 'rules_of' is not defined",
            id="a hook that raises",
        ),
        pytest.param(
            HOOK + "def k8slint_kinds():\n    pass\n",
            "plugin acme_broken failed in k8slint_kinds: TypeError: 'NoneType' object is not iterable",
            id="a hook that returns nothing",
        ),
        pytest.param(
            HOOK + "def k8slint_rules():\n    return [print]\n",
            "plugin acme_broken gives <built-in function print> as a rule, which it is not: is it decorated with @rule?",
            id="a rule that is none",
        ),
    ],
)
def test_a_plugin_that_cannot_be_used_is_named(install: Install, folder: Path, text: str, expected: str) -> None:
    install("acme_broken", {"acme_broken.py": text})
    unusable(expected)


def test_an_entry_point_that_leads_nowhere_is_named(install: Install, folder: Path) -> None:
    install("acme_broken:plugin", {"acme_broken.py": ""})
    unusable("plugin acme_broken (acme_broken:plugin) cannot be imported: AttributeError: ")


def test_a_rule_that_cannot_be_imported_when_it_is_needed_is_named(install: Install, folder: Path) -> None:
    # It is in the index, so that the pack itself could be loaded.
    files = {
        "acme_pack/__init__.py": DOCUMENTED["acme_pack/__init__.py"],
        "acme_pack/late.py": "import no_such_module\n",
    }
    site = install("acme_pack", files)
    size, entry = (
        len(files["acme_pack/late.py"]),
        '["acme-late", "acme_pack", "Late.", "broken", "error", "essential", "", "1.0"',
    )
    sizes = f'{{"__init__.py": {len(files["acme_pack/__init__.py"])}, "late.py": {size}}}'
    (site / "acme_pack" / "_index.json").write_text(
        f'{{"files": {sizes}, "rules": [{entry}, ["Manifest"], false, "acme_pack.late", "acme_late"]]}}'
    )
    (folder / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
    unusable("plugin acme_pack has a rule that cannot be imported, acme-late: ModuleNotFoundError: ")
    assert k8slint_command("explain", "acme-late").exit_code == 2


def test_two_plugins_with_a_rule_of_one_name_are_named(install: Install, folder: Path) -> None:
    install("acme_one", {"acme_one.py": RAISES})
    install("acme_two", {"acme_two.py": RAISES})
    (error,) = {k8slint_command("check").stderr}
    assert re.fullmatch(r"error: the plugins acme_\w+ and acme_\w+ both bring a rule named acme-raises\n", error)


def test_two_plugins_with_an_entry_point_of_one_name_are_both_loaded(install: Install, folder: Path) -> None:
    site = install("acme_one", {"acme_one.py": RAISES})
    install("acme_two", {"acme_two.py": RAISES.replace("acme_raises", "acme_also")})
    (site / "acme_two-1.0.dist-info" / "entry_points.txt").write_text("[k8slint]\nacme_one = acme_two\n")
    assert {"acme-raises", "acme-also"} <= Plugins().rules.keys()


def test_nothing_is_imported_from_the_folder_that_is_checked(folder: Path) -> None:
    for module in ("click", "pluggy", "acme_evil", "k8slint_rules"):
        (folder / f"{module}.py").write_text("raise SystemExit('imported')\n")
    (folder / "acme_evil-1.0.dist-info").mkdir()
    (folder / "acme_evil-1.0.dist-info" / "entry_points.txt").write_text("[k8slint]\nevil = acme_evil\n")
    (folder / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
    done = subprocess.run([sys.executable, "-m", "k8slint", "check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No problems in 1 file (1 document)\n", "")


def test_without_the_built_in_rules_nothing_looks_like_a_success(folder: Path, tmp_path: Path) -> None:
    # A process that finds the engine and what it needs, and no metadata of an installed package.
    site = tmp_path / "bare"
    site.mkdir()
    for module in (k8slint, click, pluggy):
        package = Path(module.__path__[0])
        (site / package.name).symlink_to(package)
    (site / "ruamel").symlink_to(Path(ruamel.yaml.__path__[0]).parent)
    (folder / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
    code = f"import sys; sys.path.insert(0, {str(site)!r}); from k8slint.cli import main; main()"
    for command in (["check", "."], ["rules"]):
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code, *command], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")
        expected = "error: no rules are installed, so nothing would be checked: is the built-in pack (k8slint_rules) missing?\n"
        assert done.stderr == expected
