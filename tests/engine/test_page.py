"""A rule's docstring as a page, and its examples as small projects."""

from __future__ import annotations

from k8slint import page
from k8slint.page import Expected

DOC = """
    A Service leads
    nowhere.

    Its port is none of the pod's.

    ```yaml bad
    kind: Service  # <- it leads nowhere
    ```

    ```dockerfile bad
    EXPOSE 8080
    ```

    ```yaml good service.yaml
    kind: Service
    ```

    ```yaml config
    complete: true
    ```

    ```console
    $ kubectl get endpoints
    ```
    """


def test_the_first_paragraph_is_the_summary() -> None:
    assert page.parse(DOC).summary == "A Service leads nowhere."


def test_the_page_is_the_docstring_without_its_indentation() -> None:
    markdown = page.parse(DOC).markdown
    assert markdown.startswith("A Service leads\nnowhere.\n\nIts port")
    assert markdown.endswith("```console\n$ kubectl get endpoints\n```")


def test_fences_of_one_word_are_one_project() -> None:
    bad = page.parse(DOC).bad
    assert bad is not None
    assert bad.files == {"manifest.yaml": "kind: Service\n", "Dockerfile": "EXPOSE 8080\n"}
    assert bad.expected == [Expected("manifest.yaml", 1, "it leads nowhere")]


def test_a_fence_may_name_its_file() -> None:
    good = page.parse(DOC).good
    assert good is not None
    assert list(good.files) == ["service.yaml"]
    assert good.expected == []


def test_files_without_a_name_do_not_replace_each_other() -> None:
    bad = page.parse("Two.\n\n```yaml bad\na: 1\n```\n\n```yaml bad\nb: 2\n```\n").bad
    assert bad is not None
    assert bad.files == {"manifest.yaml": "a: 1\n", "manifest-2.yaml": "b: 2\n"}


def test_a_config_is_part_of_no_example() -> None:
    assert page.parse(DOC).config == "complete: true\n"


def test_a_page_may_have_no_examples() -> None:
    parsed = page.parse("Nothing to see.")
    assert (parsed.bad, parsed.good, parsed.config) == (None, None, "")


def arrows(text: str, name: str = "web.yaml") -> tuple[str, list[tuple[int, str]]]:
    clean, expected = page.strip_arrows(name, text)
    return clean, [(one.line, one.message) for one in expected]


def test_arrows_are_no_part_of_the_text() -> None:
    assert arrows("a: 1\nb: 2  # <- two is too much\n") == ("a: 1\nb: 2\n", [(2, "two is too much")])


def test_an_arrow_may_follow_a_comment() -> None:
    assert arrows("a: 1  # one  # <- too little") == ("a: 1  # one", [(1, "too little")])


def test_a_line_may_have_several_arrows() -> None:
    assert arrows("a: 1  # <- first  # <- second") == ("a: 1", [(1, "first"), (1, "second")])


def test_arrows_of_json_and_go_follow_two_slashes() -> None:
    assert arrows('{"a": 1}  // <- no', "web.json") == ('{"a": 1}', [(1, "no")])


def test_a_message_may_hold_nearly_anything() -> None:
    message = 'a "b" -> `c`: #1 (https://example.com/#d), so <- none'
    assert arrows(f"a: 1  # <- {message}") == ("a: 1", [(1, message)])


def test_other_comments_stay() -> None:
    text = "a: 1  # see <-\n#<- b\n# <-\n"
    assert arrows(text) == (text, [])


def test_an_arrow_may_name_the_claim() -> None:
    _, [named, plain] = page.strip_arrows("web.yaml", "a: 1  # <- broken: it ends  # <- rejecting: no claim")
    assert named == Expected("web.yaml", 1, "it ends", "broken")
    assert plain == Expected("web.yaml", 1, "rejecting: no claim")
