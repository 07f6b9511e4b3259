"""Checking what charts and kustomizations become, with findings at the place in the sources that each comes from.

The user's own `helm` and `kustomize` are run for it, which nothing else in k8slint does. What a program rendered is checked
as one set of objects that are applied together; `templates.py` and `overlays.py` tell where the lines come from.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, Protocol

from k8slint.document import read
from k8slint.finding import Finding, Related
from k8slint.render import find, overlays, tools
from k8slint.render.assemble import assemble
from k8slint.render.find import Chart
from k8slint.render.overlays import Built, Overlay
from k8slint.render.place import Place
from k8slint.render.templates import Rendered, Template
from k8slint.render.tools import RenderError, Tool
from k8slint.run import CheckOptions, Run, check_texts, display, settings
from k8slint.schemas.tables import newest
from k8slint.source import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from k8slint.config import Config
    from k8slint.document import File
    from k8slint.plugins import Plugins

UNUSED = "unused-suppression"
"""The rule on suppressions that suppress nothing: with other values, they may."""


class RenderOptions(NamedTuple):
    """How to render."""

    values: Sequence[str] = ()
    """Values files for every chart, all together; what the config names and those in a chart's `ci/` are not used then."""
    helm_arguments: Sequence[str] = ()
    kustomize_arguments: Sequence[str] = ()
    require: bool = False
    """Whether it is an error that something cannot be rendered here, and not only worth a warning."""
    timeout: float = tools.TIMEOUT


class Job(NamedTuple):
    """One call of a tool."""

    subject: str
    """The chart's folder or the kustomization's file, as an absolute path."""
    how: str
    """What is rendered, as findings name it: `charts/shop with ci/small-values.yaml`."""
    tool: Tool
    arguments: tuple[str, ...]
    chart: Chart | None = None

    def __str__(self) -> str:
        """The command, as one would type it."""
        import shlex

        verb = self.tool.command[1]
        words = ["kubectl" if verb == "kustomize" else self.tool.name, verb]
        subject = () if self.chart is not None else (display(os.path.dirname(self.subject)),)
        return shlex.join([*words, *subject, *(display(word) for word in self.arguments)])


class Plan(NamedTuple):
    """What a run will do: the calls, and sentences on what it will leave out and what is not there."""

    jobs: tuple[Job, ...]
    notes: tuple[str, ...] = ()
    """What is left out because something is not installed here: a tool, or the charts that a chart depends on."""
    remarks: tuple[str, ...] = ()
    """What is left out because it cannot be rendered by itself anywhere."""
    errors: tuple[str, ...] = ()


def plan(
    paths: Sequence[str], render: RenderOptions, options: CheckOptions | None = None, plugins: Plugins | None = None
) -> Plan:
    """What has to be rendered for some files and folders. Nothing is run yet. Raises as `run.check` does."""
    config = settings(options or CheckOptions(), plugins)
    found = find.find(paths, config)
    notes: list[str] = []
    jobs: list[Job] = []
    helm = tools.helm() if found.charts else None
    if found.charts and helm is None:
        notes.append(_not_installed("helm is not", [display(chart.folder) for chart in found.charts]))
    for chart in found.charts if helm is not None else ():
        if chart.missing:
            folder = display(chart.folder)
            notes.append(
                f"{folder} is not checked: its charts/ lacks {', '.join(chart.missing)}; "
                f"`helm dependency build {folder}` fetches what Chart.yaml depends on"
            )
            continue
        assert helm is not None
        jobs += _chart_jobs(chart, helm, render, config)
    kustomize = tools.kustomize() if found.kustomizations else None
    if found.kustomizations and kustomize is None:
        names = [display(os.path.dirname(path)) for path in found.kustomizations]
        notes.append(_not_installed("neither kustomize nor kubectl is", names))
    inflating = {} if "--enable-helm" in render.kustomize_arguments else dict(found.inflating)
    for path in found.kustomizations if kustomize is not None else ():
        assert kustomize is not None
        if path in inflating:
            notes.append(
                f"{display(os.path.dirname(path))} is not checked: {display(inflating[path])} has charts rendered, which kustomize does only with "
                "--kustomize-arg=--enable-helm"
            )
            continue
        how = _shown(os.path.dirname(path)) or display(path)
        jobs.append(Job(path, how, kustomize, tuple(render.kustomize_arguments)))
    return Plan(tuple(jobs), tuple(notes), found.notes, found.errors)


