"""What leads to others by their labels: Services, budgets, monitors, and the peers of network policies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from k8slint import selector
from k8slint.graph.link import SYSTEM, Link, Wanted
from k8slint.near import near
from k8slint.project import fits
from k8slint.views import CONTROLLER_LABELS, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from k8slint.graph import model
    from k8slint.nodes import Node
    from k8slint.project import Project
    from k8slint.views import Manifest, View

    Inside = Callable[[str], bool]

_NAME_OF_NAMESPACE = "kubernetes.io/metadata.name"
"""The label that the API server gives each namespace: its name."""

_MONITORING = "monitoring.coreos.com"
# Kinds of which Prometheus' operator makes pods, with the name it gives to these.
_OPERATED = {"Prometheus": "prometheus", "Alertmanager": "alertmanager", "ThanosRuler": "thanos-ruler"}
# What a Prometheus takes in: the field with the labels, and the kind of what has them.
_TAKEN = {
    "serviceMonitor": "ServiceMonitor",
    "podMonitor": "PodMonitor",
    "probe": "Probe",
    "scrapeConfig": "ScrapeConfig",
    "rule": "PrometheusRule",
    "alertmanagerConfig": "AlertmanagerConfig",
}


class Labels:
    """Finds edges by labels."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._namespaces: dict[str, list[Manifest]] | None = None

    def of(self, manifest: Manifest) -> Iterator[Link]:
        """All that a manifest selects."""
        spec = manifest.node["spec"]
        match manifest.group, manifest.kind:
            case "", "Service":
                for service in manifest.views(Service):
                    yield from self._selected_by(service)
            case "", "PersistentVolumeClaim":
                yield from self._labelled(manifest, spec["selector"], "PersistentVolume", "", lambda _: True)
            case "policy", "PodDisruptionBudget":
                yield from self._pods(manifest, spec["selector"], self._beside(manifest))
            case "networking.k8s.io", "NetworkPolicy":
                # Without a selector it is for all pods.
                yield from self._pods(manifest, spec["podSelector"], self._beside(manifest), absent_is_all=True)
                yield from self._peers(manifest)
            case "rbac.authorization.k8s.io", "ClusterRole":
                for chosen in manifest.node["aggregationRule", "clusterRoleSelectors"]:
                    yield from self._labelled(manifest, chosen, "ClusterRole", manifest.group, lambda _: True)
            case "monitoring.coreos.com", "ServiceMonitor":
                chosen = spec["selector"]
                found = self._labelled(manifest, chosen, "Service", "", self._monitored(manifest))
                yield from self._or_wanted(found, manifest, chosen, "Service")
            case "monitoring.coreos.com", "PodMonitor":
                yield from self._pods(manifest, spec["selector"], self._monitored(manifest))
            case "monitoring.coreos.com", ("Prometheus" | "PrometheusAgent" | "ThanosRuler" | "Alertmanager"):
                for field, kind in _TAKEN.items():
                    spaces = spec[f"{field}NamespaceSelector"]
                    inside = self._inside(spaces) if spaces.is_mapping else self._beside(manifest)
                    yield from self._labelled(manifest, spec[f"{field}Selector"], kind, _MONITORING, inside)

    # ---- pods

    def _selected_by(self, service: Service) -> Iterator[Link]:
        manifest = service.manifest
        chosen = service["spec", "selector"]
        if service.type == "ExternalName" or not service.selector:
            return
        found = _manifests(self.project.selected_by(service))
        found += self._operated(lambda labels: service.selector.items() <= labels.items(), self._beside(manifest))
        for target in found:
            yield Link(manifest, target, "selects", "found", chosen)
        if not found and not service.singular:
            shown = ", ".join(f"{key}={value}" for key, value in service.selector.items())
            state = self._of_nobody(manifest, service.selector, "selector")
            yield Link(manifest, Wanted("", "Pod", manifest.namespace, "", shown), "selects", state, chosen)

    def _pods(self, manifest: Manifest, chosen: Node, inside: Inside, *, absent_is_all: bool = False) -> Iterator[Link]:
        """The pods that a label selector selects; an empty one selects all that are applied with it."""
        if not chosen.is_mapping and not absent_is_all:
            return
        found = self._with_labels(manifest, chosen, inside)
        links = (Link(manifest, target, "selects", "found", chosen) for target in found)
        yield from self._or_wanted(links, manifest, chosen, "Pod")

    def _with_labels(self, manifest: Manifest, chosen: Node, inside: Inside) -> list[Manifest]:
        """What makes pods with labels, in some namespaces."""
        project = self.project
        if selector.is_empty(chosen):
            pods = project.pods_together(manifest)
        else:
            # Those of other namespaces come in where the policy or monitor asks for such.
            pods = [pod for pod in project.pods() if selector.matches(chosen, pod.labels)]
        found = [pod.manifest for pod in pods if inside(pod.manifest.namespace)]
        found += self._operated(lambda labels: selector.matches(chosen, labels) is True, inside)
        return self._belonging(manifest, _unique(found))

    def _operated(self, matches: Callable[[Mapping[str, str]], bool], inside: Inside) -> list[Manifest]:
        """The objects whose pods an operator makes, by the labels that it gives these.

        Source: github.com/prometheus-operator/prometheus-operator/pkg/prometheus/server/statefulset.go: makeStatefulSetSpec.
        """
        found = []
        for kind, name in _OPERATED.items():
            for manifest in self.project.all(kind, _MONITORING):
                own = manifest.node["spec", "podMetadata", "labels"]
                labels = {key: value for key, child in own.items() if (value := child.string) is not None} | {
                    "app.kubernetes.io/name": name,
                    "app.kubernetes.io/managed-by": "prometheus-operator",
                    "app.kubernetes.io/instance": manifest.name,
                    name: manifest.name,
                }
                if kind == "Prometheus":
                    labels["operator.prometheus.io/name"] = manifest.name
                if inside(manifest.namespace) and matches(labels):
                    found.append(manifest)
        return found

    def _or_wanted(self, links: Iterable[Link], manifest: Manifest, chosen: Node, kind: str) -> Iterator[Link]:
        """Links, or one to what is asked for and not there."""
        some = False
        for link in links:
            some = True
            yield link
        if not some and (shown := _shown(chosen)):
            spaces = manifest.node["spec", "namespaceSelector"]
            if spaces:
                # Of what runs in other namespaces the manifests need not tell.
                named = [item.string or "" for item in spaces["matchNames"]]
                state: model.State = "unknown"
                where = named[0] if len(named) == 1 else ""
            else:
                labels = {
                    key: value for key, node in chosen["matchLabels"].items() if (value := node.string) is not None
                }
                state = self._of_nobody(manifest, labels, "matchLabels", kind)
                where = manifest.namespace
            yield Link(manifest, Wanted("", kind, where, "", shown), "selects", state, chosen)

    def _of_nobody(self, manifest: Manifest, labels: Mapping[str, str], field: str, kind: str = "Pod") -> model.State:
        """Whether it can be known that nobody has the labels: the input is all there is, or one of them is plainly misspelt."""
        project = self.project
        if project.broken or manifest.namespace in SYSTEM or CONTROLLER_LABELS & labels.keys():
            return "unknown"
        if project.patched(manifest, field):
            return "unknown"
        # Whoever makes pods of an object writes its name into their labels.
        values = tuple(labels.values())
        if values and any(other.name in values for other in project.custom_together(manifest, *values)):
            return "unknown"
        if kind == "Pod":
            there = [(pod.manifest, pod.labels) for pod in project.pods_together(manifest)]
        else:
            there = [
                (other, other.labels)
                for other in project.together(manifest, kind)
                if fits(other.namespace, manifest.namespace)
            ]
        # What a kustomization gives them, it need not have given to the manifest.
        plain = [own for other, own in there if not project.patched(other, "labels")]
        if project.complete and len(plain) == len(there):
            return "missing"
        return "missing" if any(_slip(labels, own) for own in plain) else "unknown"

    # ---- others

    def _labelled(self, manifest: Manifest, chosen: Node, kind: str, group: str, inside: Inside) -> Iterator[Link]:
        """The objects of a kind whose own labels a selector asks for. One that is absent asks for none, an empty one for all."""
        if not chosen.is_mapping or (kind in ("Service", "PersistentVolume") and selector.is_empty(chosen)):
            return
        found = [
            other
            for other in self.project.all(kind, group)
            if inside(other.namespace) and selector.matches(chosen, other.labels) and other is not manifest
        ]
        for target in self._belonging(manifest, found):
            yield Link(manifest, target, "selects", "found", chosen)

    def _belonging(self, manifest: Manifest, found: list[Manifest]) -> list[Manifest]:
        """Of several variants of a thing those that belong to a manifest.

        What is in its own namespace with the same labels may be a variant under another name. What is elsewhere was asked for, wherever it is written.
        """
        own: list[Manifest] = []
        others: dict[tuple[str, str], list[Manifest]] = {}
        for other in found:
            beside = fits(other.namespace, manifest.namespace) and other.namespaced is not False
            if beside and other.kind not in _TAKEN.values():
                own.append(other)
            else:
                others.setdefault((other.namespace, other.name), []).append(other)
        return [one for some in (own, *others.values()) for one in self.project.near_ones(manifest, some)]

    # ---- namespaces

    def _beside(self, manifest: Manifest) -> Inside:
        """Whether a namespace may be the manifest's own."""
        return lambda namespace: fits(namespace, manifest.namespace)

    def _monitored(self, manifest: Manifest) -> Inside:
        """Whether a monitor looks into a namespace. Its `namespaceSelector` is no label selector."""
        spaces = manifest.node["spec", "namespaceSelector"]
        if spaces["any"].boolean is True:
            return lambda _: True
        named = {item.string for item in spaces["matchNames"]}
        return (lambda namespace: namespace in named) if named else self._beside(manifest)

    def _inside(self, chosen: Node) -> Inside:
        """Whether the labels of a namespace are those that a selector asks for, as far as they are known."""
        if selector.is_empty(chosen):
            return lambda _: True
        return lambda namespace: (
            bool(namespace) and any(selector.matches(chosen, labels) is True for labels in self._labels_of(namespace))
        )

    def _labels_of(self, namespace: str) -> list[dict[str, str]]:
        written = [manifest.labels for manifest in self._all_namespaces().get(namespace, ())] or [{}]
        return [labels | {_NAME_OF_NAMESPACE: namespace} for labels in written]

    def _all_namespaces(self) -> dict[str, list[Manifest]]:
        if self._namespaces is None:
            self._namespaces = {}
            for manifest in self.project.all("Namespace", ""):
                self._namespaces.setdefault(manifest.name, []).append(manifest)
        return self._namespaces

    def space(self, manifest: Manifest, name: str) -> Manifest | Wanted:
        """A namespace by its name, as the end of an edge."""
        found = self.project.near_ones(manifest, self._all_namespaces().get(name, ()))
        return found[0] if found else Wanted("", "Namespace", "", name)

    # ---- peers of network policies

    def _peers(self, manifest: Manifest) -> Iterator[Link]:
        """Who may send to the pods of a policy, and whom these may send to, in the direction that the traffic takes.

        Source: k8s.io/kubernetes/pkg/apis/networking/v1/defaults.go: SetDefaults_NetworkPolicy.
        """
        spec = manifest.node["spec"]
        types = {item.string for item in spec["policyTypes"]} or {"Ingress", "Egress"}
        for type_, field, side in (("Ingress", "ingress", "from"), ("Egress", "egress", "to")):
            for rule in spec[field] if type_ in types else ():
                peers = rule[side].elements
                if not rule.is_mapping or (rule[side] and not rule[side].is_sequence):
                    continue
                ends = [(*end, peer) for peer in peers for end in self._peer(manifest, peer)]
                if not peers:
                    # Then the rule is about all there are.
                    ends = [(Wanted("", "Network", "", "anywhere"), "unknown", rule)]
                for end, state, node in ends:
                    if side == "from":
                        yield Link(end, manifest, "allows", state, node, by=manifest)
                    else:
                        yield Link(manifest, end, "allows", state, node)

    def _peer(self, manifest: Manifest, peer: Node) -> list[tuple[Manifest | Wanted, model.State]]:
        """What a peer stands for, each with the state of that."""
        pods, spaces = peer["podSelector"], peer["namespaceSelector"]
        if peer["ipBlock"]:
            block = peer["ipBlock", "cidr"].string
            but = [item.string for item in peer["ipBlock", "except"] if item.string]
            shown = f"{block} but {', '.join(but)}" if but else block
            return [(Wanted("", "Network", "", shown), "unknown")] if block and shown else []
        if not pods.is_mapping and not spaces.is_mapping:
            return []
        if not pods.is_mapping or selector.is_empty(pods):
            return [(end, _there(end)) for end in self._spaces(manifest, spaces)]
        inside = self._inside(spaces) if spaces.is_mapping else self._beside(manifest)
        found = self._with_labels(manifest, pods, inside)
        if found:
            return [(target, "found") for target in found]
        shown = _shown(pods)
        if not shown:
            return []
        named = _names_in(spaces)
        # Of what runs in other namespaces the manifests need not tell.
        state: model.State = "unknown"
        if not spaces.is_mapping:
            labels = {key: value for key, node in pods["matchLabels"].items() if (value := node.string) is not None}
            state = self._of_nobody(manifest, labels, "podSelector")
        where = named[0] if len(named) == 1 else "" if spaces.is_mapping else manifest.namespace
        return [(Wanted("", "Pod", where, "", shown), state)]

    def _spaces(self, manifest: Manifest, chosen: Node) -> list[Manifest | Wanted]:
        """The namespaces whose pods are all meant: the policy's own without a selector, every one with an empty one."""
        if not chosen.is_mapping:
            own = manifest.namespace
            return [self.space(manifest, own) if own else Wanted("", "Namespace", "", "", "that of the policy")]
        if selector.is_empty(chosen):
            return [Wanted("", "Namespace", "", "", "every namespace")]
        if named := _names_in(chosen):
            return [self.space(manifest, name) for name in named]
        names = [name for name in self._all_namespaces() if self._inside(chosen)(name)]
        return [self.space(manifest, name) for name in names] or [Wanted("", "Namespace", "", "", _shown(chosen))]


