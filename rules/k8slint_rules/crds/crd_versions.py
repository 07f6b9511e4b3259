"""See the rule."""

from k8slint.api import Claim, CustomResourceDefinition, Node, Problems, names, rule, webhooks


@rule(
    on=CustomResourceDefinition,
    since="0.1",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: validateCustomResourceDefinitionSpec",
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: validateCustomResourceConversion",
    ),
)
def crd_versions(crd: CustomResourceDefinition) -> Problems:
    """The versions of a CustomResourceDefinition, or how they are converted, cannot be.

    Exactly one version is the one that objects are stored in (`storage: true`). Names of versions are unique DNS labels that begin with a letter, and
    every version has a schema. With `strategy: Webhook` a webhook converts between them, and it has to be said where it is and which ConversionReviews
    it understands. With several versions and no webhook nothing but `apiVersion` is converted.

    A CRD that serves none of its versions is accepted, and of no use: its objects cannot be reached.

    ```yaml bad
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
      versions:  # <- 2 versions are marked as the one that objects are stored in (v1beta1, v1), so the CRD is refused
      - name: v1beta1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
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
      - name: v1beta1
        served: true
        storage: false
        schema:
          openAPIV3Schema:
            type: object
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
    ```
    """
    spec = crd["spec"]
    versions = spec["versions"]
    if crd.manifest.version != "v1":
        # Older versions could do with a single `version`, and are served no longer.
        return
    if spec["preserveUnknownFields"].boolean:
        yield spec["preserveUnknownFields"].problem(
            "preserveUnknownFields is a matter of each version's schema now (x-kubernetes-preserve-unknown-fields), so the CRD is refused"
        )
    if versions.elements and all(version.is_mapping for version in versions):
        yield from _storage(versions)
    yield from _conversion(crd)


def _storage(versions: Node) -> Problems:
    seen: dict[str, Node] = {}
    stored = []
    for version in versions:
        name = version["name"]
        text = name.string or ""
        reason = names.label_1035(text) if text else ""
        if reason:
            yield name.problem(f'version "{text}" is invalid: {reason}')
        if text in seen:
            yield name.problem(
                f'version "{text}" is there twice, so the CRD is refused',
                related=[(seen[text], "the first of the name")],
                field=versions,
            )
        elif text:
            seen[text] = name
        if version["storage"].boolean:
            stored.append(text)
        schema = version["schema", "openAPIV3Schema"]
        if not schema and (not version["schema"] or version["schema"].is_mapping):
            yield schema.problem(
                f"version {text} has no schema, so the CRD is refused; for objects of any form it is of type object with "
                "x-kubernetes-preserve-unknown-fields"
            )
        yield from _deprecation(version)
    if not stored:
        yield versions.problem("no version is marked as the one that objects are stored in, so the CRD is refused")
    elif len(stored) > 1:
        yield versions.problem(
            f"{len(stored)} versions are marked as the one that objects are stored in ({', '.join(stored)}), so the CRD is refused"
        )
    if not any(version["served"].boolean for version in versions):
        yield versions.problem("no version is served, so objects of this kind cannot be reached", claim=Claim.BROKEN)


def _deprecation(version: Node) -> Problems:
    warning = version["deprecationWarning"]
    text = warning.string
    if text is None:
        return
    if not version["deprecated"].boolean:
        yield warning.problem("only a version with deprecated: true has a deprecationWarning, so the CRD is refused")
    elif not text:
        yield warning.problem(
            "an empty deprecationWarning, so the CRD is refused; without one users get the usual words"
        )
    elif len(text.encode()) > 256:
        yield warning.problem("a deprecationWarning of more than 256 bytes, so the CRD is refused")
    elif not text.isprintable():
        yield warning.problem("a deprecationWarning is one line of printable characters, so the CRD is refused")


def _conversion(crd: CustomResourceDefinition) -> Problems:
    conversion = crd["spec", "conversion"]
    if not conversion.is_mapping:
        return
    strategy, webhook = conversion["strategy"], conversion["webhook"]
    client, reviews = webhook["clientConfig"], webhook["conversionReviewVersions"]
    if strategy.string not in ("None", "Webhook", "", None):
        yield strategy.problem(f'strategy is "None" or "Webhook", not "{strategy}", so the CRD is refused')
    if strategy.string != "Webhook":
        for given, what in ((client, "webhook"), (reviews, "conversionReviewVersions")):
            if given.is_mapping or given.elements:
                yield given.problem(
                    f"a {what} is there and the strategy is not Webhook, so the CRD is refused",
                    field=crd.reported(given),
                )
        return
    if not client and (not webhook or webhook.is_mapping):
        yield client.problem(
            "nothing says where the webhook is that converts between versions, so the CRD is refused",
            field=crd.reported(client),
        )
    elif client.is_mapping and bool(client["url"]) == bool(client["service"]):
        yield client.problem(
            "the webhook has either a url or a service, so the CRD is refused", field=crd.reported(client)
        )
    else:
        yield from _client(crd, client)
    if reviews.elements and all(review.string is not None or not review for review in reviews):
        yield from _reviews(crd, reviews)


def _client(crd: CustomResourceDefinition, client: Node) -> Problems:
    url, service = client["url"], client["service"]
    if url.string is not None:
        reason = webhooks.url(url.string)
        if reason:
            yield url.problem(f'url "{url}" of the webhook is invalid: {reason}', field=crd.reported(url))
        return
    path, port = service["path"], service["port"]
    reason = webhooks.path(path.string or "")
    if reason:
        yield path.problem(f'path "{path}" of the webhook is invalid: {reason}', field=crd.reported(path))
    if port.integer is not None and not 0 < port.integer < 65536:
        yield port.problem(
            f"port {port} of the webhook is not between 1 and 65535, so the CRD is refused", field=crd.reported(port)
        )


def _reviews(crd: CustomResourceDefinition, reviews: Node) -> Problems:
    seen = set()
    for review in reviews:
        text = review.string or ""
        reason = names.label_1035(text)
        if text in seen:
            yield review.problem(f'"{text}" is there twice, so the CRD is refused', field=crd.reported(review))
        elif reason:
            yield review.problem(
                f'version "{text}" of ConversionReview is invalid: {reason}', field=crd.reported(review)
            )
        seen.add(text)
    if not seen & {"v1", "v1beta1"}:
        yield reviews.problem(
            "no ConversionReview that the API server knows (v1, v1beta1), so the CRD is refused",
            field=crd.reported(reviews),
        )
