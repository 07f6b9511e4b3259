from __future__ import annotations

import pickle
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any, Literal

import jsonschema
import pytest

from k8slint import config
from k8slint.config import Config, ConfigError
from k8slint.configfile import KnownImage, Version, VersionRange
from k8slint.finding import SEVERITY_OF_CLAIM, Claim, Finding, Resource, Severity
from k8slint.plugins import Plugins
from k8slint.problem import Problems
from k8slint.rule import Rule, RuleInfo, rule
from k8slint.schemas import tables
from k8slint.views import Manifest

ERROR, WARNING, INFO, OFF = Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.OFF


def info(rule_id: str, preset: Literal["essential", "recommended", "strict"], claim: Claim, group: str) -> RuleInfo:
    severity = SEVERITY_OF_CLAIM[claim]
    return RuleInfo(rule_id, group, "", claim, severity, preset, "", "0.1", ("Container",), False, "", "")


@dataclass(frozen=True)
class Ports:
    """Options of `node-port-out-of-range`."""

    lowest: int = 30000
    """The first port."""
    highest_port: int = 32767
    """The last port."""

    def __post_init__(self) -> None:
        if self.lowest > self.highest_port:
            raise ValueError(f"no port is from {self.lowest} to {self.highest_port}")


@rule(on=Manifest, since="0.1", claim=Claim.BROKEN, options=Ports)
def node_port_out_of_range(manifest: Manifest, options: Ports) -> Problems:
    """A nodePort that the cluster does not give out."""
    yield manifest.node.problem(f"{options}")


@rule(on=Manifest, since="0.1")
def unused_volume(manifest: Manifest) -> Problems:
    """A volume that no container mounts."""
    yield manifest.node.problem("")


INVALID_NAME = info("invalid-name", "essential", Claim.REJECTED, "names")
UNCONVENTIONAL_NAME = info("unconventional-name", "strict", Claim.UNINTENDED, "names")
LIMITS_WITHOUT_REQUESTS = info("limits-without-requests", "recommended", Claim.UNINTENDED, "resources")
MISSING_LIVENESS_PROBE = info("missing-liveness-probe", "recommended", Claim.ADVICE, "probes")
LOADED = {r.id: r for r in (node_port_out_of_range, unused_volume)}
RULES = [INVALID_NAME, UNCONVENTIONAL_NAME, LIMITS_WITHOUT_REQUESTS, MISSING_LIVENESS_PROBE]
RULES += [r.info for r in LOADED.values()]


def loader(wanted: RuleInfo) -> Rule:
    return LOADED[wanted.id]


def finding(
    of: RuleInfo, *, path: str = "web.yaml", kind: str = "", name: str = "", namespace: str = "", severity: Any = None
) -> Finding:
    resource = Resource("v1", kind, namespace, name) if kind else None
    return Finding(of.id, of.claim, severity or of.severity, "", path, 1, 1, 1, 2, resource=resource)


def from_text(folder: Path, text: str, **choices: Any) -> Config:
    path = folder / ".k8slint.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return config.load(path, RULES, loader=loader, **choices)


def complaint(folder: Path, text: str) -> str:
    """What is wrong with a config, as `line:column: message`."""
    with pytest.raises(ConfigError) as caught:
        from_text(folder, text)
    error = caught.value
    assert error.path is not None
    return f"{error.line}:{error.column}: {error.message}"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# ---------------------------------------------------------------------------------------------------- finding the file


def test_the_nearest_config_above_goes_for_a_folder(tmp_path: Path) -> None:
    nested = tmp_path / "deploy" / "web"
    nested.mkdir(parents=True)
    (tmp_path / ".k8slint.yaml").touch()
    assert config.find(nested) == tmp_path / ".k8slint.yaml"
    (tmp_path / "deploy" / ".k8slint.yml").touch()
    assert config.find(nested) == tmp_path / "deploy" / ".k8slint.yml"


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch], ids=["clone", "worktree"])
def test_the_search_ends_at_the_root_of_the_repository(tmp_path: Path, make: Any) -> None:
    nested = tmp_path / "repository" / "deploy"
    nested.mkdir(parents=True)
    (tmp_path / ".k8slint.yaml").touch()
    make(tmp_path / "repository" / ".git")
    assert config.find(nested) is None
    (tmp_path / "repository" / ".k8slint.yaml").touch()
    assert config.find(nested) == tmp_path / "repository" / ".k8slint.yaml"


