"""See the rule."""

from k8slint.api import Problems, Project, Workload, rule, selector


@rule(on=Workload, since="1.0", source="ACME handbook: what runs in production")
def acme_disruption_budget(workload: Workload, project: Project) -> Problems:
    """A workload in a production namespace has no PodDisruptionBudget.

    Nodes are drained for every upgrade. Without a budget nothing keeps a drain from taking all pods of a workload at the same time.
    A namespace is for production if it has the label `tier: prod`. What runs a single pod is left alone: a budget would only block the drain.

    ```yaml bad
    apiVersion: v1
    kind: Namespace
    metadata:
      name: shop
      labels:
        tier: prod
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web  # <- Deployment web has no PodDisruptionBudget, so a drain may take all its pods at the same time
      namespace: shop
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: registry.acme.example/web:1.0
    ```

    ```yaml good
    apiVersion: v1
    kind: Namespace
    metadata:
      name: shop
      labels:
        tier: prod
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: shop
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: registry.acme.example/web:1.0
    ---
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: web
      namespace: shop
    spec:
      maxUnavailable: 1
      selector:
        matchLabels:
          app: web
    ```
    """
    if (workload.replicas or 0) < 2:
        return
    manifest = workload.manifest
    # A namespace that is not in the project may be anything: the look-up finds nothing, and the rule says nothing.
    production = [
        namespace["metadata", "labels", "tier"]
        for namespace in project.find("Namespace", manifest.namespace, workload).found
        if namespace.labels.get("tier") == "prod"
    ]
    if not production:
        return
    budgets = [
        budget["spec", "selector"]
        for budget in project.all("PodDisruptionBudget", "policy")
        if budget.namespace in (manifest.namespace, "")
    ]
    for pod in workload.pods:
        # A selector that cannot be judged (None) gets the benefit of the doubt.
        if all(selector.matches(budget, pod.labels) is False for budget in budgets):
            yield workload["metadata", "name"].problem(
                f"{manifest} has no PodDisruptionBudget, so a drain may take all its pods at the same time",
                related=[(production[0], "this makes it production")],
            )
