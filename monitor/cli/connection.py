"""The store that runs now: that of [redis] url, else of the server on the data folder."""

from __future__ import annotations

from pathlib import Path

from monitor.embedded import url_of
from monitor.errors import EmbeddedError
from monitor.settings import load
from monitor.store import Store


def running_store(config: Path, data: Path) -> Store:
    """Raises EmbeddedError when nothing runs."""
    settings = load(config)
    url = settings.redis_url or url_of(data)
    if url is None:
        raise EmbeddedError(f"nothing runs on {data}: start `wirewatch run`, or set [redis] url")
    return Store(url, settings.retention)
