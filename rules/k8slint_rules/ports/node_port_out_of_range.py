"""See the rule."""

from __future__ import annotations

import re
from dataclasses import dataclass

from k8slint.api import Claim, Problems, Service, rule


@dataclass(frozen=True)
class Options:
    """What can be set in `.k8slint.yaml`."""

    range: str = "30000-32767"
    """The node ports of the cluster: what `--service-node-port-range` of its API server says."""

    def __post_init__(self) -> None:
        first, last = self.bounds
        if not 1 <= first <= last <= 65535:
            raise ValueError(f'range is written "30000-32767", from the first port to the last, not "{self.range}"')

    @property
    def bounds(self) -> tuple[int, int]:
        """The first port and the last; 0 and 0 for what is no range."""
        match = re.fullmatch(r"\s*(\d{1,5})\s*-\s*(\d{1,5})\s*", self.range, re.ASCII)
        return (int(match[1]), int(match[2])) if match else (0, 0)


@rule(
    on=Service,
    since="0.1",
    claim=Claim.REJECTED,
    fixable="unsafe",
    options=Options,
    source="k8s.io/kubernetes/pkg/registry/core/service/portallocator: PortAllocator.Allocate, ErrNotInRange",
)
def node_port_out_of_range(service: Service, options: Options) -> Problems:
    """A nodePort is outside the range that the cluster keeps for node ports.

    nodePort is the way in from outside: a port that every node opens. So that it takes nothing away from the nodes' own
    programs it comes from a range of its own, 30000 to 32767 where the cluster's owner has set no other. The API server
    refuses any port outside it: `provided port is not in the valid range`.

    The port for clients within the cluster is `port`, and may be 80. For port 80 to the outside take a Service of type
    LoadBalancer, or an Ingress. Leave nodePort out and the cluster chooses one.

    ```yaml bad
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
      selector:
        app: web
      ports:
      - port: 80
        nodePort: 8080  # <- nodePort 8080 is not between 30000 and 32767, so the Service is refused
    ```

    ```yaml good
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      type: NodePort
      selector:
        app: web
      ports:
      - port: 80
    ```
    """
    for node in service.node_ports:
        number = node.integer
        if not number:
            continue
        first, last = options.bounds
        if not first <= number <= last:
            yield node.problem(
                f"{node.key} {number} is not between {first} and {last}, so the Service is refused",
                fix=node.remove(),
                safe=False,
            )
