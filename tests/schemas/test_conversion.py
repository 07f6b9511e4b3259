"""Objects converted from one apiVersion to the next: what comes out is an object of the new version, with the comments of the old one."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from textwrap import dedent

import pytest

from k8slint import edits
from k8slint.document import Document, read
from k8slint.mending.layout import UnfixableError
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
    new = root["new"].set({"here": root["block"]})
    return changed(document, (new, *(root[name].remove() for name in ("block", *gone))))


def test_comments_below_the_key_of_a_moved_block_go_along() -> None:
    text = "a: 1\n# above\nblock:  # behind\n  # below\n  b:\n    c: 1  # c\n"
    assert moved(text) == "a: 1\nnew:\n  # above\n  here:  # behind\n    # below\n    b:\n      c: 1  # c\n"
    assert moved("a: 1\nblock:\n  # below\n  b: 1\n") == "a: 1\nnew:\n  here:\n    # below\n    b: 1\n"
    assert moved("a: 1\nblock:\n- b: 1\n  c: 2\n").endswith("  here:\n  - b: 1\n    c: 2\n")
    assert moved("a: 1\nblock:\n# one\n# two\n-  b: 1\n   c: 2\n").endswith(
        "  here:\n  # one\n  # two\n  -  b: 1\n     c: 2\n"
    )


def test_comments_between_entries_that_go_together_go_along() -> None:
    text = "a: 1\n# of x\nx:\n  y: 1\n# of the block\nblock:\n  b:\n    c: 1\n"
    assert moved(text, "x") == "a: 1\nnew:\n  # of the block\n  here:\n    b:\n      c: 1\n"
    text = "a: 1\n# of the block\nblock:\n  b:\n    c: 1\nx: 1\n"
    assert moved(text, "x") == "a: 1\nnew:\n  # of the block\n  here:\n    b:\n      c: 1\n"


def test_what_is_changed_on_the_way_keeps_the_comments_on_it() -> None:
    text = "a: 1\n# above\nblock: {\n  b: 1,  # b\n  c: 2\n}  # behind\n"
    document = read("test.yaml", text).documents[0]
    root = document.root
    assert root is not None
    copy = copies.edited(root["block"], lambda copy: [copy["b"].rename("d")])
    assert changed(document, (root["new"].set({"here": copy}), root["block"].remove())) == (
        "a: 1\nnew:\n  # above\n  here: {\n    d: 1,  # b\n    c: 2\n  }  # behind\n"
    )
    assert copies.edited(root["block"], lambda _: ()) is root["block"]


def test_what_cannot_be_copied_as_text_is_data() -> None:
    root = read("test.yaml", "a: &a {b: 1}\nblock:\n  c: *a\n").documents[0].root
    assert root is not None
    assert copies.edited(root["block"], lambda copy: [copy["c"].rename("d")]).value == {"d": {"b": 1}}


def test_data_has_no_comments_so_what_has_some_stays_text() -> None:
    root = read("test.yaml", "a: &a {b: 1}\nblock:\n  c: *a  # as there\n").documents[0].root
    assert root is not None
    with pytest.raises(UnfixableError):
        copies.edited(root["block"], lambda copy: [copy["c"].rename("d")])


# ---------------------------------------------------------------------------------------------------- comments anywhere

# Lines that end in `~` belong to a field that is dropped.
OLD = {
    "ingress": """\
        apiVersion: networking.k8s.io/v1beta1
        kind: Ingress
        metadata:
          name: shop
        spec:
          backend:
            servicePort: 80
            serviceName: sorry
          tls:
          - hosts: [shop.example.com]
          rules:
          - host: shop.example.com
            http:
              paths:
              - path: /api
                backend:
                  serviceName: api
                  servicePort: "8080"
              - backend: {serviceName: web, servicePort: http}
                path: /
                pathType: Prefix
              - backend:
                  serviceName: 'last'
                  servicePort: https
        """,
    "definition": """\
        apiVersion: apiextensions.k8s.io/v1beta1
        kind: CustomResourceDefinition
        metadata:
          name: crontabs.stable.example.com
        spec:
          group: stable.example.com
          version: v1
          additionalPrinterColumns:
          - name: Spec
            type: string
            JSONPath: .spec.cronSpec
          names:
            plural: crontabs
            kind: CronTab
            shortNames:
            - ct
          subresources:
            status: {}
          validation:
            openAPIV3Schema:
              type: object
              properties:
                spec:
                  type: object
                  properties:
                    cronSpec: {type: string}
                    extra:
                      type: object
        """,
    "definition of versions": """\
        apiVersion: apiextensions.k8s.io/v1beta1
        kind: CustomResourceDefinition
        metadata: {name: nuts.shop.example}
        spec:
            group: shop.example
            preserveUnknownFields: false
            version: v1~
            validation:
                openAPIV3Schema: {type: object,
                    properties: {
                        spec: {type: object}}}
            conversion:
                strategy: Webhook
                webhookClientConfig:
                    url: https://nuts.example.com
                conversionReviewVersions: [v1beta1]
            names:
                kind: Nut
                plural: nuts
            scope: Cluster
            versions:
                - name: v1
                  served: true
                  storage: true
        """,
    "autoscaler": """\
        apiVersion: autoscaling/v2beta1
        kind: HorizontalPodAutoscaler
        metadata:
          name: web
        spec:
          maxReplicas: 10
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          metrics:
            - type: Resource
              resource:
                name: cpu
                targetAverageUtilization: 80
            - type: Pods
              pods:
                targetAverageValue: 1k
                metricName: packets-per-second
            - type: Object
              object:
                averageValue: 30
                metricName: requests-per-second
                selector: {matchLabels: {verb: GET}}
                target:
                  kind: Service
                  name: web
                targetValue: 10k~
            - type: External
              external:
                metricName: waiting
                metricSelector:
                  matchLabels:
                    queue: work
                targetAverageValue: "30"
        status:
          currentReplicas: 1
          desiredReplicas: 1
          conditions: []
          currentMetrics:~
          - type: Resource~
            resource: {name: cpu, currentAverageValue: 10m}~
        """,
    "first autoscaler": """\
        apiVersion: extensions/v1beta1
        kind: HorizontalPodAutoscaler
        metadata:
          name: web
        spec:
          scaleRef:
            kind: Deployment
            name: web
            subresource: scale~
          maxReplicas: 5
          cpuUtilization:
            targetPercentage: 60
        """,
    "slice": """\
        apiVersion: discovery.k8s.io/v1beta1
        kind: EndpointSlice
        metadata:
          name: web
        addressType: IPv4
        endpoints:
        - addresses: ["10.0.0.1"]
          topology:
            kubernetes.io/hostname: node-1
            topology.kubernetes.io/zone: a
          conditions:
            ready: true
        - topology: {kubernetes.io/hostname: node-2, topology.kubernetes.io/zone: b}
          addresses:
          - 10.0.0.2
        ports:
        - port: 80
        """,
    "runtime": """\
        apiVersion: node.k8s.io/v1alpha1
        kind: RuntimeClass
        metadata:
          name: gvisor
        spec:
          runtimeHandler: runsc
          overhead: {podFixed: {cpu: 10m}}
          scheduling:
            nodeSelector:
              sandbox: gvisor
        """,
    "deployment": """\
        apiVersion: extensions/v1beta1
        kind: Deployment
        metadata:
          name: web
        spec:
          replicas: 2
          rollbackTo:~
            revision: 0~
          template:
            metadata:
              labels:
                app: web
            spec:
              containers:
              - name: web
                image: web:1
        """,
    "claim": """\
        apiVersion: resource.k8s.io/v1beta1
        kind: ResourceClaim
        metadata:
          name: gpu
        spec:
          devices:
            requests:
            - deviceClassName: gpu.example.com
              name: gpu
              selectors:
              - cel:
                  expression: >-
                    device.driver == "gpu.example.com"
              count: 2
        """,
    "binding": """\
        apiVersion: rbac.authorization.k8s.io/v1alpha1
        kind: RoleBinding
        metadata:
          name: all
        subjects:
          - kind: User
            name: "*"
            apiVersion: rbac.authorization.k8s.io/v1alpha1~
          - apiVersion: v1~
            kind: ServiceAccount
            name: web
            namespace: shop
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
        """,
}
COMMENT = re.compile(r"[ ]*# c\d+\.")


class Commented:
    """A manifest with comments and blank lines anywhere, all of them different; knows which comments may be lost."""

    def __init__(self, lines: list[str], random: Random) -> None:
        self.random = random
        self.lines: list[str] = []
        self.comments: list[str] = []
        self.droppable: set[str] = set()
        for number, line in enumerate(lines):
            before = lines[number - 1] if number else ""
            goes = line.endswith("~")
            if before.rstrip("~").endswith(">-"):
                # No comment, but text.
                self.lines.append(line)
                continue
            indent = len(line) - len(line.lstrip(" "))
            # A comment that is indented deeper belongs to what is above.
            deeper = len(before) - len(before.lstrip(" ")) > indent and before.strip("~ ")[-1:] not in (",", "{", "-")
            if deeper and random.random() < 0.1:
                self.own(len(before) - len(before.lstrip(" ")), drop=before.endswith("~"))
            if random.random() < 0.1:
                # Not on what follows, but for the middle of a field that goes.
                self.lines.append("")
                self.own(indent, drop=goes and before.endswith("~"))
                self.lines.append("")
            for _ in range(random.choice([0, 0, 0, 0, 1, 2])):
                self.own(indent, drop=goes)
            behind = ""
            if random.random() < 0.3 and not line.endswith(">-"):
                behind = f"{random.choice([' ', '  ', '   '])}{self.comment(drop=goes)}"
            self.lines.append(line.rstrip("~") + behind)
        if random.random() < 0.5:
            self.own(random.choice([0, 2]), drop=lines[-1].endswith("~"))

    def comment(self, *, drop: bool) -> str:
        comment = f"# c{len(self.comments)}."
        self.comments.append(comment)
        if drop:
            self.droppable.add(comment)
        return comment

    def own(self, indent: int, *, drop: bool) -> None:
        self.lines.append(" " * indent + self.comment(drop=drop))


@pytest.mark.parametrize("name", OLD)
@pytest.mark.parametrize("form", ["alone", "windows", "one of several", "item"])
def test_comments_anywhere_are_still_there(name: str, form: str) -> None:
    lines = dedent(OLD[name]).splitlines()
    bare = "\n".join(line.rstrip("~") for line in lines) + "\n"
    expected = converted(bare)
    for seed in range(12):
        random = Random(f"{name} {form} {seed}")
        made = Commented(lines, random)
        text = "\n".join(made.lines) + "\n"
        head = tail = ""
        if form == "windows":
            text = text.replace("\n", "\r\n")
        elif form == "one of several":
            head, tail = "a: 1  # c first\n---\n", "---\n# c second\nb: 2\n"
        elif form == "item":
            head, tail = "apiVersion: v1\nkind: List\nitems:\n", "# c last\n- a: 1\n"
            text = "- " + "".join(f"  {line}\n" if line else "\n" for line in made.lines)[2:]
            if not made.lines[0].startswith("apiVersion"):
                text = "-\n" + "".join(f"  {line}\n" if line else "\n" for line in made.lines)
        whole = head + text + tail
        manifest = next(one for one in manifests(whole) if one.kind == superseded(bare).manifest.kind)
        found = next(one for one in Schemas().check(manifest) if isinstance(one, Superseded))
        new = changed(manifest.document, found.conversion)
        assert new.startswith(head), new
        assert new.endswith(tail), new
        new = new[len(head) : len(new) - len(tail)]
        # Without comments and blank lines it is what is made of the manifest without them.
        bones = "\n".join(line for line in COMMENT.sub("", new.replace("\r\n", "\n")).split("\n") if line.strip())
        # A comment may stand between a dash and what was the second key behind it.
        bones = re.sub(r"(?m)^( *-)\n *", r"\1 ", bones)
        if form == "item":
            bones = re.sub(r"(?m)^..", "", bones)
        assert bones + "\n" == expected, (whole, new)
        # Every comment is there, if not on a field that is dropped; what is said of all versions is said of each.
        left = re.findall(r"# c\d+\.", new)
        assert set(left) >= set(made.comments) - made.droppable, (whole, new)
        assert len(set(left)) == len(left), (whole, new)
        # Lines that stay are as they were, to the byte.
        stays = {line for line in bare.splitlines() if bare.count(line + "\n") == expected.count(line + "\n") == 1}
        for line in text.splitlines(keepends=True):
            if COMMENT.sub("", line).strip() and COMMENT.sub("", line.rstrip("\r\n"))[2 * (form == "item") :] in stays:
                assert line in new, (line, whole, new)
        if form == "windows":
            assert new.count("\n") == new.count("\r\n")


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
