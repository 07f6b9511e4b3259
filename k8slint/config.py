"""The settings of a run: which rules are on, how loud they are and where, and what the manifests are for.

They come from `.k8slint.yaml` (`configfile.py` says what may stand there), the presets beside this module, and the
command line. Without a config file none of the code that reads one is imported, and no file is read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from k8slint.finding import Severity
from k8slint.rule import Rule, RuleInfo

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from k8slint.configfile import KnownImage, Layer, Level, Override, PresetFile, Rendering, VersionRange
    from k8slint.document import Document
    from k8slint.finding import Finding, Resource
    from k8slint.nodes import Node, Plain
    from k8slint.rule import Preset

NAMES = (".k8slint.yaml", ".k8slint.yml")
"""What a config file is called; the first is the name to use."""

PRESETS: tuple[Preset, ...] = ("essential", "recommended", "strict")
"""The presets, each within the next."""

DEFAULT_PRESET: Preset = "recommended"

_EVERY_SEVERITY = frozenset({Severity.ERROR, Severity.WARNING, Severity.INFO})

Loader: TypeAlias = Callable[[RuleInfo], Rule]
T = TypeVar("T")


class ConfigError(Exception):
    """A config that cannot be used: a key or rule that does not exist, a value that does not fit, an unreadable file.

    `path` is the file as shown, None for what the command line or a program gave; `line` and `column` are 1-based,
    None where there is no place.
    """

    def __init__(
        self, message: str, path: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = [str(part) for part in (self.path, self.line, self.column) if part is not None]
        return ": ".join([":".join(place), self.message]) if place else self.message


class Config(NamedTuple):
    """The settings of a run. Plain and immutable, so that worker processes can have it; rules see it as `settings`."""

    path: Path | None = None
    """The config file; None where there is none."""
    root: Path | None = None
    """The folder of the config file, which the patterns of `exclude` and of overrides are relative to."""
    preset: Preset = DEFAULT_PRESET
    kubernetes_version: VersionRange | None = None
    """The versions the manifests have to work on; None for the newest that is known."""
    exclude: tuple[str, ...] = ()
    """Files and folders to leave out, as patterns of the form that .gitignore has."""
    complete: bool = False
    """Whether the input is all there is: what is referred to and not in it is missing."""
    external: tuple[str, ...] = ()
    """References that exist elsewhere: `Kind/name` or `Kind/namespace/name`, with globs."""
    images: Mapping[str, KnownImage] = {}
    crds: tuple[Path, ...] = ()
    crds_places: tuple[str, ...] = ()
    """Where each of them is written, as `path:line:column`."""
    golang: tuple[Path, ...] = ()
    renderings: tuple[Rendering, ...] = ()
    """What `k8slint render` renders charts with."""
    levels: Mapping[str, Level] = {}
    """What the config says of single rules, by id: a severity, off, or on."""
    overrides: tuple[Override, ...] = ()
    selected: frozenset[str] | None = None
    """The rules that `--select` names; they are on, and no others. None where it was not given."""
    ignored: frozenset[str] = frozenset()
    """The rules that `--ignore` names."""
    included: frozenset[Preset] = frozenset({"essential", "recommended"})
    """The preset: rules that belong to these are on ..."""
    severities: frozenset[Severity] = _EVERY_SEVERITY
    """... and of what they find, these severities are shown."""
    min_severity: Severity = Severity.INFO
    """The least severity that is reported. It says nothing of what is looked for: baselines and suppressions know all of it."""
    rule_options: Mapping[str, object] = {}
    """Instances of rules' options dataclasses, by id; of rules whose options are set."""

    @property
    def minor(self) -> int | None:
        """The minor version of the oldest Kubernetes the manifests have to work on; None for the newest that is known."""
        return self.kubernetes_version.oldest.minor if self.kubernetes_version else None

    def active(self, rule: RuleInfo) -> bool:
        """Whether a rule can report anything anywhere, and so has to run."""
        base = self._base(rule)
        if base is None:
            return False
        return base != Severity.OFF or any(
            override.levels.get(rule.id, Severity.OFF) != Severity.OFF for override in self.overrides
        )

    def severity(self, rule: RuleInfo, finding: Finding) -> Severity:
        """The severity a finding is reported with; off where it is not.

        The last override that matches the finding decides, then what `rules` says, then the preset. Whatever only
        turns a rule on leaves the finding the severity that its own claim gave it.
        """
        level = self._base(rule)
        if level is None:
            return Severity.OFF
        if self.selected is None and rule.id not in self.levels and finding.severity not in self.severities:
            level = Severity.OFF
        path = None
        for override in self.overrides:
            changed = override.levels.get(rule.id)
            if changed is not None:
                path = self._relative(finding.path) if path is None else path
                level = changed if override.matches(path, finding.resource) else level
        return level if isinstance(level, Severity) else finding.severity

    def _base(self, rule: RuleInfo) -> Level | None:
        """What goes for a rule where no override matches; None where the command line leaves no way to turn it on."""
        if rule.id in self.ignored:
            return None
        level = self.levels.get(rule.id)
        if self.selected is not None:
            if rule.id not in self.selected:
                return None
            return level if level is not None and level != Severity.OFF else "on"
        if level is None:
            return "on" if rule.preset in self.included else Severity.OFF
        return level

    def _relative(self, path: str) -> str:
        """A path as patterns see it: relative to the config's folder, or to the current one without a config file."""
        return _relative_to(path, self.root or os.curdir)

    def options(self, rule: Rule) -> Any:
        """An instance of the rule's options dataclass with the values of the config; None for a rule without any."""
        given = self.rule_options.get(rule.id)
        if given is not None or rule.options is None:
            return given
        return rule.options()

    def unmatched(
        self,
        *,
        seen: Iterable[tuple[str, Resource | None]] | None = None,
        used_exclude: Collection[str] | None = None,
        used_external: Collection[str] | None = None,
    ) -> list[str]:
        """What the config says to no effect, as warnings. Ask only after a run over everything that the config is for.

        `seen` are the files and objects of the run by path (an object is not about having findings: a clean one has
        matched as well), `used_exclude` and `used_external` the patterns that matched. What is None is not judged.
        """
        name = display(self.path) if self.path else "the config"
        warnings = []
        if seen is not None and self.overrides:
            waiting = list(self.overrides)
            for path, resource in seen:
                if not waiting:
                    break
                relative = self._relative(path)
                waiting = [override for override in waiting if not override.matches(relative, resource)]
            warnings += [
                f"{override.place or name}: the override for {override} matches nothing that was checked"
                for override in waiting
            ]
        for key, patterns, used in (
            ("exclude", self.exclude, used_exclude),
            ("external", self.external, used_external),
        ):
            if used is not None:
                warnings += [
                    f'{name}: {key}: "{pattern}" matches nothing' for pattern in patterns if pattern not in used
                ]
        return warnings


