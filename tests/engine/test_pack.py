"""A package's rules, found by importing its modules or by its index."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from k8slint import pack
from k8slint.rule import Rule, RuleInfo

RULE = '''
from k8slint.api import Claim, Container, Problems, rule

@rule(on=Container, since="0.1", claim=Claim.BROKEN)
def {name}(container: Container) -> Problems:
    """A container is a container."""
    yield container.problem("it is one", fix=container["image"].set("web:1.0"))
'''

MakePack = Callable[..., Path]


@pytest.fixture
def make_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePack]:
    """Writes a package `acme_rules` of modules given by path, and makes it importable."""
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "acme_rules"

    def make(**modules: str) -> Path:
        for name, text in {"__init__": "", **modules}.items():
            path = folder / f"{name.replace('.', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return folder

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] == "acme_rules"]:
        del sys.modules[name]


def imported() -> set[str]:
    return {name for name in sys.modules if name.startswith("acme_rules.")}


def test_every_module_adds_its_rule(make_pack: MakePack) -> None:
    make_pack(
        **{
            "names.loud_name": RULE.format(name="loud_name"),
            "names.__init__": "",
            "probes.deep.slow_probe": RULE.format(name="slow_probe"),
            "helpers": "VALUE = 1\n",
        }
    )
    rules = pack.imported_rules("acme_rules")
    assert [(rule.id, rule.info.group) for rule in rules] == [("loud-name", "names"), ("slow-probe", "deep")]
    # Without an index, the rules themselves are what a pack gives.
    assert list(pack.rules_of("acme_rules")) == rules


def test_a_rule_belongs_to_the_module_that_defines_it(make_pack: MakePack) -> None:
    make_pack(first=RULE.format(name="one"), second="from acme_rules.first import one\n")
    (rule,) = pack.imported_rules("acme_rules")
    assert rule.info.module == "acme_rules.first"


def test_two_rules_of_one_name_are_refused(make_pack: MakePack) -> None:
    make_pack(first=RULE.format(name="one"), second=RULE.format(name="one"))
    with pytest.raises(ImportError, match=r"acme_rules.first and acme_rules.second both define the rule one"):
        pack.imported_rules("acme_rules")


def test_a_broken_module_is_an_error_and_not_a_rule_less(make_pack: MakePack) -> None:
    make_pack(one=RULE.format(name="one"), two="import no_such_module\n")
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        pack.rules_of("acme_rules")


def test_a_module_is_no_pack() -> None:
    with pytest.raises(ImportError, match="is a module, not a package"):
        pack.rules_of("this")


class TestIndex:
    @pytest.fixture
    def folder(self, make_pack: MakePack) -> Path:
        """A pack of two rules with its index, as if nothing of it had been imported yet."""
        folder = make_pack(one=RULE.format(name="one"), two=RULE.format(name="two"))
        pack.write_index("acme_rules")
        for name in imported():
            del sys.modules[name]
        return folder

    def test_it_spares_importing_the_rules(self, folder: Path) -> None:
        infos = list(pack.rules_of("acme_rules"))
        assert imported() == set()
        assert infos == [rule.info for rule in pack.imported_rules("acme_rules")]

    def test_it_knows_the_way_to_the_rule(self, folder: Path) -> None:
        info = next(iter(pack.rules_of("acme_rules")))
        assert isinstance(info, RuleInfo)
        rule = info.load()
        assert isinstance(rule, Rule)
        assert (rule.id, imported()) == ("one", {"acme_rules.one"})

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda folder: (folder / "three.py").write_text(RULE.format(name="three")), id="a new module"),
            pytest.param(lambda folder: (folder / "two.py").unlink(), id="a module less"),
            pytest.param(lambda folder: (folder / "two.py").write_text("VALUE = 1\n"), id="another content"),
            pytest.param(lambda folder: (folder / pack.INDEX).write_text("{"), id="damaged"),
            pytest.param(lambda folder: (folder / pack.INDEX).write_text("[]"), id="something else"),
            pytest.param(lambda folder: (folder / pack.INDEX).write_text('{"files": {}}'), id="half an index"),
        ],
    )
    def test_one_that_does_not_fit_is_passed_over(self, folder: Path, change: Callable[[Path], object]) -> None:
        change(folder)
        rules = pack.rules_of("acme_rules")
        assert rules
        assert all(isinstance(rule, Rule) for rule in rules)

    def test_an_edit_that_keeps_the_size_is_noticed(self, folder: Path) -> None:
        path = folder / "two.py"
        path.write_text(path.read_text().replace("Claim.BROKEN", "Claim.ADVICE"))
        later = (folder / pack.INDEX).stat().st_mtime + 3600
        os.utime(path, (later, later))
        infos = [rule.info if isinstance(rule, Rule) else rule for rule in pack.rules_of("acme_rules")]
        assert {info.id: info.claim for info in infos} == {"one": "broken", "two": "advice"}

    def test_a_checkout_may_write_the_files_in_any_order(self, folder: Path) -> None:
        a_moment_later = (folder / pack.INDEX).stat().st_mtime + 5
        os.utime(folder / "two.py", (a_moment_later, a_moment_later))
        assert all(isinstance(rule, RuleInfo) for rule in pack.rules_of("acme_rules"))

    def test_it_has_one_line_a_module_and_one_a_rule(self, folder: Path) -> None:
        lines = (folder / pack.INDEX).read_text().splitlines()
        assert sum('"two.py": ' in line for line in lines) == 1
        assert sum('["two", ' in line for line in lines) == 1
