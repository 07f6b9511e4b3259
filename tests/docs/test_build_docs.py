"""What rules say of themselves, as pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

import pytest

from k8slint.api import Claim, Container, Problems, rule


@dataclass(frozen=True)
class Options:
    least_replicas: int = 2
    """The fewest that
    are enough."""
    mode: Literal["a", "b"] = "a"


@rule(
    on=Container,
    since="0.3",
    claim=Claim.BROKEN,
    options=Options,
    source=("k8s.io/kubernetes/pkg/probe/util.go: ResolveContainerPort", "the API reference"),
)
def lonely_container(container: Container) -> Problems:
    """A container is | alone.

    Others, such as `undefined-volume` and `lonely-container`, see `docs`.

    ```yaml bad
    name: web  # <- alone, see `undefined-volume`
    ```

    ```dockerfile bad web/Dockerfile
    FROM scratch
    ```

    ```yaml config
    complete: true
    ```

    ```yaml good
    name: web
    ```

    ```console
    $ kubectl get pods
    ```
    """
    yield container.problem("alone", fix=container["name"].set("web"))


@rule(on=Container, since="0.1", claim=Claim.ADVICE, preset="strict")
def quiet_container(container: Container) -> Problems:
    """It is quiet."""
    yield from ()


GITHUB = "https://github.com/kubernetes/kubernetes"

PAGE = """\
# lonely-container

<!-- Written by scripts/build_docs.py; the text is the rule's docstring. -->

[docs](index.md#docs) | **error**: accepted, and cannot work (*broken*) | preset essential | safe fix | since 0.3

A container is | alone.

Others, such as [`undefined-volume`](undefined-volume.md) and `lonely-container`, see `docs`.

**Bad**:

```yaml
name: web  # <- alone, see `undefined-volume`
```

**Bad** (`web/Dockerfile`):

```dockerfile
FROM scratch
```

**Configuration**:

```yaml
complete: true
```

**Good**:

```yaml
name: web
```

```console
$ kubectl get pods
```

## Options

| option | type | default | meaning |
|---|---|---|---|
| `leastReplicas` | integer | `2` | The fewest that are enough. |
| `mode` | one of a, b | `"a"` |  |

## What it follows

- [k8s.io/kubernetes/pkg/probe/util.go](https://github.com/kubernetes/kubernetes/blob/KUBERNETES/pkg/probe/util.go): ResolveContainerPort
- the API reference

## Turning it off

`lonely-container: off` below `rules` in the [configuration](../configuration.md); for one place, a comment there: \
`# k8slint: ignore[lonely-container] why` ([more](../suppression.md)).
"""


def test_a_page_is_the_docstring_with_its_facts(build_docs: ModuleType) -> None:
    text = build_docs.rule_page(lonely_container, {"lonely-container", "undefined-volume"})
    group = lonely_container.info.group
    assert text == PAGE.replace("KUBERNETES", build_docs.KUBERNETES).replace(
        "[docs](index.md#docs)", f"[{group}](index.md#{group})"
    )


@pytest.mark.parametrize(
    ("source", "linked"),
    [
        ("RFC 1035, section 2.3.1", "RFC 1035, section 2.3.1"),
        ("https://example.com/a/: scope", "[https://example.com/a/](https://example.com/a/): scope"),
        ("KEP-753 and more", "[KEP-753](https://kep.k8s.io/753) and more"),
        ("kubernetes issue 64023", f"[kubernetes issue 64023]({GITHUB}/issues/64023)"),
        ("k8s.io/api/apps: x", f"[k8s.io/api/apps]({GITHUB}/tree/KUBERNETES/staging/src/k8s.io/api/apps): x"),
        ("k8s.io/kubernetes/pkg/a.go", f"[k8s.io/kubernetes/pkg/a.go]({GITHUB}/blob/KUBERNETES/pkg/a.go)"),
        ("k8s.io/kubernetes/pkg/apis/*/validation: all", "k8s.io/kubernetes/pkg/apis/*/validation: all"),
        ("sigs.k8s.io/yaml, strictly", "[sigs.k8s.io/yaml](https://github.com/kubernetes-sigs/yaml), strictly"),
        (
            "sigs.k8s.io/kustomize/api/resmap",
            "[sigs.k8s.io/kustomize/api/resmap](https://github.com/kubernetes-sigs/kustomize/tree/HEAD/api/resmap)",
        ),
    ],
)
def test_what_a_rule_follows_is_linked(build_docs: ModuleType, source: str, linked: str) -> None:
    assert build_docs.source_link(source) == linked.replace("KUBERNETES", build_docs.KUBERNETES)


def test_the_index_lists_rules_by_group(build_docs: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_docs, "_about", {lonely_container.info.group: "What is alone."}.__getitem__)
    text = build_docs.index_page([quiet_container.info, lonely_container.info])
    assert text.endswith(f"""\
## {lonely_container.info.group}

What is alone.

| rule | severity | preset | fix | what it finds |
|---|---|---|---|---|
| [lonely-container](lonely-container.md) | error | essential | safe | A container is \\| alone. |
| [quiet-container](quiet-container.md) | off | strict |  | It is quiet. |
""")


def test_json_is_written_on_few_lines(build_docs: ModuleType) -> None:
    value = {
        "short": {"a": [1, True, None]},
        "long": ["x" * 60, "y" * 60],
        "none": [],
        "deep": {"a" * 70: {"b" * 70: "ö"}},
    }
    text = build_docs.json_text(value)
    assert json.loads(text) == value
    assert '  "short": {"a": [1, true, null]},\n' in text
    assert max(map(len, text.splitlines())) <= 120


def test_the_vocabulary_is_what_rules_can_import(build_docs: ModuleType) -> None:
    text = build_docs.vocabulary_page()
    headings = {line.strip("# `") for line in text.splitlines() if line.startswith("##")}
    assert {
        "View",
        "Manifest",
        "Container",
        "Node",
        "Project",
        "Lookup",
        "near",
        "selector",
        "selector.matches",
    } <= headings
    assert "- `image: str`" in text
    assert "- `rename(key: str) -> Change` - The change that gives this entry another key.\n" in text
    assert "claim: Claim = Claim.UNINTENDED, severity: Severity | None = None" in text
    assert "- `find" not in text


class TestCheck:
    @pytest.fixture(autouse=True)
    def rules(self, build_docs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A repository whose only rule says one word."""
        folder = tmp_path / "docs" / "rules"
        monkeypatch.setattr(build_docs, "ROOT", tmp_path)
        monkeypatch.setattr(build_docs, "documents", lambda rules: {folder / "one.md": "one\n"})
        return folder

    def test_it_names_what_is_out_of_date(
        self, build_docs: ModuleType, rules: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rules.mkdir(parents=True)
        (rules / "gone.md").write_text("gone\n")
        assert build_docs.main(["--check"]) == 1
        out, err = capsys.readouterr()
        assert out == "docs/rules/gone.md: of a rule that is gone\ndocs/rules/one.md: out of date\n"
        assert err == "`make docs` writes them\n"
        assert [path.name for path in rules.iterdir()] == ["gone.md"]

    def test_without_it_they_are_written(
        self, build_docs: ModuleType, rules: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rules.mkdir(parents=True)
        (rules / "gone.md").write_text("gone\n")
        assert build_docs.main([]) == 0
        assert [(path.name, path.read_text()) for path in rules.iterdir()] == [("one.md", "one\n")]
        assert build_docs.main(["--check"]) == 0
        assert capsys.readouterr().out == "docs/rules/gone.md\ndocs/rules/one.md\n"
