"""The server itself: what it says of its version, memory and disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What matters of INFO. Sizes in bytes; `limit_bytes` is maxmemory, 0 for none; `total_bytes`
    the memory of its machine, 0 where it does not say.
    """

    name: Literal["Redis", "Valkey"]
    version: str
    mode: str
    role: str
    used_bytes: int
    limit_bytes: int
    total_bytes: int
    policy: str
    keeps_log: bool
    writes_well: bool
    clients: int

    @property
    def major(self) -> int:
        """The first number of the version."""
        first = self.version.partition(".")[0]
        return int(first) if first.isdigit() else 0


def server_of(info: Mapping[str, Any]) -> Server:
    """From the answer to INFO, of which a server may leave out or hide any line."""
    valkey = info.get("valkey_version")
    return Server(
        name="Valkey" if valkey else "Redis",
        version=str(valkey or info.get("redis_version", "")),
        mode=str(info.get("redis_mode", info.get("server_mode", "standalone"))),
        role=str(info.get("role", "master")),
        used_bytes=int(info.get("used_memory", 0)),
        limit_bytes=int(info.get("maxmemory", 0)),
        total_bytes=int(info.get("total_system_memory", 0)),
        policy=str(info.get("maxmemory_policy", "")),
        keeps_log=str(info.get("aof_enabled", "0")) == "1",
        writes_well=str(info.get("aof_last_write_status", "ok")) == "ok",
        clients=int(info.get("connected_clients", 0)),
    )
