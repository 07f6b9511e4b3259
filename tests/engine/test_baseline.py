"""The baseline: what was found before is known again, and what is fixed is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from k8slint import baseline
from k8slint.baseline import BaselineError
from k8slint.finding import Claim, Finding, Resource, Severity

if TYPE_CHECKING:
    from pathlib import Path

WEB = Resource("apps/v1", "Deployment", "shop", "web")
LIMIT = Finding(
    rule="limits-without-requests",
    claim=Claim.UNINTENDED,
    severity=Severity.WARNING,
    message="memory has a limit but no request, so 512Mi is reserved",
    path="deploy/web.yaml",
    line=20,
    column=13,
    end_line=20,
    end_column=18,
    route="spec.template.spec.containers[0].resources.limits[memory]",
    resource=WEB,
)
BROKEN = Finding(
    "yaml-syntax",
    Claim.REJECTED,
    Severity.ERROR,
    "line 3: no colon",
    "deploy/db.yaml",
    line=3,
    column=1,
    end_line=3,
    end_column=2,
)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of the findings, as the current one."""
    (tmp_path / "deploy").mkdir()
    for name in ("web", "db"):
        (tmp_path / "deploy" / f"{name}.yaml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestIdentity:
    @pytest.mark.parametrize(
        "changes",
        [
            {"line": 40, "end_line": 40},
            {"column": 1, "end_column": 9},
            {"message": "memory is limited to 1Gi and not requested"},
            {"severity": Severity.ERROR},
            {"route": "spec.template.spec.containers[3].resources.limits[memory]"},
            {"resource": WEB._replace(api_version="apps/v1beta2")},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_a_finding_that_moved_or_is_worded_anew_is_the_same(self, changes: dict[str, object]) -> None:
        assert baseline.fingerprint(LIMIT._replace(**changes)) == baseline.fingerprint(LIMIT)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "changes",
        [
            {"rule": "limit-below-request"},
            {"path": "deploy/api.yaml"},
            {"resource": WEB._replace(name="api")},
            {"resource": WEB._replace(namespace="test")},
            {"resource": WEB._replace(kind="StatefulSet")},
            {"route": "spec.template.spec.containers[0].resources.limits[cpu]"},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_another_rule_file_object_or_field_is_another_finding(self, changes: dict[str, object]) -> None:
        assert baseline.fingerprint(LIMIT._replace(**changes)) != baseline.fingerprint(LIMIT)  # type: ignore[arg-type]

    def test_without_object_and_field_the_words_tell_findings_apart_and_the_numbers_do_not(self) -> None:
        assert baseline.fingerprint(BROKEN._replace(message="line 7: no colon")) == baseline.fingerprint(BROKEN)
        assert baseline.fingerprint(BROKEN._replace(message="line 3: a tab")) != baseline.fingerprint(BROKEN)

    def test_fingerprints_of_a_run_are_all_different(self) -> None:
        second = LIMIT._replace(route=LIMIT.route.replace("[0]", "[1]"))
        first_print, second_print, other = baseline.fingerprints([LIMIT, second, BROKEN])
        assert len({first_print, second_print, other}) == 3
        assert first_print == baseline.fingerprint(LIMIT)
        assert baseline.fingerprints([second]) == [first_print]


class TestRoundTrip:
    def test_what_was_written_is_absorbed_and_nothing_else(self, tree: Path) -> None:
        assert baseline.write(tree / "baseline.json", [LIMIT, BROKEN]) == 2
        known = baseline.load(tree / "baseline.json")
        assert known.matches(LIMIT._replace(line=99))
        assert known.matches(BROKEN)
        assert not known.matches(LIMIT._replace(rule="limit-below-request"))
        assert known.fixed() == []

    def test_an_entry_absorbs_as_many_as_it_counted(self, tree: Path) -> None:
        baseline.write("baseline.json", [LIMIT, LIMIT._replace(line=30)])
        known = baseline.load("baseline.json")
        assert [known.matches(LIMIT) for _ in range(3)] == [True, True, False]

    def test_paths_are_relative_to_the_baseline_wherever_k8slint_runs(
        self, tree: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        baseline.write("baseline.json", [LIMIT])
        assert json.loads((tree / "baseline.json").read_text())["findings"][0]["path"] == "deploy/web.yaml"
        monkeypatch.chdir(tree / "deploy")
        assert baseline.load("../baseline.json").matches(LIMIT._replace(path="web.yaml"))
        assert baseline.load("../baseline.json").matches(LIMIT._replace(path=str(tree / "deploy" / "web.yaml")))

    def test_a_file_outside_the_folder_is_found_by_the_way_to_it(self, tree: Path) -> None:
        (tree / "ci").mkdir()
        baseline.write("ci/baseline.json", [LIMIT])
        assert json.loads((tree / "ci" / "baseline.json").read_text())["findings"][0]["path"] == "../deploy/web.yaml"
        assert baseline.load("ci/baseline.json").matches(LIMIT)

    def test_a_link_to_the_folder_changes_nothing(self, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tree.parent / "link").symlink_to(tree)
        baseline.write(tree.parent / "link" / "baseline.json", [LIMIT])
        assert baseline.load("baseline.json").matches(LIMIT)

    def test_standard_input_keeps_its_name(self, tree: Path) -> None:
        baseline.write("baseline.json", [LIMIT._replace(path="<stdin>")])
        assert baseline.load("baseline.json").matches(LIMIT._replace(path="<stdin>"))

    def test_a_name_that_is_not_text_survives(self, tree: Path) -> None:
        odd = LIMIT._replace(path="deploy/\udcff.yaml")
        baseline.write("baseline.json", [odd])
        assert baseline.load("baseline.json").matches(odd)


class TestFixed:
    def test_entries_that_no_longer_occur_are_told(self, tree: Path) -> None:
        baseline.write("baseline.json", [LIMIT, LIMIT, BROKEN])
        known = baseline.load("baseline.json")
        known.matches(LIMIT)
        known.matches(BROKEN)
        (entry,) = known.fixed()
        assert entry.count == 1
        assert str(entry) == (
            "deploy/web.yaml: Deployment shop/web spec.template.spec.containers[].resources.limits[memory]: "
            "memory has a limit but no request, so 512Mi is reserved [limits-without-requests]"
        )

    def test_of_a_file_that_was_not_checked_nothing_is_known(self, tree: Path) -> None:
        baseline.write("baseline.json", [LIMIT, BROKEN])
        fixed = baseline.load("baseline.json").fixed(checked=["deploy/db.yaml"])
        assert [entry.identity.path for entry in fixed] == ["deploy/db.yaml"]

    def test_a_file_that_is_gone_is_fixed(self, tree: Path) -> None:
        baseline.write("baseline.json", [LIMIT])
        (tree / "deploy" / "web.yaml").unlink()
        assert len(baseline.load("baseline.json").fixed(checked=[])) == 1


class TestFile:
    def test_it_is_sorted_and_has_an_entry_a_line(self, tree: Path) -> None:
        baseline.write("baseline.json", [LIMIT, BROKEN, LIMIT._replace(message="another word")])
        assert (tree / "baseline.json").read_text() == (
            "{\n"
            '  "version": 1,\n'
            '  "findings": [\n'
            '    {"path": "deploy/db.yaml", "rule": "yaml-syntax", "message": "line 3: no colon", "count": 1},\n'
            '    {"path": "deploy/web.yaml", "resource": "Deployment shop/web", '
            '"route": "spec.template.spec.containers[].resources.limits[memory]", "rule": "limits-without-requests", '
            '"message": "another word", "count": 2}\n'
            "  ]\n"
            "}\n"
        )

    def test_the_order_of_findings_leaves_no_trace(self, tree: Path) -> None:
        findings = [LIMIT, BROKEN, LIMIT._replace(message="another word")]
        baseline.write("one.json", findings)
        baseline.write("two.json", reversed(findings))
        assert (tree / "one.json").read_bytes() == (tree / "two.json").read_bytes()

    def test_without_findings_it_is_an_empty_list(self, tree: Path) -> None:
        assert baseline.write("baseline.json", []) == 0
        assert json.loads((tree / "baseline.json").read_text()) == {"version": 1, "findings": []}
        assert not baseline.load("baseline.json").matches(LIMIT)

    def test_a_merge_that_left_a_line_twice_adds_them_up(self, tree: Path) -> None:
        baseline.write("baseline.json", [LIMIT])
        content = json.loads((tree / "baseline.json").read_text())
        content["findings"] *= 2
        (tree / "baseline.json").write_text(json.dumps(content))
        known = baseline.load("baseline.json")
        assert [known.matches(LIMIT) for _ in range(3)] == [True, True, False]

    def test_writing_goes_through_a_link_and_leaves_nothing_else_behind(self, tree: Path) -> None:
        (tree / "link.json").symlink_to("baseline.json")
        baseline.write("link.json", [LIMIT])
        assert (tree / "link.json").is_symlink()
        assert sorted(path.name for path in tree.iterdir()) == ["baseline.json", "deploy", "link.json"]

    def test_when_it_cannot_be_put_in_place_the_old_one_stays(
        self, tree: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        baseline.write("baseline.json", [LIMIT])
        before = (tree / "baseline.json").read_text()

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("os.replace", refuse)
        with pytest.raises(BaselineError, match=r"^cannot write the baseline baseline\.json: Permission denied$"):
            baseline.write("baseline.json", [BROKEN])
        assert (tree / "baseline.json").read_text() == before
        assert sorted(path.name for path in tree.iterdir()) == ["baseline.json", "deploy"]

    def test_a_folder_that_is_not_there(self, tree: Path) -> None:
        with pytest.raises(
            BaselineError, match=r"^cannot write the baseline no/where\.json: No such file or directory$"
        ):
            baseline.write("no/where.json", [])


class TestBadFile:
    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            ("", r"the baseline b\.json is not JSON: .*"),
            ("{", r"the baseline b\.json is not JSON: .*"),
            ("[" * 100_000, r"the baseline b\.json is not JSON: .*"),
            ("[]", r'b\.json is not a baseline: it has no "version" and list of "findings"'),
            ('{"version": 1}', r'b\.json is not a baseline: it has no "version" and list of "findings"'),
            ('{"findings": []}', r'b\.json is not a baseline: it has no "version" and list of "findings"'),
            ('{"version": 2, "findings": []}', r"the baseline b\.json has version 2, .* version 1: write it anew .*"),
            ('{"version": 1, "findings": ["x"]}', r"entry 1 of the baseline b\.json is not one: .*"),
            ('{"version": 1, "findings": [{"path": "a", "rule": "b"}]}', r"entry 1 .*"),
            ('{"version": 1, "findings": [{"path": "a", "rule": "b", "count": true}]}', r"entry 1 .*"),
            ('{"version": 1, "findings": [{"path": "a", "rule": "b", "count": 0}]}', r"entry 1 .*"),
            ('{"version": 1, "findings": [{"path": "a", "rule": ["b"], "count": 1}]}', r"entry 1 .*"),
            ('{"version": 1, "findings": [{"rule": "b", "count": 1}]}', r"entry 1 .*"),
        ],
    )
    def test_is_told_in_a_sentence(self, tree: Path, content: str, complaint: str) -> None:
        (tree / "b.json").write_text(content)
        with pytest.raises(BaselineError, match=f"^{complaint}$"):
            baseline.load("b.json")

    def test_one_that_is_not_text(self, tree: Path) -> None:
        (tree / "b.json").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(BaselineError, match=r"^the baseline b\.json is not JSON"):
            baseline.load("b.json")

    def test_one_that_is_not_there(self, tree: Path) -> None:
        with pytest.raises(BaselineError, match=r"^cannot read the baseline b\.json: No such file or directory$"):
            baseline.load("b.json")
