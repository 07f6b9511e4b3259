"""The type tables: facts about known types and kinds, across the versions."""

from __future__ import annotations

import pytest

from k8slint.schemas import tables
from k8slint.schemas.tables import Tables, Type, Versions, history, known, load, newest, versions


def at(tables: Tables, api_version: str, kind: str, *names: str) -> Type:
    """The type at a path of field names below a kind; lists and maps are entered."""
    held = tables.kind(api_version, kind)
    assert held is not None
    for name in names:
        held = held.fields[name].type
        while held.item is not None:
            held = held.item
    return held


def field(version: str, api_version: str, kind: str, *names: str) -> tables.Field:
    return at(load(version), api_version, kind, *names[:-1]).fields[names[-1]]


FLOW = "flowcontrol.apiserver.k8s.io"
SCHEMA = ("spec", "versions", "schema", "openAPIV3Schema")
CONTAINER = ("apps/v1", "Deployment", "spec", "template", "spec", "containers")


def test_versions_go_from_the_oldest_to_the_newest() -> None:
    assert versions()[0] == "1.25"
    assert versions()[-1] == newest() == "1.37"
    assert len(versions()) == 13


def test_a_version_is_loaded_once_however_it_is_written() -> None:
    assert load("v1.31.4") is load("1.31")
    assert load("1.31").version == "1.31"


@pytest.mark.parametrize("version", ["1.24", "1.99", "2.0", "latest", ""])
def test_a_version_that_is_not_covered_is_an_error(version: str) -> None:
    with pytest.raises(ValueError, match=r"1\.25 to 1\.37"):
        load(version)


@pytest.mark.parametrize("version", versions())
def test_every_type_of_every_version_can_be_read(version: str) -> None:
    loaded = load(version)
    todo = [loaded.kind(api, kind) for api in loaded.api_versions for kind in loaded.kinds(api)]
    assert len(todo) > 60
    seen: set[str] = set()
    while todo:
        held = todo.pop()
        assert held is not None
        if held.name in seen:
            continue
        seen.add(held.name)
        todo += [field.type for field in held.fields.values()]
        todo += [held.item] if held.item is not None else held.alternatives
        if held.list_type == "map":
            assert held.item is not None
            assert set(held.list_keys) <= held.item.fields.keys()
    assert {"core.v1.PodSpec", "core.v1.Volume", "meta.v1.ObjectMeta", "string"} <= seen


# what fields hold


@pytest.mark.parametrize(
    ("names", "holds"),
    [
        (("metadata", "labels"), "map"),
        (("metadata", "creationTimestamp"), "time"),
        (("metadata", "managedFields", "fieldsV1"), "any"),
        (("spec", "replicas"), "integer"),
        (("spec", "strategy", "rollingUpdate", "maxSurge"), "int-or-string"),
        (("spec", "template"), "object"),
        (("spec", "template", "spec", "containers"), "list"),
        (("spec", "template", "spec", "hostNetwork"), "boolean"),
        (("spec", "template", "spec", "containers", "image"), "string"),
        (("spec", "template", "spec", "containers", "resources", "limits"), "map"),
        (("spec", "template", "spec", "volumes", "emptyDir", "sizeLimit"), "quantity"),
    ],
)
def test_what_the_fields_of_a_deployment_hold(names: tuple[str, ...], holds: str) -> None:
    assert field("1.37", "apps/v1", "Deployment", *names).type.holds == holds


def test_maps_and_lists_say_what_they_are_of() -> None:
    limits = field("1.37", *CONTAINER, "resources", "limits").type
    assert limits.item is not None
    assert limits.item.holds == "quantity"
    command = field("1.37", *CONTAINER, "command").type
    assert command.item is not None
    assert command.item.holds == "string"
    data = field("1.37", "v1", "Secret", "data").type
    assert data.item is not None
    assert data.item.holds == "bytes"


def test_integers_know_their_size() -> None:
    assert field("1.37", "apps/v1", "Deployment", "spec", "replicas").type.bits == 32
    assert field("1.37", "v1", "Pod", "spec", "terminationGracePeriodSeconds").type.bits == 64