def _there(end: Manifest | Wanted) -> model.State:
    return "unknown" if isinstance(end, Wanted) else "found"


def _names_in(chosen: Node) -> list[str]:
    """The namespaces that a selector asks for by nothing but their names."""
    labels, terms = chosen["matchLabels"].fields, chosen["matchExpressions"].elements
    if len(labels) + len(terms) != 1:
        return []
    if labels:
        name = chosen["matchLabels", _NAME_OF_NAMESPACE].string
        return [name] if name else []
    term = terms[0]
    if term["key"].string != _NAME_OF_NAMESPACE or term["operator"].string != "In":
        return []
    return [name for item in term["values"] if (name := item.string)]


_OPERATORS = {"In": "in", "NotIn": "not in"}


def _shown(chosen: Node) -> str:
    """A label selector as a line, as kubectl takes it."""
    parts = [f"{key}={value}" for key, node in chosen["matchLabels"].items() if (value := node.string) is not None]
    for term in chosen["matchExpressions"]:
        key, operator = term["key"].string or "", term["operator"].string or ""
        if key and operator in _OPERATORS:
            parts.append(f"{key} {_OPERATORS[operator]} ({', '.join(item.string or '' for item in term['values'])})")
        elif key:
            parts.append(f"!{key}" if operator == "DoesNotExist" else key)
    return ", ".join(parts)


def _manifests(views: Iterable[View]) -> list[Manifest]:
    """The manifests of views, each once."""
    return _unique(view.manifest for view in views)


def _unique(manifests: Iterable[Manifest]) -> list[Manifest]:
    return list({id(manifest): manifest for manifest in manifests}.values())


def _slip(wanted: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether labels are the wanted ones but for a letter or two in one of them."""
    differing = [key for key, value in wanted.items() if labels.get(key) != value]
    if len(differing) != 1 or differing[0] not in labels:
        return False
    ours, theirs = wanted[differing[0]], labels[differing[0]]
    # v1 and v2 are two things and no slip.
    return bool(near(ours, [theirs])) and re.sub(r"\d", "", ours) != re.sub(r"\d", "", theirs)