# ---------------------------------------------------------------------------------------------------- presets


def on(settings: Config) -> set[str]:
    return {r.id for r in RULES if settings.active(r)}


def test_without_a_config_the_recommended_rules_are_on() -> None:
    settings = config.load(None, RULES)
    assert on(settings) == {r.id for r in RULES} - {"unconventional-name"}
    assert settings.severity(MISSING_LIVENESS_PROBE, finding(MISSING_LIVENESS_PROBE)) is INFO
    assert settings.severity(UNCONVENTIONAL_NAME, finding(UNCONVENTIONAL_NAME)) is OFF
    assert settings.root is None


def test_essential_shows_errors_only(tmp_path: Path) -> None:
    settings = from_text(tmp_path, "extends: essential")
    assert on(settings) == {"invalid-name", "node-port-out-of-range"}
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME)) is ERROR
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME, severity=WARNING)) is OFF


def test_strict_turns_everything_on(tmp_path: Path) -> None:
    assert on(from_text(tmp_path, "extends: strict")) == {r.id for r in RULES}


def test_the_command_line_replaces_the_preset_of_the_config(tmp_path: Path) -> None:
    text = """
        extends: strict
        rules: {limits-without-requests: info}
    """
    settings = from_text(tmp_path, text, preset="essential")
    assert on(settings) == {"invalid-name", "node-port-out-of-range", "limits-without-requests"}


def test_the_default_is_what_its_file_says() -> None:
    read = config.read_preset(config.DEFAULT_PRESET)
    assert (Config().included, Config().severities, Config().levels) == (read.include, read.severities, read.levels)


@pytest.mark.parametrize("smaller", config.PRESETS)
def test_each_preset_is_within_the_next(smaller: Any) -> None:
    following = config.PRESETS[config.PRESETS.index(smaller) :]
    for larger in following:
        assert config.read_preset(smaller).include <= config.read_preset(larger).include
        assert config.read_preset(smaller).severities <= config.read_preset(larger).severities
    assert smaller in config.read_preset(smaller).include


def test_without_a_config_nothing_that_reads_one_is_imported() -> None:
    program = (
        "import sys; from k8slint import config; config.load(None, []);"
        "costly = {'ruamel', 'jsonschema', 'k8slint.configfile', 'k8slint.options'};"
        "print(*costly & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# ---------------------------------------------------------------------------------------------------- rules


def test_a_severity_in_the_config_replaces_that_of_the_finding(tmp_path: Path) -> None:
    settings = from_text(
        tmp_path,
        """
        rules:
          invalid-name: warning
          limits-without-requests: off      # a boolean to YAML 1.1
          missing-liveness-probe: "off"
          unconventional-name: on
          unused-volume: {severity: error}
        """,
    )
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME)) is WARNING
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME, severity=INFO)) is WARNING
    assert settings.severity(UNCONVENTIONAL_NAME, finding(UNCONVENTIONAL_NAME)) is WARNING
    assert settings.severity(UNCONVENTIONAL_NAME, finding(UNCONVENTIONAL_NAME, severity=INFO)) is INFO
    assert settings.severity(unused_volume.info, finding(unused_volume.info)) is ERROR
    assert not settings.active(LIMITS_WITHOUT_REQUESTS)
    assert not settings.active(MISSING_LIVENESS_PROBE)


def test_a_rule_that_is_turned_on_shows_everything_under_essential_too(tmp_path: Path) -> None:
    settings = from_text(
        tmp_path,
        """
        extends: essential
        rules: {missing-liveness-probe: on}
        """,
    )
    assert settings.severity(MISSING_LIVENESS_PROBE, finding(MISSING_LIVENESS_PROBE)) is INFO


# ---------------------------------------------------------------------------------------------------- overrides


