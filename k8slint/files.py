"""Writing files so that none is ever half there."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_atomically(path: Path | str, data: bytes) -> None:
    """Gives a file this content, so that whoever reads it sees the old or the new, also after a crash.

    A file that was there keeps its mode, and its owner where that is allowed; a symbolic link stays one, and what it
    points to is written. What is no plain file (`/dev/stdout`, a pipe) cannot be replaced and is written to. Raises
    OSError, and leaves the file as it was.
    """
    target = os.path.realpath(path)
    status = os.stat(target) if os.path.exists(target) else None
    if status is not None and not os.path.isfile(target):
        with open(target, "wb") as stream:
            stream.write(data)
        return
    # In the same folder, because a file is put in another's place as one step only on one disk.
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if status is not None:
            if hasattr(os, "chown"):
                with contextlib.suppress(PermissionError):
                    os.chown(temporary, status.st_uid, status.st_gid)
            os.chmod(temporary, status.st_mode & 0o7777)
        os.replace(temporary, target)
    except FileExistsError:
        # Not ours, so it is not ours to remove.
        raise
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