# ---------------------------------------------------------------------------------------------------- making one


def find(start: str | Path) -> Path | None:
    """The config file that goes for a folder: the one in it, or the nearest above.

    The search ends at the root of the git repository, or of the file system.
    """
    folder = os.path.abspath(start)
    while True:
        for name in NAMES:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                from pathlib import Path

                return Path(path)
        parent = os.path.dirname(folder)
        # In a worktree or submodule `.git` is a file.
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return None
        folder = parent


def load(
    path: str | Path | None,
    rules: Sequence[RuleInfo],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    preset: str | None = None,
    kubernetes_version: str | None = None,
    min_severity: str | None = None,
    loader: Loader = RuleInfo.load,
) -> Config:
    """The settings that a config file (None for none) and the command line give.

    `rules` are all there are. `select` and `ignore` are rule ids, groups or `all`; `preset`, `kubernetes_version` and
    `min_severity` replace the config's. `loader` gives the rule of an info, where a rule's options are set. Raises ConfigError.
    """
    given = _CommandLine(select, ignore, preset, kubernetes_version, min_severity)
    if path is None:
        return _config(None, rules, given, loader)
    # A run without a config file does without paths, whose import takes as long as reading a manifest.
    from pathlib import Path

    path = Path(os.path.abspath(path))
    return _config(_open(path), rules, given, loader)


def from_plain(
    data: Mapping[str, object],
    rules: Sequence[RuleInfo],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    preset: str | None = None,
    kubernetes_version: str | None = None,
    min_severity: str | None = None,
    loader: Loader = RuleInfo.load,
) -> Config:
    """As `load`, with the content of a config file as plain data. Its paths are relative to the current folder."""
    from k8slint import nodes

    try:
        node = nodes.from_plain(_plain(data))
    except TypeError as error:
        raise ConfigError(f"a config holds what YAML can hold: {error}") from None
    given = _CommandLine(select, ignore, preset, kubernetes_version, min_severity)
    return _config(_Source(None, node, None), rules, given, loader)


