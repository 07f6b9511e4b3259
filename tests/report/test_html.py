"""The HTML report: what is in it, and, where there is a Chromium, what a browser makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from k8slint.finding import Claim, Edit, Finding, Fix, Related, Resource, Skipped
from k8slint.report.base import Style
from k8slint.report.html import WIDEST, report
from k8slint.run import Run

from .chromium import PROGRAM, Page

HOSTILE = (
    '</script></pre></table><img src=x onerror=alert(1)><script>alert(2)</script>" onload="alert(3)\' & &lt; {{a}}'
)

VOID = {"meta", "input", "col", "option", "br"}


class Elements(HTMLParser):
    """The tags of a page, all of them closed in the right order, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """The attributes of the tags that have these."""
        return [found for name, found in self.found if name == tag and attributes.items() <= found.items()]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


TEXT = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  replicas: '2'\n"


@pytest.fixture
def full(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> Run:
    fix = Fix("Remove the quotes", safe=True, edits=(Edit("web.yaml", 0, 1, ""),))
    unsafe = Fix("Rename it", safe=False, edits=(Edit("web.yaml", 0, 1, ""),))
    return run_of(
        finding("kind", in_=TEXT, claim=Claim.UNINTENDED, rule="unknown-field", fix=unsafe, message="kind of wrong"),
        finding(
            "'2'",
            in_=TEXT,
            route="spec.replicas",
            resource=Resource("v1", "Pod", "shop", "web"),
            fix=fix,
            related=(Related("web.yaml", 4, 3, "the name it has"),),
            url="https://k8slint.dev/rules/wrong-type",
        ),
        finding(
            "spec", in_=TEXT, claim=Claim.ADVICE, rule="bare-pod", path="apps/other.yaml", message="could be better"
        ),
        text=TEXT,
        files=9,
        documents=1234,
        suppressed=3,
        skipped=[Skipped("chart/values.yaml", "values"), Skipped("all.yaml", "binary", 7)],
    )


def test_the_page_is_whole(full: Run) -> None:
    page = Elements(report(full, Style()))
    text = " ".join("".join(page.text).split())

    assert "k8slint: 1 error, 1 warning, 1 info" in text
    assert "9 files · 1234 documents · 3 suppressed" in text
    assert "containerPort is a string, not an integer" in text
    assert "Pod shop/web spec.replicas" in text
    assert "fix Remove the quotes" in text
    assert "fix (unsafe) Rename it" in text
    assert "note the name it has web.yaml:4" in text
    assert "Not checked (2) chart/values.yaml values all.yaml:7 binary" in text
    assert {found["href"] for found in page.all("a")} == {"https://k8slint.dev/rules/wrong-type"}


def test_it_asks_for_nothing(full: Run) -> None:
    written = report(full, Style())
    page = Elements(written)

    assert not [found for _, found in page.found if found.keys() & {"src", "srcset", "style", "onclick", "onload"}]
    assert not page.all("link")
    assert "url(" not in written
    assert "@import" not in written


def test_tables_have_headings(full: Run) -> None:
    page = Elements(report(full, Style()))
    tables = page.all("table")

    assert [found.get("aria-label") for found in tables] == [
        None,
        "Findings in web.yaml",
        "Findings in apps/other.yaml",
    ]
    assert len([found for found in page.all("th") if found.get("scope") == "col"]) == 3 * len(tables)
    assert page.all("html", lang="en")


def test_the_source_is_shown_with_the_mistake_marked(full: Run) -> None:
    assert '<i>5</i>spec:\n<i>6</i>  replicas: <mark class="error">&#39;2&#39;</mark>\n' in report(full, Style())


def test_no_findings(run_of: Callable[..., Run]) -> None:
    page = report(run_of(), Style())

    assert '<p class="verdict good">No problems</p>' in page
    assert "<form" not in page
    assert '<p class="verdict neutral">' in report(run_of(errors=["gone.yaml: no such file"]), Style())
    assert "gone.yaml: no such file" in report(run_of(errors=["gone.yaml: no such file"]), Style())


def test_a_manifest_writes_no_html(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    text = f"a: {HOSTILE}\n"
    hostile = finding(
        HOSTILE,
        in_=text,
        message=HOSTILE,
        path=f"{HOSTILE}.yaml",
        rule=HOSTILE,
        route=HOSTILE,
        resource=Resource(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        fix=Fix(HOSTILE, safe=True, edits=()),
        related=(Related(f"{HOSTILE}.yaml", 1, 1, HOSTILE),),
        url="javascript:alert(4)",
        source=HOSTILE,
    )
    run = run_of(hostile, text=text, path=f"{HOSTILE}.yaml", errors=[HOSTILE], skipped=[Skipped(HOSTILE, HOSTILE)])
    page = Elements(report(run, Style()))

    assert not page.all("img")
    assert len(page.all("script")) == 1
    assert not page.all("a")
    assert not [name for _, found in page.found for name in found if name.startswith("on")]
    assert "".join(page.text).count("<img src=x onerror=alert(1)>") >= 10


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ((1, 1), (1, 5), ['<i>1</i><mark class="error">aaaa</mark>']),
        ((1, 5), (1, 5), ['<i>1</i>aaaa<mark class="error"> </mark>']),
        ((1, 3), (3, 3), ['<i>1</i>aa<mark class="error">aa</mark>', '<i>2</i>  <mark class="error">bb</mark>']),
        ((2, 3), (3, 1), ['<i>2</i>  <mark class="error">bb</mark>', "<i>3</i>cccc"]),
        ((1, 9), (1, 99), ['<i>1</i>aaaa<mark class="error"> </mark>']),
    ],
)
def test_marks(
    finding: Callable[..., Finding],
    run_of: Callable[..., Run],
    start: tuple[int, int],
    end: tuple[int, int],
    shown: list[str],
) -> None:
    text = "aaaa\n  bb\ncccc\n"
    found = finding()._replace(line=start[0], column=start[1], end_line=end[0], end_column=end[1])
    page = report(run_of(found, text=text), Style())

    for line in shown:
        assert f"{line}\n" in page


def test_long_lines_and_long_blocks_are_cut(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    text = "a" * 5000 + "WRONG" + "b" * 5000 + "\n" + "x\n" * 50
    page = report(run_of(finding("WRONG", in_=text), text=text), Style())
    block = finding("x\n" * 50, in_=text)
    blocks = report(run_of(block, text=text), Style())

    assert 'aaaa<mark class="error">WRONG</mark>bbbb' in page
    assert len(max(page.partition("<pre>")[2].partition("</pre>")[0].splitlines(), key=len)) < WIDEST + 100
    assert blocks.count('<mark class="error">x</mark>') == 7


def test_a_file_that_is_gone_has_no_source(finding: Callable[..., Finding], run_of: Callable[..., Run]) -> None:
    assert "<pre>" not in report(run_of(finding(path="gone.yaml")), Style())
    assert "<pre>" not in report(run_of(finding()._replace(line=9, end_line=9), text="a: b\n"), Style())


# ---- in a browser

browser = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium")

VISIBLE = """(() => [...document.querySelectorAll("section.file tbody tr")]
  .filter(row => row.checkVisibility()).map(row => row.dataset.rule).sort())()"""
LATER = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Page(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def show(chromium: Page, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens the report of a run; whatever the test does, the console has nothing to say in the end."""
    chromium.complaints.clear()
    chromium.requests.clear()

    def show(run: Run, hash_: str = "", **more: Any) -> Page:
        path = tmp_path / "report.html"
        path.write_text(report(run, Style()), encoding="utf-8")
        chromium.open(path.as_uri() + hash_, **more)
        return chromium

    yield show
    assert chromium.complaints == []
    assert {url.partition("#")[0] for url in chromium.requests} <= {
        "about:blank",
        (tmp_path / "report.html").as_uri(),
    }


def choose(page: Page, script: str) -> list[str]:
    """Does something to the filters, as a user would; the rules of the findings that are left to see."""
    page.run(f"(form => {{ {script} }})(document.getElementById('filters'))")
    page.run(LATER)
    return page.run(VISIBLE)  # type: ignore[no-any-return]


SET = "form.{0}.value = '{1}'; form.{0}.dispatchEvent(new Event('input', {{bubbles: true}}));"
ALL = ["bare-pod", "unknown-field", "wrong-type"]


@browser
def test_filters(full: Run, show: Callable[..., Page]) -> None:
    page = show(full)

    assert page.run(VISIBLE) == ALL
    assert page.run("document.getElementById('shown').textContent") == "3 findings"
    assert choose(page, SET.format("rule", "wrong-type")) == ["wrong-type"]
    assert page.run("document.getElementById('shown').textContent") == "1 of 3 findings"
    assert page.run("location.hash") == "#rule=wrong-type"
    assert choose(page, "form.querySelector('[type=reset]').click()") == ALL
    assert page.run("location.hash") == ""
    assert choose(page, "form.querySelector('[value=error]').click()") == ["bare-pod", "unknown-field"]
    assert choose(page, "form.querySelector('[value=info]').click()") == ["unknown-field"]
    assert page.run("document.querySelectorAll('section.file:not([hidden])').length") == 1
    choose(page, "form.reset()")
    assert choose(page, SET.format("file", "OTHER")) == ["bare-pod"]
    choose(page, "form.reset()")
    assert choose(page, SET.format("text", "spec.REPLICAS  pod")) == ["wrong-type"]
    choose(page, "form.reset()")
    assert choose(page, "form.fixable.click()") == ["unknown-field", "wrong-type"]
    assert choose(page, SET.format("text", "nothing like this")) == []
    assert page.run("document.getElementById('none').checkVisibility()") is True


@browser
def test_an_address_opens_with_its_filters(full: Run, show: Callable[..., Page]) -> None:
    page = show(full, "#severity=warning,info&file=web")

    assert page.run(VISIBLE) == ["unknown-field"]
    assert page.run("document.querySelector('[name=file]').value") == "web"


@browser
def test_an_address_can_say_anything(full: Run, show: Callable[..., Page]) -> None:
    page = show(full, "#rule=%3Cimg%20src=x%20onerror=alert(1)%3E&text=%22%3E%3Cscript%3E")

    assert page.run("document.querySelectorAll('img, main script').length") == 0


@browser
def test_without_scripts_everything_is_there(full: Run, show: Callable[..., Page]) -> None:
    page = show(full, scripts=False)

    assert page.run("document.getElementById('filters').hidden") is True
    assert page.run(VISIBLE) == ALL


@browser
def test_a_hostile_manifest_is_harmless(
    finding: Callable[..., Finding], run_of: Callable[..., Run], show: Callable[..., Page]
) -> None:
    text = f"a: {HOSTILE}\n"
    run = run_of(
        finding(HOSTILE, in_=text, message=HOSTILE, path=f"{HOSTILE}.yaml", rule=HOSTILE, url="javascript:alert(4)"),
        text=text,
        path=f"{HOSTILE}.yaml",
    )
    page = show(run)

    assert page.run("document.querySelectorAll('img').length") == 0
    assert page.run("document.querySelector('.message').textContent") == HOSTILE
    assert page.run("document.querySelector('section.file').dataset.file") == f"{HOSTILE}.yaml"


@browser
def test_its_policy_lets_nothing_else_run(full: Run, chromium: Page, tmp_path: Path) -> None:
    """Even what got past the escaping could do nothing."""
    path = tmp_path / "report.html"
    injected = '<script>document.title = "x"</script><img src="https://x.example/y.png" onerror="document.title = 1">'
    path.write_text(report(full, Style()).replace("<footer>", f"{injected}<footer>"), encoding="utf-8")
    chromium.complaints.clear()
    chromium.open(path.as_uri())

    assert str(chromium.run("document.title")).startswith("k8slint: ")
    assert len([text for text in chromium.complaints if "Content Security Policy" in text]) == 3
    assert chromium.run(VISIBLE) == ALL


@browser
def test_ten_thousand_findings_can_be_filtered(
    finding: Callable[..., Finding], run_of: Callable[..., Run], show: Callable[..., Page]
) -> None:
    found = [
        finding("'2'", in_=TEXT, path=f"apps/{number // 20}.yaml", rule=f"rule-{number % 10}")
        for number in range(10_000)
    ]
    run = run_of(*found)
    run.texts |= {one.path: TEXT for one in found}
    page = show(run)

    assert page.run("document.getElementById('shown').textContent") == "10,000 findings"
    assert len(choose(page, SET.format("rule", "rule-3"))) == 1000
    assert page.run("document.getElementById('shown').textContent") == "1,000 of 10,000 findings"


def test_a_finding_takes_little_room(full: Run) -> None:
    """Nothing but the findings grows with the findings."""
    once, twice = (len(report(_times(full, number), Style())) for number in (100, 200))

    assert twice - once < 100 * 3000
    assert not re.search(r"[\x00-\x08\x7f-\x9f]", report(full, Style()))


def _times(run: Run, number: int) -> Run:
    made = Run(run.findings * number, run.texts)
    made.files = 1
    return made
