"""The address of Redis, read without loading the rest of the configuration: for what must be quick.

By the rules of `settings`, and forgiving: what it cannot make out is for `check` to tell.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from monitor.redis_url import with_password


def redis_url(config: Path, environment: Mapping[str, str] | None = None) -> str:
    """What [redis] of monitor.toml says, or the environment; "" for an embedded server."""
    env = os.environ if environment is None else environment
    try:
        table = tomllib.loads((config / "monitor.toml").read_text("utf-8-sig")).get("redis", {})
    except (OSError, ValueError):
        table = {}
    said = table if isinstance(table, dict) else {}
    url, password = (
        _resolved(env.get(f"WIREWATCH_REDIS_{key.upper()}", str(said.get(key, ""))), env)
        for key in ("url", "password")
    )
    return with_password(url, password)


def _resolved(said: str, env: Mapping[str, str]) -> str:
    if said.startswith("env:"):
        return env.get(said.removeprefix("env:"), "")
    if said.startswith("file:"):
        try:
            return Path(said.removeprefix("file:")).read_text("utf-8").strip()
        except (OSError, ValueError):
            return ""
    return said
