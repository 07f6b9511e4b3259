from __future__ import annotations

from collections.abc import Callable

from k8slint.finding import Claim, Edit, Finding, Fix
from k8slint.report.base import Style
from k8slint.report.concise import report
from k8slint.run import Run

TEXT = "kind: Pod\nmetadata:\n  name: Web\n"


def test_each_finding_is_one_line_that_an_editor_can_read(
    finding: Callable[..., Finding], run_of: Callable[..., Run]
) -> None:
    fix = Fix("Write web", safe=True, edits=(Edit("web.yaml", 28, 31, "web"),))
    run = run_of(
        finding("Pod", in_=TEXT, rule="bare-pod", claim=Claim.ADVICE, message="nobody restarts it\nelsewhere"),
        finding("Web", in_=TEXT, rule="invalid-name", message='"Web" is no name', fix=fix),
        text=TEXT,
    )

    assert report(run, Style()) == (
        "web.yaml:1:7: info[bare-pod] nobody restarts it␊elsewhere\n"
        'web.yaml:3:9: error[invalid-name] "Web" is no name [*]\n'
        "Found 1 error and 1 info in 1 file (1 document); 1 fixable with --fix\n"
    )


def test_quiet_leaves_the_summary_out(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    run = run_of(finding("Pod", in_=TEXT), text=TEXT)

    assert len(report(run, Style(quiet=True)).splitlines()) == 1
