"""See the rule."""

from k8slint.api import BrokenRule, Claim, Problems, rule


@rule(
    on=BrokenRule,
    since="0.1",
    claim=Claim.REJECTED,
    source="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules",
)
def custom_resource_rule(broken: BrokenRule) -> Problems:
    """A custom resource does not keep a rule of its CRD.

    CRDs say in CEL (`x-kubernetes-validations`) what types and patterns cannot: that one field is not above another, that a list has a certain
    member. The API server refuses an object for which such a rule is false. Rules that compare with the old object are not
    checked: for a new one they hold.

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
      versions:
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                x-kubernetes-validations:
                - rule: self.least <= self.most
                  message: least must not be above most
                properties:
                  least:
                    type: integer
                  most:
                    type: integer
    ---
    apiVersion: shop.example/v1
    kind: Widget
    metadata:
      name: blue
    spec:  # <- least must not be above most, so the object is refused; the rule is self.least <= self.most
      least: 5
      most: 3
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
            properties:
              spec:
                type: object
                x-kubernetes-validations:
                - rule: self.least <= self.most
                  message: least must not be above most
                properties:
                  least:
                    type: integer
                  most:
                    type: integer
    ---
    apiVersion: shop.example/v1
    kind: Widget
    metadata:
      name: blue
    spec:
      least: 3
      most: 5
    ```
    """
    expression = " ".join(broken.expression.split())
    shown = expression if len(expression) <= 120 else f"{expression[:117]}..."
    if broken.failure:
        message = f"a rule of the CRD cannot be evaluated ({broken.failure}), so the object is refused: {shown}"
    elif broken.message:
        message = f"{broken.message.rstrip('.')}, so the object is refused; the rule is {shown}"
    else:
        message = f"a rule of the CRD is not kept, so the object is refused: {shown}"
    yield broken.tell(message, related=[(broken.rule_node, "the rule")] if broken.rule_node is not None else ())
