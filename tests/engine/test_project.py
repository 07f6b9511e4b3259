"""Look-ups across resources."""

from pathlib import PurePosixPath

from k8slint.document import read
from k8slint.project import Around, FlatScopes, Project, State
from k8slint.views import Manifest, PodSpec, Service


class Folders(FlatScopes):
    """Files in folders, without kustomizations."""

    def folder(self, path: str) -> str:
        return str(PurePosixPath(path).parent)

    def distance(self, left: str, right: str) -> int:
        return 0 if self.folder(left) == self.folder(right) else 2


def manifests(**files: str) -> list[Manifest]:
    found = []
    for name, text in files.items():
        for document in read(name.replace("__", "/") + ".yaml", text).documents:
            found += [Manifest(root, document) for root in document.resources]
    return found


def config_map(name: str, namespace: str = "") -> str:
    return f"kind: ConfigMap\napiVersion: v1\nmetadata: {{name: {name}, namespace: {namespace or 'null'}}}\n"


def deployment(name: str, labels: str) -> str:
    return (
        f"kind: Deployment\napiVersion: apps/v1\nmetadata: {{name: {name}}}\n"
        f"spec: {{template: {{metadata: {{labels: {labels}}}, spec: {{containers: [{{name: a}}]}}}}}}\n"
    )


def service(selector: str) -> str:
    return f"kind: Service\napiVersion: v1\nmetadata: {{name: s}}\nspec: {{selector: {selector}}}\n"


def test_what_is_there_is_found() -> None:
    own = manifests(a=config_map("settings"), b=service("{}"))
    answer = Project(own, Folders()).find("ConfigMap", "settings", own[1])
    assert answer
    assert answer.found == (own[0],)


def test_a_namespace_left_open_fits_any_and_another_does_not() -> None:
    own = manifests(a=config_map("settings", "shop"), b=service("{}"))
    project = Project(own, Folders())
    assert project.find("ConfigMap", "settings", own[1])
    assert not project.find("ConfigMap", "settings", own[1], namespace="other")


def test_what_is_not_there_is_unknown_unless_the_input_can_know() -> None:
    own = manifests(a=config_map("settings"), b=service("{}"))
    assert Project(own, Folders()).find("ConfigMap", "other", own[1]).state is State.UNKNOWN
    assert Project(own, Folders(), complete=True).find("ConfigMap", "other", own[1]).missing
    assert Project(own, Folders(), complete=True, broken=True).find("ConfigMap", "other", own[1]).state is State.UNKNOWN


def test_a_near_namesake_beside_it_makes_a_reference_missing() -> None:
    own = manifests(a=config_map("settings"), b=service("{}"), far__a=config_map("setting"))
    answer = Project(own, Folders()).find("ConfigMap", "setings", own[1])
    assert answer.missing
    assert answer.near is own[0]


def test_what_the_config_calls_external_is_never_missing() -> None:
    own = manifests(a=config_map("settings"), b=service("{}"))
    project = Project(own, Folders(), complete=True, external=("ConfigMap/shared-*",))
    assert project.find("ConfigMap", "shared-ca", own[1]).state is State.UNKNOWN
    assert project.used_external == {"ConfigMap/shared-*"}


def test_the_nearest_candidate_wins() -> None:
    own = manifests(
        x__a=service("{app: web}"), x__b=deployment("near", "{app: web}"), y__b=deployment("far", "{app: web}")
    )
    (selected,) = Project(own, Folders()).selected_by(own[0].views(Service)[0])
    assert selected.manifest.name == "near"


def test_a_selector_has_to_match_in_full() -> None:
    own = manifests(a=service("{app: web, tier: front}"), b=deployment("web", "{app: web}"))
    project = Project(own, Folders())
    assert project.selected_by(own[0].views(Service)[0]) == []
    assert project.services_for(own[1].views(PodSpec)[0]) == []


def test_names_in_a_row_are_no_slips_of_each_other() -> None:
    own = manifests(a=config_map("settings-1"), b=service("{}"))
    assert Project(own, Folders()).find("ConfigMap", "settings-2", own[1]).near is None


class Kustomized(Folders):
    """Files that one kustomization takes in, generates things beside, patches, and may rename."""

    def __init__(self, *, renaming: bool = False) -> None:
        self.renaming = renaming

    def closures(self, path: str) -> frozenset[str]:
        return frozenset({"kustomization.yaml"})

    def renames(self, kustomization: str) -> bool:
        return self.renaming

    def generated(self, path: str) -> frozenset[tuple[str, str]]:
        return frozenset({("ConfigMap", "made")})

    def patches(self, path: str) -> frozenset[tuple[str, str]]:
        return frozenset({("Deployment", "ports"), ("", "labels"), ("Job", "")})


def test_what_a_kustomization_generates_is_unknown_even_where_it_is_written_too() -> None:
    own = manifests(a=config_map("made"), b=service("{}"))
    project = Project(own, Kustomized(), complete=True)
    assert project.find("ConfigMap", "made", own[1]).state is State.UNKNOWN
    assert project.find("ConfigMap", "other", own[1]).missing