@pytest.mark.parametrize(
    ("api_version", "kind", "names", "holds"),
    [
        ("coordination.k8s.io/v1", "Lease", ("spec", "renewTime"), "microtime"),
        ("apps/v1", "ControllerRevision", ("data",), "raw-extension"),
        ("apiregistration.k8s.io/v1", "APIService", ("spec", "caBundle"), "bytes"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", (*SCHEMA, "maximum"), "number"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", (*SCHEMA, "default"), "any"),
    ],
)
def test_what_decodes_itself(api_version: str, kind: str, names: tuple[str, ...], holds: str) -> None:
    assert field("1.37", api_version, kind, *names).type.holds == holds


def test_a_schema_may_hold_a_schema_or_something_else() -> None:
    schema = at(load("1.37"), "apiextensions.k8s.io/v1", "CustomResourceDefinition", *SCHEMA)
    alternatives = {
        name: [one.name for one in schema.fields[name].type.alternatives] for name in ("items", "additionalProperties")
    }
    assert alternatives == {
        "items": ["apiextensions.v1.JSONSchemaProps", "[apiextensions.v1.JSONSchemaProps]"],
        "additionalProperties": ["apiextensions.v1.JSONSchemaProps", "boolean"],
    }
    assert schema.fields["items"].type.alternatives[0] is schema


def test_an_object_without_fields_has_none() -> None:
    subresources = at(
        load("1.37"), "apiextensions.k8s.io/v1", "CustomResourceDefinition", "spec", "versions", "subresources"
    )
    status = subresources.fields["status"].type
    assert status.holds == "object"
    assert dict(status.fields) == {}


def test_field_names_are_case_sensitive() -> None:
    assert "Image" not in at(load("1.37"), *CONTAINER).fields


# required, enums, lists, pointers


def test_required_fields() -> None:
    spec = at(load("1.37"), "apps/v1", "Deployment", "spec")
    assert set(spec.required) == {"selector", "template"}
    assert at(load("1.37"), *CONTAINER).required == ("name",)


def test_enums_name_their_values() -> None:
    assert field("1.37", *CONTAINER, "imagePullPolicy").type.enum == ("Always", "IfNotPresent", "Never")
    assert field("1.37", "v1", "Service", "spec", "type").type.enum == (
        "ClusterIP",
        "ExternalName",
        "LoadBalancer",
        "NodePort",
    )
    path_type = field("1.37", "networking.k8s.io/v1", "Ingress", "spec", "rules", "http", "paths", "pathType")
    assert path_type.type.enum == ("Exact", "ImplementationSpecific", "Prefix")
    address_type = field("1.37", "discovery.k8s.io/v1", "EndpointSlice", "addressType")
    assert address_type.type.enum == ("FQDN", "IPv4", "IPv6")
    assert field("1.37", *CONTAINER, "image").type.enum == ()


def test_an_enum_has_the_values_of_its_version() -> None:
    path = ("batch/v1", "Job", "spec", "podFailurePolicy", "rules", "action")
    assert "FailIndex" not in field("1.27", *path).type.enum
    assert "FailIndex" in field("1.28", *path).type.enum


def test_lists_know_what_identifies_an_item() -> None:
    containers = field("1.37", "v1", "Pod", "spec", "containers").type
    assert (containers.list_type, containers.list_keys) == ("map", ("name",))
    ports = field("1.25", *CONTAINER, "ports").type
    assert (ports.list_type, ports.list_keys) == ("map", ("containerPort", "protocol"))
    finalizers = field("1.37", "v1", "Pod", "metadata", "finalizers").type
    assert (finalizers.list_type, finalizers.list_keys) == ("set", ())
    assert field("1.37", *CONTAINER, "args").type.list_type == "atomic"