OVERRIDES = """
    rules:
      invalid-name: warning
    overrides:
      - files: [legacy/, "*.gen.yaml"]
        rules: {invalid-name: off, limits-without-requests: off}
      - kinds: ["*Job"]
        names: [migrate-*]
        rules: {limits-without-requests: info}
      - files: [legacy/]
        namespaces: [prod]
        rules: {invalid-name: on, unconventional-name: {severity: error}}
"""


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(finding(INVALID_NAME), WARNING, id="no override: the rules of the config"),
        pytest.param(finding(INVALID_NAME, path="legacy/a/web.yaml"), OFF, id="a folder"),
        pytest.param(finding(INVALID_NAME, path="other/web.gen.yaml"), OFF, id="a name in any folder"),
        pytest.param(finding(INVALID_NAME, path="other/legacy"), WARNING, id="a file and not the folder of that name"),
        pytest.param(
            finding(INVALID_NAME, path="legacy/a.yaml", kind="Pod", namespace="prod"), ERROR, id="the last one wins"
        ),
        pytest.param(
            finding(INVALID_NAME, path="a.yaml", kind="Pod", namespace="prod"),
            WARNING,
            id="all that it names must match",
        ),
        pytest.param(finding(LIMITS_WITHOUT_REQUESTS, kind="CronJob", name="migrate-1"), INFO, id="kind and name"),
        pytest.param(finding(LIMITS_WITHOUT_REQUESTS, kind="CronJob", name="report"), WARNING, id="another name"),
        pytest.param(finding(LIMITS_WITHOUT_REQUESTS), WARNING, id="a finding about no object"),
        pytest.param(finding(UNCONVENTIONAL_NAME), OFF, id="a rule that is on elsewhere only"),
    ],
)
def test_an_override_changes_severities_for_some_files_and_objects(
    tmp_path: Path, found: Finding, expected: Severity
) -> None:
    by_id = {r.id: r for r in RULES}
    settings = from_text(tmp_path, OVERRIDES)
    assert settings.active(by_id[found.rule])
    assert settings.severity(by_id[found.rule], found) is expected


def test_patterns_are_relative_to_the_folder_of_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = from_text(tmp_path, OVERRIDES)
    (tmp_path / "legacy").mkdir()
    monkeypatch.chdir(tmp_path / "legacy")
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME, path="web.yaml")) is OFF
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME, path=str(tmp_path / "legacy" / "web.yaml"))) is OFF
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME, path=str(tmp_path / "web.yaml"))) is WARNING


def test_what_the_config_says_to_no_effect_is_a_warning(tmp_path: Path) -> None:
    settings = from_text(
        tmp_path,
        """
        exclude: [vendor/, "*.gen.yaml"]
        external: [Secret/*, ConfigMap/shared]
        overrides:
          - kinds: [Deployment]
            rules: {invalid-name: off}
          - kinds: [Deploymnet]
            namespaces: [a, b]
            rules: {invalid-name: off}
          - files: [web.yaml]
            rules: {invalid-name: off}
        """,
    )
    warnings = settings.unmatched(
        # A clean object matches as much as one with findings.
        seen=[("web.yaml", Resource("apps/v1", "Deployment", "", "web"))],
        used_exclude={"vendor/"},
        used_external={"Secret/*"},
    )
    assert warnings == [
        ".k8slint.yaml:7:5: the override for kinds: Deploymnet, namespaces: a b matches nothing that was checked",
        '.k8slint.yaml: exclude: "*.gen.yaml" matches nothing',
        '.k8slint.yaml: external: "ConfigMap/shared" matches nothing',
    ]
    assert settings.unmatched() == []


# ---------------------------------------------------------------------------------------------------- select, ignore


def test_select_replaces_what_is_on() -> None:
    assert on(config.load(None, RULES, select=["names"])) == {"invalid-name", "unconventional-name"}
    assert on(config.load(None, RULES, select=["names", "unused-volume"])) == {
        "invalid-name",
        "unconventional-name",
        "unused-volume",
    }
    assert on(config.load(None, RULES, select=["invalid-name,probes"])) == {"invalid-name", "missing-liveness-probe"}
    assert on(config.load(None, RULES, select=["all"])) == {r.id for r in RULES}


def test_ignore_takes_away() -> None:
    assert on(config.load(None, RULES, select=["names"], ignore=["invalid-name"])) == {"unconventional-name"}
    assert on(config.load(None, RULES, ignore=["names"])) == {r.id for r in RULES} - {
        "invalid-name",
        "unconventional-name",
    }


