"""The store to look at: that of [redis] url, of the run on the data folder, or of its files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.embedded import Embedded, url_of
from monitor.errors import EmbeddedError
from monitor.settings import load
from monitor.store import Store


@contextmanager
def open_store(config: Path, data: Path) -> Iterator[Store]:
    """Where nothing runs on the data folder, its server is started for as long as we look.

    Raises EmbeddedError when there is nothing to look at.
    """
    settings = load(config)
    url = settings.redis_url or url_of(data)
    if url is not None:
        store = Store(url, settings.retention)
        yield store
        store.close()
    elif (data / "appendonlydir").is_dir():
        with Embedded(data) as server:
            store = Store(server.url, settings.retention)
            yield store
            store.close()
    else:
        raise EmbeddedError(
            f"nothing runs on {data}, and nothing was kept there: start `wirewatch run`, name its"
            " folder with --data, or set [redis] url"
        )
