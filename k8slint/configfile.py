"""What one `.k8slint.yaml` may say: how each key is read and checked.

The checks are written out here and not left to `jsonschema`: importing that costs more than linting a file, it knows
neither lines nor near names, and ids of rules, paths and version ranges are beyond it anyway. The JSON Schema of the
file (`configschema.py`) is for editors; the tests hold the two together.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from k8slint.configschema import KEYS
from k8slint.finding import Severity
from k8slint.ignore import Patterns
from k8slint.near import meant, near
from k8slint.options import MisfitError, option_fields, read_options, seen, shape, unknown

if TYPE_CHECKING:
    from k8slint.finding import Resource
    from k8slint.nodes import Node
    from k8slint.rule import Preset, Rule, RuleInfo

Level: TypeAlias = Severity | Literal["on"]
"""What a config says of a rule: its severity, off, or *on*: with whatever severity each finding has of its own."""

_LEVELS: dict[Any, Level] = {
    "off": Severity.OFF,
    "on": "on",
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
    # To YAML 1.1, which kubectl reads and so do we, `off` and `on` without quotes are booleans.
    False: Severity.OFF,
    True: "on",
}


_LEVELS_ELSEWHERE = {
    **dict.fromkeys(("disable", "disabled", "ignore", "none", "skip"), "off"),
    **dict.fromkeys(("enable", "enabled", "default"), "on"),
}
"""What other linters call it."""

_KEYS_ELSEWHERE = {
    "preset": 'a preset is written "extends: strict"',
    "severity": 'the least that is reported is written "minSeverity: warning"; of single rules it stands under "rules"',
    **dict.fromkeys(
        ("select", "ignore", "disable", "enable", "checks", "skip"),
        'single rules are turned on and off under "rules", as in "rule-id: off"',
    ),
    **dict.fromkeys(("files", "include", "paths"), "what to check is named on the command line"),
}
"""What stands in the config files of other linters, and how it is said here."""


class Version(NamedTuple):
    """A minor version of Kubernetes."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


_VERSION = r"v?(\d+)\.(\d+)\+?(?:\.\d+(?:[-+][A-Za-z][\w.+-]*)?)?"


class VersionRange(NamedTuple):
    """The versions that manifests have to work on, both ends included; of one version both ends are the same."""

    oldest: Version
    newest: Version

    def __str__(self) -> str:
        return str(self.oldest) if self.oldest == self.newest else f"{self.oldest}-{self.newest}"

    @classmethod
    def parse(cls, text: str) -> VersionRange:
        """Reads `1.33`, `1.29-1.33`, or what a cluster says it runs, `v1.33.2-gke.100` (a patch makes no difference to
        an API). Raises ValueError for anything else, and for versions that nothing is known of."""
        match = re.fullmatch(rf"\s*{_VERSION}(?:\s*-\s*{_VERSION})?\s*", text, re.ASCII)
        if match is None:
            raise ValueError(f'a Kubernetes version is written "1.33", or a range of them "1.29-1.33", not "{text}"')
        major, minor, last_major, last_minor = match.groups()
        oldest = Version(int(major), int(minor))
        newest = Version(int(last_major), int(last_minor)) if last_major else oldest
        if newest < oldest:
            raise ValueError(
                f'a range of Kubernetes versions goes from the oldest to the newest: "{newest}-{oldest}", not "{text}"'
            )
        from k8slint.schemas import tables

        known = tables.versions()
        for version in (oldest, newest):
            if str(version) not in known:
                raise ValueError(f"Kubernetes {version} is not among the versions known, {known[0]} to {known[-1]}")
        return cls(oldest, newest)


class KnownImage(NamedTuple):
    """What the config says of an image: the Dockerfile it is built from, or its ENTRYPOINT and CMD.

    A list is the exec form, a string the shell form, None is not set.
    """

    dockerfile: Path | None = None
    entrypoint: tuple[str, ...] | str | None = None
    cmd: tuple[str, ...] | str | None = None


class Rendering(NamedTuple):
    """One way to render a chart: its folder, and the values files that go together."""

    path: Path
    values: tuple[Path, ...] = ()