def _not_installed(what: str, subjects: list[str]) -> str:
    shown = ", ".join(subjects[:3]) + (f" and {len(subjects) - 3} more" if len(subjects) > 3 else "")
    return f"{what} installed, so {shown} {'is' if len(subjects) == 1 else 'are'} not checked"


def _chart_jobs(chart: Chart, helm: Tool, render: RenderOptions, config: Config) -> Iterable[Job]:
    folder = _shown(chart.folder) or chart.name
    if render.values:
        chosen = [tuple(render.values)]
    else:
        named = [rendering.values for rendering in config.renderings if os.path.samefile(rendering.path, chart.folder)]
        chosen = [tuple(map(str, values)) for values in named] or list(find.values_of(chart))
    # What is checked for a version has to be rendered for it: charts ask. Of several it is the oldest.
    version = ("--kube-version", str(config.kubernetes_version.oldest if config.kubernetes_version else newest()))
    for values in chosen:
        flags = [argument for path in values for argument in ("--values", path)]
        names = [
            os.path.relpath(path, chart.folder).replace(os.sep, "/") if _below(path, chart.folder) else display(path)
            for path in values
        ]
        how = folder + (f" with {' and '.join(names)}" if names else "")
        arguments = (chart.name, chart.folder, "--include-crds", *version, *flags, *render.helm_arguments)
        yield Job(chart.folder, how, helm, arguments, chart)


def _shown(folder: str) -> str:
    """A folder as reports show it; "" for the current one, whose dot would tell nobody anything."""
    shown = display(folder)
    return "" if shown == "." else shown


def _below(path: str, folder: str) -> bool:
    return os.path.abspath(path).startswith(os.path.join(folder, ""))


# ---------------------------------------------------------------------------------------------------- running


def check(
    made: Plan, render: RenderOptions, options: CheckOptions | None = None, plugins: Plugins | None = None
) -> Run:
    """Renders what a plan says and checks it.

    In the run, `warnings` say what could not be rendered here, and `errors` what failed. Findings have no fixes: those are
    for the rendered text, which nobody keeps. Raises as `run.check` does.
    """
    options = options or CheckOptions()
    least = settings(options, plugins).min_severity
    run = Run()
    run.errors += made.errors
    (run.errors if render.require else run.warnings).extend(made.notes)
    run.warnings += made.remarks
    paths: set[str] = set()
    kept: dict[tuple[str, int, int, str, str], Finding] = {}
    counts: dict[tuple[str, int, int, str, str], int] = {}
    failed: dict[str, list[Job]] = {}
    # The tools are processes of their own; only waiting for them is done in threads.
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        for job, texts in zip(made.jobs, pool.map(lambda job: _rendered(job, render.timeout), made.jobs), strict=True):
            if isinstance(texts, str):
                failed.setdefault(texts, []).append(job)
                continue
            findings, documents = _findings(job, texts, options, plugins, run)
            paths |= texts.texts.keys()
            run.documents += documents
            for finding in findings:
                key = (finding.path, finding.line, finding.column, finding.rule, finding.message)
                kept.setdefault(key, finding)
                counts[key] = counts.get(key, 0) + 1
    for complaint, jobs in failed.items():
        more = f", and {len(jobs) - 1} more" if len(jobs) > 1 else ""
        # The place comes first, as editors and terminals know it.
        place, _, said = complaint.rpartition("\0")
        run.errors.append(f"{place and f'{place}: '}{jobs[0].how}{more}: {jobs[0].tool.name}: {said}")
    run.files = len(paths)
    run.findings = sorted(
        (_told_once(finding, counts[key]) for key, finding in kept.items()), key=lambda finding: finding.order
    )
    run.report_from(least)
    return run


def _told_once(finding: Finding, times: int) -> Finding:
    if times == 1:
        return finding
    return finding._replace(source=f"{finding.source}, and {times - 1} more")


class _Source(Protocol):
    """What tells where a stretch of one rendered document comes from; lines are 1-based, within the document. An end column
    of 0 says that only the beginning is known."""

    def place(self, span: _Stretch) -> Place: ...

    def written(self, line: int) -> str: ...


class _Stretch(NamedTuple):
    line: int
    column: int
    end_line: int
    end_column: int