def test_where_names_are_changed_no_name_is_a_slip() -> None:
    own = manifests(a=config_map("settings"), b=service("{}"))
    assert Project(own, Kustomized()).find("ConfigMap", "x-settings", own[1]).missing
    assert Project(own, Kustomized(renaming=True)).find("ConfigMap", "x-settings", own[1]).state is State.UNKNOWN


def test_what_is_patched_is_not_the_last_word() -> None:
    own = manifests(a=deployment("web", "{app: web}"), b=service("{}"), c="kind: Job\n")
    project = Project(own, Kustomized())
    web, front, job = own
    assert project.patched(web, "volumes", "ports")
    assert not project.patched(web, "volumes")
    assert project.patched(front, "labels")
    assert not project.patched(front, "ports")
    assert project.patched(job, "ports")


def test_together_is_what_is_in_one_file_or_folder() -> None:
    own = manifests(x__a=service("{}") + "---\n" + config_map("a"), x__b=config_map("b"), y__c=config_map("c"))
    project = Project(own, Folders())
    assert [other.name for other in project.together(own[0], "ConfigMap")] == ["a", "b"]
    assert project.together(own[3], "Service") == []


def test_pods_together_are_those_of_the_namespace() -> None:
    own = manifests(x__a=service("{}"), x__b=deployment("web", "{app: web}"), y__c=deployment("far", "{app: web}"))
    project = Project(own, Folders())
    assert [pod.manifest.name for pod in project.pods_together(own[0])] == ["web"]


def stateful_set(name: str, labels: str) -> str:
    return deployment(name, labels).replace("Deployment", "StatefulSet")


def test_labels_that_controllers_give_are_not_looked_for_in_templates() -> None:
    one = service("{app: db, statefulset.kubernetes.io/pod-name: db-0}")
    other = service("{statefulset.kubernetes.io/pod-name: queue-0}")
    newest = service("{app: db, pod-template-hash: 5d4f}")
    own = manifests(a=one, b=other, c=newest, d=stateful_set("db", "{app: db}"), e=deployment("x", "{app: db}"))
    project = Project(own, Folders())

    def selected(manifest: Manifest) -> list[str]:
        return [pod.manifest.name for pod in project.selected_by(manifest.views(Service)[0])]

    assert selected(own[0]) == ["db"]
    assert selected(own[1]) == []
    assert selected(own[2]) == ["db", "x"]
    found = project.services_for(own[3].views(PodSpec)[0])
    assert [own.index(service.manifest) for service in found] == [0, 2]


def test_node_ports_are_found_by_number_alone() -> None:
    ports = "spec: {type: %s, ports: [{port: 53, nodePort: 30053, protocol: %s}]}\n"
    head = "kind: Service\napiVersion: v1\nmetadata: {name: dns}\n"
    own = manifests(
        a=head + ports % ("NodePort", "TCP"),
        b=head + ports % ("LoadBalancer", "UDP"),
        c=head + ports % ("ExternalName", "TCP"),
        d=head + "spec: {type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30053}\n",
        e=head + "spec: {type: LoadBalancer, healthCheckNodePort: 30053}\n",
    )
    found = Project(own, Folders()).node_ports(30053)
    assert [(own.index(service.manifest), node.route) for service, node in found] == [
        (0, "spec.ports[0].nodePort"),
        (1, "spec.ports[0].nodePort"),
        (3, "spec.healthCheckNodePort"),
    ]


def test_of_the_project_around_only_what_a_look_up_needs_is_read() -> None:
    texts = {"b.yaml": config_map("settings"), "c.yaml": deployment("web", "{app: web}"), "d.yaml": config_map("other")}
    found: list[str] = []
    read_files: list[str] = []

    def beside() -> list[tuple[str, str]]:
        found.append("once")
        return list(texts.items())

    def read_one(path: str, text: str) -> list[Manifest]:
        read_files.append(path)
        return manifests(**{path.removesuffix(".yaml"): text})

    own = manifests(a=service("{app: web}"))
    project = Project(own, Folders(), Around(beside, read_one))
    assert not found
    assert project.find("ConfigMap", "settings", own[0])
    assert project.find("ConfigMap", "settings", own[0])
    assert read_files == ["b.yaml"]
    assert [pod.manifest.name for pod in project.selected_by(own[0].views(Service)[0])] == ["web"]
    assert read_files == ["b.yaml", "c.yaml"]
    assert len(project.all("ConfigMap")) == 2
    assert found == ["once"]


def test_placeholders_are_filled_in_by_kustomize_and_flux() -> None:
    class Variables(Folders):
        def variables(self, path: str) -> frozenset[str]:
            return frozenset({"PORT"})

    (web,) = manifests(web=deployment("web", "{app: web}"))
    project = Project([web], Variables())
    assert project.fills_in(web, "PORT")
    assert not project.fills_in(web, "HOST")
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {postBuild: {substitute: {A: b}}}\n"
    assert Project([web, *manifests(flux=flux)], Folders()).fills_in(web, "HOST")
