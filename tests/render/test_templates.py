"""Where a rendered line stands in its template."""

from __future__ import annotations

import pytest

from k8slint.render.place import Place
from k8slint.render.templates import Rendered, Template

TEMPLATE = """\
{{- if .Values.enabled }}
{{- /* A comment
that: looks
like: yaml */}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "shop.name" . }}
  labels:
    {{- include "shop.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
      - name: web
        image: "{{ .Values.image }}:{{ .Values.tag }}"
        env:
        {{- range $name, $value := .Values.env }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
        - name: LAST
          value: "1"
        resources:
          {{- toYaml .Values.resources | nindent 10 }}
      - name: sidecar
        image: sidecar:1
{{- end }}
"""
RENDERED = """\
# Source: shop/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels:
    app: shop
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: web
        image: "nginx:1.27"
        env:
# Comments stand anywhere.
        - name: A
          value: "a"
        - name: B
          value: "b"
        - name: LAST
          value: "1"
        resources:
          limits:
            memory: 64Mi
      - name: sidecar
        image: sidecar:1
"""


def place(template: str, rendered: str, text: str, part: str = "") -> tuple[str, str, bool]:
    """The line of the template that a line of the rendered text leads to, what is marked there, and whether it is exact."""
    lines = rendered.split("\n")
    number = lines.index(text) + 1
    part = part or text.strip()
    column = text.index(part) + 1
    found = Rendered(Template("web.yaml", template), rendered).place(number, column, number, column + len(part))
    line = template.split("\n")[found.line - 1]
    return line.strip(), line[found.column - 1 : found.end_column - 1], found.exact


@pytest.mark.parametrize(
    ("text", "part", "line", "marked"),
    [
        # Letter by letter.
        ("kind: Deployment", "Deployment", "kind: Deployment", "Deployment"),
        ("        image: sidecar:1", "sidecar:1", "image: sidecar:1", "sidecar:1"),
        # What a value stands for: the key is the key, the value is the action.
        ("  replicas: 3", "replicas", "replicas: {{ .Values.replicas }}", "replicas"),
        ("  replicas: 3", "3", "replicas: {{ .Values.replicas }}", "{{ .Values.replicas }}"),
        # The quote before the action is there as well.
        (
            '        image: "nginx:1.27"',
            '"nginx:1.27"',
            'image: "{{ .Values.image }}:{{ .Values.tag }}"',
            '"{{ .Values.image }}:{{ .Values.tag }}"',
        ),
        # All turns of a loop come from its lines.
        ("        - name: B", "name", "- name: {{ $name }}", "name"),
        ('          value: "b"', '"b"', "value: {{ $value | quote }}", "{{ $value | quote }}"),
        # ... and what stands beside the loop does not.
        ("        - name: LAST", "LAST", "- name: LAST", "LAST"),
        ('          value: "1"', '"1"', 'value: "1"', '"1"'),
        # Of two alike, the one in its own container.
        ("      - name: sidecar", "sidecar", "- name: sidecar", "sidecar"),
    ],
)
def test_a_line_that_stands_in_the_template(text: str, part: str, line: str, marked: str) -> None:
    assert place(TEMPLATE, RENDERED, text, part) == (line, marked, True)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("          limits:", "resources:"),
        ("            memory: 64Mi", "resources:"),
        ("    app: shop", "labels:"),
    ],
)
def test_what_an_action_puts_out_is_shown_at_the_key_above_it(text: str, line: str) -> None:
    assert place(TEMPLATE, RENDERED, text) == (line, line, False)


def test_an_element_may_stand_as_far_left_as_its_list_or_further_right() -> None:
    template = "spec:\n  ports:\n    - port: 80\n    - port: 81\n  list:\n  - port: 80\n"
    assert place(template, template, "    - port: 80") == ("- port: 80", "- port: 80", True)
    found = Rendered(Template("a.yaml", template), template).place(6, 5, 6, 13)
    assert (found.line, found.column) == (6, 5)


def test_lists_as_far_left_as_their_keys_are_below_them() -> None:
    template = "a:\n{{- range .a }}\n- x: {{ . }}\n{{- end }}\nb:\n{{- range .b }}\n- x: {{ . }}\n{{- end }}\n"
    found = Rendered(Template("a.yaml", template), "a:\n- x: 1\n- x: 2\n- x: 3\nb:\n- x: 4\n")
    assert [found.place(line, 3, line, 4).line for line in (2, 3, 4, 6)] == [3, 3, 3, 7]


