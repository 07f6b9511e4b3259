"""One HTML file that needs nothing else: a summary, the findings with their source, and filters over them.

It is complete without its script, which only filters. Its policy allows that one script and no other, no request, and
nothing inline, so that even a text that were not escaped could do nothing.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from k8slint import __version__
from k8slint.finding import Severity
from k8slint.report.base import counted, not_shown, plain
from k8slint.report.markup import escaped, tag
from k8slint.report.page import SCRIPT, STYLE
from k8slint.report.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.document import Lines
    from k8slint.finding import Finding, Related
    from k8slint.report.base import Style
    from k8slint.run import Run

CONTEXT = 2
"""Lines shown before and after the marked ones."""

LONGEST = 8
"""Marked lines beyond which the middle of them is left out."""

WIDEST = 400
"""Characters shown of a line."""

_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def report(run: Run, _style: Style) -> str:
    """The page."""
    places = Places(run)
    policy = f"default-src 'none'; style-src '{_hash(STYLE)}'; script-src '{_hash(SCRIPT)}'; base-uri 'none'; form-action 'none'"
    title = f"k8slint: {_verdict(run)}"
    return "".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            tag("meta", end=">\n", **{"http-equiv": "Content-Security-Policy", "content": policy}),
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n',
            f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
            *_head(run),
            *_filters(run),
            "<main>\n",
            *_rules(run),
            '<h2 class="section">Findings</h2>\n' if run.findings else "",
            *(
                part
                for path, group in groupby(run.findings, key=lambda finding: finding.path)
                for part in _file(path, list(group), places)
            ),
            '<p id="none" class="empty" hidden>No finding matches these filters.</p>\n',
            *_skipped(run),
            "</main>\n",
            f"<footer>k8slint {__version__}</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        )
    )


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _verdict(run: Run) -> str:
    found = [counted(number, severity) for severity in _SEVERITIES if (number := run.count(severity))]
    return ", ".join(found) or ("no problems" if run.files else "nothing was checked")


# ---- the head


def _head(run: Run) -> Iterator[str]:
    yield '<header>\n<div class="top"><h1><span class="logo" aria-hidden="true"></span>k8slint</h1>'
    facts = [counted(run.files, "file"), counted(run.documents, "document")]
    facts += not_shown(run)
    yield f'<p class="facts">{escaped(" · ".join(facts))}</p></div>\n'
    for sentence in run.errors:
        yield f'<p class="failed"><strong>Could not be checked:</strong> {escaped(sentence)}</p>\n'
    safe = sum(finding.fix is not None and finding.fix.safe for finding in run.findings)
    unsafe = sum(finding.fix is not None and not finding.fix.safe for finding in run.findings)
    if run.findings:
        yield '<dl class="cards">\n'
        for severity in _SEVERITIES:
            number = run.count(severity)
            yield f'<div class="card {severity}"><dt>{severity}{"" if number == 1 else "s"}</dt><dd>{number:,}</dd></div>\n'
        hint = f"<span>{unsafe:,} more with --unsafe-fixes</span>" if unsafe else ""
        yield f'<div class="card fixes"><dt>fixable with --fix</dt><dd>{safe:,}{hint}</dd></div>\n</dl>\n'
    else:
        look = "good" if run.files and not run.errors else "neutral"
        yield f'<p class="verdict {look}">{_verdict(run).capitalize()}</p>\n'
    yield "</header>\n"


def _filters(run: Run) -> Iterator[str]:
    """The controls, hidden until the script is there to obey them."""
    if not run.findings:
        return
    yield '<form id="filters" hidden aria-label="Filter findings">\n'
    yield "<fieldset><legend>Severity</legend>"
    for severity in _SEVERITIES:
        if run.count(severity):
            yield (
                f'<label class="chip {severity}"><input type="checkbox" name="severity" value="{severity}" checked>'
                f"<span>{severity}</span></label>"
            )
    yield '</fieldset>\n<label>Rule<select name="rule"><option value="">all rules</option>'
    rules = Counter(finding.rule for finding in run.findings)
    for rule, number in sorted(rules.items()):
        yield f'<option value="{escaped(rule)}">{escaped(rule)} ({number:,})</option>'
    yield '</select></label>\n<label>File<input name="file" type="search" list="files" placeholder="part of path" autocomplete="off"></label>\n'
    yield '<datalist id="files">'
    for path in dict.fromkeys(finding.path for finding in run.findings):
        yield f'<option value="{escaped(path)}">'
    yield '</datalist>\n<label>Text<input name="text" type="search" placeholder="any words" autocomplete="off"></label>\n'
    if any(finding.fix for finding in run.findings):
        yield '<label class="chip fixes"><input type="checkbox" name="fixable"><span>fixable only</span></label>\n'
    yield '<button type="reset">Reset</button>\n<output id="shown" aria-live="polite"></output>\n</form>\n'


def _rules(run: Run) -> Iterator[str]:
    """How often each rule found something."""
    groups: dict[tuple[str, Severity], int] = Counter((finding.rule, finding.severity) for finding in run.findings)
    if not groups:
        return
    urls = {finding.rule: finding.url for finding in run.findings}
    total = len(run.findings)
    # A long list stands in the way of the findings.
    yield f'<details class="rules"{" open" if len(groups) <= 12 else ""}><summary>By rule</summary>\n<table><thead><tr><th scope="col">Rule</th>'
    yield '<th scope="col">Severity</th><th scope="col" class="number">Findings</th><th class="bar" aria-hidden="true"></th></tr></thead>\n<tbody>\n'
    for (rule, severity), number in sorted(groups.items(), key=lambda item: (-item[1], -item[0][1].rank, item[0][0])):
        yield (
            f'<tr><th scope="row">{_rule(rule, urls[rule])}</th><td><span class="tag {severity}">{severity}</span></td>'
            f'<td class="number">{number:,}</td><td class="bar" aria-hidden="true">'
            f'<meter class="{severity}" min="0" max="{total}" value="{number}"></meter></td></tr>\n'
        )
    yield "</tbody></table></details>\n"


def _rule(rule: str, url: str) -> str:
    if not url.startswith(("https://", "http://")):
        return f"<code>{escaped(rule)}</code>"
    return tag("a", end=">", href=url, rel="noopener noreferrer") + f"<code>{escaped(rule)}</code></a>"


def _skipped(run: Run) -> Iterator[str]:
    if not run.skipped:
        return
    yield f'<details class="skipped"><summary>Not checked ({len(run.skipped):,})</summary>\n<ul>\n'
    for skipped in run.skipped:
        place = f"{skipped.path}:{skipped.line}" if skipped.line else skipped.path
        yield f"<li><code>{escaped(place)}</code> {escaped(skipped.reason)}</li>\n"
    yield "</ul></details>\n"


# ---- findings


def _file(path: str, findings: list[Finding], places: Places) -> Iterator[str]:
    worst = max((finding.severity for finding in findings), key=lambda severity: severity.rank)
    name = escaped(path)
    yield f'<section class="file" data-file="{name}">\n'
    yield f'<h3><span class="dot {worst}" aria-hidden="true"></span>{name} <span class="count">{counted(len(findings), "finding")}</span></h3>\n'
    yield f'<table aria-label="Findings in {name}"><colgroup><col class="at"><col class="how"><col></colgroup><thead><tr><th scope="col">Line</th><th scope="col">Severity</th><th scope="col">Finding</th></tr></thead>\n<tbody>\n'
    for finding in findings:
        yield from _row(finding, places)
    yield "</tbody></table>\n</section>\n"


def _row(finding: Finding, places: Places) -> Iterator[str]:
    fixable = "" if finding.fix is None else "safe" if finding.fix.safe else "unsafe"
    yield tag("tr", end=">", **{"data-rule": finding.rule, "data-severity": finding.severity, "data-fix": fixable})
    yield f'<td class="number">{finding.line}<span class="column">:{finding.column}</span></td>'
    yield f'<td><span class="tag {finding.severity}">{finding.severity}</span></td><td>'
    yield f'<p class="message">{escaped(finding.message)}</p><p class="about">{_rule(finding.rule, finding.url)}'
    for about in _about(finding):
        yield f" <span>{escaped(about)}</span>"
    yield "</p>"
    yield _excerpt(
        places.lines(finding.path),
        (finding.line, finding.column),
        (finding.end_line, finding.end_column),
        str(finding.severity),
    )
    if finding.fix is not None:
        unsafe = "" if finding.fix.safe else " (unsafe)"
        yield f'<p class="note"><b class="fix">fix{unsafe}</b> {escaped(finding.fix.title)}</p>'
    for related in finding.related:
        yield _note(related, places)
    yield "</td></tr>\n"


def _about(finding: Finding) -> Iterator[str]:
    resource = finding.resource
    if resource is not None and (resource.kind or resource.name):
        name = f"{resource.namespace}/{resource.name}" if resource.namespace and resource.name else resource.name
        yield f"{resource.kind} {name}".strip()
    if finding.route:
        yield finding.route
    if finding.source:
        yield f"rendered from {finding.source}"


def _note(related: Related, places: Places) -> str:
    place = f"{related.path}:{related.line}"
    lines = places.lines(related.path)
    text = lines.line(related.line)[related.column - 1 :] if related.line <= len(lines.starts) else ""
    words = text.split(maxsplit=1)
    end = related.column + (len(words[0].removesuffix(":")) if words else 1)
    shown = _excerpt(lines, (related.line, related.column), (related.line, end), "related", context=0)
    return f'<p class="note"><b>note</b> {escaped(related.message)} <span>{escaped(place)}</span></p>{shown}'


def _excerpt(lines: Lines, start: tuple[int, int], end: tuple[int, int], look: str, context: int = CONTEXT) -> str:
    """The source around a mistake; "" where the text has no such line: it has changed since, or is gone."""
    count = len(lines.starts)
    if not lines.text or start[0] > count:
        return ""
    if end[0] > start[0] and end[1] == 1:
        # A span that ends with a line break ends on the line before.
        end = (end[0] - 1, WIDEST)
    last = min(end[0], count)
    numbers = range(start[0], last + 1)
    shown = [*numbers] if len(numbers) <= LONGEST else [*numbers[:4], 0, *numbers[-3:]]
    before = _beside(lines, range(start[0] - 1, max(start[0] - 1 - context, 0), -1))[::-1]
    after = _beside(lines, range(last + 1, min(last + 1 + context, count + 1)))
    rows = []
    for number in [*before, *shown, *after]:
        if not number:
            rows.append("<i>…</i>\n")
            continue
        text = lines.line(number)
        if start[0] <= number <= last:
            first = start[1] - 1 if number == start[0] else len(text) - len(text.lstrip())
            stop = end[1] - 1 if number == last else len(text)
            rows.append(f"<i>{number}</i>{_marked(text, first, stop, look)}\n")
        else:
            rows.append(f"<i>{number}</i>{_text(text[:WIDEST])}{'…' if len(text) > WIDEST else ''}\n")
    return f"<pre>{''.join(rows)}</pre>"


def _beside(lines: Lines, numbers: range) -> list[int]:
    """The lines of the same document, without blank ones at the far end."""
    found = []
    for number in numbers:
        text = lines.line(number)
        if text.startswith("---") or text.rstrip() == "...":
            break
        found.append(number)
    while found and not lines.line(found[-1]).strip():
        found.pop()
    return found


def _marked(text: str, first: int, stop: int, look: str) -> str:
    """A line with its mistake marked, cut so that the mark can be seen."""
    first = min(first, len(text))
    stop = min(max(stop, first), len(text))
    cut = 0 if first < WIDEST // 2 else first - WIDEST // 4
    to = min(len(text), cut + WIDEST)
    stop = min(stop, to)
    # Nothing to mark is where something is missing: the mark stands for what is not there.
    mark = _text(text[first:stop]) or " "
    return (
        f"{'…' if cut else ''}{_text(text[cut:first])}"
        f'<mark class="{look}">{mark}</mark>{_text(text[stop:to])}{"…" if to < len(text) else ""}'
    )


def _text(text: str) -> str:
    return escaped(plain(text.replace("\t", "    ")))