def test_select_keeps_the_severities_of_the_config(tmp_path: Path) -> None:
    text = """
        extends: essential
        rules:
          invalid-name: info
          limits-without-requests: off
        overrides:
          - files: [legacy/]
            rules: {invalid-name: off, unconventional-name: error}
    """
    settings = from_text(tmp_path, text, select=["invalid-name", "limits-without-requests"])
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME)) is INFO
    # It was asked for by name, so it is on; and neither the config nor the preset says how loud.
    assert settings.severity(LIMITS_WITHOUT_REQUESTS, finding(LIMITS_WITHOUT_REQUESTS)) is WARNING
    # Places that are excepted stay so, and turn nothing on that was not asked for.
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME, path="legacy/a.yaml")) is OFF
    assert settings.severity(UNCONVENTIONAL_NAME, finding(UNCONVENTIONAL_NAME, path="legacy/a.yaml")) is OFF
    assert not settings.active(UNCONVENTIONAL_NAME)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (
            {"select": ["invalid-nam"]},
            '--select: no rule or group is named "invalid-nam"; did you mean "invalid-name"?',
        ),
        ({"ignore": ["probe"]}, '--ignore: no rule or group is named "probe"; did you mean "probes"?'),
        ({"preset": "best"}, 'no preset is named "best"; there are essential, recommended, strict'),
        (
            {"kubernetes_version": "new"},
            '--kubernetes-version: a Kubernetes version is written "1.33", or a range of them "1.29-1.33", not "new"',
        ),
        (
            {"kubernetes_version": ""},
            '--kubernetes-version: a Kubernetes version is written "1.33", or a range of them "1.29-1.33", not ""',
        ),
        (
            {"kubernetes_version": "1.12"},
            f"--kubernetes-version: Kubernetes 1.12 is not among the versions known, 1.25 to {tables.newest()}",
        ),
    ],
)
def test_the_command_line_is_checked(choices: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        config.load(None, RULES, **choices)


# ---------------------------------------------------------------------------------------------------- other settings


def test_all_settings(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "Dockerfile").touch()
    (tmp_path / "crds").mkdir()
    settings = from_text(
        tmp_path,
        """
        # A folded-out example of everything that is no rule.
        kubernetesVersion: 1.29-1.33
        exclude: [vendor/]
        complete: yes
        external: [Secret/*, ConfigMap/shared/ca-*]
        images:
          shop/web: {dockerfile: web/Dockerfile}
          shop/job: {entrypoint: [/job, --now], cmd: []}
          shop/old: {cmd: exec /old $ARGS}
        crds: [crds]
        golang: [./web/../crds/]
        """,
    )
    assert settings.path == tmp_path / ".k8slint.yaml"
    assert settings.root == tmp_path
    assert settings.kubernetes_version == VersionRange(Version(1, 29), Version(1, 33))
    assert settings.exclude == ("vendor/",)
    assert settings.complete
    assert settings.external == ("Secret/*", "ConfigMap/shared/ca-*")
    assert settings.images == {
        "shop/web": KnownImage(dockerfile=tmp_path / "web" / "Dockerfile"),
        "shop/job": KnownImage(entrypoint=("/job", "--now"), cmd=()),
        "shop/old": KnownImage(cmd="exec /old $ARGS"),
    }
    assert settings.crds == (tmp_path / "crds",)
    assert settings.golang == (tmp_path / "crds",)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.30", "1.30"),
        ("'1.30'", "1.30"),
        ("v1.33.2", "1.33"),
        ("1.29-1.33", "1.29-1.33"),
        ('"1.29 - v1.33"', "1.29-1.33"),
        # As clusters print it.
        ("v1.33.2-gke.1234000", "1.33"),
        ("v1.31.4+k3s1", "1.31"),
        ("1.30+", "1.30"),
        ("v1.29.3-eks-adc7111 - v1.33.1", "1.29-1.33"),
        ("1.29.3-1.33.1", "1.29-1.33"),
    ],
)
def test_a_version_is_read_as_it_is_written(tmp_path: Path, written: str, read: str) -> None:
    assert str(from_text(tmp_path, f"kubernetesVersion: {written}").kubernetes_version) == read


def test_the_command_line_replaces_the_version(tmp_path: Path) -> None:
    settings = from_text(tmp_path, "kubernetesVersion: 1.29-1.33", kubernetes_version="1.31")
    assert settings.kubernetes_version == VersionRange(Version(1, 31), Version(1, 31))