def json_schema(rules: Iterable[Rule]) -> dict[str, Plain]:
    """The JSON Schema (draft 2020-12) of a config file for these rules, for editors."""
    from k8slint import configschema

    return configschema.json_schema(rules)


class _CommandLine:
    def __init__(
        self,
        select: Iterable[str],
        ignore: Iterable[str],
        preset: str | None,
        kubernetes_version: str | None,
        min_severity: str | None,
    ) -> None:
        self.select = select
        self.ignore = ignore
        self.preset = preset
        self.kubernetes_version = kubernetes_version
        self.min_severity = min_severity


def _config(source: _Source | None, rules: Sequence[RuleInfo], given: _CommandLine, loader: Loader) -> Config:
    """Puts the layers together: preset, config files, command line."""
    settings: dict[str, Any] = {}
    preset = DEFAULT_PRESET
    if source is not None:
        known = {rule.id: rule for rule in rules}
        layer = _layer(source, known, loader, (source.path,) if source.path else ())
        preset = _preset_name(layer.extends or DEFAULT_PRESET)
        settings = {
            "path": source.path,
            "root": source.path and source.path.parent,
            "kubernetes_version": layer.kubernetes_version,
            "exclude": layer.exclude,
            "complete": bool(layer.complete),
            "external": layer.external,
            "images": dict(layer.images),
            "crds": layer.crds,
            "crds_places": layer.crds_places,
            "golang": layer.golang,
            "renderings": layer.renderings,
            "levels": dict(layer.levels),
            "overrides": layer.overrides,
            "rule_options": _instances(source, layer, known, loader),
            "min_severity": layer.min_severity or Severity.INFO,
        }
    if given.preset:
        preset = _preset_name(given.preset)
    if preset != DEFAULT_PRESET:
        # The default is known without reading its file; a test holds the two together.
        found = read_preset(preset)
        settings["included"] = found.include
        settings["severities"] = found.severities
        settings["levels"] = {**found.levels, **settings.get("levels", {})}
    if given.kubernetes_version is not None:
        settings["kubernetes_version"] = _version(given.kubernetes_version)
    if given.min_severity is not None:
        settings["min_severity"] = Severity(given.min_severity)
    selected = _rule_ids("--select", given.select, rules)
    return Config(
        preset=preset,
        selected=selected,
        ignored=_rule_ids("--ignore", given.ignore, rules) or frozenset(),
        **settings,
    )


def _rule_ids(flag: str, words: Iterable[str], rules: Sequence[RuleInfo]) -> frozenset[str] | None:
    """The rules that words on the command line mean: ids, groups or `all`, also several with commas between them.

    None for no words at all.
    """
    ids: set[str] = set()
    names = [name for word in words for name in word.split(",") if name]
    for name in names:
        found = {rule.id for rule in rules if name in (rule.id, rule.group, "all")}
        if not found:
            from k8slint.near import meant

            likely = meant(name, [*(rule.id for rule in rules), *sorted({rule.group for rule in rules}), "all"])
            ending = f'; did you mean "{likely}"?' if likely else ""
            raise ConfigError(f'{flag}: no rule or group is named "{name}"{ending}')
        ids |= found
    return frozenset(ids) if names else None


def _preset_name(name: str) -> Preset:
    for preset in PRESETS:
        if preset == name:
            return preset
    raise ConfigError(f'no preset is named "{name}"; there are {", ".join(PRESETS)}')


def _version(text: str) -> VersionRange:
    from k8slint.configfile import VersionRange

    try:
        return VersionRange.parse(text)
    except ValueError as error:
        raise ConfigError(f"--kubernetes-version: {error}") from None


# ---------------------------------------------------------------------------------------------------- files


class _Source:
    """A config as nodes, and the document it was read from; None for plain data."""

    def __init__(self, path: Path | None, node: Node, document: Document | None) -> None:
        from pathlib import Path

        self.path = path
        self.node = node
        self.document = document
        self.folder = path.parent if path else Path.cwd()

    def place(self, node: Node, *, at_key: bool) -> tuple[str | None, int | None, int | None]:
        """Path, line and column of a node."""
        if self.document is None:
            return None, None, None
        span = self.document.span(node, "key" if at_key else "value")
        return self.document.path, *self.document.file.lines.position(span.start)

    def place_text(self, node: Node) -> str:
        return ":".join(str(part) for part in self.place(node, at_key=False) if part is not None) or node.route

    def error(self, node: Node, message: str, *, at_key: bool = False) -> ConfigError:
        # Without a line to point at, the route has to say where.
        where = f"{node.route}: " if self.document is None and node.route else ""
        return ConfigError(where + message, *self.place(node, at_key=at_key))

    def read(self, reader: Callable[[Node], T]) -> T:
        """What a reader makes of the config; its complaints get their place."""
        from k8slint.options import MisfitError

        try:
            return reader(self.node)
        except MisfitError as misfit:
            raise self.error(misfit.node, misfit.message, at_key=misfit.at_key) from None