class _Texts(NamedTuple):
    """What was rendered: texts by the path of the source they are filed under, and for each the source of each of its
    documents, with the number of the line that it begins on (0-based)."""

    texts: dict[str, str]
    sources: dict[str, list[tuple[int, _Source]]]


def _rendered(job: Job, timeout: float) -> _Texts | str:
    """What a tool made of a chart or a kustomization; a sentence where it failed."""
    try:
        if job.chart is not None:
            return _of_chart(job.chart, _templated(job, job.chart, timeout))
        return _of_kustomization(job, timeout)
    except RenderError as error:
        return str(error)


def _templated(job: Job, chart: Chart, timeout: float) -> str:
    """What helm puts out for a chart, together with what it depends on beside it."""
    try:
        if not chart.beside:
            return tools.call([*job.tool.command, *job.arguments], timeout=timeout)
        with tempfile.TemporaryDirectory(prefix="k8slint-") as made:
            try:
                here = assemble(chart.folder, made)
            except OSError as error:
                raise RenderError(f"it cannot be put together: {error.strerror or error}") from None
            arguments = [here if argument == chart.folder else argument for argument in job.arguments]
            return tools.call([*job.tool.command, *arguments], timeout=timeout)
    except RenderError as error:
        raise RenderError(_located(chart, str(error))) from None


# `execution error at (shop/templates/web.yaml:1:6): ...`, `template: shop/templates/web.yaml:3:14: executing ...`, `YAML parse error on x.yaml: ...`
_SPOT = re.compile(r"(?:template: |at \(|on )([^\s:()]+/[^\s:()]+\.[\w]+)(?::(\d+))?(?::(\d+))?")
_OUTER = re.compile(r"^(?:execution|parse) error at \([^()]*\): ")


def _located(chart: Chart, complaint: str) -> str:
    """A complaint of helm's, after the place in the sources that it is about and a NUL, where it names one."""
    spots = [(path, spot) for spot in _SPOT.finditer(complaint) if (path := _template_path(chart, spot[1]))]
    if not spots:
        if "kubeVersion" not in complaint:
            return complaint
        path = os.path.join(chart.folder, find.CHART)
        file = read(display(path), load(path).text or "")
        root = file.documents[0].root if file.documents else None
        if root is None or not root["kubeVersion"]:
            return complaint
        line, column = file.lines.position(file.documents[0].span(root["kubeVersion"]).start)
        return f"{file.path}:{line}:{column}\0{complaint}"
    # The last one was called by the others.
    path, spot = spots[-1]
    place = display(path) + (f":{spot[2]}" if spot[2] else "")
    if spot[3]:
        # Go counts the characters before it.
        place += f":{int(spot[3]) + 1}"
    return f"{place}\0{_OUTER.sub('', complaint)}"


def _findings(
    job: Job, texts: _Texts, options: CheckOptions, plugins: Plugins | None, run: Run
) -> tuple[list[Finding], int]:
    """The findings in what was rendered, at their places in the sources."""
    checked = check_texts(texts.texts, options, plugins)
    run.errors += [error for error in checked.errors if error not in run.errors]
    run.warnings += [warning for warning in checked.warnings if warning not in run.warnings]
    run.plugins = checked.plugins
    run.suppressed += checked.suppressed
    run.tracebacks |= checked.tracebacks
    run.baselined += checked.baselined
    run.skipped += [
        skipped._replace(line=0) for skipped in checked.skipped if skipped._replace(line=0) not in run.skipped
    ]
    found: list[Finding] = []
    suppressed = _Suppressed()
    # What is not loud enough is counted once all renderings are known, too.
    for finding in (*checked.findings, *checked.below):
        if finding.rule == UNUSED:
            continue
        moved = _moved(finding, texts, job.how)
        if suppressed(moved):
            run.suppressed += 1
        elif not _is_plain(moved.path, job):
            found.append(moved)
    return found, checked.documents


def _is_plain(path: str, job: Job) -> bool:
    """Whether a file of a chart goes to the cluster as it stands, so that `k8slint check` has said what there is to say."""
    return job.chart is not None and any(
        f"{display(folder)}/crds/" in f"{path}/"
        for folder in (job.chart.folder, *(source for _, _, source in find.beside(job.chart.folder)))
    )