@pytest.mark.parametrize(
    "text", ["", "# nothing yet\n", "---\n", "# first a comment\n---\n{}\n", "rules:\nexclude:\n"], ids=repr
)
def test_an_empty_config_changes_nothing(tmp_path: Path, text: str) -> None:
    settings = from_text(tmp_path, text)
    assert settings == Config(path=settings.path, root=settings.root)


def test_a_config_can_be_sent_to_another_process(tmp_path: Path) -> None:
    settings = from_text(tmp_path, OVERRIDES + "    kubernetesVersion: 1.33\n")
    assert pickle.loads(pickle.dumps(settings)) == settings


# ---------------------------------------------------------------------------------------------------- options


def test_options_come_from_the_config(tmp_path: Path) -> None:
    settings = from_text(tmp_path, "rules: {node-port-out-of-range: {options: {highestPort: 31000}}}")
    assert settings.options(node_port_out_of_range) == Ports(30000, 31000)
    # Options alone neither turn a rule on nor change how loud it is.
    assert settings.levels == {}


def test_options_have_defaults() -> None:
    assert Config().options(node_port_out_of_range) == Ports()
    assert Config().options(unused_volume) is None


# ---------------------------------------------------------------------------------------------------- extends


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")


def test_a_config_builds_on_another(tmp_path: Path) -> None:
    write(
        tmp_path / "shared" / "base.yaml",
        """
        extends: strict
        kubernetesVersion: 1.30
        complete: true
        exclude: [vendor/]
        crds: [crds]
        rules:
          invalid-name: warning
          unused-volume: off
          node-port-out-of-range: {severity: info, options: {lowest: 31000}}
        """,
    )
    (tmp_path / "shared" / "crds").mkdir()
    settings = from_text(
        tmp_path,
        """
        extends: shared/base.yaml
        kubernetesVersion: 1.33
        exclude: [legacy/]
        rules:
          unused-volume: error
          node-port-out-of-range: {options: {highestPort: 32000}}
        """,
    )
    assert settings.preset == "strict"
    assert str(settings.kubernetes_version) == "1.33"
    assert settings.complete
    assert settings.exclude == ("vendor/", "legacy/")
    # A file is where the config that names it says; patterns are about the tree that is linted.
    assert settings.crds == (tmp_path / "shared" / "crds",)
    assert settings.root == tmp_path
    assert settings.levels == {"invalid-name": WARNING, "unused-volume": ERROR, "node-port-out-of-range": INFO}
    assert settings.options(node_port_out_of_range) == Ports(31000, 32000)


def test_options_have_to_fit_those_that_are_inherited(tmp_path: Path) -> None:
    write(tmp_path / "base.yaml", "rules: {node-port-out-of-range: {options: {lowest: 32000}}}")
    text = """
        extends: base.yaml
        rules:
          node-port-out-of-range: {options: {highestPort: 31000}}
    """
    assert complaint(tmp_path, text) == (
        "4:3: the options of node-port-out-of-range, with those that are inherited: no port is from 32000 to 31000"
    )


def test_a_circle_of_configs_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "a" / "base.yaml", "extends: ../b.yaml")
    write(tmp_path / "b.yaml", "extends: a/base.yaml")
    with pytest.raises(ConfigError) as caught:
        from_text(tmp_path, "extends: a/base.yaml")
    assert str(caught.value) == "b.yaml:1:10: a circle: a/base.yaml extends b.yaml extends a/base.yaml"


def test_a_mistake_in_what_is_extended_is_placed_there(tmp_path: Path) -> None:
    write(tmp_path / "base.yaml", "rules:\n  invalid-nam: off\n")
    with pytest.raises(ConfigError) as caught:
        from_text(tmp_path, "extends: base.yaml")
    assert str(caught.value) == 'base.yaml:2:3: no rule is named "invalid-nam"; did you mean "invalid-name"?'


# ---------------------------------------------------------------------------------------------------- mistakes

