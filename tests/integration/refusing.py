"""A Redis that answers and takes no writes, for as long as a test wants it so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from monitor.store import Store

REFUSALS: Final = ("it is full", "it is a replica", "it cannot write to its disk")
"""Why, as it is said."""


@contextmanager
def refusing(store: Store, why: str) -> Iterator[None]:
    """The server refuses writes for this reason."""
    client = store.client
    if why == "it is full":
        client.config_set("maxmemory", "1")
        back = ("CONFIG", "SET", "maxmemory", "0")
    elif why == "it is a replica":
        client.execute_command("REPLICAOF", "127.0.0.1", "1")
        back = ("REPLICAOF", "NO", "ONE")
    else:
        client.config_set("save", "900 1")
        _lose_a_snapshot(store)
        back = ("CONFIG", "SET", "save", "")
    try:
        yield
    finally:
        client.execute_command(*back)


def _lose_a_snapshot(store: Store) -> None:
    """As on a disk that is full: a folder stands where the file should be."""
    found = store.client.config_get("dir"), store.client.config_get("dbfilename")
    folder = Path(found[0]["dir"]) / found[1]["dbfilename"]
    folder.mkdir(exist_ok=True)
    (folder / "in-the-way").touch()
    store.client.bgsave()
    while store.client.info("persistence")["rdb_bgsave_in_progress"]:
        pass
    assert store.client.info("persistence")["rdb_last_bgsave_status"] == "err"
