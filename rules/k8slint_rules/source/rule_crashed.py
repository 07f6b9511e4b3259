"""See the rule."""

from k8slint.api import Claim, Crash, Problems, Severity, rule


@rule(on=Crash, since="0.1", claim=Claim.ADVICE, severity=Severity.ERROR)
def rule_crashed(crash: Crash) -> Problems:
    """A rule failed on this manifest; the fault is the rule's, not yours.

    All other rules have run, and this one wherever it did not fail; it is told once, however many places there are. Please report it with the lines it
    points at and the traceback, which `k8slint check -v` shows. Until it is mended, the rule can be turned off:

    ```yaml
    rules:
      some-rule: off
    ```
    """
    yield crash.problem(f"the rule {crash.rule} failed here ({crash.error}), please report it", at="key")
