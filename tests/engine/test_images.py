"""What is known of images."""

from __future__ import annotations

from typing import Any

import pytest

from k8slint import config
from k8slint.document import read
from k8slint.images import ImageInfo, image_of, program_before, untagged
from k8slint.views import CommandLine, Container, Manifest


def _manifest(container: str) -> Manifest:
    document = read("pod.yaml", f"apiVersion: v1\nkind: Pod\nspec: {{containers: [{container}]}}\n").documents[0]
    return Manifest(document.resources[0], document)


def _image(image: str, images: dict[str, Any] | None = None) -> ImageInfo | None:
    settings = config.from_plain({"images": images} if images else {}, [])
    return image_of(_manifest(f"{{name: web, image: {image!r}}}").views(Container)[0], settings)


@pytest.mark.parametrize(
    "name",
    ["registry.example:5000/shop/web:1.0", "registry.example:5000/shop/web", "shop/web:1.0", "shop/web"],
)
def test_an_image_is_known_with_and_without_tag_and_registry(name: str) -> None:
    found = _image("registry.example:5000/shop/web:1.0@sha256:00", {name: {"entrypoint": ["web"], "cmd": ["serve"]}})
    assert found == ImageInfo(("web",), ("serve",), configured=True)


@pytest.mark.parametrize("name", ["web", "shop/web:2.0", "other.example/shop/web"])
def test_other_images_are_not_known(name: str) -> None:
    assert _image("registry.example:5000/shop/web:1.0", {name: {"entrypoint": ["web"]}}) is None


def test_images_of_the_hub_have_short_names() -> None:
    assert _image("docker.io/library/nginx:1.29", {"nginx": {"cmd": ["nginx"]}}) is not None


def test_the_shell_form_is_given_to_a_shell() -> None:
    found = _image("web", {"web": {"entrypoint": "exec web $PORT"}})
    assert found is not None
    assert found.shell_form
    assert found.has_shell
    assert found.program == ("/bin/sh", "-c", "exec web $PORT")


@pytest.mark.parametrize(
    ("image", "has_shell"),
    [
        ("gcr.io/distroless/static-debian12", False),
        ("gcr.io/distroless/base:nonroot@sha256:00", False),
        ("gcr.io/distroless/base:debug", None),
        ("localhost:5000/pause:3.10", False),
        ("gcr.io/distroless/python3", None),
        ("alpine:3.22", True),
        ("example.com/alpine:3.22", None),
        ("alpine/git", None),
    ],
)
def test_some_images_are_known_to_have_no_shell(image: str, has_shell: bool | None) -> None:
    found = _image(image)
    assert (found.has_shell if found else None) is has_shell


@pytest.mark.parametrize("image", ["alpine", "docker.io/library/alpine:3.22", "docker.io/alpine@sha256:00"])
def test_distributions_start_a_shell_and_lack_another(image: str) -> None:
    found = _image(image)
    assert found is not None
    assert (found.entrypoint, found.cmd) == (None, ("/bin/sh",))
    assert "bash" in found.lacks


def test_the_config_knows_better() -> None:
    assert _image("alpine", {"alpine": {"entrypoint": ["bash"]}}) == ImageInfo(("bash",), configured=True)


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("nginx", "nginx"),
        ("nginx:1.29", "nginx"),
        ("localhost:5000/nginx", "localhost:5000/nginx"),
        ("localhost:5000/nginx:1.29@sha256:00", "localhost:5000/nginx"),
    ],
)
def test_tags_and_digests_are_left_out(image: str, name: str) -> None:
    assert untagged(image) == name


def test_what_runs_before_a_command_line() -> None:
    settings = config.from_plain({"images": {"web": {"entrypoint": ["web", "--fast"]}}}, [])
    lines = _manifest(
        "{image: web, args: [a], livenessProbe: {exec: {command: [b]}}}, {image: web, command: [c]}, {image: x, args: [d]}"
    ).views(CommandLine)
    assert {line.words[0]: program_before(line, settings) for line in lines} == {
        "a": ("web", "--fast"),
        "b": (),
        "c": (),
        "d": None,
    }
