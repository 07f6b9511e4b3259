"""See the rule."""

from k8slint.api import Claim, Problems, Template, rule


@rule(on=Template, since="0.1", claim=Claim.ADVICE)
def unrendered_template(template: Template) -> Problems:
    """A file is a template, so there is no manifest to check until it has been rendered.

    Half a template cannot be judged: what looks like a mistake may be gone once `{{ }}` has been filled in, and the other way round.
    Check what comes out instead:

    ```console
    helm template ./chart | k8slint check -
    ```

    A manifest that only carries `{{ }}` in a quoted string or a block scalar (an alert's text, an Argo parameter) is a manifest and is checked.

    ```yaml bad
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: {{ .Release.Name }}-settings  # <- a template, not checked until it is rendered
    ```

    ```yaml good
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      greeting: "{{ .User }} signed in"
    ```
    """
    yield template.problem("a template, not checked until it is rendered")
