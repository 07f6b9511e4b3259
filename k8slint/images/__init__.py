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
    unless `configured`. `has_shell` is None where it is not known. `lacks` are programs that are known not to be in it.
    """

    entrypoint: tuple[str, ...] | str | None = None
    cmd: tuple[str, ...] | str | None = None
    configured: bool = False
    has_shell: bool | None = None
    lacks: frozenset[str] = frozenset()

    @property
    def shell_form(self) -> bool:
        """Whether the ENTRYPOINT is a line for a shell, which gets neither CMD nor args."""
        return isinstance(self.entrypoint, str)

    @property
    def program(self) -> tuple[str, ...]:
        """The words that the ENTRYPOINT starts; those of CMD or args follow."""
        return words_of(self.entrypoint)

    @property
    def starts(self) -> tuple[str, ...]:
        """The words that a container starts which sets neither command nor args."""
        return self.program if self.shell_form else self.program + words_of(self.cmd)


def words_of(form: tuple[str, ...] | str | None) -> tuple[str, ...]:
    """The words that an ENTRYPOINT or CMD starts: a line for a shell is given to one."""
    return ("/bin/sh", "-c", form) if isinstance(form, str) else form or ()


def image_of(container: Container, settings: Config) -> ImageInfo | None:
    """What is known of a container's image; None for nothing.

    The config's `images` name it as the manifest does, or without tag, digest or registry. Of what is not there, a few images are known to
    everybody: distributions, which only have a shell, and those that have none.
    """
    image = container.image
    for name in _names(image) if settings.images else ():
        known = settings.images.get(name)
        if known is not None and known.dockerfile is None:
            shell_form = isinstance(known.entrypoint, str) or isinstance(known.cmd, str)
            return ImageInfo(known.entrypoint, known.cmd, configured=True, has_shell=True if shell_form else None)
    name = untagged(image)
    base = name.removeprefix("docker.io/").removeprefix("library/")
    if base in _DISTRIBUTIONS:
        small = base in ("alpine", "busybox")
        return ImageInfo(None, (_DISTRIBUTIONS[base],), True, True, _NOT_IN_SMALL_ONES if small else frozenset())
    minimal = name.startswith("gcr.io/distroless/") or name.rpartition("/")[2] == "pause"
    # The debug variants hold a busybox, and Python's a shell that its ctypes needs.
    if minimal and "debug" not in image and "python" not in name:
        return ImageInfo(has_shell=False, lacks=_NOT_IN_MINIMAL_ONES)
    return None


# The CMD of Docker Hub's official images of distributions; none of them has an ENTRYPOINT.
_DISTRIBUTIONS = {
    "almalinux": "/bin/bash",
    "alpine": "/bin/sh",
    "amazonlinux": "/bin/bash",
    "archlinux": "/usr/bin/bash",
    "busybox": "sh",
    "centos": "/bin/bash",
    "debian": "bash",
    "fedora": "/bin/bash",
    "rockylinux": "/bin/bash",
    "ubuntu": "/bin/bash",
}
_NOT_IN_SMALL_ONES = frozenset(("bash", "curl", "dash", "ksh", "zsh"))
_NOT_IN_MINIMAL_ONES = frozenset(
    "ash bash busybox cat chmod chown cp curl cut dash date dig echo env false find grep head hostname id kill ksh ls mkdir "  # noqa: SIM905
    "mv nc netcat netstat nslookup pgrep pidof ping pkill printf ps pwd rm sed sh sleep ss stat tail test touch true uname "
    "wc wget which whoami zsh [".split()
)


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
