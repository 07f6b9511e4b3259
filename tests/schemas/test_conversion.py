"""Objects converted from one apiVersion to the next: what comes out is an object of the new version, with the comments of the old one."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from k8slint import edits
from k8slint.document import Document, read
from k8slint.problem import Change, Mend
from k8slint.schemas import copies
from k8slint.schemas.check import Schemas
from k8slint.views import Manifest, Mistake, RemovedApi, Superseded

FIXTURES = Path(__file__).parents[1] / "fixtures"
CONVERTED = [
    *sorted((FIXTURES / "removed-api").glob("*.fixed.yaml")),
    *sorted((FIXTURES / "deprecated-api").glob("*.fixed.yaml")),
]


def manifests(text: str) -> list[Manifest]:
    documents = read("test.yaml", text).documents
    return [Manifest(node, document) for document in documents for node in document.resources]


def superseded(text: str, version: int | None = None) -> Superseded:
    """What the schemas say of the apiVersion of the one object in a text."""
    (manifest,) = manifests(text)
    (found,) = (one for one in Schemas(version, version).check(manifest) if isinstance(one, Superseded))
    return found


def converted(text: str, version: int | None = None) -> str:
    """The text with its one object converted, as the fix of the rules does it."""
    found = superseded(text, version)
    assert found.conversion, found.obstacle
    return changed(found.manifest.document, found.conversion)


def changed(document: Document, changes: tuple[Change, ...]) -> str:
    made = edits.text_edits(document, Mend(changes))
    assert made is not None
    return edits.replace(document.file.text, made)


def obstacle(text: str, version: int | None = None) -> str:
    found = superseded(text, version)
    assert not found.conversion
    return found.obstacle


# ---------------------------------------------------------------------------------------------------- what comes out


@pytest.mark.parametrize("path", CONVERTED, ids=lambda path: path.name)
def test_what_was_converted_is_accepted_by_the_schemas_of_its_new_version(path: Path) -> None:
    checked = [(manifest, Schemas().check(manifest)) for manifest in manifests(path.read_text())]
    accepted = [manifest for manifest, mistakes in checked if not mistakes]
    left = [(manifest, mistake) for manifest, mistakes in checked for mistake in mistakes]
    assert len(accepted) >= 2
    # What could not be converted is still of the old version, and that is all that is said of it.
    assert all(isinstance(mistake, Superseded) for _, mistake in left)


def test_no_comment_is_lost_on_the_way() -> None:
    for name in ("ingress", "crd", "autoscaler"):
        old, new = ((FIXTURES / "removed-api" / f"{name}{kind}.yaml").read_text() for kind in ("", ".fixed"))
        comments = re.findall(r"# (?!<- )(.*?)(?=  # <- |$)", old, re.MULTILINE)
        lost = [comment for comment in comments if comment not in new]
        assert len(comments) > 5
        assert not lost, name


def test_json_stays_json() -> None:
    old = (
        '{"apiVersion":"extensions/v1beta1","kind":"Ingress","metadata":{"name":"web"},'
        '"spec":{"backend":{"serviceName":"web","servicePort":80}}}'
    )
    assert converted(old) == (
        '{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web"},'
        '"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80}}}}}'
    )


CRD_AS_JSON = """\
{
  "apiVersion": "apiextensions.k8s.io/v1beta1",
  "kind": "CustomResourceDefinition",
  "metadata": {
    "name": "bolts.shop.example"
  },
  "spec": {
    "group": "shop.example",
    "names": {"kind": "Bolt", "plural": "bolts"},
    "scope": "Namespaced",
    "version": "v1",
    "validation": {
      "openAPIV3Schema": {
        "type": "object",
        "properties": {"spec": {"type": "object"}}
      }
    }
  }
}
"""


def test_a_definition_in_json_stays_json() -> None:
    new = converted(CRD_AS_JSON)
    (manifest,) = manifests(new)
    assert Schemas().check(manifest) == []
    assert manifest.node["spec", "versions"].value == [
        {
            "name": "v1",
            "served": True,
            "storage": True,
            "schema": {
                "openAPIV3Schema": {
                    "type": "object",
                    "properties": {"spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
                }
            },
        }
    ]
    assert "validation" not in new


def test_line_breaks_stay_as_they_are() -> None:
    old = (FIXTURES / "removed-api" / "crd.yaml").read_text().split("---\n")[0].replace("\n", "\r\n")
    new = converted(old)
    assert new.count("\n") == new.count("\r\n") > 20


# ---------------------------------------------------------------------------------------------------- what is in the way


def test_another_kind_is_not_converted_and_nothing_is_said_of_it() -> None:
    assert obstacle("{apiVersion: v1, kind: Endpoints, metadata: {name: web}, subsets: []}") == ""


def test_what_cannot_be_edited_has_no_obstacle_either() -> None:
    """A conversion that would change what an anchor says elsewhere: the edits refuse it, and there is no fix."""
    found = superseded(
        dedent("""\
        apiVersion: extensions/v1beta1
        kind: Ingress
        metadata: {name: web}
        spec:
          backend: &web {serviceName: web, servicePort: 80}
          rules: [{http: {paths: [{backend: *web}]}}]
        """)
    )
    assert found.obstacle == ""
    assert edits.text_edits(found.manifest.document, Mend(found.conversion)) is None


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("{controller: 1}", "which refuses spec.controller: 1"),
        ("{controler: a}", "which has no spec.controler"),
        ("{}", "which needs spec.controller"),
    ],
)
def test_obstacles_are_those_of_the_new_version(spec: str, said: str) -> None:
    text = f"apiVersion: networking.k8s.io/v1beta1\nkind: IngressClass\nmetadata: {{name: a}}\nspec: {spec}\n"
    assert obstacle(text) == said


def test_of_many_fields_two_are_named() -> None:
    hooks = ", ".join(f'{{name: {name}.example.com, clientConfig: {{url: "https://a"}}}}' for name in "abc")
    text = (
        "apiVersion: admissionregistration.k8s.io/v1beta1\nkind: MutatingWebhookConfiguration\n"
        f"metadata: {{name: a}}\nwebhooks: [{hooks}]\n"
    )
    assert obstacle(text) == "which needs webhooks[0].admissionReviewVersions, webhooks[0].sideEffects and 4 more"


# ---------------------------------------------------------------------------------------------------- versions between


def shares(version: str, value: int, annotations: str = "{}") -> str:
    name = "nominalConcurrencyShares" if version == "v1beta3" else "assuredConcurrencyShares"
    return dedent(f"""\
        apiVersion: flowcontrol.apiserver.k8s.io/{version}
        kind: PriorityLevelConfiguration
        metadata:
          name: some
          annotations: {annotations}
        spec:
          type: Limited
          limited:
            limitResponse: {{type: Reject}}
            {name}: {value}
        """)


def test_the_shape_is_that_of_the_version_that_takes_over_in_the_target() -> None:
    assert "assuredConcurrencyShares: 20" in converted(shares("v1beta1", 20), version=25)
    assert "nominalConcurrencyShares: 20" in converted(shares("v1beta2", 20), version=26)
    assert "nominalConcurrencyShares: 20" in converted(shares("v1beta2", 20), version=30)


def test_no_share_meant_the_usual_one() -> None:
    assert "ConcurrencyShares" not in converted(shares("v1beta3", 0))
    kept = '{flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares: "true"}'
    assert "nominalConcurrencyShares: 0" in converted(shares("v1beta3", 0, kept))


def test_requests_of_a_claim_keep_their_shape_until_there_are_alternatives() -> None:
    claim = dedent("""\
        apiVersion: resource.k8s.io/v1alpha3
        kind: ResourceClaim
        metadata: {name: gpu}
        spec: {devices: {requests: [{name: gpu, deviceClassName: gpu.example.com}]}}
        """)
    assert isinstance(superseded(claim), RemovedApi)
    assert "requests: [{name: gpu, exactly: {deviceClassName: gpu.example.com}}]" in converted(claim)


# ---------------------------------------------------------------------------------------------------- copies


def moved(text: str, *gone: str) -> str:
    """A text with the entry `block` moved below a new key `new`, and others removed."""
    document = read("test.yaml", text).documents[0]
    root = document.root
    assert root is not None
    nodes = [root[name] for name in ("block", *gone)]
    new = root["new"].set({"here": copies.moved(root["block"], nodes)})
    return changed(document, (new, *(node.remove() for node in nodes)))


def test_comments_below_the_key_of_a_moved_block_go_along() -> None:
    text = "a: 1\n# above\nblock:  # behind\n  # below\n  b:\n    c: 1  # c\n"
    assert moved(text) == "a: 1\nnew:\n  here:\n    b:\n      # above\n      # behind\n      # below\n      c: 1  # c\n"
    assert moved("a: 1\nblock:\n  # below\n  b: 1\n") == "a: 1\nnew:\n  here:\n    b: 1  # below\n"
    assert moved("a: 1\nblock:\n- b: 1\n  c: 2\n").endswith("  here:\n  - b: 1\n    c: 2\n")
    assert moved("a: 1\nblock:\n# one\n# two\n-  b: 1\n   c: 2\n").endswith(
        "  here:\n  -  # one\n     # two\n     b: 1\n     c: 2\n"
    )


def test_comments_between_entries_that_go_together_go_along() -> None:
    text = "a: 1\n# of x\nx:\n  y: 1\n# of the block\nblock:\n  b:\n    c: 1\n"
    assert "# of the block" in moved(text, "x")
    text = "a: 1\n# of the block\nblock:\n  b:\n    c: 1\nx: 1\n"
    assert "# of the block" in moved(text, "x")


def test_a_block_without_comments_is_moved_as_it_is() -> None:
    root = read("test.yaml", "a: 1\nblock:\n  b: 1\n").documents[0].root
    assert root is not None
    assert copies.moved(root["block"], [root["block"]]) is root["block"]


def test_what_cannot_be_copied_as_text_is_data() -> None:
    root = read("test.yaml", "a: &a {b: 1}\nblock:\n  c: *a\n").documents[0].root
    assert root is not None
    block = root["block"]
    assert copies.edited(block, [block], lambda copy: [copy["c"].rename("d")]) == {"d": {"b": 1}}


def test_every_mistake_has_a_clause() -> None:
    """The clause of an obstacle names the place of any mistake that a walk can find."""
    from k8slint.schemas.conversion import _clause

    known = {"InvalidValue", "MissingField", "UnknownField", "WrongType"}
    (manifest,) = manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: {names: a}\nspec: {containers: 1, restartPolicy: Some}\n"
    )
    mistakes: list[Mistake] = Schemas().check(manifest)
    assert {type(mistake).__name__ for mistake in mistakes} <= known
    assert all(mistake.node.route in _clause([mistake]) for mistake in mistakes)