class Override(NamedTuple):
    """Severities for some files or objects. Of files, kinds, names and namespaces all that are given must match."""

    levels: Mapping[str, Level]
    files: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    place: str = ""
    """Where it is written, as `path:line:column`."""

    def matches(self, path: str, resource: Resource | None) -> bool:
        """Whether it goes for an object of a file, or for what is about no object (None).

        `path` is relative to the config's folder.
        """
        if self.kinds or self.names or self.namespaces:
            if resource is None:
                return False
            for patterns, value in (
                (self.kinds, resource.kind),
                (self.names, resource.name),
                (self.namespaces, resource.namespace),
            ):
                if patterns and not any(fnmatchcase(value, pattern) for pattern in patterns):
                    return False
        return not self.files or path_matches(path, self.files)

    def __str__(self) -> str:
        given = {"files": self.files, "kinds": self.kinds, "names": self.names, "namespaces": self.namespaces}
        return ", ".join(f"{key}: {' '.join(patterns)}" for key, patterns in given.items() if patterns)


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Layer(NamedTuple):
    """What one file says; None and empty where it says nothing."""

    extends: str | None = None
    min_severity: Severity | None = None
    kubernetes_version: VersionRange | None = None
    exclude: tuple[str, ...] = ()
    complete: bool | None = None
    external: tuple[str, ...] = ()
    images: Mapping[str, KnownImage] = _NOTHING
    crds: tuple[Path, ...] = ()
    crds_places: tuple[str, ...] = ()
    """Where each of them is written, as `path:line:column`."""
    golang: tuple[Path, ...] = ()
    renderings: tuple[Rendering, ...] = ()
    levels: Mapping[str, Level] = _NOTHING
    options: Mapping[str, Mapping[str, Any]] = _NOTHING
    """Values of rules' options, by id and attribute; `read_layer` has checked each."""
    overrides: tuple[Override, ...] = ()

    def over(self, base: Layer) -> Layer:
        """This on top of what it extends: single values replace, maps are merged, lists are added to."""
        return Layer(
            extends=base.extends,
            min_severity=self.min_severity or base.min_severity,
            kubernetes_version=self.kubernetes_version or base.kubernetes_version,
            exclude=base.exclude + self.exclude,
            complete=base.complete if self.complete is None else self.complete,
            external=base.external + self.external,
            images={**base.images, **self.images},
            crds=base.crds + self.crds,
            crds_places=base.crds_places + self.crds_places,
            golang=base.golang + self.golang,
            renderings=base.renderings + self.renderings,
            levels={**base.levels, **self.levels},
            options={
                rule_id: {**base.options.get(rule_id, {}), **self.options.get(rule_id, {})}
                for rule_id in (*base.options, *self.options)
            },
            overrides=base.overrides + self.overrides,
        )


class PresetFile(NamedTuple):
    """What a preset turns on: the rules that belong to `include`, and of what they find the `severities`.

    `levels` are of single rules that differ from that.
    """

    include: frozenset[Preset]
    severities: frozenset[Severity]
    levels: Mapping[str, Level]


def path_matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path, relative and with forward slashes, or a folder it is in is among what patterns describe.

    The patterns are those of `.gitignore`.
    """
    compiled = _compiled(patterns)
    parents = (path[: slash.start()] for slash in re.finditer("/", path))
    return any(compiled.ignores(parent, folder=True) for parent in parents) or bool(
        compiled.ignores(path, folder=False)
    )


@cache
def _compiled(patterns: tuple[str, ...]) -> Patterns:
    return Patterns(patterns)


# ---------------------------------------------------------------------------------------------------- reading


def read_layer(
    node: Node,
    rules: Mapping[str, RuleInfo],
    *,
    folder: Path,
    load: Callable[[RuleInfo], Rule],
    place: Callable[[Node], str],
) -> Layer:
    """Reads the root of a config file.

    `folder` is what its paths are relative to, `load` gives the rules whose options are set, `place` writes down
    where a node is. Raises MisfitError.
    """
    return _Reader(rules, folder, load, place).layer(node)


def read_preset(node: Node) -> PresetFile:
    """Reads the root of a preset's file. Raises MisfitError."""
    fields = _fields(node, "a preset", ("include", "severities", "rules"))
    levels = {rule_id: read_level(child, rule_id) for rule_id, child in _fields(fields["rules"], "rules").items()}
    return PresetFile(
        include=shape(frozenset[Literal["essential", "recommended", "strict"]]).read(fields["include"], "include"),
        severities=frozenset(
            Severity(name)
            for name in shape(tuple[Literal["error", "warning", "info"], ...]).read(fields["severities"], "severities")
        ),
        levels=levels,
    )


def read_level(node: Node, rule_id: str) -> Level:
    """What stands beside a rule's id: off, on, error, warning or info. Raises MisfitError."""
    value = node.value if node.is_scalar else None
    if isinstance(value, bool | str) and value in _LEVELS:
        return _LEVELS[value]
    likely = ""
    if isinstance(value, str):
        likely = _LEVELS_ELSEWHERE.get(value) or meant(value, [level for level in _LEVELS if isinstance(level, str)])
    raise MisfitError(
        node, f"{rule_id} is one of off, on, error, warning, info, not {seen(node)}" + _did_you_mean(likely)
    )


