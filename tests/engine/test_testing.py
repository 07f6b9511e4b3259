"""What runs a pack's examples and fixtures: it passes what is right, and fails what is wrong and what nobody would test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from k8slint import testing
from k8slint.testing import Case, cases

from .conftest import Install

RULE = '''
from k8slint.api import Manifest, Problems, rule


@rule(on=Manifest, since="1.0")
def acme_owner(manifest: Manifest) -> Problems:
    """Nobody owns it.

    ```yaml bad
    kind: ConfigMap
    apiVersion: v1
    metadata:
      name: settings
      labels:
        team: shop  # <- "team" is called owner here
    ```

    ```yaml good
    kind: ConfigMap
    apiVersion: v1
    metadata:
      name: settings
      labels:
        owner: shop
    ```
    """
    team = manifest["metadata", "labels", "team"]
    if team:
        yield team.problem('"team" is called owner here', fix=team.rename("owner"), at="key")
'''

BAD = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  labels:
    team: shop  # <- "team" is called owner here
"""

MakePack = Callable[..., list[Case]]


@pytest.fixture
def pack(install: Install, tmp_path: Path) -> Iterator[MakePack]:
    """Installs a pack with a rule, and returns its cases; fixtures are texts by path."""
    testing._plugins.cache_clear()

    def make(rule: str = RULE, fixtures: Mapping[str, str] | None = None) -> list[Case]:
        hook = 'from k8slint.api import hookimpl, rules_of\n\n@hookimpl\ndef k8slint_rules():\n    return rules_of("acme_pack")\n'
        install("acme_pack", {"acme_pack/__init__.py": hook, "acme_pack/owner.py": rule})
        if fixtures is None:
            return cases("acme_pack")
        for name, text in fixtures.items():
            path = tmp_path / "fixtures" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return cases("acme_pack", tmp_path / "fixtures")

    yield make
    testing._plugins.cache_clear()


def failure(case: Case) -> str:
    with pytest.raises(AssertionError) as caught:
        case.check()
    return str(caught.value)


def test_examples_are_cases(pack: MakePack) -> None:
    bad, good = pack()
    assert [str(bad), str(good)] == ["acme-owner:bad", "acme-owner:good"]
    bad.check()
    good.check()


def test_a_finding_that_no_arrow_announces_fails(pack: MakePack) -> None:
    bad, _ = pack(RULE.replace('"team" is called owner here\n', '"team" is called boss here\n'))
    assert failure(bad) == (
        "acme-owner:bad:\n"
        '  found and not expected: manifest.yaml:6: "team" is called owner here\n'
        '  expected and not found: manifest.yaml:6: "team" is called boss here'
    )


def test_an_arrow_without_a_finding_fails(pack: MakePack) -> None:
    bad, _ = pack(RULE.replace("name: settings\n", "name: settings  # <- it has no owner\n", 1))
    assert failure(bad) == "acme-owner:bad:\n  expected and not found: manifest.yaml:4: it has no owner"


def test_a_finding_in_the_good_example_fails(pack: MakePack) -> None:
    _, good = pack(RULE.replace("    owner: shop", "    team: shop"))
    assert "found and not expected: manifest.yaml:6" in failure(good)


def test_a_fix_that_makes_something_else_of_the_bad_example_fails(pack: MakePack) -> None:
    bad, _ = pack(RULE.replace('rename("owner")', 'rename("boss")'))
    assert failure(bad).startswith("acme-owner:bad: manifest.yaml is mended to\nkind: ConfigMap")
    assert "    boss: shop\n\nand not to\n" in failure(bad)


def test_a_rule_that_says_something_else_of_its_fixes_fails(pack: MakePack) -> None:
    bad, _ = pack(RULE.replace('since="1.0"', 'since="1.0", fixable="unsafe"'))
    assert failure(bad) == 'acme-owner:bad: has safe fixes; write fixable="safe" in its @rule'


def test_a_bad_example_without_arrows_fails(pack: MakePack) -> None:
    bad, _ = pack(RULE.replace('  # <- "team" is called owner here', ""))
    assert failure(bad) == "the bad example has no arrow (`# <- message`) that says what is found"


def test_a_good_example_with_an_arrow_fails(pack: MakePack) -> None:
    _, good = pack(RULE.replace("owner: shop\n", "owner: shop  # <- right\n"))
    assert failure(good) == "the good example has an arrow"