MISTAKES = {
    "a list": ("- strict", "1:1: the config is a map, not a list"),
    "a word": ("strict", '1:1: the config is a map, not the string "strict"'),
    "a key": ("complete: true\nexculde: []", '2:1: no setting is named "exculde"; did you mean "exclude"?'),
    "another style": (
        "kubernetes_version: '1.33'",
        '1:1: no setting is named "kubernetes_version"; did you mean "kubernetesVersion"?',
    ),
    "a rule at the top": ("invalid-name: off", '1:1: no setting is named "invalid-name"; write it under "rules"'),
    "extends": (
        "extends: strikt",
        '1:10: there is neither a preset nor a config file "strikt"; did you mean "strict"?',
    ),
    "extends a file": (
        "extends: gone.yaml",
        '1:10: there is neither a preset nor a config file "gone.yaml"; the presets are essential, recommended, strict',
    ),
    "extends several": ("extends: [strict]", "1:1: extends is a string, not a list"),
    "version": (
        "kubernetesVersion: newest",
        '1:20: a Kubernetes version is written "1.33", or a range of them "1.29-1.33", not "newest"',
    ),
    "versions": (
        "kubernetesVersion: 1.33-1.29",
        '1:20: a range of Kubernetes versions goes from the oldest to the newest: "1.29-1.33", not "1.33-1.29"',
    ),
    "an old version": (
        "kubernetesVersion: 1.12",
        f"1:20: Kubernetes 1.12 is not among the versions known, 1.25 to {tables.newest()}",
    ),
    "a future version": (
        "kubernetesVersion: 1.33-1.99",
        f"1:20: Kubernetes 1.99 is not among the versions known, 1.25 to {tables.newest()}",
    ),
    "a list of versions": (
        "kubernetesVersion: ['1.33']",
        '1:1: kubernetesVersion is a version ("1.33") or a range ("1.29-1.33"), not a list',
    ),
    "exclude": ("exclude: vendor/", '1:10: exclude is a list of strings, not the string "vendor/"'),
    "in exclude": ("exclude: [a, 1]", "1:14: exclude[1] is a string, not the number 1"),
    "complete": ("complete: maybe", '1:11: complete is a boolean, not the string "maybe"'),
    "crds": ("crds: crds", '1:7: crds is a list of paths, not the string "crds"'),
    "external": ("external: [ca]", '1:12: a reference is written Kind/name or Kind/namespace/name, not "ca"'),
    "image": ("images: {web: Dockerfile}", '1:15: image web is a map, not the string "Dockerfile"'),
    "image key": (
        "images:\n  web: {dockerFile: x}",
        '2:9: no setting of image web is named "dockerFile"; did you mean "dockerfile"?',
    ),
    "empty image": ("images:\n  web: {}", "2:3: image web has either a dockerfile, or an entrypoint and a cmd"),
    "image twice": (
        "images:\n  web: {dockerfile: .k8slint.yaml, cmd: x}",
        "2:3: image web has either a dockerfile, or an entrypoint and a cmd",
    ),
    "entrypoint": (
        "images: {web: {entrypoint: 1}}",
        "1:28: entrypoint is a list of strings or a string, not the number 1",
    ),
    "in entrypoint": ("images: {web: {entrypoint: [1]}}", "1:29: entrypoint[0] is a string, not the number 1"),
    "no rule": (
        "rules:\n  limit-without-request: off",
        '2:3: no rule is named "limit-without-request"; did you mean "limits-without-requests"?',
    ),
    "no near rule": ("rules:\n  gone: off", '2:3: no rule is named "gone"'),
    "severity": (
        "rules:\n  invalid-name: warn",
        '2:17: invalid-name is one of off, on, error, warning, info, not the string "warn"; did you mean "warning"?',
    ),
    "severity elsewhere": (
        "rules:\n  invalid-name: disabled",
        '2:17: invalid-name is one of off, on, error, warning, info, not the string "disabled"; did you mean "off"?',
    ),
    "least severity": (
        "minSeverity: information",
        '1:14: minSeverity is one of error, warning, info, not the string "information"; did you mean "info"?',
    ),
    "no least severity": (
        "minSeverity: off",
        "1:14: minSeverity is one of error, warning, info, not the boolean false (written off)",
    ),
    "preset elsewhere": ("preset: strict", '1:1: no setting is named "preset"; a preset is written "extends: strict"'),
    "ignore elsewhere": (
        "ignore: [invalid-name]",
        '1:1: no setting is named "ignore"; single rules are turned on and off under "rules", as in "rule-id: off"',
    ),
    "a group": (
        "rules: {names: off}",
        '1:9: no rule is named "names"; it is a group, of 2 rules, which are set one by one',
    ),
    "number": (
        "rules: {invalid-name: 2}",
        "1:23: invalid-name is one of off, on, error, warning, info, not the number 2",
    ),
    "no severity": (
        "rules:\n  invalid-name:",
        "2:3: invalid-name is one of off, on, error, warning, info, not nothing",
    ),
    "setting": (
        "rules:\n  unused-volume: {severty: off}",
        '2:19: no setting of unused-volume is named "severty"; did you mean "severity"?',
    ),
    "option beside severity": (
        "rules:\n  node-port-out-of-range: {lowest: 1}",
        '2:28: no setting of node-port-out-of-range is named "lowest"; write it under "options"',
    ),
    "option": (
        "rules:\n  node-port-out-of-range:\n    options: {highest_port: 1}",
        '3:15: no option of node-port-out-of-range is named "highest_port"; did you mean "highestPort"?',
    ),
    "option's type": (
        "rules:\n  node-port-out-of-range:\n    options: {lowest: high}",
        '3:23: option lowest is an integer, not the string "high"',
    ),
    "option's value": (
        "rules:\n  node-port-out-of-range:\n    options: {lowest: 40000}",
        "3:5: the options of node-port-out-of-range: no port is from 40000 to 32767",
    ),
    "list of options": (
        "rules:\n  node-port-out-of-range:\n    options: [1]",
        "3:5: the options of node-port-out-of-range are a map, not a list",
    ),
    "no options": ("rules:\n  unused-volume: {options: {a: 1}}", "2:19: unused-volume has no options"),
    "overrides": ("overrides: {rules: {}}", "1:1: overrides is a list, not a map"),
    "override for nothing": (
        "overrides:\n  - rules: {invalid-name: off}",
        '2:5: an override says what it is for: files, kinds, names or namespaces (for everything, use "rules")',
    ),
    "override to nothing": (
        "overrides:\n  - kinds: [Pod]",
        "2:5: an override says in its rules what is different there",
    ),
    "override's key": (
        "overrides:\n  - kind: [Pod]\n    rules: {invalid-name: off}",
        '2:5: no setting of an override is named "kind"; did you mean "kinds"?',
    ),
    "override's rule": (
        "overrides:\n  - kinds: [Pod]\n    rules: {invalid-names: off}",
        '3:13: no rule is named "invalid-names"; did you mean "invalid-name"?',
    ),
    "override's options": (
        "overrides:\n  - kinds: [Pod]\n    rules:\n      node-port-out-of-range: {severity: off, options: {lowest: 1}}",
        "4:47: an override changes severities only; options are the same everywhere",
    ),
    "twice": ("complete: true\ncomplete: false", '2:1: "complete" is written twice'),
    "two documents": (
        "complete: true\n---\ncomplete: false",
        "3:1: a config is one YAML document; this begins another",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_an_error_with_its_place(tmp_path: Path, case: str) -> None:
    text, message = MISTAKES[case]
    assert complaint(tmp_path, text) == message


def test_what_is_no_yaml_is_an_error_with_its_place(tmp_path: Path) -> None:
    assert re.match(r"2:\d+: \w+", complaint(tmp_path, "complete: true\nrules: {a: ]\n"))


def test_paths_have_to_exist(tmp_path: Path) -> None:
    (tmp_path / "manifests" / "crds").mkdir(parents=True)
    with pytest.raises(ConfigError) as caught:
        from_text(tmp_path, "crds:\n  - manifests/crd\n")
    assert str(caught.value) == '.k8slint.yaml:2:5: crds[0]: there is no manifests/crd; did you mean "crds"?'
    with pytest.raises(ConfigError, match=r"it is taken as it is written, so name the folder$"):
        from_text(tmp_path, "crds:\n  - manifests/*.yaml\n")


def test_a_config_that_is_not_there_or_not_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^gone\.yaml: cannot be read: No such file or directory$"):
        config.load(Path("gone.yaml"), RULES)
    Path("latin.yaml").write_bytes("exclude: [für]".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"^latin\.yaml: byte 11 \(0xfc\) is not UTF-8"):
        config.load(Path("latin.yaml"), RULES)


# ---------------------------------------------------------------------------------------------------- plain data


def test_a_program_gives_plain_data(tmp_path: Path) -> None:
    (tmp_path / "crds").mkdir()
    settings = config.from_plain(
        {
            "extends": "strict",
            "kubernetesVersion": "1.30",
            "crds": [Path("crds")],
            "rules": {"invalid-name": Severity.INFO, "unused-volume": False},
            "overrides": [{"files": ("legacy/",), "rules": {"invalid-name": "off"}}],
        },
        RULES,
    )
    assert settings.preset == "strict"
    assert str(settings.kubernetes_version) == "1.30"
    assert settings.crds == (tmp_path / "crds",)
    assert settings.levels == {"invalid-name": INFO, "unused-volume": OFF}
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME, path="legacy/a.yaml")) is OFF
    assert settings.severity(INVALID_NAME, finding(INVALID_NAME, path=str(tmp_path / "legacy" / "a.yaml"))) is OFF


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"rules": {"invalid-name": "loud"}},
            "rules.invalid-name: invalid-name is one of off, on, error, warning, info",
        ),
        ({"kubernetesVersion": 1.30}, "kubernetesVersion: kubernetesVersion is a version"),
        ({"exclude": {1, 2}}, "a config holds what YAML can hold: not a set"),
    ],
)
def test_a_mistake_in_plain_data_names_the_key(data: Any, message: str) -> None:
    with pytest.raises(ConfigError, match="^" + re.escape(message)):
        config.from_plain(data, RULES)