class _Reader:
    def __init__(
        self,
        rules: Mapping[str, RuleInfo],
        folder: Path,
        load: Callable[[RuleInfo], Rule],
        place: Callable[[Node], str],
    ) -> None:
        self.rules = rules
        self.folder = folder
        self.load = load
        self.place = place

    def layer(self, node: Node) -> Layer:
        values: dict[str, Any] = {}
        for key, child in self._top(node).items():
            match key:
                case "extends":
                    values["extends"] = shape(str).read(child, key)
                case "minSeverity":
                    values["min_severity"] = Severity(shape(Literal["error", "warning", "info"]).read(child, key))
                case "kubernetesVersion":
                    values["kubernetes_version"] = self._versions(child)
                case "exclude":
                    values[key] = _patterns(child, key)
                case "complete":
                    values[key] = shape(bool).read(child, key)
                case "external":
                    values[key] = self._external(child)
                case "images":
                    values[key] = {name: self._image(name, image) for name, image in _fields(child, key).items()}
                case "crds":
                    values[key] = self._paths(child, key)
                    values["crds_places"] = tuple(self.place(path) for path in child)
                case "golang":
                    values[key] = self._paths(child, key)
                case "render":
                    values["renderings"] = self._renderings(child)
                case "rules":
                    values["levels"], values["options"] = self._rules(child)
                case "overrides":
                    values[key] = self._overrides(child)
        return Layer(**values)

    def _top(self, node: Node) -> Mapping[str, Node]:
        fields = _fields(node, "the config")
        for key, child in fields.items():
            if key not in KEYS:
                hint = 'write it under "rules"' if key in self.rules else _KEYS_ELSEWHERE.get(key, "")
                raise unknown(child, "setting", key, KEYS, hint=hint)
        # A key whose value has been commented out says nothing.
        return {key: child for key, child in fields.items() if not child.is_null}

    def _versions(self, node: Node) -> VersionRange:
        # Plain data of a program has no letters to go back to.
        if not node.is_scalar or (node.start < 0 and node.string is None):
            raise MisfitError(
                node, f'kubernetesVersion is a version ("1.33") or a range ("1.29-1.33"), not {seen(node)}'
            )
        try:
            # As it is written: without quotes, 1.30 is the number 1.3.
            return VersionRange.parse(node.text)
        except ValueError as error:
            raise MisfitError(node, str(error)) from None

    def _external(self, node: Node) -> tuple[str, ...]:
        patterns: tuple[str, ...] = shape(tuple[str, ...]).read(node, "external")
        for pattern, child in zip(patterns, node, strict=True):
            parts = pattern.split("/")
            if len(parts) not in (2, 3) or not all(parts):
                raise MisfitError(child, f'a reference is written Kind/name or Kind/namespace/name, not "{pattern}"')
        return patterns

    def _image(self, name: str, node: Node) -> KnownImage:
        fields = _fields(node, f"image {name}", ("dockerfile", "entrypoint", "cmd"))
        given = [key for key, child in fields.items() if child.exists]
        if not given or (len(given) > 1 and "dockerfile" in given):
            raise MisfitError(node, f"image {name} has either a dockerfile, or an entrypoint and a cmd", at_key=True)
        if "dockerfile" in given:
            return KnownImage(dockerfile=self._path(fields["dockerfile"], "dockerfile"))
        forms = shape(tuple[str, ...] | str)
        return KnownImage(
            None, *(forms.read(fields[key], key) if key in given else None for key in ("entrypoint", "cmd"))
        )

    def _renderings(self, node: Node) -> tuple[Rendering, ...]:
        charts = _fields(node, "render", ("charts",))["charts"]
        if charts.is_null or not charts.exists:
            return ()
        if not charts.is_sequence:
            raise MisfitError(charts, f"charts is a list, not {seen(charts)}")
        return tuple(self._rendering(chart, f"charts[{position}]") for position, chart in enumerate(charts))

    def _rendering(self, node: Node, name: str) -> Rendering:
        fields = _fields(node, name, ("path", "values"))
        if not fields["path"].exists:
            raise MisfitError(node, f"{name} has the path of a chart")
        path = self._path(fields["path"], f"{name}.path")
        if not (path / "Chart.yaml").is_file():
            raise MisfitError(fields["path"], f"{name}.path is the folder of a chart, and there is no Chart.yaml in it")
        return Rendering(path, self._paths(fields["values"], f"{name}.values") if fields["values"] else ())

    def _paths(self, node: Node, key: str) -> tuple[Path, ...]:
        if not node.is_sequence:
            raise MisfitError(node, f"{key} is a list of paths, not {seen(node)}")
        return tuple(self._path(child, f"{key}[{position}]") for position, child in enumerate(node))

    def _path(self, node: Node, name: str) -> Path:
        text = shape(str).read(node, name)
        path = Path(os.path.normpath(self.folder / text))
        if not path.exists():
            from k8slint.config import display

            beside = os.listdir(path.parent) if path.parent.is_dir() else []
            hint = _did_you_mean(near(path.name, beside))
            if any(mark in text for mark in "*?["):
                hint = "; it is taken as it is written, so name the folder"
            raise MisfitError(node, f"{name}: there is no {display(path)}{hint}")
        return path

    def _rules(self, node: Node) -> tuple[dict[str, Level], dict[str, dict[str, Any]]]:
        levels: dict[str, Level] = {}
        options: dict[str, dict[str, Any]] = {}
        for rule_id, child in _fields(node, "rules").items():
            info = self._known(rule_id, child)
            if not child.is_mapping:
                levels[rule_id] = read_level(child, rule_id)
                continue
            for key, value in child.items():
                if key == "severity":
                    levels[rule_id] = read_level(value, "severity")
                elif key == "options":
                    options[rule_id] = self._options(value, info)
                else:
                    raise unknown(
                        value, f"setting of {rule_id}", key, ("severity", "options"), hint=self._option_hint(key, info)
                    )
        return levels, options

    def _options(self, node: Node, info: RuleInfo) -> dict[str, Any]:
        options = self.load(info).options
        if options is None:
            raise MisfitError(node, f"{info.id} has no options", at_key=True)
        values = read_options(node, options, info.id)
        try:
            options(**values)
        except ValueError as error:
            raise MisfitError(node, f"the options of {info.id}: {error}") from None
        return values

    def _option_hint(self, key: str, info: RuleInfo) -> str:
        options = self.load(info).options
        is_option = options is not None and any(option.name == key for option in option_fields(options))
        return 'write it under "options"' if is_option else ""

    def _overrides(self, node: Node) -> tuple[Override, ...]:
        if not node.is_sequence:
            raise MisfitError(node, f"overrides is a list, not {seen(node)}")
        return tuple(self._override(child) for child in node)

    def _override(self, node: Node) -> Override:
        matchers = ("files", "kinds", "names", "namespaces")
        fields = _fields(node, "an override", (*matchers, "rules"))
        given = {key: _patterns(fields[key], key) for key in matchers if fields[key]}
        if not any(given.values()):
            raise MisfitError(
                node, 'an override says what it is for: files, kinds, names or namespaces (for everything, use "rules")'
            )
        levels: dict[str, Level] = {}
        for rule_id, child in _fields(fields["rules"], "rules").items():
            self._known(rule_id, child)
            if child["options"].exists:
                message = "an override changes severities only; options are the same everywhere"
                raise MisfitError(child["options"], message, at_key=True)
            if child.is_mapping:
                child = _fields(child, rule_id, ("severity",))["severity"]
            levels[rule_id] = read_level(child, rule_id)
        if not levels:
            raise MisfitError(node, "an override says in its rules what is different there")
        return Override(levels, **given, place=self.place(node))

    def _known(self, rule_id: str, node: Node) -> RuleInfo:
        info = self.rules.get(rule_id)
        if info is None:
            grouped = [rule.id for rule in self.rules.values() if rule.group == rule_id]
            hint = f"it is a group, of {len(grouped)} rules, which are set one by one" if grouped else ""
            raise unknown(node, "rule", rule_id, self.rules, hint=hint)
        return info


def _fields(node: Node, name: str, allowed: tuple[str, ...] = ()) -> Mapping[str, Node]:
    """The entries of a map; where `allowed` names all there can be, those that are not there are missing nodes."""
    if node.exists and not node.is_mapping and not node.is_null:
        raise MisfitError(node, f"{name} is a map, not {seen(node)}")
    if not allowed:
        return dict(node.items())
    for key, child in node.items():
        if key not in allowed:
            raise unknown(child, f"setting of {name}", key, allowed)
    return {key: node[key] for key in allowed}


def _patterns(node: Node, key: str) -> tuple[str, ...]:
    patterns: tuple[str, ...] = shape(tuple[str, ...]).read(node, key)
    return patterns


def _did_you_mean(meant: str) -> str:
    return f'; did you mean "{meant}"?' if meant else ""