def test_a_rule_that_raises_fails_its_cases(pack: MakePack) -> None:
    bad, _ = pack(RULE.replace("    if team:", "    manifest.nonsense\n    if team:"))
    assert "the rule acme-owner failed here (AttributeError" in failure(bad)


def test_a_snippet_is_put_into_what_the_rule_looks_at(pack: MakePack) -> None:
    rule = '''
from k8slint.api import Container, Problems, rule


@rule(on=Container, since="1.0")
def acme_shell(container: Container) -> Problems:
    """It is called shell.

    ```yaml bad
    name: shell  # <- it is called shell
    image: shell:1.0
    ```

    ```yaml good
    name: web
    ```
    """
    if container.name == "shell":
        yield container["name"].problem("it is called shell")
'''
    bad, good = pack(rule)
    text = bad.example.files["manifest.yaml"]
    assert text.endswith("      containers:\n      - name: shell\n        image: shell:1.0\n")
    assert bad.example.expected[0].line == text.splitlines().index("      - name: shell") + 1
    bad.check()
    good.check()


def test_an_example_may_have_a_config(pack: MakePack) -> None:
    config = "    ```yaml config\n    rules:\n      acme-owner: off\n    ```\n\n    ```yaml bad"
    bad, _ = pack(RULE.replace("    ```yaml bad", config))
    assert failure(bad) == 'acme-owner:bad:\n  expected and not found: manifest.yaml:6: "team" is called owner here'


def test_a_rule_needs_no_example(pack: MakePack) -> None:
    assert pack(RULE[: RULE.index("\n\n    ```yaml bad")] + '"""\n    yield from ()\n') == []


class TestFixtures:
    def test_each_file_is_a_case(self, pack: MakePack) -> None:
        *_, case = pack(fixtures={"acme-owner/settings.yaml": BAD})
        assert (str(case), case.fixed) == ("acme-owner:settings.yaml", None)
        case.check()

    def test_a_twin_is_what_it_becomes(self, pack: MakePack) -> None:
        fixed = BAD.replace("    team: shop  # <- ", "    owner: shop  # ").replace(
            '  # "team" is called owner here', ""
        )
        *_, case = pack(fixtures={"acme-owner/a.yaml": BAD, "acme-owner/a.fixed.yaml": fixed})
        case.check()
        *_, case = pack(fixtures={"acme-owner/a.yaml": BAD, "acme-owner/a.fixed.yaml": fixed + "# more\n"})
        assert failure(case).startswith("acme-owner:a.yaml: a.yaml is mended to")

    def test_a_folder_is_a_case_with_its_config_and_its_twin(self, pack: MakePack) -> None:
        fixed = BAD.replace("team: shop  # <- ", "owner: shop  # ").replace('  # "team" is called owner here', "")
        off = "rules:\n  acme-owner: off\n"
        *_, case = pack(
            fixtures={
                "acme-owner/tree/apps/a.yaml": BAD,
                "acme-owner/tree/b.yaml": BAD,
                "acme-owner/tree.fixed/apps/a.yaml": fixed,
            }
        )
        assert (str(case), list(case.example.files)) == ("acme-owner:tree", ["apps/a.yaml", "b.yaml"])
        case.check()
        *_, case = pack(fixtures={"acme-owner/tree/.k8slint.yaml": off})
        assert "expected and not found: apps/a.yaml:6" in failure(case)

    def test_a_twin_of_nothing_fails(self, pack: MakePack) -> None:
        *_, case = pack(fixtures={"acme-owner/b.fixed.yaml": BAD})
        assert failure(case) == "it is what b.yaml becomes, and that is not there"

    def test_fixtures_of_no_rule_fail(self, pack: MakePack) -> None:
        *_, case = pack(fixtures={"acme-ownr/a.yaml": BAD})
        assert (str(case), failure(case)) == ("acme-ownr:fixtures", "acme_pack has no rule of this name")


def test_a_pack_that_is_not_installed_fails(pack: MakePack, tmp_path: Path) -> None:
    (tmp_path / "site-packages" / "acme_loose").mkdir()
    (tmp_path / "site-packages" / "acme_loose" / "__init__.py").write_text(RULE)
    case, *_ = cases("acme_loose")
    assert str(case) == "acme-owner:installed"
    assert failure(case) == "the rule is not installed: is the pack, and has it an entry point in the group k8slint?"
