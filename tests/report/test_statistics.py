from __future__ import annotations

from collections.abc import Callable

from k8slint.finding import Claim, Edit, Finding, Fix
from k8slint.report.base import Style
from k8slint.report.statistics import report
from k8slint.run import Run

FIX = Fix("Mend it", safe=True, edits=(Edit("web.yaml", 0, 1, ""),))


def test_rules_are_counted_the_most_frequent_first(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    run = run_of(
        finding(rule="bare-pod", claim=Claim.ADVICE),
        finding(rule="wrong-type", fix=FIX),
        *[finding(rule="untagged-image", claim=Claim.UNINTENDED) for _ in range(9)],
        finding(rule="untagged-image", claim=Claim.UNINTENDED, fix=FIX),
    )

    assert report(run, Style()) == (
        "10  warning  [-] untagged-image\n"
        " 1  error    [*] wrong-type\n"
        " 1  info     [ ] bare-pod\n"
        "\n"
        "Found 1 error, 10 warnings and 1 info in 1 file (1 document); 2 fixable with --fix\n"
    )


def test_a_rule_with_two_severities_has_two_lines(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    run = run_of(finding(rule="crd-go-type"), finding(rule="crd-go-type", claim=Claim.UNINTENDED))

    assert report(run, Style(quiet=True)) == "1  error    [ ] crd-go-type\n1  warning  [ ] crd-go-type\n"


def test_nothing_found_has_no_table(run_of: Callable[..., Run]) -> None:
    assert report(run_of(), Style()) == "No problems in 1 file (1 document)\n"
