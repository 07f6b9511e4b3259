"""Small changes to rules: which are made, and what is said of those that no case notices."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from k8slint.pack import imported_rules

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "mutants.py"


@pytest.fixture(scope="module")
def mutants() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutants", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


def changes(mutants: ModuleType, text: str) -> list[tuple[str, str, str]]:
    return [(made.operator, made.original, made.mutated) for made in mutants.mutants("a-rule", "a_rule.py", text)]


def test_conditions_are_negated_whole_and_in_parts(mutants: ModuleType) -> None:
    assert changes(mutants, "x = 1 if a and not b else [c for c in d if c]") == [
        ("condition", "a and (not b)", "not (a and (not b))"),
        ("condition", "a", "not a"),
        ("condition", "not b", "b"),
        ("condition", "c", "not c"),
    ]


def test_comparisons_are_turned_and_their_constants_changed(mutants: ModuleType) -> None:
    assert changes(mutants, "x = 0 < a <= 9\ny = b in ('c', d)") == [
        ("comparison", "0 < a <= 9", "0 <= a <= 9"),
        ("comparison", "0 < a <= 9", "0 < a < 9"),
        ("constant", "0", "1"),
        ("constant", "9", "10"),
        ("comparison", "b in ('c', d)", "b not in ('c', d)"),
        ("constant", "'c'", "'c~'"),
    ]


def test_a_negated_equality_is_one_mutant(mutants: ModuleType) -> None:
    assert changes(mutants, "if a is b:\n    pass") == [("condition", "a is b", "a is not b")]


def test_guards_findings_and_what_is_claimed_are_taken_out(mutants: ModuleType) -> None:
    text = """
def check(view):
    for node in view:
        if node:
            continue
        yield node.problem("wrong", claim=BROKEN, safe=False)
    yield from rest(view)
    return