def test_a_pointer_tells_an_empty_value_from_none() -> None:
    assert field("1.37", "networking.k8s.io/v1", "Ingress", "spec", "rules", "http", "paths", "pathType").pointer
    assert not field("1.37", *CONTAINER, "ports", "protocol").pointer
    assert field("1.37", "v1", "Pod", "metadata", "deletionGracePeriodSeconds").pointer


def test_embedded_structs_lend_their_fields() -> None:
    pull_policy = field("1.37", "v1", "Pod", "spec", "ephemeralContainers", "imagePullPolicy")
    assert pull_policy.type.enum == ("Always", "IfNotPresent", "Never")


def test_deprecated_fields() -> None:
    assert field("1.37", "v1", "Pod", "spec", "serviceAccount").deprecated
    assert not field("1.37", "v1", "Pod", "spec", "serviceAccountName").deprecated
    # What is deprecated there is one of its values.
    assert not field("1.37", "v1", "PersistentVolume", "spec", "persistentVolumeReclaimPolicy").deprecated


def test_unions() -> None:
    (union,) = at(load("1.37"), "v1", "Pod", "spec", "securityContext", "seccompProfile").unions
    assert union.discriminator == "type"
    assert union.fields == {"localhostProfile": "LocalhostProfile"}


# since when


def test_a_field_knows_since_when() -> None:
    assert field("1.37", "v1", "Pod", "spec", "initContainers", "restartPolicy").since == "1.28"
    assert field("1.37", "v1", "Pod", "spec", "initContainers", "image").since == ""


def test_a_field_of_a_later_version_is_not_there_yet_but_known() -> None:
    container = at(load("1.27"), "v1", "Pod", "spec", "containers")
    assert "restartPolicy" not in container.fields
    assert container.field_versions("restartPolicy") == Versions("1.28", None)
    assert container.field_versions("image") == Versions(None, None)
    assert container.field_versions("nonsense") is None


def test_a_field_that_came_and_went() -> None:
    for version, there in (("1.34", False), ("1.35", True), ("1.36", False)):
        spec = at(load(version), "v1", "Pod", "spec")
        assert ("workloadRef" in spec.fields) is there
        assert spec.field_versions("workloadRef") == Versions("1.35", "1.35")


def test_a_field_that_changed_is_that_of_its_version() -> None:
    path = ("v1", "PersistentVolumeClaim", "spec", "dataSourceRef")
    assert field("1.25", *path).type.name == "core.v1.TypedLocalObjectReference"
    assert field("1.26", *path).type.name == "core.v1.TypedObjectReference"
    assert field("1.26", *path).since == ""
    assert field("1.32", "apps/v1", "StatefulSet", "spec", "serviceName").required
    assert not field("1.33", "apps/v1", "StatefulSet", "spec", "serviceName").required


# kinds


def test_a_kind_that_a_version_does_not_serve_has_no_type() -> None:
    assert load("1.25").kind("autoscaling/v2beta2", "HorizontalPodAutoscaler") is not None
    assert load("1.26").kind("autoscaling/v2beta2", "HorizontalPodAutoscaler") is None
    assert load("1.32").kind("networking.k8s.io/v1", "ServiceCIDR") is None
    assert load("1.33").kind("networking.k8s.io/v1", "ServiceCIDR") is not None
    assert load("1.37").kind("extensions/v1beta1", "Deployment") is None
    assert load("1.37").kind("example.com/v1", "CronTab") is None
    assert load("1.37").kind("apps/v1", "deployment") is None


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Status"),
        ("v1", "DeleteOptions"),
        ("autoscaling/v1", "Scale"),
        ("policy/v1", "Eviction"),
        ("authentication.k8s.io/v1", "TokenRequest"),
    ],
)
def test_what_is_no_resource_is_no_kind(api_version: str, kind: str) -> None:
    assert load("1.25").kind(api_version, kind) is None
    assert load("1.37").kind(api_version, kind) is None


