"""See the rule."""

from typing import Any

from k8slint.api import Claim, Manifest, Problems, names, rule

REVISION = 11
"""What a StatefulSet adds to its name for the label controller-revision-hash: a dash and up to ten digits."""


@rule(
    on=Manifest,
    since="0.1",
    source=(
        "k8s.io/kubernetes/pkg/registry: WarningsOnCreate of Pods, Deployments, ReplicaSets, Jobs, CronJobs, ReplicationControllers",
        "k8s.io/kubernetes/pkg/controller/statefulset/stateful_set_utils.go: setPodRevision; kubernetes issue 64023",
    ),
)
def name_not_dns_label(manifest: Manifest, settings: Any) -> Problems:
    """The name of a workload is legal, and no good for its pods.

    Pods are called after their workload, and a pod's name is its hostname. A hostname has no dots, and up to 63 characters:
    what is longer is cut off, and what comes behind a dot is taken for a domain. The API server warns of such names.

    A StatefulSet has less. It labels its pods with its own name and a number of up to ten digits, and a label has 63
    characters: with a name of more than 52 it may not be able to create a single pod, and it says so in its events only.

    ```yaml bad
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web.v2  # <- Deployment name "web.v2" becomes part of its pods' hostnames, which are DNS labels: must not contain dots
    ```

    ```yaml good
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web-v2
    ```
    """
    name = manifest.metadata["name"]
    if not name.string:
        return
    reason = names.label(name.string)
    if (manifest.group, manifest.kind) in _WARNED:
        if reason and not names.subdomain(name.string) and not _refused(manifest, name.string):
            yield name.problem(
                f'{manifest.kind} name "{names.shown(name.string)}" becomes part of its pods\' hostnames, '
                f"which are DNS labels: {reason}"
            )
    elif (manifest.group, manifest.kind) == ("apps", "StatefulSet"):
        versions = settings.kubernetes_version
        if reason and versions and versions.oldest.minor < 27:
            # From there on the server refuses it.
            yield name.problem(
                f'StatefulSet name "{names.shown(name.string)}" is that of its pods\' hosts, so none can be created: {reason}',
                claim=Claim.BROKEN,
            )
        elif not reason and len(name.string) + REVISION > names.LABEL_LENGTH:
            yield name.problem(
                f'StatefulSet name "{names.shown(name.string)}" has {len(name.string)} characters; with its revision it can be too '
                f"long for a label of its pods, and then none is created; {names.LABEL_LENGTH - REVISION} are safe"
            )


_WARNED = frozenset(
    {
        ("", "Pod"),
        ("", "ReplicationController"),
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("batch", "Job"),
        ("batch", "CronJob"),
    }
)


def _refused(manifest: Manifest, name: str) -> bool:
    """Whether the server refuses it of a Job, which is for another rule."""
    spec = manifest.node["spec"]
    indexed = spec["completionMode"].string == "Indexed" and (spec["completions"].integer or 0) > 0
    labelled = len(name) > names.LABEL_LENGTH and spec["manualSelector"].boolean is not True
    return manifest.kind == "Job" and (indexed or labelled)
