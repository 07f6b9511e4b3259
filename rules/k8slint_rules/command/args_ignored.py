"""See the rule."""

from __future__ import annotations

import re

from k8slint.api import Claim, CommandLine, Problems, Settings, image_of, rule


@rule(
    on=CommandLine,
    since="0.1",
    claim=Claim.BROKEN,
    source="https://docs.docker.com/reference/dockerfile/#shell-form-entrypoint-example",
)
def args_ignored(line: CommandLine, settings: Settings) -> Problems:
    """`args` are given to an image whose ENTRYPOINT takes none.

    An ENTRYPOINT in shell form (`ENTRYPOINT server --port 80`) is a line for `/bin/sh -c`. What follows it, CMD or `args`, becomes `$0` and `$1` of
    that shell, and the program never sees it.

    Set `command` as well, or give the image an ENTRYPOINT in exec form (`ENTRYPOINT ["server"]`). What the image holds is known from
    `images` in the config.

    ```yaml config
    images:
      shop:
        entrypoint: server --port 80
    ```

    ```yaml bad
    name: shop
    image: shop:1.0
    args: [--verbose]  # <- the image's ENTRYPOINT is a line for a shell ("server --port 80"), so args are dropped
    ```

    ```yaml good
    name: shop
    image: shop:1.0
    command: [server]
    args: [--port, "80", --verbose]
    ```
    """
    if line.handler is not None or line.command or not line.args:
        return
    info = image_of(line.container, settings)
    # `exec server "$@"` asks for all but the first of them, and `$0` for that: whoever writes so knows.
    if info is not None and isinstance(info.entrypoint, str) and not re.search(r"\$\{?[@*#0-9]", info.entrypoint):
        yield line["args"].problem(
            f'the image\'s ENTRYPOINT is a line for a shell ("{info.entrypoint}"), so args are dropped'
        )