# ---------------------------------------------------------------------------------------------------- JSON Schema

# What a schema cannot know: files, which versions there are and their order, what a rule's options mean together.
BEYOND_A_SCHEMA = {
    "extends",
    "extends a file",
    "versions",
    "an old version",
    "a future version",
    "option's value",
    "twice",
    "two documents",
}


def validator() -> Any:
    schema = config.json_schema(LOADED.values())
    for r in RULES:
        schema["properties"]["rules"]["properties"].setdefault(r.id, {"$ref": "#/$defs/level"})
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def as_data(text: str) -> Any:
    from k8slint.api import read_documents

    documents = read_documents(dedent(text))
    return documents[0].value if documents else None


@pytest.mark.parametrize("case", sorted(MISTAKES.keys() - BEYOND_A_SCHEMA))
def test_the_json_schema_refuses_mistakes_too(case: str) -> None:
    assert not validator().is_valid(as_data(MISTAKES[case][0]))


def test_the_json_schema_accepts_what_is_right() -> None:
    text = """
        extends: strict
        kubernetesVersion: 1.33
        exclude:
        complete: true
        external: [Secret/*, ConfigMap/shared/ca-*]
        images: {web: {dockerfile: web/Dockerfile}, job: {entrypoint: [/job], cmd: exec /job}}
        crds: [crds]
        golang: [api]
        rules:
          unused-volume: off
          node-port-out-of-range: {severity: info, options: {highestPort: 1}}
        overrides:
          - {kinds: [Pod], files: [a], names: [b], namespaces: [c], rules: {unused-volume: error}}
    """
    assert list(validator().iter_errors(as_data(text))) == []
    assert validator().is_valid(as_data("# nothing"))