def _moved(finding: Finding, texts: _Texts, how: str) -> Finding:
    sources = texts.sources.get(finding.path)
    if sources is None:
        return finding._replace(fix=None, source=how)
    source, first = _source_at(sources, finding.line)
    stretch = _Stretch(finding.line - first, finding.column, finding.end_line - first, finding.end_column)
    place = source.place(stretch)
    related = tuple(_related(other, texts) for other in finding.related)
    if not place.exact:
        note = Related(place.path, place.line, place.column, f"rendered, it reads: {source.written(stretch.line)}")
        related = (note, *related)
    return finding._replace(
        path=place.path,
        line=place.line,
        column=place.column,
        end_line=place.end_line,
        end_column=place.end_column,
        fix=None,
        related=related,
        source=how,
    )


def _source_at(sources: list[tuple[int, _Source]], line: int) -> tuple[_Source, int]:
    """The source of the document that a line is in, and the number of lines before that."""
    first, source = next(((first, source) for first, source in reversed(sources) if first < line), sources[0])
    return source, first


def _related(related: Related, texts: _Texts) -> Related:
    sources = texts.sources.get(related.path)
    if sources is None:
        return related
    source, first = _source_at(sources, related.line)
    line = related.line - first
    # Of a related place only the beginning is known.
    place = source.place(_Stretch(line, related.column, line, 0))
    return related._replace(path=place.path, line=place.line, column=place.column)


class _Suppressed:
    """The suppressions in the sources. (Those that stand in a rendered text have been heeded by then.)"""

    def __init__(self) -> None:
        self._asked: dict[str, Callable[[Finding], bool]] = {}

    def __call__(self, finding: Finding) -> bool:
        if finding.path not in self._asked:
            self._asked[finding.path] = self._of(finding.path)
        return self._asked[finding.path](finding)

    def _of(self, path: str) -> Callable[[Finding], bool]:
        text = load(path).text or ""
        # A template is no YAML; its comments are in what it renders.
        if "k8slint" not in text.lower() or "{{" in text:
            return lambda _: False
        from k8slint.suppress import collect

        return collect(read(path, text)).match


# ---------------------------------------------------------------------------------------------------- charts

_SOURCE = re.compile(r"# Source: (\S.*?)\s*$", re.MULTILINE)


class _OfTemplate:
    def __init__(self, rendered: Rendered) -> None:
        self.rendered = rendered

    def place(self, span: _Stretch) -> Place:
        return self.rendered.place(*span)

    def written(self, line: int) -> str:
        return self.rendered.line(line)


class _OfPackage:
    """A document of a subchart that is there as an archive: its place is where the chart says that it depends on it."""

    def __init__(self, place: Place, text: str) -> None:
        self.spot = place
        self.lines = text.split("\n")

    def place(self, span: _Stretch) -> Place:
        return self.spot

    def written(self, line: int) -> str:
        return self.lines[line - 1].strip() if line <= len(self.lines) else ""


def _of_chart(chart: Chart, output: str) -> _Texts:
    """What `helm template` put out, by template."""
    chunks: dict[str, list[str]] = {}
    for chunk in re.split(r"(?m)^---\n(?=# Source: )", output):
        named = _SOURCE.search(chunk)
        if named is not None:
            chunks.setdefault(named[1], []).append(chunk if chunk.endswith("\n") else chunk + "\n")
    texts: dict[str, str] = {}
    sources: dict[str, list[tuple[int, _Source]]] = {}
    for name, documents in chunks.items():
        path = _template_path(chart, name)
        template = Template(display(path), load(path).text or "") if path else None
        shown = template.path if template is not None else f"{display(chart.folder)}/{name.partition('/')[2]}"
        made: list[_Source] = []
        beside: list[Rendered] = []
        for document in documents:
            if template is not None:
                made.append(_OfTemplate(Rendered(template, document, beside)))
            else:
                made.append(_OfPackage(_dependency(chart, name), document))
        _file(texts, sources, shown, documents, made)
    return _Texts(texts, sources)


def _file(
    texts: dict[str, str],
    sources: dict[str, list[tuple[int, _Source]]],
    path: str,
    documents: Sequence[str],
    made: Sequence[_Source],
) -> None:
    """Puts documents into the text that goes under a path."""
    for document, source in zip(documents, made, strict=True):
        before = texts.get(path, "")
        if before:
            before += "---\n"
        sources.setdefault(path, []).append((before.count("\n"), source))
        texts[path] = before + document


