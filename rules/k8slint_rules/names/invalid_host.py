"""See the rule."""

from k8slint.api import Change, Claim, Manifest, Node, PodSpec, Problems, names, rule


@rule(
    on=Manifest,
    since="0.1",
    fixable="unsafe",
    claim=Claim.REJECTED,
    source=(
        "k8s.io/kubernetes/pkg/apis/networking/validation/validation.go: validateIngressRules, validateIngressTLS",
        "k8s.io/kubernetes/pkg/apis/core/validation/validation.go: validateService (externalName), ValidatePodSpec (hostname, subdomain)",
        "sigs.k8s.io/gateway-api/apis/v1/shared_types.go: Hostname, PreciseHostname",
    ),
)
def invalid_host(manifest: Manifest) -> Problems:
    """A host is not a valid DNS name.

    A host is a lowercase DNS name without scheme, port, path or a dot at its end. It is no IP address. Where a wildcard is
    allowed, in an Ingress and in the Gateway API, it is the whole first label, as in `*.example.com`. A name with other
    letters than those of ASCII is written in punycode.

    ```yaml bad
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
    spec:
      rules:
      - host: https://shop.example.com  # <- host "https://shop.example.com" is invalid: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character
        http:
          paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
    ```

    ```yaml good
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
    spec:
      rules:
      - host: shop.example.com
        http:
          paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
    ```
    """
    for path in _WILDCARDS.get((manifest.group, manifest.kind), ()):
        for node in manifest.node.each(path):
            yield from _host(node)
    if manifest.kind == "Service" and manifest.group == "" and manifest.node["spec", "type"].string == "ExternalName":
        yield from _external_name(manifest.node["spec", "externalName"])
    for path in _LABELS.get((manifest.group, manifest.kind), ()):
        for node in manifest.node.each(path):
            yield from _label(node)
    # What a StatefulSet's pods are called is up to its controller.
    if manifest.kind != "StatefulSet":
        for pod in manifest.views(PodSpec):
            yield from _pod(pod)


_GATEWAY = "gateway.networking.k8s.io"
_WILDCARDS = {
    ("networking.k8s.io", "Ingress"): ["spec.rules.*.host", "spec.tls.*.hosts.*"],
    ("extensions", "Ingress"): ["spec.rules.*.host", "spec.tls.*.hosts.*"],
    (_GATEWAY, "Gateway"): ["spec.listeners.*.hostname"],
    **{(_GATEWAY, kind): ["spec.hostnames.*"] for kind in ("HTTPRoute", "GRPCRoute", "TLSRoute")},
}
_LABELS = {
    ("", "Endpoints"): ["subsets.*.addresses.*.hostname"],
    ("discovery.k8s.io", "EndpointSlice"): ["endpoints.*.hostname"],
}


def _host(node: Node) -> Problems:
    # An empty host of an Ingress's rule is any; in a list of hosts it is a mistake, and so is null.
    host = "" if node.is_null else node.string
    if host is None or (not host and node.key == "host"):
        return
    reason = (names.wildcard_subdomain if "*" in host else names.subdomain)(host)
    if _is_address(host) and node.key == "host":
        yield node.problem(f'host "{host}" is invalid: must be a DNS name, not an IP address')
    elif reason:
        yield node.problem(f'host "{names.shown(host)}" is invalid: {reason}', fix=_mended(node), safe=False)
    elif _is_address(host):
        yield node.problem(
            f'host "{host}" is an IP address, and what clients ask for by name never matches it', claim=Claim.UNINTENDED
        )


def _external_name(node: Node) -> Problems:
    host = node.string
    if not host:
        return
    if _is_address(host) and ":" not in host:
        yield node.problem(
            f'externalName "{host}" looks like an IP address, and is looked up as a DNS name that nobody has',
            claim=Claim.BROKEN,
        )
        return
    reason = names.subdomain(host.removesuffix("."))
    if reason:
        yield node.problem(f'externalName "{names.shown(host)}" is invalid: {reason}', fix=_mended(node), safe=False)


def _pod(pod: PodSpec) -> Problems:
    claim = None if pod.manifest.builtin else Claim.BROKEN
    for field in ("hostname", "subdomain"):
        yield from _label(pod[field], claim)
    override = pod["hostnameOverride"]
    reason = names.subdomain(override.string) if override.string is not None else ""
    if not reason and len(override.string or "") > 64:
        reason = "may not be more than 64 bytes"
    if reason:
        yield override.problem(
            f'hostnameOverride "{names.shown(override.string or "")}" is invalid: {reason}', claim=claim
        )


def _label(node: Node, claim: Claim | None = None) -> Problems:
    reason = names.label(node.string) if node.string else ""
    if reason:
        yield node.problem(f'{node.key} "{names.shown(node.string or "")}" is invalid: {reason}', claim=claim)


def _mended(node: Node) -> Change | None:
    """The host that was probably meant: without scheme, port and path, in lower case, other letters in punycode."""
    host = (node.string or "").strip().lower()
    if _is_address(host):
        return None
    host = host.rpartition("://")[2].partition("/")[0].partition(":")[0].rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return None
    good = not (names.wildcard_subdomain if "*" in host else names.subdomain)(host)
    return node.set(host) if good else None


def _is_address(host: str) -> bool:
    """Whether something is an IP address, as the API server reads it: leading zeros do not matter."""
    octets = host.split(".")
    if len(octets) == 4 and all(octet.isdecimal() and octet.isascii() and int(octet) < 256 for octet in octets):
        return True
    return ":" in host and not names.ip_address(host).startswith("must be a valid")