"""
    assert changes(mutants, text) == [
        ("condition", "node", "not node"),
        ("guard", "continue", "pass"),
        ("finding", "yield node.problem('wrong', claim=BROKEN, safe=False)", "yield from ()"),
        ("claim", "BROKEN", "None"),
        ("safe", "False", "True"),
        ("finding", "yield from rest(view)", "yield from ()"),
    ]


def test_what_decides_nothing_is_left_alone(mutants: ModuleType) -> None:
    text = '''
if TYPE_CHECKING:
    import a

@rule(claim=Claim.BROKEN, fixable=True)
def check(view: Literal["a", True] | None) -> None:
    """A rule."""
    assert view == "a"
    return view.text or ""

class Options:
    strict: bool = True
'''
    assert changes(mutants, text) == [("condition", "view.text", "not view.text")]


def test_a_mutant_knows_its_place(mutants: ModuleType) -> None:
    [mutant] = mutants.mutants("a-rule", "rules/a_rule.py", 'if x:\n    é = "ü" if y else z\n')[1:]
    assert (mutant.path, mutant.line, mutant.column) == ("rules/a_rule.py", 2, 16)
    assert mutant.key == ("a-rule", "", 'é = "ü" if y else z', "y", "not y")


def test_a_guard_is_known_by_what_it_stands_in(mutants: ModuleType) -> None:
    text = "def first(a):\n    if not a:\n        return 1\n    match a:\n        case 2:\n            return 3\n"
    keys = [made.key for made in mutants.mutants("a-rule", "a_rule.py", text) if made.operator == "guard"]
    assert keys == [
        ("a-rule", "first", "if not a: return 1", "return 1", "pass"),
        ("a-rule", "first", "case 2: return 3", "return 3", "pass"),
    ]


# ---------------------------------------------------------------------------------------------------- what survives

RULE = '''
from k8slint.api import Manifest, rule


@rule(on=Manifest, since="1.0")
def counts_down(numbers):
    """It counts down."""
    for number in numbers:
        if not number:
            continue
        while number > 1:
            number -= 1
        yield number
'''


@pytest.fixture
def counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A rule that is given numbers."""
    (tmp_path / "counting.py").write_text(RULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("counting").counts_down
    del sys.modules["counting"]


def check(rule: Any, numbers: list[int], expected: list[int]) -> Callable[[], None]:
    def verify() -> None:
        found = list(rule.check(numbers))
        assert found == expected, f"{found} found"

    return verify


def survived(result: Any) -> list[tuple[str, str]]:
    return [(mutant.original, mutant.mutated) for mutant, verdict in result.verdicts.items() if verdict == "survived"]


def test_what_no_check_notices_survives(mutants: ModuleType, counting: Any) -> None:
    result = mutants.judge(counting, [check(counting, [3], [1])], {}, jobs=2)
    assert survived(result) == [("continue", "pass")]
    assert result.as_json()["survived"] == 1
    assert result.complaints == []
    result = mutants.judge(counting, [check(counting, [3], [1]), check(counting, [0], [])], {}, jobs=2)
    assert survived(result) == []
    assert result.as_json()["score"] == 1.0
    assert list(counting.check([0, 3])) == [1], "the rule itself is as it was"


def test_what_never_ends_is_killed(mutants: ModuleType, counting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "PATIENCE", 0.2)
    # With 1 the negated `while` counts down for ever.
    result = mutants.judge(counting, [check(counting, [1], [1])], {}, jobs=4)
    assert ("number > 1", "not number > 1") not in survived(result)
    assert ("number > 1", "number >= 1") not in survived(result)
    assert ("1", "2") in survived(result)


def test_cases_that_fail_unchanged_say_nothing(mutants: ModuleType, counting: Any) -> None:
    result = mutants.judge(counting, [check(counting, [3], [2])], {}, jobs=1)
    assert (result.verdicts, result.complaints) == ({}, ["a case fails without any change: [1] found"])


LISTED = """
[[mutant]]
rule = "counts-down"
function = "counts_down"
source = "if not number: continue"
original = "continue"
mutated = "pass"
why = "nobody counts from 0"
"""


def test_equivalent_mutants_do_not_count(mutants: ModuleType, counting: Any) -> None:
    listed = mutants.read_equivalent(LISTED)
    assert list(listed.values()) == ["nobody counts from 0"]
    result = mutants.judge(counting, [check(counting, [3], [1])], listed, jobs=2)
    assert result.as_json()["equivalent"] == 1
    assert result.as_json()["score"] == 1.0
    assert result.complaints == []


def test_a_list_that_does_not_fit_is_told(mutants: ModuleType, counting: Any) -> None:
    listed = mutants.read_equivalent(
        LISTED + LISTED.replace('"pass"', '"break"') + LISTED.replace("counts-down", "other")
    )
    result = mutants.judge(counting, [check(counting, [0, 3], [1])], listed, jobs=2)
    assert result.complaints == [
        "listed as equivalent, and a case notices it: if not number: continue: continue -> pass",
        "listed as equivalent, and there is no such mutant: if not number: continue: continue -> break",
    ]


def test_a_reason_is_given_for_each(mutants: ModuleType) -> None:
    with pytest.raises(ValueError, match="an entry has rule, function, source, original, mutated, why"):
        mutants.read_equivalent(LISTED.replace("nobody counts from 0", ""))


def test_the_list_names_rules_that_exist(mutants: ModuleType) -> None:
    listed = mutants.read_equivalent(mutants.EQUIVALENT.read_text())
    assert {key.rule for key in listed} <= {rule.id for rule in imported_rules("k8slint_rules")}


def test_the_report_shows_survivors_and_scores(mutants: ModuleType, counting: Any) -> None:
    text = mutants.text_report([mutants.judge(counting, [check(counting, [3], [1])], {}, jobs=2)])
    assert "counting.py:10:13: guard of counts-down\n  - continue\n  + pass\n" in text
    assert (
        "rule         killed  survived  equivalent  score\ncounts-down       5         1           0    83%\n" in text
    )