def _template_path(chart: Chart, name: str) -> str | None:
    """The file that helm names as `shop/charts/redis/templates/x.yaml`; None where it is within an archive."""
    folder = chart.folder
    _, *steps = name.split("/")
    while steps[:1] == ["charts"] and len(steps) > 1:
        below = _subchart(folder, steps[1])
        if below is None:
            return None
        folder = below
        steps = steps[2:]
    path = os.path.join(folder, *steps)
    return path if os.path.isfile(path) else None


def _subchart(folder: str, name: str) -> str | None:
    """The folder that a subchart is in: helm knows it by its name or its alias."""
    for own, alias, source in find.beside(folder):
        if name == (alias or own):
            return source
    charts = os.path.join(folder, "charts")
    if os.path.isdir(os.path.join(charts, name)):
        return os.path.join(charts, name)
    root = find.root_of(os.path.join(folder, find.CHART))
    names = {name}
    for item in root["dependencies"] if root is not None else ():
        if item["alias"].string == name and item["name"].string:
            names.add(item["name"].text)
    entries = sorted(os.listdir(charts)) if os.path.isdir(charts) else []
    found = next((entry for entry in entries if find.subchart_named(folder, entry) in names), None)
    return os.path.join(charts, found) if found is not None else None


def _dependency(chart: Chart, name: str) -> Place:
    """The line of Chart.yaml that asks for the subchart that a template is in."""
    path = os.path.join(chart.folder, find.CHART)
    steps = name.split("/")
    subchart = steps[2] if steps[1:2] == ["charts"] and len(steps) > 2 else ""
    file = read(display(path), load(path).text or "")
    root = file.documents[0].root if file.documents else None
    for item in root["dependencies"] if root is not None and subchart else ():
        if subchart in (item["name"].string, item["alias"].string):
            span = file.documents[0].span(item["name"])
            return Place(file.path, *file.lines.position(span.start), *file.lines.position(span.end), exact=False)
    return Place(file.path, 1, 1, 1, len(file.lines.line(1)) + 1, exact=False)


# ---------------------------------------------------------------------------------------------------- kustomizations


class _OfKustomization:
    def __init__(self, built: Built, file: File) -> None:
        self.built = built
        self.file = file

    def place(self, span: _Stretch) -> Place:
        lines = self.file.lines
        start = lines.offset(span.line) + span.column - 1
        return self.built.place(start, lines.offset(span.end_line) + span.end_column - 1 if span.end_column else None)

    def written(self, line: int) -> str:
        return self.file.lines.line(line).strip()


def _of_kustomization(job: Job, timeout: float) -> _Texts:
    """What kustomize built. It is asked through a kustomization of our own, which makes it tell where objects come from."""
    folder = os.path.realpath(os.path.dirname(job.subject))
    with tempfile.TemporaryDirectory(prefix="k8slint-") as made:
        here = os.path.realpath(made)
        try:
            target = os.path.relpath(folder, here).replace(os.sep, "/")
        except ValueError:
            # On another drive, which no relative path leads to. Then nothing is told of origins.
            here, target = folder, ""
        if target:
            with open(os.path.join(here, "kustomization.yaml"), "w", encoding="utf-8") as stream:
                stream.write(f"resources: [{_quoted(target)}]\nbuildMetadata: [originAnnotations]\n")
        try:
            output = tools.call([*job.tool.command, here, *job.arguments], timeout=timeout)
        except RenderError:
            # What it complains of is better told without our own kustomization in it. One of a version before 4.3 does
            # not know what we ask for.
            here = folder
            output = tools.call([*job.tool.command, here, *job.arguments], timeout=timeout)
    overlay = Overlay(job.subject)
    texts: dict[str, str] = {}
    sources: dict[str, list[tuple[int, _Source]]] = {}
    for origin, text in overlays.split(output):
        document = text if text.endswith("\n") else text + "\n"
        read_again = read("built.yaml", document)
        if not read_again.documents:
            continue
        built = Built(overlay, read_again.documents[0], origin, here)
        _file(texts, sources, _filed_under(built, job), [document], [_OfKustomization(built, read_again)])
    return _Texts(texts, sources)


def _quoted(text: str) -> str:
    import json

    return json.dumps(text)


def _filed_under(built: Built, job: Job) -> str:
    """The source that an object goes under: the file it was read from, else the kustomization that makes it."""
    origin = built.origin
    for path in (origin.path if not origin.repo else "", origin.configured):
        if path and os.path.isfile(built.path(path)):
            return display(built.path(path))
    return display(job.subject)