def test_a_line_with_letters_of_its_own_goes_before_one_of_nothing_but_actions() -> None:
    template = "a:\n  {{ .key }}: {{ .value }}\n  name: {{ .name }}\n"
    assert place(template, "a:\n  x: 1\n  name: y\n", "  name: y") == ("name: {{ .name }}", "name: {{ .name }}", True)
    assert place(template, "a:\n  x: 1\n  name: y\n", "  x: 1")[0] == "{{ .key }}: {{ .value }}"


def test_elements_of_nothing_but_an_action() -> None:
    template = "a:\n{{- range .a }}\n- {{ . }}\n{{- end }}\n"
    assert place(template, "a:\n- x\n- y\n", "- y", "y") == ("- {{ . }}", "{{ . }}", True)


def test_columns_move_with_the_line() -> None:
    assert place("a:\n      b: c\n", "a:\n  b: c\n", "  b: c", "c") == ("b: c", "c", True)


def test_lines_that_read_the_same_are_told_apart_by_their_order() -> None:
    text = "a:\n- x: 1\n  y: 2\n- x: 1\n  y: 3\n"
    rendered = Rendered(Template("a.yaml", text), text)
    assert [rendered.place(line, 3, line, 7).line for line in (2, 4)] == [2, 4]
    assert rendered.place(5, 3, 5, 7) == Place("a.yaml", 5, 3, 5, 7)


def test_where_the_branches_of_an_if_read_the_same_no_one_can_tell() -> None:
    template = "a:\n{{- if .b }}\n  x: 1\n  y: 1\n{{- else }}\n  x: 1\n  z: 1\n{{- end }}\n"
    assert place(template, "a:\n  x: 1\n  z: 1\n", "  x: 1") == ("a:", "a:", False)
    assert place(template, "a:\n  x: 1\n  z: 1\n", "  z: 1") == ("z: 1", "z: 1", True)


SEVERAL = """\
kind: Service
metadata:
  name: {{ .Release.Name }}
---
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
"""


def documents(template: str, *texts: str) -> list[Rendered]:
    shared = Template("a.yaml", template)
    made: list[Rendered] = []
    for text in texts:
        Rendered(shared, text, made)
    return made


def test_the_part_of_the_template_that_made_the_document() -> None:
    service = "kind: Service\nmetadata:\n  name: shop\n"
    settings = service.replace("Service", "ConfigMap")
    for texts in ([service, settings], [settings, service], [settings]):
        found = {made.line(1): made.place(3, 9, 3, 13).line for made in documents(SEVERAL, *texts)}
        assert found == {
            f"kind: {kind}": line for kind, line in (("Service", 3), ("ConfigMap", 7)) if f"kind: {kind}" in found
        }
        assert len(found) == len(texts)


def test_the_part_that_is_most_like_the_document_counts_and_not_the_longest() -> None:
    long = "kind: A\nname: {{ .a }}-long\nb: 1\nc: 2\nd: 3\n"
    (made,) = documents(f"{long}---\nkind: A\nname: {{{{ .a }}}}-short\nb: 1\n", "kind: A\nname: x-short\nb: 1\n")
    assert made.place(3, 1, 3, 2).line == 9


def test_of_documents_that_are_alike_the_order_decides_where_none_was_left_out() -> None:
    template = "kind: A\nname: {{ .a }}\n---\nkind: A\nname: {{ .b }}\n---\nkind: Other\nlist: []\n"
    made = documents(template, "kind: A\nname: x\n", "kind: Other\nlist: []\n", "kind: A\nname: y\n")
    assert [document.place(2, 1, 2, 5).line for document in made] == [2, 8, 5]
    (alone,) = documents(template, "kind: A\nname: x\n")
    found = alone.place(2, 7, 2, 8)
    assert (found.line, found.exact) == (1, False)


def test_a_stretch_over_several_lines_ends_with_the_first() -> None:
    found = Rendered(Template("web.yaml", TEMPLATE), RENDERED).place(3, 7, 4, 3)
    assert (found.line, found.column, found.end_line, found.end_column) == (6, 7, 6, 17)


@pytest.mark.parametrize("template", ["", '{{ include "library.deployment" . }}\n'])
def test_a_template_that_has_no_lines_of_its_own(template: str) -> None:
    found = Rendered(Template("web.yaml", template), RENDERED).place(3, 7, 3, 17)
    assert (found.line, found.column, found.exact) == (1, 1, False)


def test_what_was_rendered_is_told_line_by_line() -> None:
    rendered = Rendered(Template("web.yaml", TEMPLATE), RENDERED)
    assert rendered.line(24) == "limits:"
    assert rendered.line(999) == ""
