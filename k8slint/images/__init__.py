"""What is known of the images that containers run: what they start, and whether there is a shell in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from k8slint.config import Config
    from k8slint.views import CommandLine, Container


class ImageInfo(NamedTuple):
    """What is known of an image.

    `entrypoint` and `cmd` are its ENTRYPOINT and CMD: a tuple is the exec form, a string the shell form, None is not set. They say nothing
    unless `configured`. `has_shell` is None where it is not known.
    """

    entrypoint: tuple[str, ...] | str | None = None
    cmd: tuple[str, ...] | str | None = None
    configured: bool = False
    has_shell: bool | None = None

    @property
    def shell_form(self) -> bool:
        """Whether the ENTRYPOINT is a line for a shell, which gets neither CMD nor args."""
        return isinstance(self.entrypoint, str)

    @property
    def program(self) -> tuple[str, ...]:
        """The words that the ENTRYPOINT starts; those of CMD or args follow."""
        return words_of(self.entrypoint)


def words_of(form: tuple[str, ...] | str | None) -> tuple[str, ...]:
    """The words that an ENTRYPOINT or CMD starts: a line for a shell is given to one."""
    return ("/bin/sh", "-c", form) if isinstance(form, str) else form or ()


def image_of(container: Container, settings: Config) -> ImageInfo | None:
    """What is known of a container's image; None for nothing.

    The config's `images` name it as the manifest does, or without tag, digest or registry.
    """
    if not settings.images:
        return ImageInfo(has_shell=False) if _shell_less(container.image) else None
    for name in _names(container.image):
        known = settings.images.get(name)
        if known is not None and known.dockerfile is None:
            shell_form = isinstance(known.entrypoint, str) or isinstance(known.cmd, str)
            return ImageInfo(known.entrypoint, known.cmd, configured=True, has_shell=True if shell_form else None)
    return ImageInfo(has_shell=False) if _shell_less(container.image) else None


def program_before(line: CommandLine, settings: Config) -> tuple[str, ...] | None:
    """The words that run before a command line's own: none where it names its program itself, else the image's ENTRYPOINT; None for unknown."""
    if line.command or line.handler is not None:
        return ()
    info = image_of(line.container, settings)
    return info.program if info is not None and info.configured else None


def _names(image: str) -> Iterator[str]:
    """What an image may be called: `docker.io/library/nginx:1.29` is `nginx:1.29`, and `nginx`."""
    for name in (image, image.partition("@")[0], untagged(image)):
        yield name
        host, slash, path = name.partition("/")
        if slash and ("." in host or ":" in host or host == "localhost"):
            yield path
            yield path.removeprefix("library/")


def untagged(image: str) -> str:
    """An image's name without tag and digest, with its registry."""
    name = image.partition("@")[0]
    # The colon of a registry's port is followed by a path.
    return name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name


def _shell_less(image: str) -> bool:
    """Whether an image is one of those that are known to hold no shell. Their debug variants do."""
    name = untagged(image)
    minimal = name.startswith("gcr.io/distroless/") or name.rpartition("/")[2] == "pause"
    return minimal and "debug" not in image
