"""See the rule."""

from k8slint.api import Claim, CustomResourceDefinition, Problem, Problems, names, rule

_APPROVED = "api-approved.kubernetes.io"


@rule(
    on=CustomResourceDefinition,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: ValidateCustomResourceDefinitionNames, validateAPIApproval",
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go: SetDefaults_CustomResourceDefinitionSpec",
    ),
)
def crd_name(crd: CustomResourceDefinition) -> Problems:
    """A name in a CustomResourceDefinition is not what the API server asks for.

    The CRD itself is called `<plural>.<group>`. Its group is a domain with a dot. Plural, singular, short names and categories are DNS labels that
    begin with a letter, and so is the kind once it is written in lower case; the kind of lists is another than the kind. Groups under `k8s.io` and
    `kubernetes.io` are Kubernetes' own: a CRD for one carries the annotation `api-approved.kubernetes.io` with the address of the review,
    or with a reason that begins with `unapproved`.

    ```yaml bad
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: widget.shop.example  # <- the CRD of widgets in shop.example is called "widgets.shop.example", so it is refused
    spec:
      group: shop.example
      scope: Namespaced
      names:
        kind: Widget
        plural: widgets
      versions:
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
    ```

    ```yaml good
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: widgets.shop.example
    spec:
      group: shop.example
      scope: Namespaced
      names:
        kind: Widget
        plural: widgets
      versions:
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
    ```
    """
    spec = crd["spec"]
    yield from _group(crd)
    yield from _names(crd)
    name, plural, group = crd.manifest.metadata["name"], spec["names", "plural"].string, spec["group"].string
    if name.string and plural and group and name.string != f"{plural}.{group}":
        yield name.problem(
            f'the CRD of {plural} in {group} is called "{plural}.{group}", so it is refused',
            fix=name.set(f"{plural}.{group}"),
            safe=False,
        )


def _group(crd: CustomResourceDefinition) -> Problems:
    node = crd["spec", "group"]
    group = node.string
    if not group:
        return
    reason = names.subdomain(group) or ("" if "." in group else "should be a domain with at least one dot")
    if reason:
        yield node.problem(f'group "{group}" is invalid: {reason}')
    own = next((domain for domain in ("k8s.io", "kubernetes.io") if f".{group}".endswith(f".{domain}")), "")
    approval = crd.manifest.metadata["annotations", _APPROVED]
    if own and not _is_approval(approval.string or ""):
        place = approval if approval.exists else node
        yield place.problem(
            f"groups under {own} are Kubernetes' own: the CRD needs annotation {_APPROVED} with the address of its review, or it is refused",
            field=approval,
        )


def _is_approval(text: str) -> bool:
    if text.startswith("unapproved"):
        return True
    scheme, _, rest = text.partition("://")
    return bool(scheme and rest.partition("/")[0])


def _names(crd: CustomResourceDefinition) -> Problems:
    given = crd["spec", "names"]
    for key in ("plural", "singular"):
        if text := given[key].string:
            yield from _judge(crd, (key,), text)
    kind, list_kind = given["kind"].string or "", given["listKind"].string or ""
    if kind:
        yield from _judge(crd, ("kind",), kind.lower())
    if list_kind:
        yield from _judge(crd, ("listKind",), list_kind.lower())
        if list_kind == kind:
            yield given["listKind"].problem(f'kind and listKind are both "{kind}", so the CRD is refused')
    elif kind and not names.label_1035(kind.lower()) and len(kind) + 4 > names.LABEL_LENGTH:
        yield given["kind"].problem(
            f'listKind would be "{kind}List", which is invalid: {names.label_1035(f"{kind.lower()}list")}',
            field=given["listKind"],
        )
    for key in ("shortNames", "categories"):
        for position, node in enumerate(given[key]):
            if node.string is not None:
                yield from _judge(crd, (key, position), node.string)


def _judge(crd: CustomResourceDefinition, path: tuple[str | int, ...], label: str) -> list[Problem]:
    node = crd["spec", "names"][path]
    reason = names.label_1035(label)
    what = {"shortNames": "short name", "categories": "category"}.get(str(path[0]), str(path[0]))
    return [node.problem(f'{what} "{node.string}" is invalid: {reason}')] if reason else []
