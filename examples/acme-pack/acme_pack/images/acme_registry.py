"""See the rule."""

from dataclasses import dataclass

from k8slint.api import Claim, Container, Problems, Severity, rule


@dataclass(frozen=True)
class Options:
    """What can be set in `.k8slint.yaml`; there the names are in camelCase."""

    registries: tuple[str, ...] = ("registry.acme.example",)
    """The registries, or paths in them, that images may come from."""


@rule(on=Container, since="1.0", claim=Claim.ADVICE, severity=Severity.ERROR, options=Options)
def acme_registry(container: Container, options: Options) -> Problems:
    """An image comes from a registry that ACME does not scan.

    It would run all the same. Push a copy to the company's registry, where it is scanned every night.

    ```yaml bad
    name: cache
    image: redis:7.4  # <- image redis:7.4 is not from registry.acme.example, so nobody scans it
    ```

    ```yaml good
    name: cache
    image: registry.acme.example/redis:7.4
    ```
    """
    image = container.image
    allowed = [registry.rstrip("/") + "/" for registry in options.registries]
    if image and not image.startswith(tuple(allowed)):
        yield container["image"].problem(
            f"image {image} is not from {' or '.join(options.registries)}, so nobody scans it"
        )