def test_the_json_schema_documents_rules_and_options() -> None:
    rules = config.json_schema(LOADED.values())["properties"]["rules"]["properties"]
    assert rules["unused-volume"]["description"] == "A volume that no container mounts."
    (_, settings) = rules["node-port-out-of-range"]["anyOf"]
    assert settings["properties"]["options"]["properties"]["highestPort"] == {
        "type": "integer",
        "description": "The last port.",
        "default": 32767,
    }


# ---------------------------------------------------------------------------------------------------- docs

DOCS = Path(__file__).parents[2] / "docs" / "configuration.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_examples_of_the_docs_can_be_used(tmp_path: Path, number: int) -> None:
    for path in ("shared/k8slint.yaml", "web/Dockerfile", "deploy/crds/shop.yaml", "api/v1/types.go"):
        write(tmp_path / path, "")
    write(tmp_path / ".k8slint.yaml", EXAMPLES[number])
    # With the rules that users have.
    plugins = Plugins()
    rules = list(plugins.rules.values())
    settings = config.load(tmp_path / ".k8slint.yaml", rules, loader=lambda wanted: plugins.rule(wanted.id))
    assert settings != Config(path=settings.path, root=settings.root)


def test_the_docs_name_every_setting() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [key for key in config.json_schema([])["properties"] if f"`{key}`" not in text] == []