def read_preset(name: Preset) -> PresetFile:
    """What a preset's file says."""
    from pathlib import Path

    from k8slint import configfile

    return _open(Path(__file__).with_name("presets") / f"{name}.yaml").read(configfile.read_preset)


def _open(path: Path) -> _Source:
    """A config file as nodes. Raises ConfigError for what is no single readable YAML document."""
    from k8slint import dialect, document, nodes

    name = display(path)
    try:
        text, complaint = dialect.decode(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror or error}", name) from None
    if complaint:
        raise ConfigError(complaint, name)
    file = document.read(name, text)
    content = []
    for parsed in file.documents:
        if parsed.error is not None:
            from k8slint import misread

            cause, message = misread.cause(parsed), parsed.error.message
            message = f"{cause} ({message})" if cause else message
            raise ConfigError(message, name, *file.lines.position(parsed.start + parsed.error.start))
        for _, again in parsed.duplicates:
            raise ConfigError(
                f'"{again.key}" is written twice', name, *file.lines.position(parsed.span(again, "key").start)
            )
        if parsed.root:
            content.append(parsed)
    if len(content) > 1:
        raise ConfigError("a config is one YAML document; this begins another", name, content[1].line, 1)
    if not content:
        return _Source(path, nodes.from_plain({}), None)
    assert content[0].root is not None
    return _Source(path, content[0].root, content[0])


def _layer(source: _Source, rules: Mapping[str, RuleInfo], loader: Loader, chain: tuple[Path, ...]) -> Layer:
    """A config on top of the files it extends. `chain` are the files that led here, so that a circle is noticed."""
    from pathlib import Path

    from k8slint.configfile import read_layer

    layer = source.read(
        lambda node: read_layer(node, rules, folder=source.folder, load=loader, place=source.place_text)
    )
    if layer.extends is None or layer.extends in PRESETS:
        return layer
    node = source.node["extends"]
    base = Path(os.path.normpath(source.folder / layer.extends))
    if base in chain:
        raise source.error(
            node, f"a circle: {' extends '.join(display(path) for path in (*chain[chain.index(base) :], base))}"
        )
    if not base.is_file():
        from k8slint.near import meant

        likely = meant(layer.extends, PRESETS)
        hint = f'did you mean "{likely}"?' if likely else f"the presets are {', '.join(PRESETS)}"
        raise source.error(node, f'there is neither a preset nor a config file "{layer.extends}"; {hint}')
    return layer.over(_layer(_open(base), rules, loader, (*chain, base)))


def _instances(source: _Source, layer: Layer, rules: Mapping[str, RuleInfo], loader: Loader) -> dict[str, object]:
    """The options that are set, as instances of the rules' dataclasses."""
    made: dict[str, object] = {}
    for rule_id, values in layer.options.items():
        options = loader(rules[rule_id]).options
        assert options is not None, "the reader has refused options that a rule has not"
        try:
            made[rule_id] = options(**values)
        except ValueError as error:
            # Each file's options are good alone, or the reader would have said so.
            message = f"the options of {rule_id}, with those that are inherited: {error}"
            raise source.error(source.node["rules", rule_id], message, at_key=True) from None
    return made


def display(path: str | Path) -> str:
    """A path as messages show it: relative to the current folder where it is below it."""
    relative = _relative_to(path, os.curdir)
    return str(path).replace(os.sep, "/") if relative.startswith("..") else relative


def _relative_to(path: str | Path, folder: str | Path) -> str:
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:
        # Windows: on another drive.
        return os.path.abspath(path).replace(os.sep, "/")


def _plain(value: object) -> Plain:
    """Plain data as JSON holds it: paths are strings, tuples are lists. Raises TypeError for anything else."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case os.PathLike():
            return os.fspath(value)
        case Mapping():
            return {str(key): _plain(child) for key, child in value.items()}
        case list() | tuple():
            return [_plain(child) for child in value]
        case _:
            raise TypeError(f"not a {type(value).__name__}")
