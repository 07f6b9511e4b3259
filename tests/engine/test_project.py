"""Look-ups across resources."""

from pathlib import PurePosixPath

from k8slint.document import read
from k8slint.project import Around, FlatScopes, Project, State
from k8slint.views import Manifest, PodSpec, Service


class Folders(FlatScopes):
    """Files in folders, without kustomizations."""

    def distance(self, left: str, right: str) -> int:
        return 0 if PurePosixPath(left).parent == PurePosixPath(right).parent else 2


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
