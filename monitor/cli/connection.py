"""The store to look at: that of [redis] url, of the run on the data folder, or of its files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from monitor.embedded import Embedded, url_of
from monitor.errors import EmbeddedError, WritesRefused
from monitor.settings import load
from monitor.store import Store
from monitor.store.connecting import COMMAND_S
from monitor.terminal import escaped


@contextmanager
def open_store(config: Path, data: Path) -> Iterator[Store]:
    """Where nothing runs on the data folder, its server is started for as long as we look. What
    could not be read there is told in the end.

    Raises EmbeddedError when there is nothing to look at, SchemaMismatch when another version has
    written it.
    """
    settings = load(config, channels="sealed")
    url = settings.redis_url or url_of(data)
    if url is not None:
        with _opened(Store(url, settings.retention, within_s=COMMAND_S)) as store:
            yield store
    elif (data / "appendonlydir").is_dir():
        with Embedded(data) as server, _opened(Store(server.url, settings.retention)) as store:
            yield store
    else:
        raise EmbeddedError(
            f"nothing runs on {data}, and nothing was kept there: start `wirewatch run`, name its"
            " folder with --data, or set [redis] url"
        )


@contextmanager
def _opened(store: Store) -> Iterator[Store]:
    try:
        try:
            store.check_schema()
        except WritesRefused:  # there is no data yet: who only looks may do so all the same
            store.look_at_schema()
        yield store
        for each in store.damage.found:
            click.echo(escaped(f"wirewatch: {each}"), err=True)
    finally:
        store.close()
