"""The pages of rules for the browser: one HTML file that needs nothing else."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from k8slint.cli.explain import facts, options
from k8slint.cli.markdown import to_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from k8slint.rule import Rule

_STYLE = """
:root { color-scheme: light dark; --line: light-dark(#e2e8f0, #2a364d); --faint: light-dark(#64748b, #94a3b8);
  --code: light-dark(#f8fafc, #0f172a); --bad: light-dark(#dc2626, #f87171); --good: light-dark(#059669, #34d399);
  --warn: light-dark(#b45309, #fbbf24); --accent: light-dark(#2563eb, #60a5fa); }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.5rem 4rem; background: light-dark(#fff, #111827);
  color: light-dark(#0f172a, #e5e9f2); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
article + article { border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 1rem; }
h1 { font-size: 1.7rem; margin: 0.5rem 0 0; letter-spacing: -0.02em; }
h1 span { font-size: 0.8rem; font-weight: 600; letter-spacing: 0; vertical-align: middle; margin-left: 0.5rem;
  border: 1px solid; border-radius: 99px; padding: 0.15rem 0.6rem; }
.error { color: var(--bad); } .warning { color: var(--warn); } .info { color: var(--accent); }
.facts, nav { color: var(--faint); font-size: 0.9rem; margin-top: 0.3rem; }
nav { columns: 3 14rem; margin-bottom: 2rem; } nav a { display: block; }
a { color: var(--accent); }
figure { margin: 1.2rem 0; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
figure.bad { border-color: color-mix(in srgb, var(--bad) 45%, transparent); }
figure.good { border-color: color-mix(in srgb, var(--good) 45%, transparent); }
figcaption { font-weight: 600; font-size: 0.85rem; padding: 0.35rem 1rem; border-bottom: 1px solid var(--line); }
.bad figcaption { color: var(--bad); } .good figcaption { color: var(--good); }
pre { margin: 0; padding: 0.8rem 0; background: var(--code); overflow-x: auto; font-size: 0.85rem; line-height: 1.55; }
pre code { display: inline-block; min-width: 100%; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
:not(pre) > code { background: var(--code); border: 1px solid var(--line); border-radius: 4px; padding: 0 0.25em; font-size: 0.88em; }
.line { display: block; padding: 0 1rem; } .line i { font-style: normal; color: var(--accent); } .line small { font-size: inherit; color: var(--faint); }
.marked { background: color-mix(in srgb, var(--bad) 12%, transparent); border-left: 3px solid var(--bad); padding-left: calc(1rem - 3px); }
.arrow { font-weight: 500; color: var(--bad); margin-left: 2ch; font-family: system-ui, sans-serif; } .arrow::before { content: "\\2190\\00a0"; }
table { border-collapse: collapse; } th, td { text-align: left; padding: 0.3rem 0.9rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def page(rules: Sequence[Rule]) -> str:
    """The pages of rules, one below the other; of several there is a list in front."""
    title = rules[0].id if len(rules) == 1 else "Rules of k8slint"
    parts = [_article(rule) for rule in rules]
    if len(rules) > 1:
        links = "".join(f'<a href="#{escape(rule.id)}">{escape(rule.id)}</a>' for rule in rules)
        parts.insert(0, f"<nav>{links}</nav>")
    return _PAGE.format(title=escape(title), style=_STYLE, body="\n".join(parts))


def show(text: str) -> tuple[str, bool]:
    """Writes a page to a temporary file and opens the browser; returns the file's path, and whether there is a browser, which reads it later."""
    import tempfile
    import webbrowser
    from pathlib import Path

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="k8slint-", suffix=".html", delete=False) as file:
        file.write(text)
    return file.name, webbrowser.open(Path(file.name).as_uri())


def _article(rule: Rule) -> str:
    from k8slint.page import parse

    info = rule.info
    parts = [
        f'<article id="{escape(info.id)}">',
        f'<h1>{escape(info.id)}<span class="{info.severity}">{info.severity}</span></h1>',
        f'<p class="facts">{escape(" · ".join(facts(info)))}</p>',
        to_html(parse(rule.doc).markdown),
    ]
    if rule.options is not None:
        parts.append("<h2>Options</h2>\n<table><tr><th>name</th><th>type</th><th>default</th><th></th></tr>")
        parts += [
            f"<tr><td><code>{escape(name)}</code></td><td>{escape(type_)}</td><td><code>{escape(default)}</code></td>"
            f"<td>{escape(doc)}</td></tr>"
            for name, type_, default, doc in options(rule.options)
        ]
        parts.append("</table>")
    if rule.source:
        items = "".join(f"<li>{escape(source)}</li>" for source in rule.source)
        parts.append(f"<h2>Follows</h2>\n<ul>{items}</ul>")
    if info.url.startswith(("https://", "http://")):
        parts.append(f'<p><a href="{escape(info.url)}">{escape(info.url)}</a></p>')
    return "\n".join([*parts, "</article>"])