def test_lists_have_types_too() -> None:
    held = load("1.37").kind("apps/v1", "DeploymentList")
    assert held is not None
    items = held.fields["items"].type
    assert items.item is load("1.37").kind("apps/v1", "Deployment")
    assert "continue" in held.fields["metadata"].type.fields
    any_list = load("1.37").kind("v1", "List")
    assert any_list is not None
    anything = any_list.fields["items"].type.item
    assert anything is not None
    assert anything.holds == "raw-extension"
    assert load("1.37").kind("apps/v1", "PodList") is None


def test_kinds_of_an_api_version() -> None:
    apps = ("ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
    assert load("1.37").kinds("apps/v1") == apps
    assert load("1.37").kinds("apps/v1beta1") == ()
    assert "apps/v1" in load("1.37").api_versions
    assert "apps/v1beta1" not in load("1.37").api_versions


def test_groups_are_those_of_all_versions() -> None:
    assert {"", "apps", "extensions", "batch", "settings.k8s.io"} <= load("1.37").groups
    assert "example.com" not in load("1.37").groups


def test_find_kind_gives_the_most_stable_first() -> None:
    assert load("1.37").find_kind("ResourceClaim") == (
        "resource.k8s.io/v1",
        "resource.k8s.io/v1beta2",
        "resource.k8s.io/v1beta1",
    )
    assert load("1.25").find_kind("HorizontalPodAutoscaler") == (
        "autoscaling/v2",
        "autoscaling/v1",
        "autoscaling/v2beta2",
    )
    assert load("1.37").find_kind("CronTab") == ()


@pytest.mark.parametrize(
    ("api_version", "kind", "namespaced", "resource"),
    [
        ("v1", "Pod", True, "pods"),
        ("v1", "Namespace", False, "namespaces"),
        ("v1", "Endpoints", True, "endpoints"),
        ("networking.k8s.io/v1", "IngressClass", False, "ingressclasses"),
        ("networking.k8s.io/v1", "NetworkPolicy", True, "networkpolicies"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", False, "customresourcedefinitions"),
        ("apiregistration.k8s.io/v1", "APIService", False, "apiservices"),
        ("authorization.k8s.io/v1", "LocalSubjectAccessReview", True, "localsubjectaccessreviews"),
        ("policy/v1beta1", "PodSecurityPolicy", False, "podsecuritypolicies"),
        ("extensions/v1beta1", "Ingress", True, "ingresses"),
    ],
)
def test_scope_and_resource(api_version: str, kind: str, namespaced: bool, resource: str) -> None:
    found = known(api_version, kind)
    assert found is not None
    assert (found.namespaced, found.resource) == (namespaced, resource)


@pytest.mark.parametrize(
    ("api_version", "kind", "expected"),
    [
        ("apps/v1", "Deployment", Versions(None, None)),
        ("policy/v1beta1", "PodDisruptionBudget", Versions(None, "1.24")),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", Versions(None, "1.25")),
        ("networking.k8s.io/v1beta1", "Ingress", Versions(None, "1.21")),
        ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", Versions(None, "1.21")),
        ("extensions/v1beta1", "Deployment", Versions(None, "1.15")),
        ("batch/v2alpha1", "CronJob", Versions(None, "1.20")),
        (f"{FLOW}/v1beta3", "FlowSchema", Versions("1.26", "1.31")),
        ("networking.k8s.io/v1", "ServiceCIDR", Versions("1.33", None)),
        ("example.com/v1", "CronTab", None),
    ],
)
def test_history(api_version: str, kind: str, expected: Versions | None) -> None:
    assert history(api_version, kind) == expected


def test_what_is_gone_is_gone_whatever_was_announced() -> None:
    cidr = known("networking.k8s.io/v1alpha1", "ClusterCIDR")
    assert cidr is not None
    assert (cidr.versions.last, cidr.removed) == ("1.28", "1.29")


def test_an_announced_end_is_known() -> None:
    policy = known("admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy")
    assert policy is not None
    assert policy.versions.last is None
    assert (policy.introduced, policy.deprecated, policy.removed) == ("1.34", "1.37", "1.40")
    assert policy.replacement == ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy")


@pytest.mark.parametrize(
    ("version", "api_version", "kind", "expected"),
    [
        ("1.37", "extensions/v1beta1", "Deployment", ("apps/v1", "Deployment")),
        ("1.37", "extensions/v1beta1", "Ingress", ("networking.k8s.io/v1", "Ingress")),
        # Kubernetes announces IngressClassList here.
        ("1.37", "networking.k8s.io/v1beta1", "IngressClass", ("networking.k8s.io/v1", "IngressClass")),
        # Announced without a replacement.
        ("1.37", "node.k8s.io/v1beta1", "RuntimeClass", ("node.k8s.io/v1", "RuntimeClass")),
        # Its announced replacement is long gone, too.
        ("1.37", f"{FLOW}/v1beta1", "FlowSchema", (f"{FLOW}/v1", "FlowSchema")),
        ("1.26", f"{FLOW}/v1beta1", "FlowSchema", (f"{FLOW}/v1beta3", "FlowSchema")),
        ("1.33", "resource.k8s.io/v1alpha3", "ResourceClaim", None),
        ("1.34", "resource.k8s.io/v1alpha3", "ResourceClaim", ("resource.k8s.io/v1", "ResourceClaim")),
        ("1.37", "policy/v1beta1", "PodSecurityPolicy", None),
        ("1.37", "settings.k8s.io/v1alpha1", "PodPreset", None),
        ("1.37", "rbac.authorization.k8s.io/v1alpha1", "Role", ("rbac.authorization.k8s.io/v1", "Role")),
        ("1.37", "apps/v1", "Deployment", None),
        ("1.37", "example.com/v1", "CronTab", None),
    ],
)
def test_successor(version: str, api_version: str, kind: str, expected: tuple[str, str] | None) -> None:
    assert load(version).successor(api_version, kind) == expected


@pytest.mark.parametrize(
    ("api_version", "kind", "opt_in"),
    [
        ("apps/v1", "Deployment", False),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", False),
        ("storage.k8s.io/v1beta1", "CSIStorageCapacity", False),
        (f"{FLOW}/v1beta3", "FlowSchema", False),
        ("resource.k8s.io/v1beta1", "ResourceClaim", True),
        ("internal.apiserver.k8s.io/v1alpha1", "StorageVersion", True),
    ],
)
def test_what_a_server_has_only_where_it_is_turned_on(api_version: str, kind: str, opt_in: bool) -> None:
    found = known(api_version, kind)
    assert found is not None
    assert found.opt_in is opt_in


# where fields live


def test_where_a_field_lives_within_a_kind() -> None:
    loaded = load("1.37")
    deployment = loaded.kind("apps/v1", "Deployment")
    assert deployment is not None
    assert loaded.fields_named("fsGroup", deployment) == ("spec.template.spec.securityContext.fsGroup",)
    assert loaded.fields_named("containerPort", deployment) == (
        "spec.template.spec.containers[].ports[].containerPort",
        "spec.template.spec.ephemeralContainers[].ports[].containerPort",
        "spec.template.spec.initContainers[].ports[].containerPort",
    )
    assert loaded.fields_named("nonsense", deployment) == ()


def test_places_are_limited_and_those_in_status_come_last() -> None:
    loaded = load("1.37")
    pod = loaded.kind("v1", "Pod")
    assert pod is not None
    places = loaded.fields_named("name", pod, limit=200)
    assert places[0] == "metadata.name"
    assert places[-1].startswith("status.")
    assert loaded.fields_named("name", pod, limit=1) == ("metadata.name",)


def test_types_that_hold_themselves_are_entered_once() -> None:
    loaded = load("1.37")
    definition = loaded.kind("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    assert definition is not None
    assert loaded.fields_named("pattern", definition) == ("spec.versions[].schema.openAPIV3Schema.pattern",)


def test_types_with_a_field() -> None:
    assert load("1.37").types_with("fsGroup") == ("core.v1.PodSecurityContext",)
    assert load("1.25").types_with("appArmorProfile") == ()
    assert load("1.37").types_with("nonsense") == ()
