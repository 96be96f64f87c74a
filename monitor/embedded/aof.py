"""The append-only file made whole before every start.

A kill in the middle of a write can cut the file inside a MULTI block. The server loads such a file
rightly, but leaves the open block in it, and at the *next* start that block swallows what was
written since (seen on Redis 6.2, 7.0, 8.2 and Valkey 8.1; valkey PR 4342). So the unfinished end is
cut off with the server's own check-aof tool, always.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from monitor import telemetry
from monitor.embedded.binary import Server
from monitor.errors import EmbeddedError


def mend(server: Server, data: Path) -> None:
    """Cut unfinished writes off the end of the folder's append-only files.

    What was there before is kept in `damaged/`: the tool cuts at the first byte it cannot read,
    which after a fault of the disk may be far from the end. EmbeddedError if nothing helps.
    """
    for left in data.glob("temp-rewriteaof-*.aof"):
        left.unlink(missing_ok=True)  # of a rewrite whose server was killed; nobody else does it
    for manifest in sorted(data.glob("appendonlydir/*.manifest")):
        if _checked(server, manifest).returncode == 0:
            continue
        before_bytes = _size_bytes(manifest.parent)
        _keep(manifest.parent, data / "damaged")
        fixed = _checked(server, manifest, "--fix")
        if fixed.returncode != 0:
            said = fixed.stdout.strip().splitlines()
            raise EmbeddedError(
                f"cannot repair {manifest}: {said[-1] if said else 'the check said nothing'}; "
                f"restore {manifest.parent} from a backup, or move it away to start afresh"
            )
        telemetry.logger().warning(
            "store.mended",
            file=str(manifest),
            cut_bytes=before_bytes - _size_bytes(manifest.parent),
            kept=str(data / "damaged"),
        )


def _checked(server: Server, manifest: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The check-aof tool, which is the server binary under that name; it asks before it cuts."""
    return subprocess.run(
        [f"{server.name}-check-aof", *options, str(manifest)],
        executable=server.path,
        input="y\n" * 8,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def _keep(folder: Path, copy: Path) -> None:
    try:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
    except OSError as error:
        raise EmbeddedError(
            f"cannot copy {folder} to {copy} before its repair: {error.strerror}; make room there"
        ) from error


def _size_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())
